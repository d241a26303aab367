/// A day of the proleptic Gregorian calendar, in no time zone.
public struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let days: Int64

    /// Takes days since 1970-01-01.
    public init(days: Int64) { self.days = days }

    /// Year, month and day of the month, by Howard Hinnant's `civil_from_days` (eras of 400 years from
    /// 0000-03-01 on), which needs no calendar library.
    public var parts: (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// As ISO 8601 writes it: `2026-11-27`.
    public var description: String {
        let (year, month, day) = parts
        return "\(year)-\(twoDigits(month))-\(twoDigits(day))"
    }

    /// The earlier one is less.
    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.days < right.days }
}

/// A number below 100 in two digits.
func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
