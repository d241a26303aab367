import Foundation
import GRDB
public import Terminal

/// The terminal's journal in SQLite, by GRDB.
///
/// One connection, which writes and reads, in WAL mode with `synchronous=FULL`: GRDB's own WAL
/// set-up falls back to NORMAL, which loses acknowledged rows at a power cut, so both are set here
/// and read back before the journal counts as open (ADR 0005). A lock keeps a second process out:
/// the SQLite of Debian 12 can damage a WAL on which two connections write or checkpoint.
public final class SQLiteJournal: Sendable {
    /// The length of a journal's identity in bytes.
    public static let identityLength = 8

    /// 8 random bytes that this journal has carried since it was made.
    public let identity: [UInt8]
    let database: DatabaseQueue
    private let folder: JournalFolder
    private let commits = GroupCommit()
    private let reserve: JournalReserve
    let auditState: AuditState
    /// Whether everything was read against itself at opening; a long journal's newest entries are.
    public let wasAuditedAtOpening: Bool

    /// Where the database lies.
    var databasePath: String { folder.databasePath }

    /// Opens the journal in the folder at `path`, or makes one there that carries `identityIfNew`
    /// (8 random bytes).
    ///
    /// What lies there is checked before anything is built on it: the settings that durability
    /// stands on, the schema, and entries against their hashes and their rows: all of them and the
    /// database's own structure where they are few, else the newest (``auditedAtOpening``). The
    /// rest is for ``audit()``, to be called soon.
    ///
    /// - Parameter firstPeriod: the number of the first period that it closes, as the hub gave it;
    ///   a journal that has closed one, or has signed a checkpoint, keeps its own.
    public convenience init(
        folder path: String, identityIfNew: [UInt8], firstPeriod: UInt64 = 1
    ) throws(JournalError) {
        try self.init(
            folder: path, identityIfNew: identityIfNew, firstPeriod: firstPeriod, vfs: nil)
    }

    /// The same through the named operating system interface of SQLite's (sqlite.org, *VFS*), in
    /// place of the usual one: a disk that fails, in tests; and with so many entries read.
    init(
        folder path: String, identityIfNew: [UInt8], firstPeriod: UInt64 = 1, vfs: String?,
        auditing count: UInt64 = SQLiteJournal.auditedAtOpening
    ) throws(JournalError) {
        precondition(
            identityIfNew.count == Self.identityLength, "A journal's identity has 8 bytes.")
        folder = try JournalFolder(forWriting: path)
        let kept = try folder.identity()
        if kept != nil, (folder.size(of: JournalFolder.databaseName) ?? 0) == 0 {
            throw .damaged(Self.missing)
        }
        let state = AuditState(folder)
        auditState = state
        do {
            (database, identity, wasAuditedAtOpening) = try Self.open(
                folder, vfs: vfs, kept: kept, identityIfNew: identityIfNew,
                firstPeriod: firstPeriod
            ) { try Self.audit($0, atOpening: count, state) }
        } catch { throw JournalError(error, opening: path) }
        if kept == nil { try folder.keep(identity: identity) }
        reserve = JournalReserve(folder: path)
        // A disk that is full already is opened all the same: the day can still be ended.
        try? reserve.hold()
    }

    // The connection is closed before the lock is given back. Left to itself it closes a moment
    // later, when the queue lets go of its last access, and its last checkpoint would meet whoever
    // has the lock by then.
    deinit { try? database.close() }

    /// Opens the database, after an older one was migrated on a copy.
    private static func open(
        _ folder: JournalFolder, vfs: String?, kept: [UInt8]?, identityIfNew: [UInt8],
        firstPeriod: UInt64, audit: (Database) throws -> Bool
    ) throws -> (DatabaseQueue, [UInt8], wasAudited: Bool) {
        let path = folder.databaseAddress(vfs: vfs)
        var opened = try DatabaseQueue(path: path, configuration: configuration)
        do {
            let finding = try opened.writeWithoutTransaction { try JournalSchema.inspect($0) }
            if case .journal(let version) = finding, version < JournalSchema.version {
                try opened.close()
                try JournalMigration.migrate(folder, vfs: vfs, from: version)
                opened = try DatabaseQueue(path: path, configuration: configuration)
            }
            let (identity, wasAudited) = try opened.writeWithoutTransaction { db in
                try checkDurability(of: db)
                let identity = try prepare(db, kept: kept, identityIfNew: identityIfNew)
                let wasAudited = try audit(db)
                try db.checkpoint(.passive)
                try begin(firstPeriod, in: db)
                return (identity, wasAudited)
            }
            return (opened, identity, wasAudited)
        } catch {
            try? opened.close()
            throw error
        }
    }

    private static let missing =
        "\(JournalFolder.databaseName) is missing or empty, and a journal was kept here"

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // Before the first byte is written: is it ours to write?
            _ = try JournalSchema.inspect(db)
            // recursive_triggers: a REPLACE fires the triggers that refuse a DELETE.
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA recursive_triggers = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    """)
        }
        return configuration
    }

    /// Reads back, on the connection that writes, what durability stands on: 2 is FULL
    /// (sqlite.org, `PRAGMA synchronous`).
    static func checkDurability(of db: Database) throws {
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "none"
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
        let foreignKeys = try Int.fetchOne(db, sql: "PRAGMA foreign_keys") ?? -1
        guard mode == "wal", synchronous == 2, foreignKeys == 1 else {
            throw JournalError.notDurable(
                "journal_mode \(mode), synchronous \(synchronous), foreign_keys \(foreignKeys)")
        }
    }

    private static func prepare(_ db: Database, kept: [UInt8]?, identityIfNew: [UInt8]) throws
        -> [UInt8]
    {
        switch try JournalSchema.inspect(db) {
        case .empty:
            guard kept == nil else { throw JournalError.damaged(missing) }
            try JournalSchema.migrate(db, from: 0)
        case .journal(let version):
            guard version == JournalSchema.version else {
                throw JournalError.damaged("the journal was not migrated")
            }
        }
        // A crash between the two leaves tables without an identity: it is set now.
        try db.execute(
            sql: """
                INSERT INTO journal (one, identity) SELECT 1, ?
                WHERE NOT EXISTS (SELECT 1 FROM journal)
                """, arguments: [Data(identityIfNew)])
        let identity = try JournalQueries.identity(in: db)
        guard kept == nil || kept == identity else {
            throw JournalError.damaged(
                "the journal is \(Hexadecimal.text(of: identity)), and another was kept here")
        }
        return identity
    }

    /// Lets the periods of a journal that has closed none begin with this number.
    private static func begin(_ firstPeriod: UInt64, in db: Database) throws {
        guard firstPeriod > 1 else { return }
        try db.execute(
            sql: """
                UPDATE journal SET first_period = ? WHERE first_period = 1
                AND NOT EXISTS (SELECT 1 FROM period) AND NOT EXISTS (SELECT 1 FROM checkpoint)
                """, arguments: [try firstPeriod.column()])
    }

    /// SQLite's own look at every page.
    static func checkStructure(of db: Database) throws {
        let check = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard check == "ok" else { throw JournalError.damaged(check) }
    }

    /// Copies what the write-ahead log holds into the database file, so that a payment need not.
    ///
    /// For idle moments; it runs after each acknowledgement too. Where it never runs, SQLite does
    /// it within the commit that brings the log to 1,000 pages (`wal_autocheckpoint`).
    public func checkpoint() async throws(JournalError) {
        try await access { db in _ = try db.checkpoint(.passive) }
    }

    /// Writes in one durable transaction, on the connection's own queue; writes that come while
    /// another is on its way to the disk share the next one (``GroupCommit``).
    func write<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        let result: Result<Value, JournalError> = await withCheckedContinuation { continuation in
            let write = GroupCommit.Write(work) { continuation.resume(returning: $0) }
            if commits.add(write) { Self.commit(commits, on: database) }
        }
        return try result.get()
    }

    // Without the journal itself: let go of here, it would close the connection on its own queue.
    private static func commit(_ commits: GroupCommit, on database: DatabaseQueue) {
        database.asyncWriteWithoutTransaction { db in
            if commits.commitNext(on: db) { commit(commits, on: database) }
        }
    }

    /// The same for a payment: refused once an audit has found damage, and while the reserve cannot
    /// be held, so that what room is left is there to end the day.
    func writePayment<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        if let damage = auditState.damage { throw damage }
        try reserve.hold()
        return try await write(work)
    }

    /// The same for what ends the day: on a full disk the reserve is given up for it.
    func writeFromReserve<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        do { return try await write(work) } catch {
            guard error == .diskFull else { throw error }
            reserve.release()
            return try await write(work)
        }
    }

    /// One transaction that reads, on the connection's own queue. What it wrote all the same is
    /// undone.
    ///
    /// Not by GRDB's `readOnly`: it sets `PRAGMA query_only`, whereupon SQLite compiles every
    /// statement anew, the triggers with it (sqlite.org, vdbe.c, *OP_Expire*).
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        try await access { db in
            var value: Value?
            try db.inTransaction(.deferred) {
                value = try work(db)
                return .rollback
            }
            guard let value else { preconditionFailure("A transaction that ended has its value.") }
            return value
        }
    }

    /// Runs `work` on the connection's own queue, off the cooperative pool, to its end.
    ///
    /// Not by GRDB's `async` accesses: those roll back when the calling task is cancelled, and a
    /// console that hangs up in the middle of a payment must not leave it in doubt.
    func access<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(JournalError) -> Value
    {
        let result: Result<Value, JournalError> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { db in
                do {
                    continuation.resume(returning: .success(try work(db)))
                } catch {
                    continuation.resume(returning: .failure(JournalError(error)))
                }
            }
        }
        return try result.get()
    }
}
