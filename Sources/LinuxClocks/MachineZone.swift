public import Clocks
import Foundation
import Glibc

/// The machine's time zone: that of the shop in which it stands. glibc reads it, from `TZ` where that is
/// set, else from `/etc/localtime` (`timedatectl set-timezone`), and the rules from the system's own
/// database (tzdata), which the distribution keeps true as governments change their minds.
public enum MachineZone {
    /// Where a zone's rules lie.
    static let database = "/usr/share/zoneinfo"
    /// The machine's zone: a link to its rules, or a copy of them.
    static let link = "/etc/localtime"
    /// Where Debian says its name too.
    static let note = "/etc/timezone"
    /// What stands for the name of a zone that only its rules are known of: no name of the database.
    public static let unnamed = "local"

    /// The zone's name in the IANA database, ``unnamed`` where the machine has rules without a name;
    /// nil where it tells none, and stands by UTC.
    public static var name: String? {
        if let chosen = ProcessInfo.processInfo.environment["TZ"] {
            // glibc takes a name that it does not know for UTC, without a word.
            return known(chosen.hasPrefix(":") ? chosen.dropFirst() : chosen[...])
        }
        guard access(link, R_OK) == 0 else { return nil }
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
            let range = path.range(of: "zoneinfo/"), let name = known(path[range.upperBound...])
        {
            return name
        }
        let text = try? String(contentsOfFile: note, encoding: .utf8)
        return known(text?.split(separator: "\n").first ?? "") ?? unnamed
    }

    private static func known(_ name: Substring) -> String? {
        let isKnown =
            !name.isEmpty && !name.contains("..") && access("\(database)/\(name)", R_OK) == 0
        return isKnown ? String(name) : nil
    }

    /// The shop's calendar, with business days that begin `cutMinutes` after midnight.
    public static func calendar(cutMinutes: Int) -> ShopCalendar {
        guard let name else {
            return ShopCalendar(zone: "UTC", cutMinutes: cutMinutes) { _ in 0 }
        }
        tzset()
        return ShopCalendar(zone: name, cutMinutes: cutMinutes) { moment in
            var moment = time_t(moment)
            var wall = tm()
            guard localtime_r(&moment, &wall) != nil else { return 0 }
            return Int64(wall.tm_gmtoff)
        }
    }
}
