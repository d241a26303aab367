public import Money
public import Payments
import Screens

/// The question for a tip, on the customer's side. It moves no money and is kept in memory alone: the
/// tip becomes part of a sale as that is opened.
public struct TipQuestion: Hashable, Sendable {
    /// How long it stands, in seconds, where nobody answers or takes it back: whoever has not chosen by
    /// then has gone.
    public static let seconds: UInt64 = 120

    /// Which question it is, so that a late answer does not answer the next.
    public let id: UInt64
    /// The bill.
    public let bill: Amount
    /// What is offered beside none.
    public let choices: [TipChoice]
    /// What was chosen, in minor units; nil until then.
    public internal(set) var answer: UInt64?
    /// When it was asked, in seconds since 1970 UTC.
    let askedAt: UInt64
    /// What the customer's screen shows of it.
    let screen: Screen
}

// Tips (`docs/spec/tip.md`).
extension PaymentTerminal {
    /// Asks the customer for a tip on `bill`; another question is taken back.
    public func askTip(on bill: Amount, percents: [UInt64]) throws(SaleRefusal) -> TipQuestion {
        guard !percents.isEmpty else {
            throw SaleRefusal(
                reason: "tips-off",
                message:
                    "This terminal asks for no tips. Nobody was asked. Start tilld with --tips "
                    + "5,10,15 where the shop wants it.")
        }
        if let open = machine.sale {
            throw SaleRefusal(
                reason: "sale-open",
                message: "Sale \(open.reference) is still open. Nobody was asked for a tip. Finish "
                    + "it, or give it up first.")
        }
        let choices = percents.map { percent in
            TipChoice(
                percent: percent,
                tip: Amount(
                    minorUnits: Tip.amount(percent, of: bill.minorUnits), currency: bill.currency))
        }
        lastTipQuestion += 1
        let question = TipQuestion(
            id: lastTipQuestion, bill: bill, choices: choices, askedAt: parts.clock.now(),
            screen: screens.composer.tip(on: bill, choices))
        tipQuestion = question
        show(question.screen)
        changed()
        return question
    }

    /// The question that stands, with its answer; nil where there is none, or its time is over.
    public func currentTipQuestion() -> TipQuestion? {
        let now = parts.clock.now()
        if let question = tipQuestion,
            now >= question.askedAt + TipQuestion.seconds || now < question.askedAt
        {
            withdrawTip()
        }
        return tipQuestion
    }

    /// Takes the customer's answer, one of the shares that were offered or 0, once.
    public func answerTip(_ id: UInt64, percent: UInt64) throws(SaleRefusal) -> TipQuestion {
        guard var question = currentTipQuestion(), question.id == id, question.answer == nil else {
            throw SaleRefusal(
                reason: "tip-not-asked",
                message: "This question for a tip is over. Nothing was added. Tell the cashier.")
        }
        let choice = question.choices.first { $0.percent == percent }
        guard percent == 0 || choice != nil else {
            throw SaleRefusal(
                reason: "tip-not-offered",
                message: "This tip was not offered. Nothing was added. Choose one of those shown.")
        }
        question.answer = choice?.tip.minorUnits ?? 0
        tipQuestion = question
        if shownScreen == question.screen { showIdle() }
        changed()
        return question
    }

    /// Takes the question back: the cashier goes on without, or with what the customer has said.
    public func withdrawTip() {
        guard let question = tipQuestion else { return }
        tipQuestion = nil
        if shownScreen == question.screen { showIdle() }
        changed()
    }

    /// What a bill comes to with a tip that somebody typed; `0.00` is none. The whole is within the
    /// limit of one payment.
    public func amount(_ bill: Amount, withTip text: String?)
        throws(SaleRefusal) -> (total: Amount, tip: UInt64)
    {
        guard let text else { return (bill, 0) }
        let tip: UInt64
        do throws(AmountError) {
            tip = try Amount(parsing: text, currency: bill.currency).minorUnits
        } catch .zero { return (bill, 0) } catch {
            throw SaleRefusal(
                reason: error.reason, message: "The tip: \(error) No sale was opened.")
        }
        guard
            tip <= bill.minorUnits / 100 * Tip.maximumPercent
                + bill.minorUnits % 100 * Tip.maximumPercent / 100
        else {
            throw SaleRefusal(
                reason: "tip-too-high",
                message:
                    "The tip is more than the bill of \(bill). No sale was opened. Look whether "
                    + "a digit is too many.")
        }
        let total = bill.minorUnits + tip
        guard total <= Amount.maximumMinorUnits else {
            throw SaleRefusal(
                reason: AmountError.tooLarge.reason,
                message: "\(AmountError.tooLarge) No sale was opened.")
        }
        return (try withinLimit(Amount(minorUnits: total, currency: bill.currency)), tip)
    }

    /// What of a receipt's amount is a tip, in minor units; nothing for a reversal.
    public func tip(of receipt: ReceiptNumber?) async throws(SaleRefusal) -> UInt64 {
        guard let receipt else { return 0 }
        do { return try await parts.journal.tip(of: receipt) } catch {
            throw SaleRefusal(reason: error.reason, message: error.message)
        }
    }
}
