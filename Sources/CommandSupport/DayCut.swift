import Clocks

/// When a business day begins, as `--day-cut` or `$TILL_DAY_CUT` say it.
public enum DayCut {
    /// Where it stands, in minutes after midnight: `option`, else the environment's, else midnight.
    public static func minutes(_ option: String?, _ environment: [String: String]) throws -> Int {
        guard let text = option ?? environment["TILL_DAY_CUT"] else { return 0 }
        guard let minutes = ShopCalendar.cutMinutes(text) else {
            throw CommandFailure(
                .usage, reason: "day-cut-malformed",
                message:
                    "The business day's beginning is \"\(text.prefix(20))\", not a time of day "
                    + "as 04:00.")
        }
        return minutes
    }
}
