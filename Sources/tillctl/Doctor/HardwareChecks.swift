import Foundation
import HardwareProfiles
import SysfsMachine
import TerminalState
import YAMLHardwareProfiles

/// The machine and the profile that says what is on it.
enum HardwareChecks {
    /// Below this the kernel soon ends a process, in KiB: the decoder alone may take 256 MiB at a
    /// large picture, and gets it back a moment later.
    static let enoughMemoryKiB = 128 * 1_024

    static let table = [
        DoctorCheck(
            .hardware, "profile", "The hardware profile can be read and is valid",
            fix: "tillctl profile check FILE", look: profile),
        DoctorCheck(
            .hardware, "profile-drop-ins",
            "Every file in /etc/till/hardware-profiles.d is a valid profile",
            fix: "mv FILE FILE.off", look: dropIns),
        DoctorCheck(
            .hardware, "memory", "128 MiB of memory are free", fix: "systemctl restart tilld",
            look: memory),
    ]

    private static func profile(_ kiosk: Kiosk) -> DoctorFinding {
        do throws(ProfileError) {
            _ = try kiosk.profile()
            return .ok("The hardware profile is valid.")
        } catch {
            if case .missing(let path) = error, kiosk.profilePath == nil {
                return .fault(
                    "No hardware profile in \(path) fits this machine: the daemon does not start.",
                    fix: "apt-get install --reinstall till")
            }
            return .fault(
                error.message + " The daemon does not start.",
                fix: "tillctl profile check \(shellWord(error.path))")
        }
    }

    private static func dropIns(_ kiosk: Kiosk) -> DoctorFinding {
        let folder = kiosk.system(YAMLHardwareProfiles.folders[1])
        do throws(ProfileError) {
            let layers = try YAMLHardwareProfiles.layers(in: folder)
            return .ok(
                layers.isEmpty
                    ? "There are no drop-ins." : "\(layers.count) drop-ins, all of them valid.")
        } catch {
            let path = shellWord(error.path)
            return .fault(
                error.message + " The daemon does not start.", fix: "mv \(path) \(path).off")
        }
    }

    private static func memory(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.system("/proc/meminfo")
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let free = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return .skipped("The kernel does not tell how much memory is free.") }
        guard free >= enoughMemoryKiB else {
            return .warning(
                "\(free / 1_024) MiB of memory are free, of which a decoder needs up to 256: it "
                    + "may be ended in the middle of a picture.", fix: "systemctl restart tilld")
        }
        return .ok("\(free / 1_024) MiB of memory are free.")
    }
}

extension LayeredProfile {
    /// The one file at `path`, where one is named; else the layers that hold for this machine, or
    /// for the one whose disk lies below `root`.
    static func holding(at path: String?, root: String = "") throws(ProfileError) -> LayeredProfile
    {
        if let path { return LayeredProfile([try YAMLHardwareProfiles.layer(path: path)]) }
        return try YAMLHardwareProfiles.choose(
            for: SysfsMachine.identity(root: root),
            installed: root + YAMLHardwareProfiles.folders[0],
            dropIns: root + YAMLHardwareProfiles.folders[1])
    }
}

extension Kiosk {
    /// The layers that hold for this kiosk; one file alone where the daemon is given one.
    func layers() throws(ProfileError) -> LayeredProfile {
        try LayeredProfile.holding(at: profilePath, root: root)
    }

    /// The camera and the display, with paths as the daemon takes them.
    func profile() throws(ProfileError) -> HardwareProfile {
        try layers().profile().resolved(in: folder.path)
    }

    /// The value of a part that the daemon does not drive; nil where the profile has none, or
    /// where there is no valid profile, which another check tells.
    func peripheral(_ path: String) -> String? {
        guard let layers = try? layers() else { return nil }
        return layers.value(path)?.text
    }
}

extension ProfileError {
    /// The file.
    var path: String {
        switch self {
        case .missing(let path), .unreadable(let path, _), .invalid(let path, _): path
        }
    }
}
