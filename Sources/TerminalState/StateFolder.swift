public import COSE
public import CommandSupport
import FileKeyStore
public import FileTrustKeeper
import Foundation
public import HubProtocol
public import JournalExport
public import SQLiteJournal
public import Terminal
public import Vouchers

/// The folder in which a terminal keeps what it is: its key, the hub's configuration, its journal.
///
/// Shared by the daemon and the technician's tool, so that both name the same files and tell the
/// same faults. What goes wrong is thrown as ``CommandSupport/CommandFailure``.
public struct StateFolder: Sendable {
    /// The key's name in the key store.
    public static let keyName = "terminal"
    /// The name of a key that has been asked for and is not in use yet.
    static let nextKeyName = "terminal-next"
    /// Random bytes of a new journal's identity (`docs/spec/journal.md`).
    static let journalIdentityBytes = 8
    /// Random bytes of a new key (RFC 8032, 5.1.5).
    static let seedBytes = 32

    /// The folder's path.
    public let path: String

    /// Names a folder, which need not exist yet.
    public init(_ path: String) { self.path = path }

    /// Where the hub's signed configuration lies.
    public var configurationPath: String { path + "/configuration.till" }
    /// Whom the terminal trusts.
    public var trustKeeper: FileTrustKeeper { FileTrustKeeper(folder: path) }
    /// The folder of the journal.
    public var journalPath: String { path + "/journal" }
    /// Where the terminal keeps what it remembers of time.
    public var clockPath: String { path + "/clock.till" }
    /// Where the hub's signed hot list lies.
    public var hotListPath: String { path + "/hot-list.cose" }
    /// The newest checkpoint of the hub's log.
    public var hubLogPath: String { path + "/hub-log.txt" }
    /// The folder of the voucher store.
    public var voucherStorePath: String { path + "/vouchers" }
    /// What other terminals have redeemed, as the hub told it.
    public var standingsPath: String { path + "/standings.sqlite" }
    /// Which receipts have left by this terminal's exit.
    public var exitMarksPath: String { path + "/exit-marks.sqlite" }
    /// Who may log in at the console.
    public var staffPath: String { path + "/staff.json" }
    /// Where the daemon listens unless told otherwise.
    public var socketPath: String { path + "/tilld.sock" }

    /// Where the time lies at which the hub last answered.
    var contactPath: String { path + "/last-contact" }
    private var linkUsePath: String { path + "/link-use" }
    /// Where the id lies that the terminal asked to be enrolled under.
    var terminalPath: String { path + "/terminal.id" }

    /// The terminal's key and its journal's identity, made if they are not there; the folder is
    /// `terminal`'s from now on.
    public func identity(as terminal: TerminalID) throws -> (key: PrivateKey, journal: [UInt8]) {
        try makeFolder()
        if FileManager.default.fileExists(atPath: terminalPath), try self.terminal() != terminal {
            throw CommandFailure(
                reason: "other-terminal",
                message: "\(path) is the state of \(try self.terminal().text). Nothing was "
                    + "changed. Take another folder for another terminal.")
        }
        try Self.write(terminal.text + "\n", to: terminalPath)
        let store = FileKeyStore(folder: path)
        do {
            if !store.contains(Self.keyName) {
                let key = try PrivateKey(algorithm: .ed25519, seed: Self.random(Self.seedBytes))
                try store.create(Self.keyName, key: key)
            }
            return (try store.load(Self.keyName), try openJournal().identity)
        } catch let error as KeyStoreError {
            throw Self.failure(error)
        }
    }

    /// Refuses a folder that is there and that this user may not look into: what lies in it must
    /// not be taken for missing.
    private func checkReadable() throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard access(path, R_OK | X_OK) == 0 else {
            throw CommandFailure(
                reason: "folder-not-readable",
                message: "The folder \(path) cannot be read by this user. Nothing was changed. "
                    + "Run the command as the terminal's own user.")
        }
    }

    /// The id that this folder's terminal asked to be enrolled under.
    public func terminal() throws -> TerminalID {
        try checkReadable()
        guard let data = FileManager.default.contents(atPath: terminalPath) else {
            throw Self.notEnrolled(path)
        }
        let text = String(decoding: data, as: UTF8.self)
        guard let id = TerminalID(text.trimmingCharacters(in: .newlines)) else {
            throw CommandFailure(
                .dataDamaged, reason: "terminal-id-damaged",
                message: "\(terminalPath) holds no terminal id. The journal is untouched. "
                    + "Ask again with `tillctl enrol request`.")
        }
        return id
    }

    /// The terminal's key.
    public func key() throws -> PrivateKey {
        try checkReadable()
        guard let place = keyPlace else { throw Self.notEnrolled(path) }
        return try Self.key(at: place)
    }

    static func failure(_ error: KeyStoreError) -> CommandFailure {
        let status: ExitStatus = if case .damaged = error { .dataDamaged } else { .failed }
        return CommandFailure(status, reason: error.reason, message: error.message)
    }

    /// Whose journal an export from this folder is; without the seal where the key cannot be read.
    public func exportIdentity() throws -> ExportIdentity {
        let key = try key()
        return ExportIdentity(
            terminal: try terminal(), key: key.publicKey, hub: (try? configuration())?.hub,
            seal: key)
    }

    /// The terminal's journal, made if it is not there; its Z numbers begin where the hub said.
    public func openJournal() throws -> SQLiteJournal {
        do {
            return try SQLiteJournal(
                folder: journalPath, identityIfNew: Self.random(Self.journalIdentityBytes),
                firstPeriod: epoch().firstZNumber)
        } catch { throw Self.failure(error) }
    }

    /// The terminal's journal for reading, past a daemon that does not run.
    public func readJournal() throws -> SQLiteJournalReader {
        do { return try SQLiteJournalReader(folder: journalPath) } catch {
            throw Self.failure(error)
        }
    }

    /// What the journal said no with.
    public static func failure(_ error: JournalError) -> CommandFailure {
        let status: ExitStatus = if case .damaged = error { .dataDamaged } else { .failed }
        return CommandFailure(status, reason: error.reason, message: error.message)
    }

    /// The configuration in force as the hub signed it.
    public func configurationMessage() throws -> [UInt8] {
        try checkReadable()
        guard FileManager.default.fileExists(atPath: configurationPath) else {
            throw Self.notEnrolled(path)
        }
        return try Self.read(.configuration, from: configurationPath, kept: true)
    }

    /// The configuration in force, whose signature is checked anew.
    public func configuration() throws -> TerminalConfiguration {
        let message = try configurationMessage()
        do {
            return try TerminalConfiguration.introduction(message, for: try terminal())
        } catch let error as MessageError {
            throw CommandFailure(
                .dataDamaged, reason: error.reason,
                message: "\(configurationPath) is damaged: \(error.description) No payments can "
                    + "be taken; the journal is untouched. Import the hub's answer again.")
        }
    }

    /// Makes a verified configuration durable.
    public func keep(_ message: [UInt8]) throws {
        try Self.write(MessageFile.configuration.text(of: message), to: configurationPath)
    }

    /// When the hub last answered, in seconds since 1970 UTC; nil where that is not known.
    public var lastContact: UInt64? {
        FileManager.default.contents(atPath: contactPath).flatMap {
            UInt64(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .newlines))
        }
    }

    /// Keeps when the hub last answered. Where that fails nothing is lost but that time: the
    /// limits shrink as if the hub had been away since the last time that was kept.
    public func keepContact(at now: UInt64) { try? Self.write("\(now)\n", to: contactPath) }

    /// What went over the line to the hub on the last day that was counted; nil where that is not
    /// known.
    public var linkUse: LinkUse? {
        let text =
            FileManager.default.contents(atPath: linkUsePath)
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let day = Int64(words[0]), let sent = UInt64(words[1]),
            let received = UInt64(words[2]),
            // Sums of a day that no line carries are no count of ours.
            max(sent, received) <= MessageLimits.maximumInteger
        else { return nil }
        return LinkUse(day: day, sent: sent, received: received)
    }

    /// Keeps what went over the line. Where that fails a restart begins to count anew.
    public func keepLinkUse(_ use: LinkUse) {
        try? Self.write("\(use.day) \(use.sent) \(use.received)\n", to: linkUsePath)
    }

    func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750])
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "The folder \(path) cannot be made: \(error.localizedDescription) "
                    + "Nothing was changed. Check its parent's owner and mode.")
        }
    }

    static func notEnrolled(_ path: String) -> CommandFailure {
        CommandFailure(
            .notFound, reason: "not-enrolled",
            message: "\(path) holds no enrolled terminal. Make a request with "
                + "`tillctl enrol request`, carry it to the hub, and import its answer.")
    }

    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension StateFolder {
    /// Reads a message file of the kind that is expected; one that is `kept` in the folder itself
    /// and cannot be read is damaged, where one that a person names is only the wrong file.
    static func read(
        _ kind: MessageFile, from path: String, kept: Bool = false
    ) throws -> [UInt8] {
        let data = try InputFile.read(path, upTo: kind.maximumFileBytes + 1)
        do { return try kind.message(in: data) } catch {
            throw CommandFailure(
                kept ? .dataDamaged : .failed, reason: error.reason,
                message: "\(path): \(error.description) Nothing was changed."
                    + (kept
                        ? " No payments can be taken; the journal is untouched. Import the hub's "
                            + "answer again." : ""))
        }
    }

    /// Writes a file so that it is there entirely or not at all.
    public static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                reason: "file-not-writable",
                message: "\(path) cannot be written: \(error.localizedDescription) "
                    + "Nothing was changed. Check the folder's owner and mode.")
        }
    }
}
