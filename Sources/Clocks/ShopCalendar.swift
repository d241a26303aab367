/// A shop's time zone and the moment at which its business day begins (`docs/spec/business-day.md`).
public struct ShopCalendar: Sendable {
    /// The zone's name in the IANA time zone database, as `Europe/Berlin`.
    public let zone: String
    /// When a business day begins, in minutes after midnight by the clock on the wall: 0 to 1,439.
    public let cutMinutes: Int
    private let offset: @Sendable (Int64) -> Int64

    /// The minutes that a day on the wall has.
    public static let minutesPerDay = 1_440
    private static let secondsPerDay: Int64 = 86_400

    /// A calendar; `offset` tells by how many seconds the clock on the wall stands after UTC at a
    /// moment in seconds since 1970 UTC.
    public init(zone: String, cutMinutes: Int, offset: @escaping @Sendable (Int64) -> Int64) {
        precondition((0..<Self.minutesPerDay).contains(cutMinutes), "A cut is a time of day.")
        self.zone = zone
        self.cutMinutes = cutMinutes
        self.offset = offset
    }

    /// UTC, and a day that begins at midnight.
    public static let utc = ShopCalendar(zone: "UTC", cutMinutes: 0) { _ in 0 }

    /// What the clock on the wall shows at a moment in seconds since 1970 UTC.
    public func local(_ seconds: UInt64) -> LocalTime {
        let moment = Int64(clamping: seconds)
        return LocalTime(wallSeconds: moment + offset(moment), offset: offset(moment))
    }

    /// The business day that a moment in seconds since 1970 UTC belongs to: the latest that has begun.
    public func businessDate(at seconds: UInt64) -> CivilDate {
        let moment = Int64(clamping: seconds)
        var date = CivilDate(days: local(seconds).date.days + 1)
        // Where the clock jumps over a whole day two dates are tried and one more.
        while beginning(of: date) > moment { date = CivilDate(days: date.days - 1) }
        return date
    }

    /// How many business days a stretch of time touches; both ends in seconds since 1970 UTC.
    public func businessDays(from start: UInt64, to end: UInt64) -> Int64 {
        max(1, businessDate(at: end).days - businessDate(at: start).days + 1)
    }

    /// When a business day begins, in seconds since 1970 UTC: as the clock on the wall first stands at
    /// the cut on that date; where it jumps over the cut, as it jumps.
    public func beginning(of date: CivilDate) -> Int64 {
        let wall = date.days * Self.secondsPerDay + Int64(cutMinutes) * 60
        // No zone has changed its offset twice within four days, nor by more than a day.
        let (early, late) = (wall - 2 * Self.secondsPerDay, wall + 2 * Self.secondsPerDay)
        let before = offset(early)
        let first = wall - before
        guard offset(first) != before else { return first }
        // The clock changes before it gets there: forwards over the cut, or at the cut itself.
        var (low, high) = (early, first)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(middle) == before { low = middle } else { high = middle }
        }
        return max(high, wall - offset(late))
    }
}

extension ShopCalendar {
    /// Reads when a business day begins, as `04:00`; nil where it is no time of day.
    public static func cutMinutes(_ text: String) -> Int? {
        let digits = text.split(separator: ":", omittingEmptySubsequences: false)
        guard digits.count == 2, digits.allSatisfy({ $0.utf8.count == 2 }),
            let hours = UInt8(digits[0]), let minutes = UInt8(digits[1]), hours < 24, minutes < 60
        else { return nil }
        return Int(hours) * 60 + Int(minutes)
    }
}

/// What a clock on the wall shows, and where it stands to UTC.
public struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    /// The wall's seconds since 1970-01-01 00:00 on the wall.
    public let wallSeconds: Int64
    /// By how many seconds it stands after UTC.
    public let offset: Int64

    init(wallSeconds: Int64, offset: Int64) {
        self.wallSeconds = wallSeconds
        self.offset = offset
    }

    /// The date on the wall.
    public var date: CivilDate {
        let days = wallSeconds / 86_400
        return CivilDate(days: wallSeconds % 86_400 < 0 ? days - 1 : days)
    }

    /// To the minute, for people: `2026-11-27 21:04 +01:00`, of UTC `2026-11-27 20:04 UTC`.
    public var description: String {
        let time = clock(withSeconds: false)
        return "\(date) \(time) " + (offset == 0 ? "UTC" : offsetText)
    }

    /// To the second, as RFC 3339 has it: `2026-11-27T21:04:09+01:00`, of UTC with a `Z`.
    public var rfc3339: String {
        "\(date)T\(clock(withSeconds: true))" + (offset == 0 ? "Z" : offsetText)
    }

    private func clock(withSeconds: Bool) -> String {
        let rest = wallSeconds - date.days * 86_400
        let time = "\(twoDigits(rest / 3_600)):\(twoDigits(rest / 60 % 60))"
        return withSeconds ? time + ":\(twoDigits(rest % 60))" : time
    }

    /// Zones that were set by the sun have seconds too; RFC 3339 has not, and they are long gone.
    private var offsetText: String {
        let minutes = abs(offset) / 60
        return (offset < 0 ? "-" : "+") + "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }
}
