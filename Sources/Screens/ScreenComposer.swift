import Money
public import Payments

/// Makes the customer's screen from where the sale stands: a pure function, in English.
public struct ScreenComposer: Hashable, Sendable {
    /// The merchant's name, as the hub signed it.
    public let merchant: String

    /// Makes a composer for `merchant`.
    public init(merchant: String) { self.merchant = merchant }

    /// Nothing is being sold.
    public func idle() -> Screen {
        Screen(kind: .idle, merchant: merchant, headline: "Welcome")
    }

    /// The sale waits for a code; `symbol` is its request, or nil where it cannot be shown.
    public func waiting(_ sale: Sale, symbol: SymbolMatrix?) -> Screen {
        Screen(
            kind: .shopQR, merchant: merchant, headline: "Please pay",
            amount: sale.request.amount.description,
            lines: symbol == nil
                ? ["Show your payment code."] : ["Scan this code, or show your payment code."],
            symbol: symbol,
            footer: "Sale \(sale.reference)"
                + (sale.captured > 0 ? ", of \(sale.total) still due" : ""))
    }

    /// What became of a code.
    public func outcome(_ outcome: Outcome, of sale: Sale) -> Screen {
        let currency = sale.total.currency
        switch outcome {
        case .approved(let capture, let receipt):
            return Screen(
                kind: .approved, merchant: merchant, headline: "Paid",
                amount: capture.amount.description, lines: ["Thank you."],
                footer: "Receipt \(receipt)")
        case .approvedInPart(let capture, let receipt, let due):
            let rest = Amount(minorUnits: due, currency: currency)
            return Screen(
                kind: .approvedInPart, merchant: merchant, headline: "Paid in part",
                amount: capture.amount.description, lines: ["\(rest) are still due."],
                footer: "Receipt \(receipt)")
        case .declined(let reason):
            let sentences = DeclineSentences(reason, currency: currency)
            return Screen(
                kind: .declined, merchant: merchant, headline: "Not paid",
                amount: sale.request.amount.description, lines: [sentences.customer],
                footer: "Sale \(sale.reference)")
        }
    }

    /// A payment was undone; `symbol` is the refund voucher, where the money goes back by one.
    public func undone(_ undo: Undo, receipt: ReceiptNumber?, symbol: SymbolMatrix?) -> Screen {
        let sentences = UndoSentences(undo)
        return Screen(
            kind: .undone, merchant: merchant, headline: sentences.headline,
            amount: undo.amount.description, lines: [sentences.customer], symbol: symbol,
            footer: receipt.map { "Receipt \($0), for receipt \(undo.payment.receipt)" }
                ?? "For receipt \(undo.payment.receipt)")
    }

    /// The terminal cannot take payments.
    public func outOfOrder(_ sentence: String) -> Screen {
        Screen(
            kind: .outOfOrder, merchant: merchant, headline: "Out of order", lines: [sentence])
    }
}
