/// How well what the terminal believes is still known, from good to bad.
public enum Band: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    /// As it should be.
    case fresh = 0
    /// Older than usual: limits shrink.
    case ageing = 1
    /// Old: limits shrink more.
    case stale = 2
    /// Too old for anything to be approved offline by it.
    case stopped = 3

    /// The stable word for this band in messages and JSON.
    public var name: String {
        switch self {
        case .fresh: "fresh"
        case .ageing: "ageing"
        case .stale: "stale"
        case .stopped: "stopped"
        }
    }

    /// Whether `left` is the better known of the two.
    public static func < (left: Band, right: Band) -> Bool { left.rawValue < right.rawValue }
}

/// The ages at which something enters the next band, in seconds, ascending.
public struct BandThresholds: Hashable, Sendable {
    /// From this age on it is ageing.
    public let ageing: UInt64
    /// From this age on it is stale.
    public let stale: UInt64
    /// From this age on it is stopped.
    public let stopped: UInt64

    /// Makes thresholds in seconds, which ascend (two may be equal: the worse band holds).
    public init(ageing: UInt64, stale: UInt64, stopped: UInt64) {
        precondition(ageing <= stale && stale <= stopped, "The thresholds of bands ascend.")
        self.ageing = ageing
        self.stale = stale
        self.stopped = stopped
    }

    /// The band of something of this age, in seconds.
    public func band(of age: UInt64) -> Band {
        if age >= stopped { return .stopped }
        if age >= stale { return .stale }
        if age >= ageing { return .ageing }
        return .fresh
    }

    /// The age at which the band after that of `age` begins; nil where none does.
    public func next(after age: UInt64) -> UInt64? {
        [ageing, stale, stopped].first { $0 > age }
    }
}

/// What the bands depend on, and what they do to the limits.
public struct BandRules: Hashable, Sendable {
    private static let hour: UInt64 = 3_600
    private static let day: UInt64 = 24 * hour

    /// A trust list says by itself until when it is good; these only shrink what is risked on an
    /// old one: two weeks, a month, two months.
    public static let defaultTrustList = BandThresholds(
        ageing: 14 * day, stale: 30 * day, stopped: 60 * day)
    /// A hot list is made daily: one that was missed is ageing, a week of them is too many.
    public static let defaultHotList = BandThresholds(
        ageing: 2 * day, stale: 4 * day, stopped: 7 * day)
    /// A wallet's code lives for 60 seconds: an uncertainty of a minute begins to matter, and with
    /// an hour no expiry can be judged.
    public static let defaultClockUncertainty = BandThresholds(
        ageing: 60, stale: 10 * 60, stopped: hour)
    /// Soft after 24 hours, hard after 72 (promises, *Risk*).
    public static let defaultLastSync = BandThresholds(
        ageing: 24 * hour, stale: 48 * hour, stopped: 72 * hour)
    /// A half of the limits while something is ageing.
    public static let defaultAgeingPerMille: UInt64 = 500
    /// A quarter of them while something is stale.
    public static let defaultStalePerMille: UInt64 = 250

    /// By the age of the trust list.
    public let trustList: BandThresholds
    /// By the age of the hot list.
    public let hotList: BandThresholds
    /// By the uncertainty of the clock.
    public let clockUncertainty: BandThresholds
    /// By the time since the hub last answered.
    public let lastSync: BandThresholds
    /// What is left of amounts and counts in the band *ageing*, in thousandths.
    public let ageingPerMille: UInt64
    /// What is left of them in the band *stale*, in thousandths; in *stopped* nothing is.
    public let stalePerMille: UInt64

    /// Makes rules; thresholds are seconds, shares thousandths that do not rise.
    public init(
        trustList: BandThresholds = BandRules.defaultTrustList,
        hotList: BandThresholds = BandRules.defaultHotList,
        clockUncertainty: BandThresholds = BandRules.defaultClockUncertainty,
        lastSync: BandThresholds = BandRules.defaultLastSync,
        ageingPerMille: UInt64 = BandRules.defaultAgeingPerMille,
        stalePerMille: UInt64 = BandRules.defaultStalePerMille
    ) {
        precondition(
            stalePerMille <= ageingPerMille && ageingPerMille <= Self.whole,
            "What is left of the limits does not rise with age.")
        self.trustList = trustList
        self.hotList = hotList
        self.clockUncertainty = clockUncertainty
        self.lastSync = lastSync
        self.ageingPerMille = ageingPerMille
        self.stalePerMille = stalePerMille
    }

    /// All of the limits, in thousandths.
    public static let whole: UInt64 = 1_000

    /// What is left of the limits in `band`, in thousandths.
    public func perMille(in band: Band) -> UInt64 {
        switch band {
        case .fresh: Self.whole
        case .ageing: ageingPerMille
        case .stale: stalePerMille
        case .stopped: 0
        }
    }

    /// What is left of `limit` in `band`, rounded down.
    public func shrink(_ limit: UInt64, in band: Band) -> UInt64 {
        Share.of(limit, perMille(in: band), in: Self.whole)
    }
}
