public import Money
public import Payments

/// Makes the customer's screen from where the sale stands, in the customer's language: a pure
/// function.
public struct ScreenComposer: Hashable, Sendable {
    /// The merchant's name, as the hub signed it.
    public let merchant: String
    /// The language that customers are spoken to in.
    public let language: ScreenLanguage
    /// Whether the terminal is in training: every screen says so.
    public let isTraining: Bool

    /// Makes a composer for `merchant`.
    public init(
        merchant: String, language: ScreenLanguage = .english, isTraining: Bool = false
    ) {
        self.merchant = merchant
        self.language = language
        self.isTraining = isTraining
    }

    /// A screen in this shop's name, laid out as the language is written.
    private func screen(
        kind: ScreenKind, headline: String, amount: String? = nil, lines: [String] = [],
        symbol: SymbolMatrix? = nil, countdown: String? = nil, footer: String? = nil,
        stillSeconds: UInt64 = 0
    ) -> Screen {
        Screen(
            kind: kind, merchant: merchant, headline: headline, amount: amount, lines: lines,
            symbol: symbol, countdown: countdown, footer: footer,
            banner: isTraining ? language.text(.training) : nil,
            isRightToLeft: language.isRightToLeft, rest: ScreenRest(stillSeconds: stillSeconds))
    }

    /// Nothing is being sold, and has not been for so many seconds.
    public func idle(stillSeconds: UInt64 = 0) -> Screen {
        screen(kind: .idle, headline: language.text(.welcome), stillSeconds: stillSeconds)
    }

    /// The sale waits for a code; `symbol` is its request, or nil where it cannot be shown, and
    /// `secondsLeft` how long it still takes an answer. While a code is in view that cannot be read,
    /// `hint` is told in place of how to pay.
    public func waiting(
        _ sale: Sale, symbol: SymbolMatrix?, secondsLeft: UInt64, hint: AimHint? = nil
    ) -> Screen {
        let reference = sale.reference.text
        return screen(
            kind: .shopQR, headline: language.text(.pleasePay),
            amount: language.text(sale.request.amount),
            lines: [
                language.text(
                    hint.map { .aim($0) } ?? (symbol == nil ? .showCode : .scanOrShow))
            ], symbol: symbol,
            countdown: language.text(Self.left(secondsLeft)),
            footer: sale.captured > 0
                ? language.text(.saleOfTotal(reference, sale.total))
                : language.text(.sale(reference)))
    }

    /// Whether the customer adds a tip to a bill; on a screen that is not touched, the cashier asks.
    public func tip(on bill: Amount, _ choices: [TipChoice]) -> Screen {
        screen(
            kind: .working, headline: language.text(.tip), amount: language.text(bill),
            lines: [choices.map { words(for: $0) }.joined(separator: "   ")])
    }

    /// The question in words.
    public func tipQuestion(on bill: Amount) -> String {
        "\(language.text(.tip)) \(language.text(bill))"
    }

    /// What a choice's button says: `10 % · 1.20 EUR`.
    public func words(for choice: TipChoice) -> String {
        "\u{2066}\(choice.percent)\u{A0}%\u{2069} · \(language.text(choice.tip))"
    }

    /// What the button says that adds none.
    public var noTip: String { language.text(.noTip) }

    /// The hub is asked about a payment of `amount`.
    public func asking(_ amount: Amount) -> Screen {
        screen(
            kind: .working, headline: language.text(.oneMoment),
            amount: language.text(amount), lines: [language.text(.askingOnline)])
    }

    /// After an approval: `amount` was paid, and `symbol` is the signed receipt with this number.
    public func receipt(_ amount: Amount, number: ReceiptNumber, symbol: SymbolMatrix) -> Screen {
        screen(
            kind: .receipt, headline: language.text(.paid), amount: language.text(amount),
            lines: [language.text(.takeReceipt)], symbol: symbol,
            footer: language.text(.receipt(number)))
    }

    /// What became of a code.
    public func outcome(_ outcome: Outcome, of sale: Sale) -> Screen {
        let currency = sale.total.currency
        switch outcome {
        case .approved(let capture, let receipt):
            return screen(
                kind: .approved, headline: language.text(.paid),
                amount: language.text(capture.amount), lines: [language.text(.thankYou)],
                footer: language.text(.receipt(receipt)))
        case .approvedInPart(let capture, let receipt, let due):
            let rest = Amount(minorUnits: due, currency: currency)
            return screen(
                kind: .approvedInPart, headline: language.text(.paidInPart),
                amount: language.text(capture.amount), lines: [language.text(.stillDue(rest))],
                footer: language.text(.receipt(receipt)))
        case .declined(let reason): return declined(reason, sale)
        }
    }

    private func declined(_ reason: DeclineReason, _ sale: Sale) -> Screen {
        let told = DeclineSentences(reason, currency: sale.total.currency).customer
        let (kind, headline) = Self.face(of: VerdictSigns(.declined(reason)).group)
        // Where the word does not say so, a line does; of an unconfirmed payment by another wallet
        // nobody here knows it.
        let saysIt = headline == .notPaid || reason == .unconfirmed
        return screen(
            kind: kind, headline: language.text(headline),
            amount: language.text(sale.request.amount),
            lines: [language.text(told)] + (saysIt ? [] : [language.text(.nothingPaid)]),
            footer: language.text(.sale(sale.reference.text)))
    }

    /// A decline's kind and word; those that lie with the terminal look as it does out of order.
    private static func face(of group: VerdictSigns.Group) -> (ScreenKind, CustomerPrompt) {
        switch group {
        case .again: (.again, .usedAlready)
        case .retry: (.retry, .tryAgain)
        case .network: (.network, .needsNetwork)
        case .fault: (.outOfOrder, .outOfOrder)
        case .approved, .part, .declined: (.declined, .notPaid)
        }
    }

    /// Above this many seconds the time left is told in minutes.
    private static let secondsFrom: UInt64 = 60
    /// Down to this many it is told in steps of five: a screen is drawn for each new text.
    private static let everySecondFrom: UInt64 = 10

    private static func left(_ seconds: UInt64) -> CustomerPrompt {
        if seconds >= secondsFrom { return .minutesLeft(seconds / 60) }
        return .secondsLeft(seconds > everySecondFrom ? seconds / 5 * 5 : seconds)
    }

    /// A payment was undone; `symbol` is the refund voucher, where the money goes back by one.
    public func undone(_ undo: Undo, receipt: ReceiptNumber?, symbol: SymbolMatrix?) -> Screen {
        let (sentences, paid) = (UndoSentences(undo), undo.payment.receipt)
        return screen(
            kind: .undone, headline: language.text(sentences.headline),
            amount: language.text(undo.amount), lines: [language.text(sentences.customer)],
            symbol: symbol,
            footer: receipt.map { language.text(.receiptFor($0, payment: paid)) }
                ?? language.text(.forReceipt(paid)))
    }

    /// The period is closed, and nothing has been sold since, for so many seconds.
    public func closed(stillSeconds: UInt64 = 0) -> Screen {
        screen(
            kind: .closed, headline: language.text(.closed),
            lines: [language.text(.payElsewhere)], stillSeconds: stillSeconds)
    }

    /// The terminal cannot take payments; `symbol` tells a technician how it is.
    public func outOfOrder(symbol: SymbolMatrix? = nil) -> Screen {
        screen(
            kind: .outOfOrder, headline: language.text(.outOfOrder),
            lines: [language.text(.askForAnotherWay)], symbol: symbol)
    }

    /// The terminal's health, as a code that a technician scans.
    public func health(symbol: SymbolMatrix) -> Screen {
        screen(
            kind: .service, headline: language.text(.service),
            lines: [language.text(.forTechnicians)], symbol: symbol)
    }
}
