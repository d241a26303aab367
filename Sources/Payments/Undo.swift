public import Money
public import Vouchers

/// How a refund gives money back.
public enum RefundWay: UInt8, Hashable, Sendable, CaseIterable {
    /// To the stored value, or the certificate, that paid: a negative redemption.
    case storedValue = 1
    /// By a voucher that this terminal signs, for this merchant's terminals.
    case voucher = 2
    /// Outside Till, in cash for instance.
    case outside = 3

    /// The stable word for this way in messages and JSON.
    public var name: String {
        switch self {
        case .storedValue: "stored-value"
        case .voucher: "voucher"
        case .outside: "cash"
        }
    }
}

/// How a payment is undone.
public enum UndoKind: Hashable, Sendable {
    /// The merchant undoes a whole payment before its period closes.
    case cancellation
    /// A new payment back, of a part or of all.
    case refund(RefundWay)
    /// Whether people were told of the payment is unclear: it is undone as a whole.
    case reversal

    /// The stable word for this kind in messages and JSON.
    public var name: String {
        switch self {
        case .cancellation: "cancellation"
        case .refund: "refund"
        case .reversal: "reversal"
        }
    }
}

/// Where a payment stands (`docs/spec/sale.md`). All but ``unclear`` are final: nothing is left
/// to be done, although a further refund may be made.
public enum PaymentStanding: String, Hashable, Sendable, CaseIterable {
    /// It is in the journal, and it is not known whether anybody was told.
    case unclear
    /// It is in the journal and was told.
    case complete
    /// A part of it has been given back.
    case refundedInPart = "refunded-in-part"
    /// All of it has been given back.
    case refunded
    /// It was undone as a whole before its period closed.
    case cancelled
    /// It was undone as a whole because its completion was unclear.
    case reversed
}

/// A payment of this terminal, as its journal knows it.
public struct CapturedPayment: Hashable, Sendable {
    /// What has been given back so far.
    public struct Undone: Hashable, Sendable {
        /// Minor units given back by refunds.
        public let refunded: UInt64
        /// The receipt of the cancellation, if it was cancelled.
        public let cancellation: ReceiptNumber?
        /// Whether it was reversed.
        public let isReversed: Bool

        /// Makes a tally; see the properties for units.
        public init(refunded: UInt64, cancellation: ReceiptNumber?, isReversed: Bool) {
            self.refunded = refunded
            self.cancellation = cancellation
            self.isReversed = isReversed
        }

        /// Nothing has been given back.
        public static let nothing = Undone(refunded: 0, cancellation: nil, isReversed: false)
    }

    /// The capture's place in the journal.
    public let sequence: UInt64
    /// Its receipt.
    public let receipt: ReceiptNumber
    /// The sale it paid.
    public let sale: SaleReference
    /// How much was captured.
    public let amount: Amount
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// The voucher that paid.
    public let voucher: VoucherIdentity
    /// Its kind.
    public let voucherKind: VoucherKind
    /// When the voucher expires, in seconds since 1970 UTC.
    public let voucherExpiry: UInt64
    /// What was used up of it, in minor units.
    public let consumed: UInt64
    /// What has been given back.
    public let undone: Undone
    /// Whether the period in which it was made has been closed.
    public let isPeriodClosed: Bool
    /// Whether people were told of it.
    public let isTold: Bool

    /// Makes a payment; see the properties for units.
    public init(
        sequence: UInt64, receipt: ReceiptNumber, sale: SaleReference, amount: Amount, at: UInt64,
        voucher: VoucherIdentity, voucherKind: VoucherKind, voucherExpiry: UInt64,
        consumed: UInt64, undone: Undone, isPeriodClosed: Bool, isTold: Bool
    ) {
        self.sequence = sequence
        self.receipt = receipt
        self.sale = sale
        self.amount = amount
        self.at = at
        self.voucher = voucher
        self.voucherKind = voucherKind
        self.voucherExpiry = voucherExpiry
        self.consumed = consumed
        self.undone = undone
        self.isPeriodClosed = isPeriodClosed
        self.isTold = isTold
    }

    /// Where it stands.
    public var standing: PaymentStanding {
        if undone.isReversed { return .reversed }
        if undone.cancellation != nil { return .cancelled }
        if undone.refunded >= amount.minorUnits { return .refunded }
        if undone.refunded > 0 { return .refundedInPart }
        return isTold ? .complete : .unclear
    }

    /// What may still be given back, in minor units: never more than was paid.
    public var refundable: UInt64 {
        switch standing {
        case .cancelled, .reversed, .refunded: 0
        case .unclear, .complete, .refundedInPart: amount.minorUnits - undone.refunded
        }
    }
}

/// What a receipt number turns out to name.
public enum ReceiptLookUp: Hashable, Sendable {
    /// No receipt has this number.
    case unknown
    /// A payment.
    case payment(CapturedPayment)
    /// A cancellation or a refund, which is not undone.
    case undoing
}

/// The right of this terminal to sign refund vouchers, from what the hub has signed.
public struct RefundVoucherRole: Hashable, Sendable {
    /// How long a refund voucher is good, in seconds: three years (1,096 days), as long as a
    /// claim for money lives in most of Europe, so that nobody's refund lapses before it.
    public static let lifetimeSeconds: UInt64 = 1_096 * 86_400

    /// The terminal's own entry as an issuer.
    public let issuer: IssuerID
    /// The merchant whose terminals take such a voucher.
    public let merchant: MerchantID
    /// The most that one voucher may be worth, in minor units, by ISO 4217 number.
    public let limits: [UInt16: UInt64]

    /// Makes a role; see the properties for units.
    public init(issuer: IssuerID, merchant: MerchantID, limits: [UInt16: UInt64]) {
        self.issuer = issuer
        self.merchant = merchant
        self.limits = limits
    }

    /// What a refund voucher says, signed by the terminal's key to make it. The same entry of the
    /// journal makes the same voucher again, so that its code need not be kept anywhere.
    ///
    /// - Parameters:
    ///   - cti: the voucher's `cti`, 10 random bytes.
    ///   - at: when the refund was made, in seconds since 1970 UTC.
    public func claims(of amount: Amount, cti: [UInt8], at: UInt64) -> VoucherClaims {
        VoucherClaims(
            value: .fixed(amount: amount.minorUnits), currencyNumber: amount.currency.number,
            cti: cti, expiry: at + Self.lifetimeSeconds, audience: .one(merchant.text),
            issuedAt: at)
    }
}

/// The order to undo a payment.
public struct UndoOrder: Hashable, Sendable {
    /// The length of the `cti` of a refund voucher, in bytes: as the hub's own (80 bits).
    public static let ctiLength = 10
    /// The longest reason, in bytes: the journal's limit for one.
    public static let maximumReasonLength = 100

    /// Which order it is: the caller's own number, so that the answer finds its way.
    public let number: UInt64
    /// The payment's receipt.
    public let receipt: ReceiptNumber
    /// How to undo it.
    public let kind: UndoKind
    /// How much; nil for all that is left. Of a refund only.
    public let amount: Amount?
    /// Why, for the records; at most ``maximumReasonLength`` bytes.
    public let reason: String?
    /// The caller's idempotency key, at most ``Sale/maximumKeyLength`` bytes.
    public let key: String?
    /// Who ordered it, where somebody was logged in.
    public let operatedBy: EntryOperator?
    /// 10 random bytes, for a refund voucher.
    public let cti: [UInt8]
    /// When, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes an order; see the properties for shapes and units.
    public init(
        number: UInt64, receipt: ReceiptNumber, kind: UndoKind, amount: Amount? = nil,
        reason: String? = nil, key: String? = nil, operatedBy: EntryOperator? = nil,
        cti: [UInt8], at: UInt64
    ) {
        precondition(cti.count == Self.ctiLength, "A refund voucher's cti has 10 bytes.")
        self.number = number
        self.receipt = receipt
        self.kind = kind
        self.amount = amount
        self.reason = reason
        self.key = key
        self.operatedBy = operatedBy
        self.cti = cti
        self.at = at
    }
}

/// What may be spent again, or anew, because a payment was undone.
public struct Restoration: Hashable, Sendable {
    /// The voucher: the one that paid, or the refund voucher.
    public let voucher: VoucherIdentity
    /// Its kind.
    public let kind: VoucherKind
    /// How much of it may be spent, in minor units.
    public let amount: UInt64

    /// Makes a restoration; see the properties for units.
    public init(voucher: VoucherIdentity, kind: VoucherKind, amount: UInt64) {
        self.voucher = voucher
        self.kind = kind
        self.amount = amount
    }
}

/// The undoing of a payment, as it goes into the journal.
public struct Undo: Hashable, Sendable {
    /// The payment, as it stood before.
    public let payment: CapturedPayment
    /// How it is undone.
    public let kind: UndoKind
    /// How much is given back: all of a cancellation and a reversal.
    public let amount: Amount
    /// What may be spent again or anew; nil where the money goes back outside Till.
    public let restoration: Restoration?
    /// Why, for the records.
    public let reason: String?
    /// The caller's idempotency key.
    public let key: String?
    /// Who ordered it, where somebody was logged in.
    public let operatedBy: EntryOperator?
    /// When it was decided, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes an undoing; ``UndoAuthoriser`` does, and a journal that reads one back.
    public init(
        payment: CapturedPayment, kind: UndoKind, amount: Amount, restoration: Restoration?,
        reason: String?, key: String?, operatedBy: EntryOperator? = nil, at: UInt64
    ) {
        self.payment = payment
        self.kind = kind
        self.amount = amount
        self.restoration = restoration
        self.reason = reason
        self.key = key
        self.operatedBy = operatedBy
        self.at = at
    }
}
