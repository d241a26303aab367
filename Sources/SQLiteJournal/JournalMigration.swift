import Foundation
import GRDB
import Glibc
import HubProtocol
import Terminal

/// Brings an older journal to this program's schema, on a copy (`docs/spec/journal.md`,
/// *Schema versions*).
///
/// The old file is changed in nothing and stays beside the new one under a name of its own. The
/// new one takes its place by one `rename`, after it was compared with the old: until then a crash
/// leaves the old journal as it was, and the next start begins again.
enum JournalMigration {
    /// What must be the same before and after, read without this program's schema: counts and the
    /// end of the chain.
    struct Content: Hashable {
        /// Rows, by table.
        var rows: [String: Int]
        /// The last entry.
        var last: Int64
        /// Its hash.
        var hash: Data

        /// The tables that every version has.
        static let tables = ["journal", "entry", "sale", "voucher", "redemption", "batch"]

        init(of db: Database) throws {
            rows = [:]
            for table in Self.tables {
                rows[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
            }
            let tip = try Row.fetchOne(
                db, sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1")
            last = try tip?.decode(Int64.self, forColumn: "sequence") ?? 0
            hash = try tip?.decode(Data.self, forColumn: "hash") ?? Data()
        }
    }

    /// Migrates the journal in `folder`, whose lock is held and whose database is closed, from
    /// version `found`.
    static func migrate(_ folder: JournalFolder, vfs: String?, from found: Int) throws {
        let old = folder.databasePath
        let new = old + ".new"
        let before = try settle(JournalFolder.address(of: old, vfs: vfs))
        guard (folder.size(of: JournalFolder.databaseName + "-wal") ?? 0) == 0 else {
            throw JournalError.damaged("the log of the older journal cannot be taken in")
        }
        for path in [new, new + "-journal"] where unlink(path) != 0 && errno != ENOENT {
            throw JournalFolder.failure(errno)
        }
        try copy(old, to: new)
        do {
            try step(
                JournalFolder.address(of: new, vfs: vfs), from: found, expecting: before)
        } catch {
            unlink(new)
            throw error
        }
        try keepOld(old, version: found)
        guard rename(new, old) == 0 else { throw JournalFolder.failure(errno) }
        folder.makeNamesDurable()
    }

    /// Brings everything into the database file, so that the file alone is the journal.
    private static func settle(_ path: String) throws -> Content {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            try SQLiteJournal.checkStructure(of: db)
            let content = try Content(of: db)
            try db.checkpoint(.truncate)
            return content
        }
    }

    private static func step(_ path: String, from found: Int, expecting before: Content) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            // No log beside the copy: what is renamed is complete. FULL waits for the disk.
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")
            try JournalSchema.migrate(db, from: found)
            guard try Content(of: db) == before else {
                throw JournalError.damaged("the migrated copy differs from the journal")
            }
            try JournalAudit.check(db)
        }
    }

    /// The old file's second name: `journal.sqlite.schema-1`, or where one is there that is
    /// another file, the same with a number behind it.
    private static func keepOld(_ path: String, version: Int) throws {
        var attempt = 1
        while true {
            let name = path + ".schema-\(version)" + (attempt == 1 ? "" : ".\(attempt)")
            if link(path, name) == 0 { return }
            guard errno == EEXIST else { throw JournalFolder.failure(errno) }
            var (known, present) = (stat(), stat())
            if stat(path, &known) == 0, stat(name, &present) == 0, known.st_ino == present.st_ino {
                return
            }
            attempt += 1
        }
    }

    private static func copy(_ source: String, to target: String) throws {
        do { try FileManager.default.copyItem(atPath: source, toPath: target) } catch {
            // Foundation says in words what `errno` said in a number.
            var status = statvfs()
            if statvfs(source, &status) == 0, status.f_bavail == 0 { throw JournalError.diskFull }
            throw JournalError.inputOutput("\(target) cannot be made")
        }
        let descriptor = open(target, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalFolder.failure(errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw JournalFolder.failure(errno) }
    }
}
