import COSE
import Clocks
import CommandSupport
import Foundation
import LinuxClocks
import TerminalState

/// Where the terminal's private key lies, and who could read it.
enum KeyCheck {
    static func look(_ folder: StateFolder) -> DoctorFinding {
        look(
            folder, sealed: StateFolder.sealedFolder + "/" + StateFolder.keyCredential,
            hasServiceManager: FileManager.default.fileExists(atPath: "/run/systemd/system"))
    }

    /// As the machine is: whether systemd runs it, and where a sealed key would lie.
    static func look(_ folder: StateFolder, sealed: String, hasServiceManager: Bool)
        -> DoctorFinding
    {
        let isSealed = FileManager.default.fileExists(atPath: sealed)
        guard FileManager.default.fileExists(atPath: folder.keyPath) else {
            return isSealed
                ? .ok("The terminal's key is sealed to this machine.")
                : .fault(
                    "There is no terminal's key, neither sealed nor in \(folder.path): nothing can "
                        + "be signed, and no payments are taken.",
                    fix: "tillctl enrol request --terminal TERMINAL --out request.till")
        }
        do { _ = try StateFolder.key(at: .file(path: folder.keyPath)) } catch {
            return .fault(
                (error as? CommandFailure)?.message ?? "\(error)",
                fix: "chmod 600 \(folder.keyPath)")
        }
        if isSealed {
            return .warning(
                "The terminal's key is sealed, and lies in the plain file \(folder.keyPath) too: "
                    + "whoever takes the disk has it.", fix: "rm \(folder.keyPath)")
        }
        guard hasServiceManager else {
            return .warning(
                "The terminal's key lies in a plain file of mode 600, as no systemd runs here "
                    + "that could seal it: whoever takes the disk has it.",
                fix: "Run tilld under systemd 250 or later, then: tillctl key seal")
        }
        return .warning(
            "The terminal's key lies in a plain file of mode 600: whoever takes the disk has it.",
            fix: "tillctl key seal --state \(folder.path) && systemctl restart tilld")
    }
}

/// Whether the clock file can be read: without it a terminal knows less of the time.
enum ClockCheck {
    static func look(_ folder: StateFolder) -> DoctorFinding {
        guard FileManager.default.fileExists(atPath: folder.clockPath) else {
            return .ok("There is no clock file yet: tilld writes it in its first minute.")
        }
        guard let memory = FileClockStore(path: folder.clockPath).load() else {
            return .warning(
                "The clock file \(folder.clockPath) cannot be read. The terminal goes by its "
                    + "journal and by what the hub has signed.", fix: "rm \(folder.clockPath)")
        }
        guard memory.wrong == nil else {
            return .fault(
                "The machine's clock was wrong when the terminal last looked. Unless the hub has "
                    + "settled it, nothing is approved.", fix: "tillctl clock challenge")
        }
        return .ok("The clock was believed when the terminal last looked.")
    }
}
