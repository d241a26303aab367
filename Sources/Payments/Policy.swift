public import Money
public import Vouchers

/// What kind of value a voucher carries (`formats.md` 1.1, first element of the value array).
public enum VoucherKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Fixed value: spent once, whole.
    case fixed = 1
    /// Stored value: spent in parts.
    case stored = 2
    /// Wallet certificate: pays later from an account.
    case certificate = 3

    /// The stable word for this kind in messages and JSON.
    public var name: String {
        switch self {
        case .fixed: "fixed"
        case .stored: "stored-value"
        case .certificate: "certificate"
        }
    }
}

extension VoucherValue {
    /// The kind of this value.
    public var kind: VoucherKind {
        switch self {
        case .fixed: .fixed
        case .stored: .stored
        case .certificate: .certificate
        }
    }

    /// The most that may ever be redeemed under this value, in minor units: the amount, the
    /// credit, or the offline total.
    public var ceiling: UInt64 {
        switch self {
        case .fixed(let amount): amount
        case .stored(let credit, _): credit
        case .certificate(_, let offlineTotal): offlineTotal
        }
    }
}

/// The offline limits of one currency. A currency without such a line is declined.
public struct CurrencyLimits: Hashable, Sendable {
    /// The currency that the two amounts are in.
    public let currency: Currency
    /// The floor limit: the largest single payment approved offline, in minor units.
    public let perPayment: UInt64
    /// The largest sum of captures that the hub has not yet acknowledged, in minor units.
    public let outstanding: UInt64

    /// Makes a line of limits; both amounts are minor units of `currency`.
    public init(currency: Currency, perPayment: UInt64, outstanding: UInt64) {
        self.currency = currency
        self.perPayment = perPayment
        self.outstanding = outstanding
    }
}

/// What a terminal may approve by itself: values that the hub signs and the terminal obeys.
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

    /// Makes a policy from its parts; see the properties for units.
    public init(
        limits: [CurrencyLimits], outstandingCount: UInt64 = Policy.defaultOutstandingCount,
        splitSales: Bool = true, oneWayKinds: Set<VoucherKind> = Set(VoucherKind.allCases),
        requestLifetimeSeconds: UInt64 = Policy.defaultRequestLifetimeSeconds
    ) {
        self.limits = limits
        self.outstandingCount = outstandingCount
        self.splitSales = splitSales
        self.oneWayKinds = oneWayKinds
        self.requestLifetimeSeconds = requestLifetimeSeconds
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
}
