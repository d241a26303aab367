import Foundation
import GRDB
public import HubProtocol
public import Terminal

/// Reads a journal whose daemon is dead: for a technician, for an export, from a copy.
///
/// It writes nothing that a journal consists of, repairs nothing and asks no more of the database
/// than it must, so that a damaged one gives out what is still legible. While a daemon lives it
/// is refused (``Terminal/JournalError/locked``): then the daemon is the one to ask.
///
/// Without a write-ahead log the database is opened as immutable, and nothing is made beside it.
/// With one, SQLite reads it in place; it may then make or fill `journal.sqlite-shm`, an index
/// that holds no data, for which the folder must be writable or the file be there already.
/// A copy is complete with `journal.sqlite` and `journal.sqlite-wal`.
public final class SQLiteJournalReader: Sendable {
    /// 8 random bytes that this journal has carried since it was made.
    public let identity: [UInt8]
    private let database: DatabaseQueue
    private let folder: JournalFolder

    /// Opens the journal in the folder at `path`, which must be there.
    public init(folder path: String) throws(JournalError) {
        folder = try JournalFolder(forReading: path)
        guard (folder.size(of: JournalFolder.databaseName) ?? 0) > 0 else {
            throw .damaged("\(JournalFolder.databaseName) is missing or empty")
        }
        let hasLog = (folder.size(of: JournalFolder.databaseName + "-wal") ?? 0) > 0
        do {
            database = try Self.open(folder.databasePath, hasLog: hasLog)
            identity = try database.read { db in try JournalQueries.identity(in: db) }
        } catch { throw JournalError(error) }
    }

    /// Opens a journal for reading; one of an older schema is read from a migrated copy in memory.
    static func open(_ path: String, hasLog: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "journal reader"
        configuration.readonly = true
        let opened = try DatabaseQueue(
            path: JournalFolder.address(
                of: path, options: hasLog ? ["mode=ro"] : ["mode=ro", "immutable=1"]),
            configuration: configuration)
        do {
            switch try opened.read({ try JournalSchema.inspect($0) }) {
            case .empty: throw JournalError.damaged("the database is empty")
            case .journal(JournalSchema.version): return opened
            case .journal(let version):
                let copy = try DatabaseQueue()
                try opened.backup(to: copy)
                try opened.close()
                try copy.writeWithoutTransaction { try JournalSchema.migrate($0, from: version) }
                return copy
            }
        } catch {
            try? opened.close()
            throw error
        }
    }

    // Before the lock is given back: see the journal's own.
    deinit { try? database.close() }

    /// Entries above `sequence`, in order, at most `limit`; an illegible one ends the listing with
    /// ``Terminal/JournalError/damaged(_:)``.
    public func entries(after sequence: UInt64, limit: Int) throws(JournalError) -> [JournalEntry] {
        try read { db in try JournalQueries.entries(after: sequence, limit: limit, in: db) }
    }

    /// The bytes of the document with this SHA-256 that was once put in force, if any.
    public func document(digest: [UInt8]) throws(JournalError) -> [UInt8]? {
        try read { db in try JournalQueries.document(digest: digest, in: db) }
    }

    /// What lies in the queue.
    public func queue() throws(JournalError) -> QueueStatus {
        try read { db in try JournalQueries.queue(in: db) }
    }

    /// The period that is open, with what was done in it so far.
    public func openPeriod() throws(JournalError) -> Period {
        try read { db in try JournalQueries.openPeriod(in: db) }
    }

    /// A closed period; nil where none has this number, or its entries are archived.
    public func period(_ number: UInt64) throws(JournalError) -> Period? {
        try read { db in try JournalQueries.period(number, in: db) }
    }

    /// Checks the whole journal, and refuses with what is wrong.
    public func audit() throws(JournalError) { try read { db in try JournalAudit.check(db) } }

    func read<Value>(_ work: (Database) throws -> Value) throws(JournalError) -> Value {
        do { return try database.read(work) } catch { throw JournalError(error) }
    }
}
