import CommandSupport
import HardwareProfiles
import LinuxSignals

/// Sound, lamp, printer and scan engine: parts that a kiosk need not have.
enum PeripheralChecks {
    static let table = [
        DoctorCheck(
            .sound, "sound-present", "The playback device that the profile names is there",
            fix: "apt-get install alsa-utils", look: { present("sound", $0) }),
        DoctorCheck(
            .sound, "sound-access", "The daemon's user may use it",
            fix: "usermod --append --groups audio till", look: { access("sound", $0) }),
        DoctorCheck(
            .sound, "sound-plays", "ALSA opens it for playing",
            fix: "tillctl profile explain sound", look: plays),
        DoctorCheck(
            .sound, "lamp-present", "The signal lamp's chip that the profile names is there",
            fix: "tillctl profile explain lamp", look: { present("lamp", $0) }),
        DoctorCheck(
            .sound, "lamp-access", "The daemon's user may switch it",
            fix: "udevadm trigger --subsystem-match=gpio", look: { access("lamp", $0) }),
        DoctorCheck(
            .printer, "printer-present", "The printer that the profile names is there",
            fix: "tillctl profile explain printer", look: { present("printer", $0) }),
        DoctorCheck(
            .printer, "printer-access", "The daemon's user may write to it",
            fix: "usermod --append --groups lp till", look: { access("printer", $0) }),
        DoctorCheck(
            .printer, "scan-engine-present", "The scan engine that the profile names is there",
            fix: "tillctl profile explain scan-engine", look: { present("scan-engine", $0) }),
        DoctorCheck(
            .printer, "scan-engine-access", "The daemon's user may use it",
            fix: "usermod --append --groups dialout till", look: { access("scan-engine", $0) }),
    ]

    private static func noun(_ part: String) -> String {
        switch part {
        case "sound": "loudspeaker"
        case "lamp": "signal lamp"
        case "printer": "printer"
        default: "scan engine"
        }
    }

    /// The group that Debian gives the part's device to.
    private static func group(_ part: String, _ kiosk: Kiosk) -> String {
        switch part {
        case "sound": "audio"
        case "printer": "lp"
        default: kiosk.peripheral("scan-engine.kind") == "serial" ? "dialout" : "input"
        }
    }

    private static func present(_ part: String, _ kiosk: Kiosk) -> DoctorFinding {
        guard let path = kiosk.peripheral(part + ".path") else {
            return .skipped("The profile names no \(noun(part)).")
        }
        guard let facts = FileFacts(kiosk.system(path)), facts.isCharacterDevice else {
            return .warning(
                "The \(noun(part)) \(path) is not there: it is unplugged or switched off. "
                    + "Payments go on without it.",
                fix: part == "sound"
                    ? "apt-get install alsa-utils" : "tillctl profile explain \(part)")
        }
        return .ok("The \(noun(part)) \(path) is there.")
    }

    private static func plays(_ kiosk: Kiosk) -> DoctorFinding {
        guard let sound = try? kiosk.layers().profile().sound else {
            return .skipped("The profile names no loudspeaker.")
        }
        do throws(SignalFault) {
            try Loudspeaker(device: sound.device) { _ in }.tryOut()
            return .ok("ALSA opens \"\(sound.device)\" for playing.")
        } catch { return .warning(error.message, fix: "tillctl profile explain sound") }
    }

    private static func access(_ part: String, _ kiosk: Kiosk) -> DoctorFinding {
        guard let path = kiosk.peripheral(part + ".path"),
            let facts = FileFacts(kiosk.system(path)), let owner = kiosk.owner
        else { return .skipped("There is no \(noun(part)) to be used.") }
        let groups = SystemUsers.groups(of: owner, kiosk)
        let isLine = kiosk.peripheral("scan-engine.kind") == "serial"
        guard facts.allows(part == "scan-engine" ? isLine ? 6 : 4 : 2, user: owner, groups: groups)
        else {
            let group = group(part, kiosk)
            let name = SystemUsers.name(of: owner, kiosk) ?? "\(owner)"
            return .warning(
                "The daemon's user \(name) may not use the \(noun(part)) \(path).",
                // Till's own udev rule gives such chips to its group.
                fix: part == "lamp"
                    ? "udevadm trigger --subsystem-match=gpio"
                    : "usermod --append --groups \(group) \(name)")
        }
        if part == "lamp" {
            return .ok(
                "The daemon's user may use the signal lamp. No lamp was tried when Till was made: "
                    + "look at this one with `tillctl signals test`.")
        }
        return .ok("The daemon's user may use the \(noun(part)).")
    }
}
