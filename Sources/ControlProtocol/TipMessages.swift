public import Payments

/// What one currency's tips came to in a period.
public struct PeriodTipsMessage: Codable, Hashable, Sendable {
    /// Of the period's payments; no part of what was sold, and a part of what was captured.
    public let captured: CountedSumMessage
    /// Of what was given back in it.
    public let givenBack: CountedSumMessage

    /// The message of one line.
    public init(_ tips: PeriodTips) {
        captured = CountedSumMessage(tips.captured, currency: tips.currencyNumber)
        givenBack = CountedSumMessage(tips.givenBack, currency: tips.currencyNumber)
    }
}

extension CountedSumMessage {
    fileprivate init(_ sum: TipSum, currency: UInt16) {
        count = sum.count
        amount = MoneyMessage(sum.amount, currency: currency)
    }
}

/// `POST /console/tips`: the bill that the customer is asked for a tip on.
public struct TipOrderMessage: Codable, Hashable, Sendable {
    /// The bill, with the terminal's currency's own decimals.
    public let amount: String

    /// Makes an order.
    public init(amount: String) { self.amount = amount }
}

/// One of the tips that a customer is offered.
public struct TipChoiceMessage: Codable, Hashable, Sendable {
    /// Per cent of the bill.
    public let percent: UInt64
    /// What it comes to.
    public let tip: MoneyMessage

    /// Makes a choice.
    public init(_ choice: TipChoice) {
        percent = choice.percent
        tip = MoneyMessage(choice.tip)
    }
}

/// The question for a tip that stands on the customer's side.
public struct TipQuestionMessage: Codable, Hashable, Sendable {
    /// Which question it is: an answer names it.
    public let id: UInt64
    /// The bill.
    public let amount: MoneyMessage
    /// What is offered beside none.
    public let choices: [TipChoiceMessage]
    /// What the customer has chosen; missing until then. None is 0.
    public let tip: MoneyMessage?

    /// Makes a question's message.
    public init(
        id: UInt64, amount: MoneyMessage, choices: [TipChoiceMessage], tip: MoneyMessage?
    ) {
        self.id = id
        self.amount = amount
        self.choices = choices
        self.tip = tip
    }
}

/// `POST /display/tip`: the customer's answer.
public struct TipAnswerMessage: Codable, Hashable, Sendable {
    /// The question.
    public let id: UInt64
    /// One of the shares that are offered, in per cent; 0 is none.
    public let percent: UInt64

    /// Makes an answer.
    public init(id: UInt64, percent: UInt64) {
        self.id = id
        self.percent = percent
    }
}
