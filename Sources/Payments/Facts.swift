import COSE
public import Money
public import Vouchers

/// What the journal remembers of one voucher identity, apart from any queue.
public struct VoucherMemory: Hashable, Sendable {
    /// What all objects of this identity must share; another digest is a conflicting voucher.
    public let coreDigest: [UInt8]
    /// The highest ceiling seen: amount, credit or offline total, in minor units.
    public let ceiling: UInt64
    /// What is known to be redeemed, in minor units: see ``remembering(_:on:)``.
    public let spent: UInt64
    /// The last redemption that this terminal made, if any.
    public let last: Redemption?
    /// The last redemption that another terminal made, if the hub has told of any; ``spent``
    /// contains it.
    public let elsewhere: ElsewhereRedemption?

    /// Restores a memory; see the properties for units.
    public init(
        coreDigest: [UInt8], ceiling: UInt64, spent: UInt64, last: Redemption?,
        elsewhere: ElsewhereRedemption? = nil
    ) {
        self.coreDigest = coreDigest
        self.ceiling = ceiling
        self.spent = spent
        self.last = last
        self.elsewhere = elsewhere
    }

    /// What is known of a voucher once `voucher` has been seen on top of `memory`.
    ///
    /// `spent` is kept as a running floor: it rises to `redeemed` of each object seen and by each
    /// redemption made here. An object seen *before* a redemption cannot know of it, so adding is
    /// exact where `max(redeemed, redemptions here)` would let money that was redeemed elsewhere
    /// be spent a second time (ADR 0006). It is never below that maximum.
    public static func remembering(_ voucher: Voucher, on memory: VoucherMemory?) -> VoucherMemory {
        let redeemed: UInt64
        if case .stored(_, let value) = voucher.value { redeemed = value } else { redeemed = 0 }
        return VoucherMemory(
            coreDigest: memory?.coreDigest ?? voucher.coreDigest,
            ceiling: max(memory?.ceiling ?? 0, voucher.value.ceiling),
            spent: max(memory?.spent ?? 0, redeemed), last: memory?.last,
            elsewhere: memory?.elsewhere)
    }

    /// What may still be redeemed, in minor units.
    public var left: UInt64 { ceiling > spent ? ceiling - spent : 0 }
}

/// The captures that the hub has not acknowledged: the money at risk.
public struct Exposure: Hashable, Sendable {
    /// The sum of one currency's captures, in minor units, by ISO 4217 number.
    public let amounts: [UInt16: UInt64]
    /// The number of captures, in all currencies.
    public let count: UInt64
    /// When the oldest of them was made, in seconds since 1970 UTC.
    public let oldest: UInt64?

    /// Makes an exposure; see the properties for units.
    public init(amounts: [UInt16: UInt64], count: UInt64, oldest: UInt64?) {
        self.amounts = amounts
        self.count = count
        self.oldest = oldest
    }

    /// Nothing outstanding.
    public static let none = Exposure(amounts: [:], count: 0, oldest: nil)

    /// The outstanding sum in `currency`, in minor units.
    public func amount(in currency: Currency) -> UInt64 { amounts[currency.number] ?? 0 }
}

/// How often, and how much.
public struct CountAndSum: Hashable, Sendable {
    /// How often.
    public let count: UInt64
    /// How much, in minor units.
    public let sum: UInt64

    /// Makes a total; see the properties for units.
    public init(count: UInt64, sum: UInt64) {
        self.count = count
        self.sum = sum
    }
}

/// What one voucher, or all of one holder, have paid at this terminal in a time that ends now.
public struct WindowTotal: Hashable, Sendable {
    /// The time, in seconds.
    public let windowSeconds: UInt64
    /// The captures within it.
    public let total: CountAndSum

    /// Makes a total of a window.
    public init(windowSeconds: UInt64, total: CountAndSum) {
        self.windowSeconds = windowSeconds
        self.total = total
    }
}

/// What has to be looked up before a voucher can be decided on.
public struct FactsQuery: Hashable, Sendable {
    /// The voucher's identity.
    public let voucher: VoucherIdentity
    /// The presentation's identity, 32 bytes, where the code is one.
    public let presentation: [UInt8]?
    /// The nonce that the code answers, if any.
    public let nonce: [UInt8]?

    /// The windows, in seconds, over which the voucher's captures are to be added up.
    public let windows: [UInt64]
    /// The moment at which the windows end, in seconds since 1970 UTC.
    public let at: UInt64
    /// The kind whose captures outstanding in ``currencyNumber`` are to be added up, where the
    /// policy limits them.
    public let kind: VoucherKind?
    /// The sale's currency, an ISO 4217 number.
    public let currencyNumber: UInt16
    /// The thumbprint of the holder's key, 32 bytes, where the voucher has a holder: what all its
    /// vouchers paid in a window counts together.
    public let holder: [UInt8]?
    /// Whether the captures outstanding of the voucher's issuer in ``currencyNumber`` are to be
    /// added up: where the trust list limits them.
    public var addsUpIssuer = false

    /// Asks for what bears on `voucher` at `now` (seconds since 1970 UTC), and for the totals that
    /// `policy` wants, where the sale is in the voucher's own currency (else it is declined
    /// whatever is found).
    public init(_ voucher: Voucher, policy: Policy? = nil, at now: UInt64 = 0) {
        let limits = policy?.limits.first { $0.currency.number == voucher.currencyNumber }
        let line = limits?.limits(for: voucher.value.kind)
        self.voucher = voucher.identity
        presentation = voucher.presentation?.identity
        nonce = voucher.confirmationNonce ?? voucher.presentation?.nonce
        windows = limits?.windows ?? []
        at = now
        let isLimited = line.map { $0.outstanding != nil || $0.outstandingCount != nil }
        kind = isLimited == true ? voucher.value.kind : nil
        currencyNumber = voucher.currencyNumber
        holder = voucher.holder?.thumbprint
    }
}

/// What the journal knows that bears on one decision.
public struct JournalFacts: Hashable, Sendable {
    /// What is remembered of the voucher's identity.
    public let memory: VoucherMemory?
    /// Whether this very presentation has been captured before.
    public let presentationKnown: Bool
    /// Whether the request that the code answers has been paid.
    public let requestPaid: Bool
    /// The sale whose request the code answers, where the journal knows it.
    public let answeredSale: Sale?
    /// What the hub has not acknowledged.
    public let exposure: Exposure
    /// What the hub has not acknowledged of the voucher's kind and currency; nil where the query
    /// did not ask.
    public let kindExposure: CountAndSum?
    /// What the hub has not acknowledged of the voucher's issuer in its currency, in minor units;
    /// nil where the query did not ask.
    public let issuerOutstanding: UInt64?
    /// What the voucher, and all vouchers of its holder, paid in each window that the query asked
    /// for.
    public let windows: [WindowTotal]

    /// Gathers the facts of one decision.
    public init(
        memory: VoucherMemory?, presentationKnown: Bool, requestPaid: Bool,
        answeredSale: Sale? = nil, exposure: Exposure, kindExposure: CountAndSum? = nil,
        issuerOutstanding: UInt64? = nil, windows: [WindowTotal] = []
    ) {
        self.memory = memory
        self.presentationKnown = presentationKnown
        self.requestPaid = requestPaid
        self.answeredSale = answeredSale
        self.exposure = exposure
        self.kindExposure = kindExposure
        self.issuerOutstanding = issuerOutstanding
        self.windows = windows
    }
}
