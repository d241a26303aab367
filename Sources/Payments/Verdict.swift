public import Money
public import Vouchers

/// The number on a receipt: from 1, without gaps, one for each capture of a journal.
public typealias ReceiptNumber = UInt64

/// One redemption that a journal remembers of a voucher.
public struct Redemption: Hashable, Sendable {
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// How much, in minor units of the voucher's currency.
    public let amount: UInt64
    /// On which receipt.
    public let receipt: ReceiptNumber

    /// Makes a redemption; see the properties for units.
    public init(at: UInt64, amount: UInt64, receipt: ReceiptNumber) {
        self.at = at
        self.amount = amount
        self.receipt = receipt
    }
}

/// Why a code was not paid with. The cases stand in the order in which they are tried: where
/// several apply, the earlier one is told (`docs/spec/authorisation.md`).
public enum DeclineReason: Hashable, Sendable {
    /// The journal cannot be read or written: nothing is approved that is not on disk.
    case journalUnavailable(detail: String)
    /// The terminal's clock cannot be right: it stands before its floor, in seconds UTC.
    case clockSuspect(floor: UInt64)
    /// More than one code is in view; which one is meant is the customer's to say.
    case severalCodes(count: Int)
    /// The picture holds a code that is no payment code at all.
    case notAPaymentCode
    /// A payment code of another scheme: it needs a network and that scheme.
    case otherScheme(kind: String, name: String)
    /// A voucher reference (`TVR:`) that no voucher in the terminal's store has.
    case referenceUnknown
    /// A voucher code that its verification refused.
    case refused(VoucherRefusal)
    /// The voucher is in another currency than the sale (ISO 4217 number of the voucher's).
    case currencyDiffers(voucherCurrency: UInt16)
    /// The policy has no line for the sale's currency.
    case currencyNotAccepted
    /// The same identity was seen with other terms: two vouchers that cannot both be honest.
    case conflictingVoucher
    /// The confirmation or presentation names another amount than its request.
    case notForThisRequest(presented: UInt64, asked: UInt64)
    /// This very presentation has paid before, or its request has.
    case sameCodeAgain
    /// The voucher is used up, by a redemption of this terminal.
    case spentHere(last: Redemption)
    /// The voucher has nothing left, by what its issuer knew when it signed.
    case nothingLeft
    /// The policy wants this kind answered to a request, not shown one-way.
    case oneWayNotAllowed(kind: VoucherKind)
    /// The one-way code's own ceiling is below the sale, in minor units.
    case aboveCodeCeiling(ceiling: UInt64)
    /// The sale is above what the voucher is worth, in minor units.
    case aboveVoucher(left: UInt64)
    /// The sale is above the certificate's maximum for one payment, in minor units.
    case abovePerPaymentMaximum(maximum: UInt64)
    /// The certificate's offline total would be passed; `left` minor units remain.
    case voucherAllowanceUsedUp(left: UInt64)
    /// The payment is above the terminal's floor limit, in minor units.
    case aboveFloorLimit(limit: UInt64)
    /// The terminal's own offline allowance is used up; `left` minor units remain.
    case allowanceUsedUp(left: UInt64)
    /// As many captures wait for the hub as the policy allows.
    case tooManyOutstanding(limit: UInt64)

    /// The stable code of this reason, the same in JSON, in the journal and at the hub.
    public var code: String {
        switch self {
        case .journalUnavailable: "journal-unavailable"
        case .clockSuspect: "clock-suspect"
        case .severalCodes: "several-codes"
        case .notAPaymentCode: "not-a-payment-code"
        case .otherScheme(let kind, _): "other-scheme-\(kind)"
        case .referenceUnknown: "reference-unknown"
        case .refused(let refusal): refusal.reason.rawValue
        case .currencyDiffers: "currency-differs"
        case .currencyNotAccepted: "currency-not-accepted"
        case .conflictingVoucher: "conflicting-voucher"
        case .notForThisRequest: "not-for-this-request"
        case .sameCodeAgain: "same-code-again"
        case .spentHere: "spent-here"
        case .nothingLeft: "nothing-left"
        case .oneWayNotAllowed: "one-way-not-allowed"
        case .aboveCodeCeiling: "above-code-ceiling"
        case .aboveVoucher: "above-voucher"
        case .abovePerPaymentMaximum: "above-per-payment-maximum"
        case .voucherAllowanceUsedUp: "voucher-allowance-used-up"
        case .aboveFloorLimit: "above-floor-limit"
        case .allowanceUsedUp: "allowance-used-up"
        case .tooManyOutstanding: "too-many-outstanding"
        }
    }
}

/// What the offline authoriser answers to one code.
public enum Decision: Hashable, Sendable {
    /// Pay this: it becomes an approval only once the journal has it.
    case capture(Capture)
    /// Do not.
    case decline(DeclineReason)
}

/// The financial record of an approved payment, as it goes into the journal.
public struct Capture: Hashable, Sendable {
    /// The sale that is paid.
    public let sale: SaleReference
    /// How much is captured, at most what was due.
    public let amount: Amount
    /// What is used up of the voucher, in minor units: more than `amount` where a fixed
    /// voucher is spent whole on a smaller sale.
    public let consumed: UInt64
    /// The voucher that pays.
    public let voucher: Voucher
    /// The nonce of the request that is answered, if the code answers one.
    public let requestNonce: [UInt8]?
    /// When the decision was taken, in seconds since 1970 UTC.
    public let at: UInt64
}
