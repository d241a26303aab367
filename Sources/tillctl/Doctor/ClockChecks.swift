import Clocks
import CommandSupport
import ControlProtocol
import Foundation
import LinuxClocks
import TerminalState
import Trust

/// What the terminal knows of time.
enum ClockChecks {
    static let table = [
        DoctorCheck(
            .clock, "clock-file", "The clock file can be read", fix: "rm FILE", look: file),
        DoctorCheck(
            .clock, "clock-believed", "The clock was believed when the terminal last looked",
            fix: "tillctl clock challenge", look: believed),
        DoctorCheck(
            .clock, "clock-wall", "The machine's clock stands after everything that is known",
            fix: "timedatectl set-ntp true", look: wall),
        DoctorCheck(
            .clock, "clock-boot", "The machine tells which of its runs this is",
            fix: "mount -t proc proc /proc", look: boot),
        DoctorCheck(
            .clock, "clock-rtc", "The machine has a clock that runs while it is off",
            fix: "apt-get install fake-hwclock", look: hardwareClock),
    ]

    private static func memory(_ kiosk: Kiosk) -> ClockMemory? {
        FileClockStore(path: kiosk.folder.clockPath).load()
    }

    private static func file(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.folder.clockPath
        guard FileManager.default.fileExists(atPath: path) else {
            return .ok("There is no clock file yet: tilld writes it in its first minute.")
        }
        guard memory(kiosk) != nil else {
            return .warning(
                "The clock file \(path) cannot be read. The terminal goes by its "
                    + "journal and by what the hub has signed.", fix: "rm \(shellWord(path))")
        }
        return .ok("The clock file can be read.")
    }

    private static func believed(_ kiosk: Kiosk) -> DoctorFinding {
        let challenge = "tillctl clock challenge --state \(shellWord(kiosk.folder.path))"
        if case .success(let status) = kiosk.status {
            return status.state == "clock-suspect"
                ? .fault(
                    (status.problem ?? "The clock is suspect.") + " Nothing is approved.",
                    fix: challenge)
                : .ok("The daemon believes the clock.")
        }
        guard let memory = memory(kiosk) else { return .skipped("No clock file says so.") }
        guard memory.wrong == nil else {
            return .fault(
                "The machine's clock was wrong when the terminal last looked. Unless the hub has "
                    + "settled it, nothing is approved.", fix: challenge)
        }
        return .ok("The clock was believed when the terminal last looked.")
    }

    private static func wall(_ kiosk: Kiosk) -> DoctorFinding {
        let trust = (try? kiosk.folder.trust())?.latestTime ?? 0
        let known = max(releaseTime, trust, memory(kiosk)?.floor ?? 0)
        let now = kiosk.now
        guard now >= known else {
            return .fault(
                "The machine's clock stands \((known - now) / 60) minutes before what is known to "
                    + "have happened: the clock is suspect, and nothing is approved.",
                fix: "timedatectl set-ntp true")
        }
        return .ok("The machine's clock stands after everything that is known.")
    }

    private static func boot(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.system("/proc/sys/kernel/random/boot_id")
        guard FileManager.default.contents(atPath: path)?.count ?? 0 >= 36 else {
            return .fault(
                "\(path) tells no boot id: a clock that was set cannot be found out, and the "
                    + "daemon does not start.", fix: "mount -t proc proc \(kiosk.root)/proc")
        }
        return .ok("The machine tells its boot id.")
    }

    private static func hardwareClock(_ kiosk: Kiosk) -> DoctorFinding {
        let clocks = [
            "/dev/rtc", "/dev/rtc0", "/etc/fake-hwclock.data", "/etc/default/fake-hwclock",
        ]
        guard clocks.contains(where: { FileManager.default.fileExists(atPath: kiosk.system($0)) })
        else {
            return .warning(
                "The machine has no clock that runs while it is off: after a power cut without a "
                    + "network its time is wrong, and limits shrink until the hub has answered.",
                fix: "apt-get install fake-hwclock")
        }
        return .ok("The machine has a clock that runs while it is off.")
    }
}
