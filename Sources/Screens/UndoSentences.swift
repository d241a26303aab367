import Money
public import Payments
import Vouchers

/// What people are told when a payment was undone: on the screen, and on the receipt.
public struct UndoSentences: Hashable, Sendable {
    /// The one word that is read from afar.
    public let headline: CustomerUndo
    /// For the cashier: what has happened, and what is left to do.
    public let cashier: String
    /// For the customer: where the money is.
    public let customer: CustomerUndo

    /// The sentences for an undoing.
    public init(_ undo: Undo) {
        let (money, receipt) = (undo.amount, undo.payment.receipt)
        switch undo.kind {
        case .cancellation:
            headline = .cancelled
            cashier = "Receipt \(receipt) of \(money) is cancelled. \(Self.restored(undo))"
            customer = Self.told(undo)
        case .reversal:
            headline = .reversed
            cashier = "Receipt \(receipt) of \(money) is reversed. \(Self.restored(undo))"
            customer = Self.told(undo)
        case .refund(.storedValue):
            headline = .refunded
            cashier = "\(money) of receipt \(receipt) are refunded. \(Self.restored(undo))"
            customer = Self.told(undo)
        case .refund(.voucher):
            headline = .refunded
            cashier =
                "\(money) of receipt \(receipt) are refunded by a voucher. Hand its code over: "
                + "whoever has it has the money."
            customer = .keepThisVoucher
        case .refund(.outside):
            headline = .refunded
            cashier =
                "\(money) of receipt \(receipt) are refunded outside Till. Hand the money over."
            customer = .shopGivesItBack
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

    /// The same for the customer.
    private static func told(_ undo: Undo) -> CustomerUndo {
        switch undo.payment.voucherKind {
        case .fixed: .voucherGoodAgain
        case .stored: .amountIsBack
        case .certificate: .notTakenFromAccount
        }
    }
}
