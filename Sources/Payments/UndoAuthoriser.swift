import Money
import Vouchers

/// Why a payment was not undone. Nothing has happened. The cases stand in the order in which they
/// are tried.
public enum UndoRefusal: Hashable, Sendable {
    /// The journal cannot be read or written.
    case journalUnavailable(detail: String)
    /// Something else is being recorded: ask again at once.
    case busy
    /// The clock cannot be right; it stands before this, in seconds since 1970 UTC.
    case clockSuspect(floor: UInt64)
    /// No receipt has this number.
    case receiptUnknown
    /// The receipt is one of a cancellation or a refund.
    case notAPayment
    /// The payment is a part of the sale that is open: what is due would no longer be right.
    case saleOpen
    /// The payment has been cancelled, by this receipt.
    case alreadyCancelled(ReceiptNumber)
    /// The payment has been reversed.
    case alreadyReversed
    /// All of it has been refunded.
    case alreadyRefunded
    /// A part of it has been refunded, in minor units: the rest can only be refunded too.
    case refundedInPart(UInt64)
    /// Its period is closed: it can be refunded, but no more cancelled.
    case periodClosed
    /// People were told of the payment: it can be cancelled or refunded, but not reversed.
    case completionKnown
    /// The amount is in another currency than the payment.
    case currencyDiffers
    /// More than is left of the payment, in minor units.
    case moreThanPaid(left: UInt64)
    /// A fixed voucher is spent whole and takes nothing back by a refund.
    case fixedVoucher
    /// The voucher has expired since: nobody could spend what went back to it.
    case voucherExpired
    /// This terminal may not sign refund vouchers.
    case refundVoucherNotAllowed
    /// A refund voucher of this terminal may be worth so much at most, in minor units.
    case aboveRefundLimit(limit: UInt64)

    /// The stable code of this refusal in JSON.
    public var code: String {
        switch self {
        case .journalUnavailable: "journal-unavailable"
        case .busy: "sale-busy"
        case .clockSuspect: "clock-suspect"
        case .receiptUnknown: "receipt-unknown"
        case .notAPayment: "not-a-payment"
        case .saleOpen: "sale-open"
        case .alreadyCancelled: "already-cancelled"
        case .alreadyReversed: "already-reversed"
        case .alreadyRefunded: "already-refunded"
        case .refundedInPart: "refunded-in-part"
        case .periodClosed: "period-closed"
        case .completionKnown: "completion-known"
        case .currencyDiffers: "currency-differs"
        case .moreThanPaid: "more-than-paid"
        case .fixedVoucher: "fixed-voucher"
        case .voucherExpired: "voucher-expired"
        case .refundVoucherNotAllowed: "refund-voucher-not-allowed"
        case .aboveRefundLimit: "above-refund-limit"
        }
    }
}

/// What the undo authoriser answers.
public enum UndoDecision: Hashable, Sendable {
    /// Undo it so: it has happened once the journal has it.
    case undo(Undo)
    /// Do not.
    case refuse(UndoRefusal)
}

/// Decides, from what the journal knows of a payment alone, whether and how it is undone.
///
/// A pure function, and a column of early returns in the order of ``UndoRefusal``
/// (`docs/spec/sale.md`, *Undoing a payment*). That never more is given back than was paid is also
/// a constraint of the journal, whatever is decided here.
public enum UndoAuthoriser {
    /// Decides on `order`.
    ///
    /// - Parameters:
    ///   - found: what the journal has under the order's receipt.
    ///   - open: the sale that is open, if one is.
    ///   - role: the terminal's right to sign refund vouchers, if it has it.
    ///   - clockFloor: no honest clock stands before this, in seconds since 1970 UTC.
    public static func decide(
        _ order: UndoOrder, found: ReceiptLookUp, open: SaleReference?, role: RefundVoucherRole?,
        clockFloor: UInt64
    ) -> UndoDecision {
        if order.at < clockFloor { return .refuse(.clockSuspect(floor: clockFloor)) }
        let payment: CapturedPayment
        switch found {
        case .unknown: return .refuse(.receiptUnknown)
        case .undoing: return .refuse(.notAPayment)
        case .payment(let known): payment = known
        }
        if payment.sale == open { return .refuse(.saleOpen) }
        switch payment.standing {
        case .cancelled: return .refuse(.alreadyCancelled(payment.undone.cancellation ?? 0))
        case .reversed: return .refuse(.alreadyReversed)
        case .refunded: return .refuse(.alreadyRefunded)
        case .unclear, .complete, .refundedInPart: break
        }
        switch order.kind {
        case .cancellation, .reversal:
            if payment.undone.refunded > 0 {
                return .refuse(.refundedInPart(payment.undone.refunded))
            }
            if order.kind == .reversal, payment.isTold { return .refuse(.completionKnown) }
            if order.kind == .cancellation, payment.isPeriodClosed { return .refuse(.periodClosed) }
            if order.at >= payment.voucherExpiry { return .refuse(.voucherExpired) }
            return .undo(
                undo(
                    order, payment, payment.amount,
                    Restoration(
                        voucher: payment.voucher, kind: payment.voucherKind,
                        amount: payment.consumed)))
        case .refund(let way): return refund(order, payment, way, role)
        }
    }

    private static func refund(
        _ order: UndoOrder, _ payment: CapturedPayment, _ way: RefundWay,
        _ role: RefundVoucherRole?
    ) -> UndoDecision {
        let currency = payment.amount.currency
        let amount =
            order.amount ?? Amount(minorUnits: payment.refundable, currency: currency)
        if amount.currency != currency { return .refuse(.currencyDiffers) }
        if amount.minorUnits == 0 || amount.minorUnits > payment.refundable {
            return .refuse(.moreThanPaid(left: payment.refundable))
        }
        switch way {
        case .outside: return .undo(undo(order, payment, amount, nil))
        case .storedValue:
            if payment.voucherKind == .fixed { return .refuse(.fixedVoucher) }
            if order.at >= payment.voucherExpiry { return .refuse(.voucherExpired) }
            return .undo(
                undo(
                    order, payment, amount,
                    Restoration(
                        voucher: payment.voucher, kind: payment.voucherKind,
                        amount: amount.minorUnits)))
        case .voucher:
            guard let role, let limit = role.limits[currency.number] else {
                return .refuse(.refundVoucherNotAllowed)
            }
            if amount.minorUnits > limit { return .refuse(.aboveRefundLimit(limit: limit)) }
            return .undo(
                undo(
                    order, payment, amount,
                    Restoration(
                        voucher: VoucherIdentity(issuer: role.issuer, cti: order.cti),
                        kind: .fixed, amount: amount.minorUnits)))
        }
    }

    private static func undo(
        _ order: UndoOrder, _ payment: CapturedPayment, _ amount: Amount,
        _ restoration: Restoration?
    ) -> Undo {
        Undo(
            payment: payment, kind: order.kind, amount: amount, restoration: restoration,
            reason: order.reason, key: order.key, operatedBy: order.operatedBy, at: order.at)
    }
}
