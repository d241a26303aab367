/// What is true of one payment, as bits: what EMV calls the terminal verification results.
///
/// The numbers are stable: they stand in policies and in journals (`docs/spec/policy.md`, *Facts*).
/// They say nothing of the order in which reasons are told; that is `authorisation.md`'s.
public struct PaymentFacts: OptionSet, Hashable, Sendable {
    /// Bit n is the fact with number n.
    public let rawValue: UInt64

    /// Takes bits; see the constants for their meaning.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(bit: Int) { rawValue = 1 << bit }

    // What no policy can allow.

    /// The clock stands before its floor.
    public static let clockSuspect = PaymentFacts(bit: 0)
    /// The voucher is in another currency than the sale.
    public static let currencyDiffers = PaymentFacts(bit: 1)
    /// The policy has no line for the currency.
    public static let currencyNotAccepted = PaymentFacts(bit: 2)
    /// The identity was seen with other terms.
    public static let conflictingVoucher = PaymentFacts(bit: 3)
    /// The code answers the request with a nonce or an amount that is not the request's.
    public static let notForThisRequest = PaymentFacts(bit: 4)
    /// This very presentation has been captured.
    public static let presentationKnown = PaymentFacts(bit: 5)
    /// Nothing is left, and this terminal has taken some of it.
    public static let spentHere = PaymentFacts(bit: 6)
    /// Nothing is left, and another terminal has taken some of it.
    public static let spentElsewhere = PaymentFacts(bit: 7)
    /// Nothing is left, by what the issuer knew.
    public static let nothingLeft = PaymentFacts(bit: 8)
    /// The request that the code answers has been paid.
    public static let requestPaid = PaymentFacts(bit: 9)
    /// The policy does not take this kind by a one-way code.
    public static let oneWayKindNotAllowed = PaymentFacts(bit: 10)
    /// The one-way code's own amount is below the sale.
    public static let aboveCodeCeiling = PaymentFacts(bit: 11)
    /// The sale is above what the voucher is worth.
    public static let aboveVoucher = PaymentFacts(bit: 12)
    /// The sale is above the certificate's maximum for one payment.
    public static let abovePerPaymentMaximum = PaymentFacts(bit: 13)
    /// The certificate's offline total would be passed.
    public static let voucherAllowanceUsedUp = PaymentFacts(bit: 14)
    /// The issuer's key was revoked before it signed the voucher.
    public static let issuerRevoked = PaymentFacts(bit: 15)
    /// The voucher, or its holder's key, is certainly on the hot list.
    public static let hotListed = PaymentFacts(bit: 16)

    /// The payment is above what the trust list lets be paid at a time.
    public static let aboveAgreedLimit = PaymentFacts(bit: 17)
    /// The sum outstanding would pass what the trust list lets be outstanding.
    public static let agreedAllowanceUsedUp = PaymentFacts(bit: 18)

    /// All facts that no policy can allow: bits 0 to 19, of which one is free.
    public static let unconditional = PaymentFacts(rawValue: (1 << 20) - 1)

    // What the policy weighs: how well things are known.

    /// The trust list is in its band *ageing*.
    public static let trustListAgeing = PaymentFacts(bit: 20)
    /// The trust list is *stale*.
    public static let trustListStale = PaymentFacts(bit: 21)
    /// The trust list is *stopped*.
    public static let trustListStopped = PaymentFacts(bit: 22)
    /// The age of the trust list is not known.
    public static let trustListAgeUnknown = PaymentFacts(bit: 23)
    /// The hot list is in its band *ageing*.
    public static let hotListAgeing = PaymentFacts(bit: 24)
    /// The hot list is *stale*.
    public static let hotListStale = PaymentFacts(bit: 25)
    /// The hot list is *stopped*.
    public static let hotListStopped = PaymentFacts(bit: 26)
    /// The age of the hot list is not known.
    public static let hotListAgeUnknown = PaymentFacts(bit: 27)
    /// The clock's uncertainty is in its band *ageing*.
    public static let clockAgeing = PaymentFacts(bit: 28)
    /// The clock's uncertainty is *stale*.
    public static let clockStale = PaymentFacts(bit: 29)
    /// The clock's uncertainty is *stopped*.
    public static let clockStopped = PaymentFacts(bit: 30)
    /// The clock's uncertainty is not known.
    public static let clockUncertaintyUnknown = PaymentFacts(bit: 31)
    /// The last sync is in its band *ageing*: the soft limit.
    public static let syncAgeing = PaymentFacts(bit: 32)
    /// The last sync is *stale*.
    public static let syncStale = PaymentFacts(bit: 33)
    /// The last sync is *stopped*: the hard limit.
    public static let syncStopped = PaymentFacts(bit: 34)
    /// When the hub last answered is not known.
    public static let syncAgeUnknown = PaymentFacts(bit: 35)

    // What the policy weighs: the voucher and the payment.

    /// The hot list cannot say that the voucher is not on it.
    public static let mayBeHotListed = PaymentFacts(bit: 36)
    /// The terminal holds no hot list.
    public static let hotListNotHeld = PaymentFacts(bit: 37)
    /// The policy allows no offline approvals at this hour.
    public static let outsideHours = PaymentFacts(bit: 38)
    /// The voucher paid here a moment ago, for another sale.
    public static let tooSoon = PaymentFacts(bit: 39)
    /// A velocity rule would be broken.
    public static let velocityExceeded = PaymentFacts(bit: 40)
    /// What the voucher paid here lately is, with this payment, above the floor limit.
    public static let splitSaleExceeded = PaymentFacts(bit: 41)
    /// The payment is above what the kind may pay by a one-way code.
    public static let oneWayAboveLimit = PaymentFacts(bit: 42)
    /// The payment is above the floor limit.
    public static let aboveFloorLimit = PaymentFacts(bit: 43)
    /// The payment is above the kind's own limit.
    public static let aboveKindLimit = PaymentFacts(bit: 44)
    /// The sum outstanding would pass its limit.
    public static let allowanceUsedUp = PaymentFacts(bit: 45)
    /// The kind's sum outstanding would pass its limit.
    public static let kindAllowanceUsedUp = PaymentFacts(bit: 46)
    /// As many captures are outstanding as are allowed.
    public static let tooManyOutstanding = PaymentFacts(bit: 47)
    /// As many captures of the kind are outstanding as are allowed.
    public static let tooManyOfKind = PaymentFacts(bit: 48)
    /// The draw selected the payment for online.
    public static let selectedForOnline = PaymentFacts(bit: 49)
    /// The code answers no request.
    public static let oneWay = PaymentFacts(bit: 50)
    /// The voucher has no holder: whoever shows it first has it.
    public static let bearer = PaymentFacts(bit: 51)
    /// Only a part of what is due would be paid.
    public static let partial = PaymentFacts(bit: 52)

    /// The number of bits, all of which a message's integer can hold (below 2^53).
    public static let bitCount = 53
    /// All facts that a policy's masks may name.
    public static let maskable = PaymentFacts(rawValue: (1 << bitCount) - 1)
        .subtracting(.unconditional)
}

extension PaymentFacts {
    /// The facts of a band: `ageing`, `stale` or `stopped` of one of the four things that age.
    static func of(_ band: Band, firstBit: Int) -> PaymentFacts {
        switch band {
        case .fresh: []
        case .ageing: PaymentFacts(bit: firstBit)
        case .stale: PaymentFacts(bit: firstBit + 1)
        case .stopped: PaymentFacts(bit: firstBit + 2)
        }
    }

    /// The first of the four bits of each thing that ages.
    enum FirstBit {
        static let trustList = 20
        static let hotList = 24
        static let clock = 28
        static let sync = 32
    }
}

extension PaymentFacts {
    /// That the trust list is old, or nobody knows how old.
    static let ofTrustList: PaymentFacts = [
        .trustListAgeing, .trustListStale, .trustListStopped, .trustListAgeUnknown,
    ]
    /// That the hot list is old, is not there, or nobody knows how old it is.
    static let ofHotList: PaymentFacts = [
        .hotListAgeing, .hotListStale, .hotListStopped, .hotListAgeUnknown, .hotListNotHeld,
    ]
    /// That the clock is uncertain.
    static let ofClock: PaymentFacts = [
        .clockAgeing, .clockStale, .clockStopped, .clockUncertaintyUnknown,
    ]
    /// That the hub has been away for long.
    static let ofSync: PaymentFacts = [.syncAgeing, .syncStale, .syncStopped, .syncAgeUnknown]
}
