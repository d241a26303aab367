/// A moment as people read it: `2026-11-24 09:30 UTC` (proleptic Gregorian calendar).
public struct UTCTime: Hashable, Sendable, CustomStringConvertible {
    /// Seconds since 1970 UTC.
    public let seconds: UInt64

    /// Takes seconds since 1970 UTC.
    public init(_ seconds: UInt64) { self.seconds = seconds }

    /// The moment to the minute.
    public var description: String {
        let (year, month, day) = date
        let minutes = seconds % 86_400 / 60
        return "\(year)-\(two(month))-\(two(day)) \(two(minutes / 60)):\(two(minutes % 60)) UTC"
    }

    /// The moment to the second, as RFC 3339 has it: `2026-11-24T09:30:00Z`.
    public var rfc3339: String {
        let (year, month, day) = date
        let rest = seconds % 86_400
        return "\(year)-\(two(month))-\(two(day))T"
            + "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// The civil date, by Howard Hinnant's `civil_from_days` (days since 0000-03-01, eras of 400
    /// years), which needs no calendar library.
    private var date: (year: UInt64, month: UInt64, day: UInt64) {
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
