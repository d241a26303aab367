import CommandSupport
import ControlProtocol
import Foundation
import Glibc
import HTTPControlClient
import SQLiteJournal
import Terminal
import TerminalState

/// The daemon, as systemd should run it.
enum ServiceChecks {
    static let table = [
        DoctorCheck(
            .service, "service-running", "The daemon answers on its socket",
            fix: "systemctl start tilld", look: running),
        DoctorCheck(
            .service, "service-ready", "It takes payments", fix: "tillctl doctor", look: ready),
        DoctorCheck(
            .service, "service-socket", "No socket is left over from a daemon that has gone",
            fix: "rm SOCKET", look: socket),
        DoctorCheck(
            .service, "service-installed", "The daemon's unit is installed",
            fix: "apt-get install --reinstall till", look: installed),
        DoctorCheck(
            .service, "service-enabled", "It is started with the machine",
            fix: "systemctl enable --now tilld", look: enabled),
        DoctorCheck(
            .service, "service-user", "The user till exists, and is of the group video",
            fix: "systemd-sysusers, or usermod --append --groups video till", look: user),
        DoctorCheck(
            .service, "service-self-test", "The nightly self-test is switched on",
            fix: "systemctl enable --now till-self-test.timer", look: selfTest),
    ]

    private static func running(_ kiosk: Kiosk) -> DoctorFinding {
        switch kiosk.status {
        case .success(let status): .ok("tilld \(status.version) answers.")
        case .failure(.notRunning(let socket)):
            .fault(
                "No daemon answers on \(socket): no payments are taken. What was approved is in "
                    + "the journal.", fix: kiosk.startCommand())
        case .failure(.notPermitted(let socket)):
            .fault(
                "This user may not use \(socket).",
                fix: "usermod --append --groups till \(shellWord(NSUserName()))")
        case .failure(let error):
            .fault(
                "The daemon's answer cannot be read: \(error).", fix: kiosk.startCommand("restart"))
        }
    }

    private static func ready(_ kiosk: Kiosk) -> DoctorFinding {
        guard case .success(let status) = kiosk.status else {
            return .skipped("No daemon answers.")
        }
        guard status.state != "ready" else { return .ok("The daemon takes payments.") }
        return .fault(
            "The daemon takes no payments (\(status.state)): "
                + (status.problem ?? "it does not say why."),
            fix: status.state == "clock-suspect"
                ? "tillctl clock challenge --state \(shellWord(kiosk.folder.path))"
                : kiosk.startCommand("restart"))
    }

    private static func socket(_ kiosk: Kiosk) -> DoctorFinding {
        guard let facts = FileFacts(kiosk.socket) else {
            return .ok("There is no socket that nobody listens on.")
        }
        if case .failure(.notRunning) = kiosk.status {
            return .warning(
                "\(kiosk.socket) is left over, and nobody listens on it"
                    + (facts.kind == UInt32(S_IFSOCK) ? "." : "; it is no socket at all."),
                fix: "rm \(shellWord(kiosk.socket))")
        }
        return .ok("Somebody listens on the socket.")
    }

    private static let noServiceManager = DoctorFinding.skipped("No systemd runs this machine.")

    /// Where units may lie (systemd.unit(5)).
    private static func unit(_ name: String, _ kiosk: Kiosk) -> String? {
        ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"]
            .map { kiosk.system($0) + "/" + name }
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    private static func isWanted(_ name: String, by target: String, _ kiosk: Kiosk) -> Bool {
        // The link's own target may lie below another root: it is its name that counts.
        FileFacts.isThere(kiosk.system("/etc/systemd/system/\(target).wants/\(name)"))
    }

    private static func installed(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.hasServiceManager else { return noServiceManager }
        guard let unit = unit("tilld.service", kiosk) else {
            return .fault(
                "The unit tilld.service is not installed: the daemon does not come back by itself.",
                fix: "apt-get install --reinstall till")
        }
        let text = (try? String(contentsOfFile: unit, encoding: .utf8)) ?? ""
        let program = text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }?
            .dropFirst("ExecStart=".count).split(separator: " ").first.map(String.init)
        guard let program, FileManager.default.isExecutableFile(atPath: kiosk.system(program))
        else {
            return .fault(
                "The program that \(unit) starts is not there.",
                fix: "apt-get install --reinstall till")
        }
        return .ok("The unit is \(unit).")
    }

    private static func enabled(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.hasServiceManager else { return noServiceManager }
        guard isWanted("tilld.service", by: "multi-user.target", kiosk) else {
            return .warning(
                "The daemon is not started with the machine: after a power cut the kiosk stays "
                    + "dark.", fix: "systemctl enable --now tilld")
        }
        return .ok("The daemon is started with the machine.")
    }

    private static func user(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.hasServiceManager else { return noServiceManager }
        guard SystemUsers.has("till", kiosk) else {
            return .fault(
                "There is no user till: the daemon cannot start.", fix: "systemd-sysusers")
        }
        return .ok("The user till exists.")
    }

    private static func selfTest(_ kiosk: Kiosk) -> DoctorFinding {
        guard kiosk.hasServiceManager else { return noServiceManager }
        guard isWanted("till-self-test.timer", by: "timers.target", kiosk) else {
            return .warning(
                "The nightly self-test is switched off: a fault is found by a customer.",
                fix: "systemctl enable --now till-self-test.timer")
        }
        return .ok("The nightly self-test is switched on.")
    }
}

/// Whether what is installed fits together.
enum VersionChecks {
    static let table = [
        DoctorCheck(
            .versions, "version-daemon", "The daemon that runs is of this program's version",
            fix: "systemctl restart tilld", look: daemon),
        DoctorCheck(
            .versions, "version-journal", "No newer program has written the journal",
            fix: "apt-get install --only-upgrade till", look: journal),
        DoctorCheck(
            .versions, "version-package", "The installed package is of this program's version",
            fix: "apt-get install --reinstall till", look: package),
    ]

    private static func daemon(_ kiosk: Kiosk) -> DoctorFinding {
        guard case .success(let status) = kiosk.status else {
            return .skipped("No daemon answers.")
        }
        guard status.version == tillVersion else {
            return .warning(
                "tilld \(status.version) runs, and this is tillctl \(tillVersion): the daemon was "
                    + "not started again after an upgrade.", fix: kiosk.startCommand("restart"))
        }
        return .ok("Daemon and tool are of version \(tillVersion).")
    }

    private static func journal(_ kiosk: Kiosk) -> DoctorFinding {
        guard FileManager.default.fileExists(atPath: kiosk.folder.journalPath + "/journal.sqlite")
        else { return .skipped("There is no journal here.") }
        do throws(JournalError) {
            _ = try SQLiteJournalReader(folder: kiosk.folder.journalPath)
        } catch {
            if case .newerSchema = error {
                return .fault(error.message, fix: "apt-get install --only-upgrade till")
            }
            return .skipped("The journal is held or cannot be read here.")
        }
        return .ok("The journal is of a version that this program knows.")
    }

    private static func package(_ kiosk: Kiosk) -> DoctorFinding {
        guard let version = PackageQuery.version(of: "till", kiosk) else {
            return .skipped("Till is not installed as a package here.")
        }
        guard version.hasPrefix(tillVersion) else {
            return .warning(
                "The package is of version \(version), and this program of \(tillVersion).",
                fix: "apt-get install --reinstall till")
        }
        return .ok("The package is of version \(version).")
    }
}

/// What dpkg knows, by its own word.
enum PackageQuery {
    /// The installed version of a package; nil where it is not installed, or no dpkg is here.
    static func version(of package: String, _ kiosk: Kiosk) -> String? {
        let data = ToolOutput.of(
            "/usr/bin/dpkg-query",
            [
                "--admindir=" + kiosk.system("/var/lib/dpkg"), "--show",
                "--showformat=${db:Status-Status} ${Version}", package,
            ])
        guard let data else { return nil }
        let words = String(decoding: data, as: UTF8.self).split(separator: " ")
        return words.count == 2 && words[0] == "installed" ? String(words[1]) : nil
    }
}
