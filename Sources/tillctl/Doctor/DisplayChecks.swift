import CairoDisplay
import CommandSupport
import Foundation
import HardwareProfiles

/// What a customer sees.
enum DisplayChecks {
    static let table = [
        DoctorCheck(
            .display, "display-present", "The panel's device that the profile names is there",
            fix: "tillctl display list", look: present),
        DoctorCheck(
            .display, "display-folder", "The folder of the screen's picture can be written into",
            fix: "mkdir --parents FOLDER, or chown USER FOLDER", look: folder),
        DoctorCheck(
            .display, "display-fonts", "The font of the screens is installed",
            fix: "apt-get install fonts-dejavu-core", look: fonts),
        DoctorCheck(
            .display, "display-picture", "While the daemon runs, the screen's picture is there",
            fix: "systemctl restart tilld", look: picture),
    ]

    private static func path(_ kiosk: Kiosk) -> String? {
        guard case .png(let path, _, _) = (try? kiosk.profile())?.display else { return nil }
        return path
    }

    private static func present(_ kiosk: Kiosk) -> DoctorFinding {
        let path: String
        switch (try? kiosk.profile())?.display {
        case .drm(let device, _, _, _), .framebuffer(let device, _): path = device
        default: return .skipped("The display is no device.")
        }
        // A folder stands for the first of its devices that has a panel.
        let facts = FileFacts(kiosk.system(path))
        guard facts?.isCharacterDevice == true || facts?.isFolder == true else {
            return .fault(
                "The display's device \(path) is not there: the customer sees nothing, and tilld "
                    + "does not start.", fix: "tillctl display list")
        }
        return .ok("The display's device \(path) is there.")
    }

    private static let noPicture = DoctorFinding.skipped("The display is no picture file.")

    private static func folder(_ kiosk: Kiosk) -> DoctorFinding {
        guard let path = path(kiosk), let owner = kiosk.owner else { return noPicture }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard let facts = FileFacts(folder), facts.isFolder else {
            return .fault(
                "There is no folder \(folder) for the screen's picture: the customer sees nothing.",
                fix: "mkdir --parents \(shellWord(folder))")
        }
        let groups = SystemUsers.groups(of: owner, kiosk)
        guard facts.allows(3, user: owner, groups: groups) else {
            let name = SystemUsers.name(of: owner, kiosk) ?? "\(owner)"
            return .fault(
                "The daemon's user \(name) may not write into \(folder): the customer's screen "
                    + "stays as it is.", fix: "chown \(name) \(shellWord(folder))")
        }
        return .ok("The screen's picture can be written.")
    }

    private static func fonts(_ kiosk: Kiosk) -> DoctorFinding {
        guard InstalledFonts.hasScreenFont else {
            return .fault(
                "The font \(InstalledFonts.screenFamily) is not installed: amounts and words on "
                    + "the screen may be missing or look strange.",
                fix: "apt-get install fonts-dejavu-core")
        }
        return .ok("The font \(InstalledFonts.screenFamily) is installed.")
    }

    private static func picture(_ kiosk: Kiosk) -> DoctorFinding {
        guard let path = path(kiosk) else { return noPicture }
        guard kiosk.isDaemonRunning else { return .skipped("No daemon draws.") }
        guard FileManager.default.fileExists(atPath: path) else {
            return .warning(
                "The daemon runs, and the screen's picture \(path) is gone: the customer sees "
                    + "nothing until the screen changes.", fix: kiosk.startCommand("restart"))
        }
        return .ok("The screen's picture is there.")
    }
}
