import Money
public import Payments
import Vouchers

/// What people are told when a payment was undone: on the screen, and on the receipt.
public struct UndoSentences: Hashable, Sendable {
    /// The one word that is read from afar.
    public let headline: String
    /// For the cashier: what has happened, and what is left to do.
    public let cashier: String
    /// For the customer: where the money is.
    public let customer: String

    /// The sentences for an undoing.
    public init(_ undo: Undo) {
        let (money, receipt) = (undo.amount, undo.payment.receipt)
        switch undo.kind {
        case .cancellation:
            headline = "Cancelled"
            cashier = "Receipt \(receipt) of \(money) is cancelled. \(Self.restored(undo))"
            customer = Self.restored(undo)
        case .reversal:
            headline = "Not paid"
            cashier = "Receipt \(receipt) of \(money) is reversed. \(Self.restored(undo))"
            customer = Self.restored(undo)
        case .refund(.storedValue):
            headline = "Refunded"
            cashier = "\(money) of receipt \(receipt) are refunded. \(Self.restored(undo))"
            customer = Self.restored(undo)
        case .refund(.voucher):
            headline = "Refunded"
            cashier =
                "\(money) of receipt \(receipt) are refunded by a voucher. Hand its code over: "
                + "whoever has it has the money."
            customer = "Keep this voucher. It is good at this shop, once."
        case .refund(.outside):
            headline = "Refunded"
            cashier =
                "\(money) of receipt \(receipt) are refunded outside Till. Hand the money over."
            customer = "The shop gives you the money back."
        }
    }

    /// Where money is that went back to what paid.
    private static func restored(_ undo: Undo) -> String {
        switch undo.payment.voucherKind {
        case .fixed: "The voucher is good again, as it was."
        case .stored:
            "The amount is back: at this shop's terminal at once, elsewhere after the next exchange."
        case .certificate: "The amount will not be taken from the account."
        }
    }
}
