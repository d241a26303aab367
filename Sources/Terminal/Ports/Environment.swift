/// The wall clock, handed in so that the rules know no time of their own.
public protocol WallClock: Sendable {
    /// Seconds since 1970 UTC.
    func now() -> UInt64
}

/// A source of random bytes fit for nonces.
public protocol RandomSource: Sendable {
    /// `count` unpredictable bytes.
    func bytes(_ count: Int) -> [UInt8]
}
