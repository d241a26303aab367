import Money
import Payments
import Vouchers

/// What people are told when a payment is not undone: what happened, what it means for the money,
/// what to do.
struct UndoWords {
    let reason: String
    let message: String

    init(_ refusal: UndoRefusal, receipt: ReceiptNumber, terminal: TerminalID?) {
        reason = refusal.code
        message = Self.cause(refusal, receipt) + " Nothing was undone. " + Self.advice(refusal)
    }

    private static func cause(_ refusal: UndoRefusal, _ receipt: ReceiptNumber) -> String {
        switch refusal {
        case .journalUnavailable(let detail): detail
        case .busy: "The terminal is busy with another payment."
        case .clockSuspect:
            "The terminal's clock is wrong: it stands before the last entry of the journal, the "
                + "hub's configuration, or this program's release."
        case .receiptUnknown: "This terminal has no receipt \(receipt)."
        case .notAPayment: "Receipt \(receipt) is itself of a refund or a cancellation."
        case .saleOpen: "The sale of receipt \(receipt) is still open."
        case .alreadyCancelled(let by):
            "Receipt \(receipt) was cancelled before, by receipt \(by)."
        case .alreadyReversed: "Receipt \(receipt) was reversed before."
        case .alreadyRefunded: "All of receipt \(receipt) has been refunded before."
        case .refundedInPart: "A part of receipt \(receipt) has been refunded before."
        case .periodClosed: "The period of receipt \(receipt) is closed."
        case .completionKnown: "People were told of receipt \(receipt)."
        case .currencyDiffers: "The amount is in another currency than receipt \(receipt)."
        case .moreThanPaid: "That is more than is left of receipt \(receipt), or nothing at all."
        case .fixedVoucher:
            "Receipt \(receipt) was paid by a voucher that is spent whole and takes nothing back."
        case .voucherExpired: "The voucher that paid receipt \(receipt) has expired since."
        case .refundVoucherNotAllowed:
            "This terminal may not sign refund vouchers in this currency."
        case .aboveRefundLimit: "That is above what a refund voucher of this terminal may be worth."
        }
    }

    private static func advice(_ refusal: UndoRefusal) -> String {
        switch refusal {
        case .journalUnavailable:
            "Look at `tillctl journal list` before asking again."
        case .busy: "Ask again."
        case .clockSuspect: "Set the clock right."
        case .saleOpen: "Finish it, or give it up first."
        case .receiptUnknown, .notAPayment: "Look at `tillctl journal list`."
        case .alreadyCancelled, .alreadyReversed, .alreadyRefunded:
            "The money has gone back already."
        case .refundedInPart, .periodClosed: "Refund what is left with `tillctl refund`."
        case .completionKnown: "Cancel it with `tillctl cancel`, or refund it."
        case .currencyDiffers: "Give the amount in the currency that was paid."
        case .moreThanPaid: "Give an amount above 0 and at most what is left."
        case .fixedVoucher, .voucherExpired: "Refund it another way: --to voucher, or --to cash."
        case .refundVoucherNotAllowed, .aboveRefundLimit:
            "Refund it another way: --to cash, for instance."
        }
    }
}

extension SaleRefusal {
    /// The refusal of an undoing, in words.
    init(_ words: UndoWords) { self.init(reason: words.reason, message: words.message) }
}
