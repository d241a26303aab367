import COSE
import CommandSupport
import Foundation
import HubProtocol
import TerminalState
import Trust
import Vouchers

/// The terminal's private key, and who else could have it.
enum KeyChecks {
    static let table = [
        DoctorCheck(
            .keys, "key-at-rest", "The private key is sealed, or readable by its user alone",
            fix: "tillctl key seal, chmod 600 FILE, or tillctl enrol request",
            look: { atRest($0) }),
        DoctorCheck(
            .keys, "key-trusted", "The key is the one that the trust list has for this terminal",
            fix: "tillctl enrol request --terminal TERMINAL --out request.till", look: trusted),
        DoctorCheck(
            .keys, "key-pending", "No key waits for the hub's answer",
            fix: "tillctl enrol import answer.till", look: pending),
        DoctorCheck(
            .keys, "state-mode", "Strangers may not look into the state folder",
            fix: "chmod o-rwx FOLDER", look: mode),
        DoctorCheck(
            .keys, "state-owner", "Everything in the state folder is the daemon's user's own",
            fix: "chown --recursive USER FOLDER", look: owner),
    ]

    static func atRest(_ kiosk: Kiosk) -> DoctorFinding {
        let folder = kiosk.folder
        let sealed = kiosk.system(StateFolder.sealedFolder) + "/" + StateFolder.keyCredential
        let isSealed = FileManager.default.fileExists(atPath: sealed)
        guard FileManager.default.fileExists(atPath: folder.keyPath) else {
            return isSealed
                ? .ok("The terminal's key is sealed to this machine.")
                : .fault(
                    "There is no terminal's key, neither sealed nor in \(folder.path): nothing can "
                        + "be signed, and no payments are taken.", fix: enrolCommand(kiosk))
        }
        do { _ = try StateFolder.key(at: .file(path: folder.keyPath)) } catch {
            return .fault(
                (error as? CommandFailure)?.message ?? "\(error)",
                fix: "chmod 600 \(shellWord(folder.keyPath))")
        }
        if isSealed {
            return .warning(
                "The terminal's key is sealed, and lies in the plain file \(folder.keyPath) too: "
                    + "whoever takes the disk has it.", fix: "rm \(shellWord(folder.keyPath))")
        }
        guard kiosk.hasServiceManager else {
            return .warning(
                "The terminal's key lies in a plain file of mode 600, as no systemd runs here "
                    + "that could seal it: whoever takes the disk has it.",
                fix: "tillctl key seal --state \(shellWord(folder.path))")
        }
        return .warning(
            "The terminal's key lies in a plain file of mode 600: whoever takes the disk has it.",
            fix: "tillctl key seal --state \(shellWord(folder.path)) && systemctl restart tilld")
    }

    /// A command that asks the hub to enrol this terminal, or to give it another key.
    static func enrolCommand(_ kiosk: Kiosk) -> String {
        // Where the id's own file is gone, the hub's configuration still tells it.
        let kept = (try? kiosk.folder.configurationMessage()).flatMap {
            try? TerminalConfiguration.kept($0)
        }
        let terminal = (try? kiosk.folder.terminal()) ?? kept?.terminal
        return
            "tillctl enrol request --terminal \(terminal?.text ?? "TERMINAL") --out request.till --state "
            + shellWord(kiosk.folder.path)
    }

    private static func trusted(_ kiosk: Kiosk) -> DoctorFinding {
        guard let place = kiosk.folder.keyPlace, let key = try? StateFolder.key(at: place),
            let trust = try? kiosk.folder.trust()
        else { return .skipped("The key or the trust list cannot be read here.") }
        guard let entry = trust.list.list.entry(of: key.publicKey, as: .terminal) else {
            return .warning(
                "The trust list does not have this terminal's key yet: wallets do not believe its "
                    + "shop codes, though the hub takes its batches.",
                fix: "tillctl sync --state \(shellWord(kiosk.folder.path))")
        }
        guard case .active = entry.status else {
            return .fault(
                "The hub has revoked this terminal's key: it must not take payments.",
                fix: enrolCommand(kiosk))
        }
        return .ok("The trust list has this terminal's key.")
    }

    private static func pending(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.folder.path + "/terminal-next.key"
        guard FileManager.default.fileExists(atPath: path) else {
            return .ok("No key waits for the hub's answer.")
        }
        return .warning(
            "Another key was asked for, and the hub's answer has not been imported.",
            fix: "tillctl enrol import answer.till --state \(shellWord(kiosk.folder.path))")
    }

    private static func mode(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.folder.path
        guard let facts = FileFacts(path) else { return .skipped("There is no state folder.") }
        guard facts.mode & 0o007 == 0 else {
            return .warning(
                "Every user of this machine may look into \(path).",
                fix: "chmod o-rwx \(shellWord(path))")
        }
        return .ok("Strangers may not look into the state folder.")
    }

    /// The most files that are looked at: a terminal has some dozens, and its archive one a month.
    private static let maximumFiles = 20_000

    private static func owner(_ kiosk: Kiosk) -> DoctorFinding {
        let path = kiosk.folder.path
        guard let facts = FileFacts(path) else { return .skipped("There is no state folder.") }
        let names = FileManager.default.enumerator(atPath: path)
        var looked = 0
        while let name = names?.nextObject() as? String, looked < maximumFiles {
            looked += 1
            // What lies before the camera is whoever's dropped it there.
            if name.hasPrefix("camera/") { continue }
            guard let file = FileFacts(path + "/" + name), file.owner != facts.owner else {
                continue
            }
            let user = SystemUsers.name(of: facts.owner, kiosk) ?? "\(facts.owner)"
            return .fault(
                "\(path)/\(name) is another user's than the state folder: the daemon may not "
                    + "write it. Somebody ran a command as another user.",
                fix: "chown --recursive \(user) \(shellWord(path))")
        }
        return .ok("Everything in the state folder is one user's.")
    }
}
