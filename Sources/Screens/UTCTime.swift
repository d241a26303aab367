import Clocks

/// A moment as people read it: `2026-11-24 09:30 UTC` (proleptic Gregorian calendar).
public struct UTCTime: Hashable, Sendable, CustomStringConvertible {
    /// Seconds since 1970 UTC.
    public let seconds: UInt64

    /// Takes seconds since 1970 UTC.
    public init(_ seconds: UInt64) { self.seconds = seconds }

    /// The moment to the minute.
    public var description: String { "\(ShopCalendar.utc.local(seconds))" }

    /// The moment to the second, as RFC 3339 has it: `2026-11-24T09:30:00Z`.
    public var rfc3339: String { ShopCalendar.utc.local(seconds).rfc3339 }
}
