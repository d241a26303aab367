public import Money

/// What a terminal may approve by itself: values that the hub signs and the terminal obeys
/// (`docs/spec/policy.md`).
public struct Policy: Hashable, Sendable {
    /// Default floor limit: 250.00 in a currency of two decimals (promises, *Risk*).
    public static let defaultPerPaymentMajorUnits: UInt64 = 250
    /// Default outstanding sum: 1,000.00 in a currency of two decimals (promises, *Risk*).
    public static let defaultOutstandingMajorUnits: UInt64 = 1_000
    /// Default number of captures that may wait for the hub (promises, *Risk*).
    public static let defaultOutstandingCount: UInt64 = 500
    /// Default life of a request on the screen: long enough to find one's phone and unlock it,
    /// short enough that a forgotten sale does not block the counter.
    public static let defaultRequestLifetimeSeconds: UInt64 = 300
    /// Default time that the hub has for its answer while a customer waits (promises, *A payment
    /// works in all four weathers*): longer is felt as a stall, and then the offline rules decide.
    public static let defaultOnlineBudgetMilliseconds: UInt64 = 1_500

    /// The limits, one line for each currency accepted.
    public let limits: [CurrencyLimits]
    /// The largest number of captures that the hub has not yet acknowledged.
    public let outstandingCount: UInt64
    /// Whether stored value that covers only part of a sale may pay that part.
    public let splitSales: Bool
    /// The kinds that may pay by a one-way code: a bearer voucher shown alone, or a presentation
    /// without the request's nonce.
    public let oneWayKinds: Set<VoucherKind>
    /// How long a request stays open, in seconds.
    public let requestLifetimeSeconds: UInt64
    /// What is done about each fact.
    public let masks: FactMasks
    /// When things are too old, and what is left of the limits by then.
    public let bands: BandRules
    /// The hours in which the terminal may approve by itself.
    public let hours: OfflineHours
    /// How long the hub is waited for, in milliseconds.
    public let onlineBudgetMilliseconds: UInt64
    /// A voucher that paid less than so many seconds ago, for another sale, pays *too soon*.
    /// 0, the default, is no such rule.
    public let tooSoonSeconds: UInt64

    /// Makes a policy from its parts; see the properties for units.
    public init(
        limits: [CurrencyLimits], outstandingCount: UInt64 = Policy.defaultOutstandingCount,
        splitSales: Bool = true, oneWayKinds: Set<VoucherKind> = Set(VoucherKind.allCases),
        requestLifetimeSeconds: UInt64 = Policy.defaultRequestLifetimeSeconds,
        masks: FactMasks = .standard, bands: BandRules = BandRules(),
        hours: OfflineHours = .always,
        onlineBudgetMilliseconds: UInt64 = Policy.defaultOnlineBudgetMilliseconds,
        tooSoonSeconds: UInt64 = 0
    ) {
        self.limits = limits
        self.outstandingCount = outstandingCount
        self.splitSales = splitSales
        self.oneWayKinds = oneWayKinds
        self.requestLifetimeSeconds = requestLifetimeSeconds
        self.masks = masks
        self.bands = bands
        self.hours = hours
        self.onlineBudgetMilliseconds = onlineBudgetMilliseconds
        self.tooSoonSeconds = tooSoonSeconds
    }

    /// The policy with the product's default limits for each of `currencies`.
    public static func standard(for currencies: [Currency]) -> Policy {
        Policy(
            limits: currencies.map { currency in
                let scale = (0..<currency.exponent).reduce(UInt64(1)) { value, _ in value * 10 }
                return CurrencyLimits(
                    currency: currency, perPayment: defaultPerPaymentMajorUnits * scale,
                    outstanding: defaultOutstandingMajorUnits * scale)
            })
    }

    /// The limits of `currency`, or nil: such a currency is declined.
    public func limits(for currency: Currency) -> CurrencyLimits? {
        limits.first { $0.currency == currency }
    }

    /// The same policy with these parts changed, and all others as they are.
    public func changing(
        limits: [CurrencyLimits]? = nil, outstandingCount: UInt64? = nil,
        splitSales: Bool? = nil, oneWayKinds: Set<VoucherKind>? = nil,
        requestLifetimeSeconds: UInt64? = nil
    ) -> Policy {
        Policy(
            limits: limits ?? self.limits,
            outstandingCount: outstandingCount ?? self.outstandingCount,
            splitSales: splitSales ?? self.splitSales,
            oneWayKinds: oneWayKinds ?? self.oneWayKinds,
            requestLifetimeSeconds: requestLifetimeSeconds ?? self.requestLifetimeSeconds,
            masks: masks, bands: bands, hours: hours,
            onlineBudgetMilliseconds: onlineBudgetMilliseconds, tooSoonSeconds: tooSoonSeconds)
    }
}
