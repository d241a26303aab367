public import Money

/// The limits that one kind of voucher has beside those of its currency; nil is no limit of its own.
public struct KindLimits: Hashable, Sendable {
    /// The kind that the limits are for.
    public let kind: VoucherKind
    /// The largest single payment with this kind, in minor units.
    public let perPayment: UInt64?
    /// The largest payment by a one-way code of this kind, in minor units.
    public let oneWay: UInt64?
    /// The largest sum outstanding of this kind, in minor units.
    public let outstanding: UInt64?
    /// The largest number of captures outstanding of this kind in this currency.
    public let outstandingCount: UInt64?

    /// Makes limits of one kind; amounts are minor units of the line they belong to.
    public init(
        kind: VoucherKind, perPayment: UInt64? = nil, oneWay: UInt64? = nil,
        outstanding: UInt64? = nil, outstandingCount: UInt64? = nil
    ) {
        self.kind = kind
        self.perPayment = perPayment
        self.oneWay = oneWay
        self.outstanding = outstanding
        self.outstandingCount = outstandingCount
    }
}

/// How much one voucher, and all vouchers of one holder together, may pay at this terminal within a
/// time; nil is no limit.
public struct VelocityRule: Hashable, Sendable {
    /// The time that is looked back, in seconds.
    public let windowSeconds: UInt64
    /// The most payments within it, the present one included.
    public let count: UInt64?
    /// The largest sum within it, the present payment included, in minor units.
    public let sum: UInt64?

    /// Makes a rule; see the properties for units.
    public init(windowSeconds: UInt64, count: UInt64? = nil, sum: UInt64? = nil) {
        self.windowSeconds = windowSeconds
        self.count = count
        self.sum = sum
    }
}

/// How often a payment is sent to the hub although nothing else asks for it: the biased random
/// selection of EMV Book 3, 10.6.2.
public struct RandomSelection: Hashable, Sendable {
    /// Payments below this are selected with the target share, in minor units.
    public let threshold: UInt64
    /// The share selected below the threshold, in thousandths.
    public let targetPerMille: UInt64
    /// The share that is reached at the floor limit, in thousandths, at most 1,000.
    public let maximumPerMille: UInt64

    /// Makes a selection; shares are thousandths, the target at most the maximum.
    public init(threshold: UInt64, targetPerMille: UInt64, maximumPerMille: UInt64) {
        self.threshold = threshold
        self.targetPerMille = targetPerMille
        self.maximumPerMille = maximumPerMille
    }

    /// The draws below which a payment of `amount` minor units is selected, in millionths, where
    /// the floor limit is `floorLimit`: the target below the threshold, then rising in a straight
    /// line to the maximum at the floor limit.
    public func threshold(for amount: UInt64, floorLimit: UInt64) -> UInt64 {
        if amount < threshold { return targetPerMille * 1_000 }
        if amount >= floorLimit { return maximumPerMille * 1_000 }
        let span = (maximumPerMille - targetPerMille) * 1_000
        return targetPerMille * 1_000
            + Share.of(span, amount - threshold, in: floorLimit - threshold)
    }
}

/// Whole-number shares without overflow.
enum Share {
    /// `value * part / whole`, rounded down; `part` is at most `whole`, which is above 0.
    static func of(_ value: UInt64, _ part: UInt64, in whole: UInt64) -> UInt64 {
        precondition(part <= whole && whole > 0, "A share is a part of a whole.")
        return whole.dividingFullWidth(value.multipliedFullWidth(by: part)).quotient
    }
}

/// The offline limits of one currency. A currency without such a line is declined.
public struct CurrencyLimits: Hashable, Sendable {
    /// The currency that the amounts are in.
    public let currency: Currency
    /// The floor limit: the largest single payment approved offline, in minor units.
    public let perPayment: UInt64
    /// The largest sum of captures that the hub has not yet acknowledged, in minor units.
    public let outstanding: UInt64
    /// The limits of single kinds, each kind once.
    public let kinds: [KindLimits]
    /// How much one voucher may pay within a time; all rules hold.
    public let velocity: [VelocityRule]
    /// The split-sale rule (EMV Book 3, 10.6.1): what one voucher has paid here in so many seconds
    /// counts with the present payment against the floor limit. 0 is no such rule.
    public let splitSaleWindowSeconds: UInt64
    /// The random selection for online, if any.
    public let selection: RandomSelection?

    /// Makes a line of limits; all amounts are minor units of `currency`.
    public init(
        currency: Currency, perPayment: UInt64, outstanding: UInt64, kinds: [KindLimits] = [],
        velocity: [VelocityRule] = [], splitSaleWindowSeconds: UInt64 = 0,
        selection: RandomSelection? = nil
    ) {
        self.currency = currency
        self.perPayment = perPayment
        self.outstanding = outstanding
        self.kinds = kinds
        self.velocity = velocity
        self.splitSaleWindowSeconds = splitSaleWindowSeconds
        self.selection = selection
    }

    /// The limits of `kind`, where it has some of its own.
    public func limits(for kind: VoucherKind) -> KindLimits? { kinds.first { $0.kind == kind } }

    /// The times, in seconds, over which one voucher's payments have to be added up to decide.
    public var windows: [UInt64] {
        let all =
            velocity.map(\.windowSeconds)
            + (splitSaleWindowSeconds > 0 ? [splitSaleWindowSeconds] : [])
        return Set(all).sorted()
    }
}
