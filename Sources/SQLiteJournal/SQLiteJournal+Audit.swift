import Foundation
import GRDB
import Glibc
import Synchronization
public import Terminal

/// What an audit on this device has found, for as long as it lies there.
///
/// A journal is opened after its newest entries were read (``SQLiteJournal/auditedAtOpening``); the
/// rest is read while payments go on. A file beside the database keeps in mind that something was
/// found, or that the reading was never ended: then the next opening reads everything first.
final class AuditState: Sendable {
    /// The file's name beside the database; it is empty.
    static let fileName = "journal.suspect"

    private let path: String
    private let found = Mutex<JournalError?>(nil)

    init(_ folder: JournalFolder) { path = folder.path(of: Self.fileName) }

    /// Whether everything is to be read before the journal is opened.
    var isSuspect: Bool { access(path, F_OK) == 0 }

    /// Why no payment is taken any more; nil where nothing was found.
    var damage: JournalError? { found.withLock { $0 } }

    /// From now on no payment is taken, and the next opening reads everything.
    func keep(_ damage: JournalError) {
        found.withLock { $0 = damage }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Everything was read and nothing found.
    func clear() { unlink(path) }
}

extension SQLiteJournal {
    /// The newest entries that are read before a journal counts as open. With 20 µs each a start
    /// waits a fifth of a second for them, and most journals have fewer: acknowledged entries are
    /// archived.
    static let auditedAtOpening: UInt64 = 10_000
    /// The nice value of the thread that reads the rest (setpriority(2)): a sale comes first.
    private static let auditNice: Int32 = 10

    /// Reads the whole journal against itself while payments go on.
    ///
    /// - Throws: what it finds. After ``Terminal/JournalError/damaged(_:)`` no payment is taken by
    ///   this journal any more, and none after a restart until a whole audit finds nothing.
    public func audit() async throws(JournalError) {
        let path = databasePath
        do throws(JournalError) {
            try await Self.onThread(named: "journal audit") {
                // Of Linux: the thread's own, not the process's.
                setpriority(Int32(PRIO_PROCESS.rawValue), 0, Self.auditNice)
                let reader = try SQLiteJournalReader.open(path, hasLog: true)
                defer { try? reader.close() }
                try reader.read { db in try JournalAudit.check(db) }
            }
        } catch {
            if case .damaged = error { auditState.keep(error) }
            throw error
        }
        auditState.clear()
    }

    /// What is read before the journal counts as open: everything where it is short or suspect,
    /// else the schema and the newest entries. Answers whether it was everything.
    static func audit(_ db: Database, atOpening count: UInt64, _ state: AuditState) throws -> Bool {
        guard try state.isSuspect || JournalAudit.isShort(db, atMost: count) else {
            try JournalAudit.check(db, newest: count)
            return false
        }
        try JournalAudit.check(db)
        state.clear()
        return true
    }

    /// Runs `work`, which may block for long, on a thread of its own.
    static func onThread(named name: String, _ work: @escaping @Sendable () throws -> Void)
        async throws(JournalError)
    {
        let result: Result<Void, JournalError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do {
                    try work()
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(JournalError(error)))
                }
            }
            thread.name = name
            thread.start()
        }
        try result.get()
    }
}
