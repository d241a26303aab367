import CommandSupport
import ControlProtocol
import Foundation
import Glibc
import HTTPControlClient
import HubProtocol
import SQLiteJournal
import Synchronization
import Terminal
import TerminalState

/// The kiosk that the doctor looks at: this machine, or another one's disk below a folder.
final class Kiosk: Sendable {
    /// The terminal's state.
    let folder: StateFolder
    /// The daemon's control socket.
    let socket: String
    /// The hardware profile that the daemon is given, where it is given one.
    let profilePath: String?
    /// What stands before the system's own paths: empty for this machine.
    let root: String
    /// The hub's address where it is not the enrolled one.
    let hubURL: String?
    /// The decoder's program.
    let scannerProgram: String

    // Several checks ask the same daemon: the first one's answer is everybody's.
    private let answer = Mutex<Result<StatusMessage, ControlError>?>(nil)

    init(
        folder: StateFolder, socket: String, profilePath: String?, root: String, hubURL: String?,
        scannerProgram: String
    ) {
        self.folder = folder
        self.socket = socket
        self.profilePath = profilePath
        self.root = root
        self.hubURL = hubURL
        self.scannerProgram = scannerProgram
    }

    /// A path of the system, such as `/etc/passwd`.
    func system(_ path: String) -> String { root + path }

    /// The machine's clock, in seconds since 1970 UTC.
    var now: UInt64 { secondsNow() }

    /// Whether systemd runs this machine.
    var hasServiceManager: Bool {
        FileManager.default.fileExists(atPath: system("/run/systemd/system"))
    }

    /// Whether a terminal is enrolled here, as far as the files' names tell.
    var isEnrolled: Bool { FileManager.default.fileExists(atPath: folder.configurationPath) }

    /// What the daemon says of itself.
    var status: Result<StatusMessage, ControlError> {
        answer.withLock { known in
            if let known { return known }
            let client = HTTPControlClient(socket: socket)
            let found: Result<StatusMessage, ControlError> = blocking {
                do { return .success(try await client.status()) } catch {
                    return .failure(
                        error as? ControlError ?? .badAnswer("\(error)"))
                }
            }
            known = found
            return found
        }
    }

    /// Whether the daemon answers; else nobody but the doctor looks into the state.
    var isDaemonRunning: Bool { if case .success = status { true } else { false } }

    /// The user id to whom the state folder, and thereby the daemon, belongs.
    var owner: UInt32? { FileFacts(folder.path)?.owner }

    /// A command that starts the daemon, or starts it again.
    func startCommand(_ verb: String = "start") -> String {
        hasServiceManager
            ? "systemctl \(verb) tilld" : "tilld --state \(shellWord(folder.path)) &"
    }

    /// Looks into the journal past a dead daemon; a living one has it, and vouches for it.
    func readJournal(_ look: (SQLiteJournalReader) throws(JournalError) -> DoctorFinding)
        -> DoctorFinding
    {
        guard FileManager.default.fileExists(atPath: folder.journalPath) else {
            return .skipped("There is no journal here.")
        }
        do throws(JournalError) {
            return try look(try SQLiteJournalReader(folder: folder.journalPath))
        } catch {
            if case .locked = error {
                return .skipped("Another process has the journal; the daemon checks it.")
            }
            return .fault(error.message, fix: JournalChecks.rescue(self))
        }
    }
}
