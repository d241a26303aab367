/// The hours of the day in which a terminal may approve by itself.
public struct OfflineHours: Hashable, Sendable {
    /// Minutes in a day.
    public static let minutesPerDay: UInt64 = 1_440
    /// The largest distance of a shop's clock from UTC, in minutes: no civil time is further.
    public static let maximumOffsetMinutes: Int64 = 14 * 60
    /// The most windows of a day.
    public static let maximumWindows = 24

    /// A stretch of the day, in minutes from midnight by the shop's clock.
    public struct Window: Hashable, Sendable {
        /// The first minute in it, 0 to 1,439.
        public let from: UInt64
        /// The first minute after it, 1 to 1,440; at or below `from`, it runs past midnight.
        public let until: UInt64

        /// Makes a window; see the properties for units.
        public init(from: UInt64, until: UInt64) {
            precondition(
                from < minutesPerDay && (1...minutesPerDay).contains(until),
                "A window lies within a day.")
            self.from = from
            self.until = until
        }

        /// Whether `minute` of the day is in the window.
        public func contains(_ minute: UInt64) -> Bool {
            from < until ? minute >= from && minute < until : minute >= from || minute < until
        }
    }

    /// How far the shop's clock is ahead of UTC, in minutes (negative: behind), without summer time:
    /// a policy that follows summer time is signed anew when it changes.
    public let offsetMinutes: Int64
    /// The windows; without any, every hour is allowed.
    public let windows: [Window]

    /// Makes hours; see the properties for units.
    public init(offsetMinutes: Int64 = 0, windows: [Window] = []) {
        precondition(
            abs(offsetMinutes) <= Self.maximumOffsetMinutes, "No civil time is so far from UTC.")
        self.offsetMinutes = offsetMinutes
        self.windows = windows
    }

    /// Every hour of the day.
    public static let always = OfflineHours()

    /// The minute of the shop's day at `now`, in seconds since 1970 UTC.
    public func minuteOfDay(at now: UInt64) -> UInt64 {
        let minute = Int64(now / 60 % Self.minutesPerDay) + offsetMinutes
        let day = Int64(Self.minutesPerDay)
        return UInt64((minute % day + day) % day)
    }

    /// Whether offline approvals are allowed at `now`, in seconds since 1970 UTC.
    public func allow(_ now: UInt64) -> Bool {
        if windows.isEmpty { return true }
        let minute = minuteOfDay(at: now)
        return windows.contains { $0.contains(minute) }
    }

    /// How many minutes are left until no window contains the time, counted from `now`; nil where
    /// that never comes.
    public func minutesLeft(at now: UInt64) -> UInt64? {
        if windows.isEmpty { return nil }
        let start = minuteOfDay(at: now)
        return (0..<Self.minutesPerDay).first { passed in
            let minute = (start + passed) % Self.minutesPerDay
            return !windows.contains { $0.contains(minute) }
        }
    }
}
