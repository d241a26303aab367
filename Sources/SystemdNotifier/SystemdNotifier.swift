import CSystemd
import Glibc

/// Tells systemd how a service is, and learns how often it wants to hear (sd_notify(3),
/// sd_watchdog_enabled(3)).
public enum SystemdNotifier {
    /// The service has started and answers.
    public static let ready = "READY=1"
    /// The service has begun to stop.
    public static let stopping = "STOPPING=1"
    /// The service is alive: to be sent well within ``watchdogInterval()``.
    public static let alive = "WATCHDOG=1"

    /// Sends `state`, lines of `NAME=VALUE`; false where no service manager listens or the
    /// message did not leave. A service works the same either way.
    @discardableResult
    public static func notify(_ state: String) -> Bool {
        sd_notify(0, state) > 0
    }

    /// Sends one line of text for people, shown by `systemctl status`.
    @discardableResult
    public static func notify(status: String) -> Bool {
        // A line break would begin another variable of the protocol.
        notify("STATUS=" + String(status.map { $0.isNewline ? " " : $0 }))
    }

    /// The time within which systemd wants to hear ``alive`` before it ends the service, or nil
    /// where it watches nothing. Send at half of it.
    public static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }
}
