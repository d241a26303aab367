/// Sound and printer: parts that a kiosk need not have.
enum PeripheralChecks {
    static let table = [
        DoctorCheck(
            .sound, "sound-present", "The playback device that the profile names is there",
            fix: "apt-get install alsa-utils", look: { present("sound", $0) }),
        DoctorCheck(
            .sound, "sound-access", "The daemon's user may use it",
            fix: "usermod --append --groups audio till", look: { access("sound", $0) }),
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
                fix: "usermod --append --groups \(group) \(name)")
        }
        return .ok("The daemon's user may use the \(noun(part)).")
    }
}
