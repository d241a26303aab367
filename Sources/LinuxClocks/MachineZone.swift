public import Clocks
import Foundation
import Glibc

/// The machine's time zone: that of the shop in which it stands. glibc reads it, from `TZ` where that is
/// set, else from `/etc/localtime` (`timedatectl set-timezone`), and the rules from the system's own
/// database (tzdata), which the distribution keeps true as governments change their minds.
public enum MachineZone {
    /// Where a zone's rules lie.
    static let database = "/usr/share/zoneinfo"
    /// What says the zone of the machine.
    static let link = "/etc/localtime"

    /// The zone's name in the IANA database; nil where the machine tells none, and stands by UTC.
    public static var name: String? {
        if let chosen = ProcessInfo.processInfo.environment["TZ"] {
            let name = chosen.hasPrefix(":") ? String(chosen.dropFirst()) : chosen
            // glibc takes a name that it does not know for UTC, without a word.
            return isKnown(name) ? name : nil
        }
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
            let range = path.range(of: "zoneinfo/")
        else { return nil }
        let name = String(path[range.upperBound...])
        return isKnown(name) ? name : nil
    }

    private static func isKnown(_ name: String) -> Bool {
        !name.isEmpty && !name.contains("..") && access("\(database)/\(name)", R_OK) == 0
    }

    /// The shop's calendar, with business days that begin `cutMinutes` after midnight.
    public static func calendar(cutMinutes: Int) -> ShopCalendar {
        tzset()
        return ShopCalendar(zone: name ?? "UTC", cutMinutes: cutMinutes) { moment in
            var moment = time_t(moment)
            var wall = tm()
            guard localtime_r(&moment, &wall) != nil else { return 0 }
            return Int64(wall.tm_gmtoff)
        }
    }
}
