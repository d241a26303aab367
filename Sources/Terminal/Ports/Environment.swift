public import Clocks

/// The wall clock, handed in so that the rules know no time of their own.
public protocol WallClock: Sendable {
    /// Seconds since 1970 UTC.
    func now() -> UInt64

    /// Where the clock stands; one that cannot tell is believed.
    func estimate() -> ClockEstimate

    /// Takes note that a signature says that this time has passed, in seconds since 1970 UTC.
    func passed(_ time: UInt64)
}

extension WallClock {
    /// Its own time, believed.
    public func estimate() -> ClockEstimate {
        ClockEstimate(now: now(), floor: 0, uncertainty: nil, standing: .unsettled)
    }

    /// Learns nothing.
    public func passed(_ time: UInt64) {}
}

/// A source of random bytes fit for nonces.
public protocol RandomSource: Sendable {
    /// `count` unpredictable bytes.
    func bytes(_ count: Int) -> [UInt8]
}
