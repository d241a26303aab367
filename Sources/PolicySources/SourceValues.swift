public import Payments

/// A span of time as people write it: a whole number and `ms`, `s`, `m`, `h` or `d`.
public enum SourceDuration {
    private static let units: [(name: String, milliseconds: UInt64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// The milliseconds that a text names, or nil where it names none.
    public static func milliseconds(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = UInt64(digits), String(count) == digits,
            let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let product = count.multipliedReportingOverflow(by: unit.milliseconds)
        return product.overflow ? nil : product.partialValue
    }

    /// A span in the largest unit that holds it without a fraction.
    public static func text(milliseconds: UInt64) -> String {
        guard milliseconds > 0 else { return "0s" }
        for unit in units where milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}

/// A stretch of the day as people write it: `08:00-22:00`; `22:00-02:00` runs past midnight.
public enum SourceWindow {
    /// The window that a text names, or nil where it names none.
    public static func window(_ text: String) -> OfflineHours.Window? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(minute)
        guard ends.count == 2, let from = ends[0], let until = ends[1],
            from < OfflineHours.minutesPerDay, until >= 1
        else { return nil }
        return OfflineHours.Window(from: from, until: until)
    }

    /// A window as text.
    public static func text(_ window: OfflineHours.Window) -> String {
        clock(window.from) + "-" + clock(window.until)
    }

    /// A distance from UTC such as `+05:30`, in minutes, or nil.
    public static func offset(_ text: String) -> Int64? {
        guard let sign = text.first, sign == "+" || sign == "-",
            let minutes = minute(text.dropFirst()),
            Int64(minutes) <= OfflineHours.maximumOffsetMinutes
        else { return nil }
        return sign == "-" ? -Int64(minutes) : Int64(minutes)
    }

    /// A distance from UTC as text.
    public static func text(offset: Int64) -> String {
        (offset < 0 ? "-" : "+") + clock(offset.magnitude)
    }

    /// Minutes from midnight of `HH:MM`, up to 24:00.
    private static func minute(_ text: Substring) -> UInt64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hours = UInt64(parts[0]), let minutes = UInt64(parts[1]), minutes < 60,
            hours * 60 + minutes <= OfflineHours.minutesPerDay
        else { return nil }
        return hours * 60 + minutes
    }

    private static func clock(_ minutes: UInt64) -> String {
        func two(_ number: UInt64) -> String { (number < 10 ? "0" : "") + String(number) }
        return two(minutes / 60) + ":" + two(minutes % 60)
    }
}

extension VoucherKind {
    /// The kind with this stable word, or nil.
    init?(word: String) {
        guard let kind = Self.allCases.first(where: { $0.name == word }) else { return nil }
        self = kind
    }
}
