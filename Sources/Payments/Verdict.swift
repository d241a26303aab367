public import Vouchers

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
    /// A receipt of a terminal: proof that something was paid, and no payment.
    case receiptShown
    /// A payment code of another scheme: it needs a network and that scheme.
    case otherScheme(kind: String, name: String)
    /// A voucher reference (`TVR:`) that no voucher in the terminal's store has.
    case referenceUnknown
    /// A voucher reference that is not one: mistyped or misread, with its reason's stable code.
    case referenceMalformed(reason: String, detail: String)
    /// A voucher reference that two vouchers in the store have: which one is meant, nobody knows.
    case referenceAmbiguous
    /// The voucher store cannot be read, so that no reference can be paid with.
    case storeUnavailable(detail: String)
    /// A voucher code that its verification refused.
    case refused(VoucherRefusal)
    /// The voucher is in another currency than the sale (ISO 4217 number of the voucher's).
    case currencyDiffers(voucherCurrency: UInt16)
    /// The policy has no line for the sale's currency.
    case currencyNotAccepted
    /// The same identity was seen with other terms: two vouchers that cannot both be honest.
    case conflictingVoucher
    /// The issuer's key was revoked before it signed the voucher.
    case issuerRevoked
    /// The voucher, or its holder's key, is on the hot list.
    case hotListed
    /// The confirmation or presentation names another amount than its request.
    case notForThisRequest(presented: UInt64, asked: UInt64)
    /// This very presentation has paid before, or its request has.
    case sameCodeAgain
    /// The voucher is used up, by a redemption of this terminal.
    case spentHere(last: Redemption)
    /// The voucher is used up, by a redemption of another terminal.
    case spentElsewhere(last: ElsewhereRedemption)
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
    /// The payment is above what the trust list lets be paid at a time, in minor units.
    case aboveAgreedLimit(limit: UInt64)
    /// What the trust list lets be outstanding is used up; `left` minor units remain.
    case agreedAllowanceUsedUp(left: UInt64)
    /// The trust list is too old, in seconds, or its age is not known.
    case trustDataTooOld(age: UInt64?)
    /// The hot list is too old, in seconds, or its age is not known, or there is none.
    case hotListTooOld(age: UInt64?)
    /// The clock may be off by so many seconds, or by an unknown time.
    case clockUncertain(by: UInt64?)
    /// The hub last answered so many seconds ago, or at an unknown time.
    case syncOverdue(age: UInt64?)
    /// The voucher may be on the hot list: only a network can tell.
    case mayBeHotListed
    /// The policy allows no offline approvals at this hour.
    case outsideHours
    /// The voucher paid here less than so many seconds ago.
    case tooSoon(seconds: UInt64)
    /// The voucher has paid here too often, or too much, in a time.
    case velocityExceeded
    /// With what the voucher paid here lately, the payment is above this floor limit.
    case splitSaleExceeded(limit: UInt64)
    /// The payment is above what this kind may pay by a one-way code, in minor units.
    case oneWayAboveLimit(limit: UInt64)
    /// The payment is above the terminal's floor limit, in minor units.
    case aboveFloorLimit(limit: UInt64)
    /// The payment is above the limit of this kind, in minor units.
    case aboveKindLimit(kind: VoucherKind, limit: UInt64)
    /// The terminal's own offline allowance is used up; `left` minor units remain.
    case allowanceUsedUp(left: UInt64)
    /// The allowance for this kind is used up; `left` minor units remain.
    case kindAllowanceUsedUp(kind: VoucherKind, left: UInt64)
    /// As many captures wait for the hub as the policy allows.
    case tooManyOutstanding(limit: UInt64)
    /// As many captures of this kind wait for the hub as the policy allows.
    case tooManyOfKind(kind: VoucherKind, limit: UInt64)
    /// The draw selected the payment for the hub, which cannot be asked.
    case selectedForOnline
    /// The policy wants every code to answer a request.
    case oneWayRefused
    /// The policy takes no vouchers without a holder.
    case bearerRefused
    /// The policy takes no parts of what is due.
    case partRefused
    /// The hub was asked and does not allow the payment: spent elsewhere, for instance.
    case declinedOnline(HubDecline)
    /// The customer has paid by a scheme's wallet, and no word of it has come.
    case unconfirmed

    /// The stable code of this reason, the same in JSON, in the journal and at the hub.
    public var code: String {
        switch self {
        case .journalUnavailable: "journal-unavailable"
        case .clockSuspect: "clock-suspect"
        case .severalCodes: "several-codes"
        case .notAPaymentCode: "not-a-payment-code"
        case .receiptShown: "receipt-not-a-payment"
        case .otherScheme(let kind, _): "other-scheme-\(kind)"
        case .referenceUnknown: "reference-unknown"
        case .referenceMalformed(let reason, _): reason
        case .referenceAmbiguous: "reference-ambiguous"
        case .storeUnavailable: "voucher-store-unavailable"
        case .refused(let refusal): refusal.reason.rawValue
        case .currencyDiffers: "currency-differs"
        case .currencyNotAccepted: "currency-not-accepted"
        case .conflictingVoucher: "conflicting-voucher"
        case .issuerRevoked: "issuer-revoked"
        case .hotListed: "hot-listed"
        case .notForThisRequest: "not-for-this-request"
        case .sameCodeAgain: "same-code-again"
        case .spentHere: "spent-here"
        case .spentElsewhere: "spent-elsewhere"
        case .nothingLeft: "nothing-left"
        case .oneWayNotAllowed: "one-way-not-allowed"
        case .aboveCodeCeiling: "above-code-ceiling"
        case .aboveVoucher: "above-voucher"
        case .abovePerPaymentMaximum: "above-per-payment-maximum"
        case .voucherAllowanceUsedUp: "voucher-allowance-used-up"
        case .aboveAgreedLimit: "above-agreed-limit"
        case .agreedAllowanceUsedUp: "agreed-allowance-used-up"
        default: weighedCode
        }
    }

    /// The code of what the policy weighs.
    private var weighedCode: String {
        switch self {
        case .trustDataTooOld: "trust-data-too-old"
        case .hotListTooOld: "hot-list-too-old"
        case .clockUncertain: "clock-uncertain"
        case .syncOverdue: "sync-overdue"
        case .mayBeHotListed: "may-be-hot-listed"
        case .outsideHours: "outside-hours"
        case .tooSoon: "too-soon"
        case .velocityExceeded: "velocity-exceeded"
        case .splitSaleExceeded: "split-sale-exceeded"
        case .oneWayAboveLimit: "one-way-above-limit"
        case .aboveFloorLimit: "above-floor-limit"
        case .aboveKindLimit: "above-kind-limit"
        case .allowanceUsedUp: "allowance-used-up"
        case .kindAllowanceUsedUp: "kind-allowance-used-up"
        case .tooManyOutstanding: "too-many-outstanding"
        case .tooManyOfKind: "too-many-of-kind"
        case .selectedForOnline: "selected-for-online"
        case .oneWayRefused: "one-way-refused"
        case .bearerRefused: "bearer-refused"
        case .partRefused: "part-refused"
        case .declinedOnline(let decline): decline.reason
        case .unconfirmed: "unconfirmed"
        default: preconditionFailure("Every other reason has its code above.")
        }
    }
}
