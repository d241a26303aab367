import Foundation
import GRDB
import Glibc
import HubProtocol
import Payments
public import Terminal
import Vouchers

/// The terminal's journal in SQLite, by GRDB.
///
/// One connection, which writes and reads, in WAL mode with `synchronous=FULL`: GRDB's own WAL
/// set-up falls back to NORMAL, which loses acknowledged rows at a power cut, so both are set here
/// and read back before the journal counts as open (ADR on the SQL library). A lock file keeps a
/// second process out; Debian 12's SQLite damages a WAL that two processes write.
public final class SQLiteJournal: Journal {
    /// The length of a journal's identity in bytes.
    public static let identityLength = 8
    /// The database's file name in the journal's folder.
    static let fileName = "journal.sqlite"
    /// The lock's file name beside it.
    static let lockName = "journal.lock"

    /// 8 random bytes that this journal has carried since it was made.
    public let identity: [UInt8]
    let database: DatabaseQueue
    private let lock: FileLock

    /// Opens the journal in `folder`, or makes one there that carries `identityIfNew` (8 random
    /// bytes).
    public init(folder: String, identityIfNew: [UInt8]) throws(JournalError) {
        precondition(
            identityIfNew.count == Self.identityLength, "A journal's identity has 8 bytes.")
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw .readOnly }
        lock = try FileLock(path: folder + "/" + Self.lockName)
        do {
            database = try DatabaseQueue(
                path: folder + "/" + Self.fileName, configuration: Self.configuration)
            identity = try database.writeWithoutTransaction { db in
                try Self.checkDurability(of: db)
                return try Self.prepare(db, identityIfNew: identityIfNew)
            }
        } catch { throw JournalError(error) }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA trusted_schema = OFF;
                    """)
        }
        return configuration
    }

    /// Reads back, on the connection that writes, what durability stands on: 2 is FULL
    /// (sqlite.org, `PRAGMA synchronous`).
    private static func checkDurability(of db: Database) throws {
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        let foreignKeys = try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
        guard mode == "wal", synchronous == 2, foreignKeys == 1 else {
            throw JournalError.inputOutput(
                "journal_mode \(mode ?? "?"), synchronous \(synchronous ?? -1), "
                    + "foreign_keys \(foreignKeys ?? -1): not durable")
        }
    }

    private static func prepare(_ db: Database, identityIfNew: [UInt8]) throws -> [UInt8] {
        let check = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw JournalError.damaged(check) }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        switch found {
        case 0:
            guard try !db.tableExists("entry") else {
                throw JournalError.damaged("tables without a version")
            }
            try db.inTransaction(.immediate) {
                try JournalSchema.create(in: db)
                try db.execute(
                    sql: "INSERT INTO journal (one, identity) VALUES (1, ?)",
                    arguments: [Data(identityIfNew)])
                return .commit
            }
        case JournalSchema.version: break
        default:
            throw JournalError.newerSchema(found: found, known: JournalSchema.version)
        }
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
        guard application == JournalSchema.applicationID,
            let identity = try Data.fetchOne(db, sql: "SELECT identity FROM journal")
        else { throw JournalError.damaged("not a journal of Till") }
        return [UInt8](identity)
    }

    func write<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        do { return try await database.write(work) } catch { throw JournalError(error) }
    }

    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        do { return try await database.read(work) } catch { throw JournalError(error) }
    }
}

/// An exclusive lock on a file, held as long as this lives and given back by the kernel however
/// the process ends.
private final class FileLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(JournalError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .readOnly }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .locked
        }
    }

    deinit { close(descriptor) }
}
