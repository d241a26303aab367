public import Money
public import Payments

/// Makes the customer's screen from where the sale stands, in the customer's language: a pure
/// function.
public struct ScreenComposer: Hashable, Sendable {
    /// The merchant's name, as the hub signed it.
    public let merchant: String
    /// The language that customers are spoken to in.
    public let language: ScreenLanguage

    /// Makes a composer for `merchant`.
    public init(merchant: String, language: ScreenLanguage = .english) {
        self.merchant = merchant
        self.language = language
    }

    /// Nothing is being sold.
    public func idle() -> Screen {
        Screen(kind: .idle, merchant: merchant, headline: language.text(.welcome))
    }

    /// The sale waits for a code; `symbol` is its request, or nil where it cannot be shown.
    public func waiting(_ sale: Sale, symbol: SymbolMatrix?) -> Screen {
        let reference = sale.reference.text
        return Screen(
            kind: .shopQR, merchant: merchant, headline: language.text(.pleasePay),
            amount: language.text(sale.request.amount),
            lines: [language.text(symbol == nil ? .showCode : .scanOrShow)], symbol: symbol,
            footer: sale.captured > 0
                ? language.text(.saleOfTotal(reference, sale.total))
                : language.text(.sale(reference)))
    }

    /// The hub is asked about a payment of `amount`.
    public func asking(_ amount: Amount) -> Screen {
        Screen(
            kind: .working, merchant: merchant, headline: language.text(.oneMoment),
            amount: language.text(amount), lines: [language.text(.askingOnline)])
    }

    /// What became of a code.
    public func outcome(_ outcome: Outcome, of sale: Sale) -> Screen {
        let currency = sale.total.currency
        switch outcome {
        case .approved(let capture, let receipt):
            return Screen(
                kind: .approved, merchant: merchant, headline: language.text(.paid),
                amount: language.text(capture.amount), lines: [language.text(.thankYou)],
                footer: language.text(.receipt(receipt)))
        case .approvedInPart(let capture, let receipt, let due):
            let rest = Amount(minorUnits: due, currency: currency)
            return Screen(
                kind: .approvedInPart, merchant: merchant, headline: language.text(.paidInPart),
                amount: language.text(capture.amount), lines: [language.text(.stillDue(rest))],
                footer: language.text(.receipt(receipt)))
        case .declined(let reason):
            return Screen(
                kind: .declined, merchant: merchant, headline: language.text(.notPaid),
                amount: language.text(sale.request.amount),
                lines: [language.text(DeclineSentences(reason, currency: currency).customer)],
                footer: language.text(.sale(sale.reference.text)))
        }
    }

    /// A payment was undone; `symbol` is the refund voucher, where the money goes back by one.
    public func undone(_ undo: Undo, receipt: ReceiptNumber?, symbol: SymbolMatrix?) -> Screen {
        let (sentences, paid) = (UndoSentences(undo), undo.payment.receipt)
        return Screen(
            kind: .undone, merchant: merchant, headline: language.text(sentences.headline),
            amount: language.text(undo.amount), lines: [language.text(sentences.customer)],
            symbol: symbol,
            footer: receipt.map { language.text(.receiptFor($0, payment: paid)) }
                ?? language.text(.forReceipt(paid)))
    }

    /// The terminal cannot take payments.
    public func outOfOrder() -> Screen {
        Screen(
            kind: .outOfOrder, merchant: merchant, headline: language.text(.outOfOrder),
            lines: [language.text(.askForAnotherWay)])
    }
}
