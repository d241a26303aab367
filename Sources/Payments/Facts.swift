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

    /// Restores a memory; see the properties for units.
    public init(coreDigest: [UInt8], ceiling: UInt64, spent: UInt64, last: Redemption?) {
        self.coreDigest = coreDigest
        self.ceiling = ceiling
        self.spent = spent
        self.last = last
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
            spent: max(memory?.spent ?? 0, redeemed), last: memory?.last)
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

/// What has to be looked up before a voucher can be decided on.
public struct FactsQuery: Hashable, Sendable {
    /// The voucher's identity.
    public let voucher: VoucherIdentity
    /// The presentation's identity, 32 bytes, where the code is one.
    public let presentation: [UInt8]?
    /// The nonce that the code answers, if any.
    public let nonce: [UInt8]?

    /// Asks for what bears on `voucher`.
    public init(_ voucher: Voucher) {
        self.voucher = voucher.identity
        presentation = voucher.presentation?.identity
        nonce = voucher.confirmationNonce ?? voucher.presentation?.nonce
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

    /// Gathers the facts of one decision.
    public init(
        memory: VoucherMemory?, presentationKnown: Bool, requestPaid: Bool,
        answeredSale: Sale? = nil, exposure: Exposure
    ) {
        self.memory = memory
        self.presentationKnown = presentationKnown
        self.requestPaid = requestPaid
        self.answeredSale = answeredSale
        self.exposure = exposure
    }
}
