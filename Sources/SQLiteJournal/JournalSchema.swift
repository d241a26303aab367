import GRDB
import Terminal

/// The tables of a journal (`docs/spec/journal.md`, *Tables*).
///
/// What must never happen is a constraint here, whatever the code above believes: each has a
/// name, which `RAISE` or SQLite tells when it refuses.
enum JournalSchema {
    /// `PRAGMA application_id`: "TLJ1", so that `file(1)` and this program know a journal.
    static let applicationID = 0x544C_4A31

    /// One step for each version: the step at index n makes version n + 1 of version n. A step
    /// that has been released is never edited; a change is a new one.
    private static let steps: [@Sendable (Database) throws -> Void] = [
        JournalSchemaVersion1.make, makeVersion2, makeVersion3, makeVersion4, makeVersion5,
        makeVersion6, makeVersion7, makeVersion8,
    ]

    /// Replaces a part of what a table's `CREATE TABLE` says: a `CHECK` alone, of which nothing is
    /// in the table's pages (sqlite.org, *ALTER TABLE*, section 7, the simpler procedure). The rows
    /// that are there must meet the new one.
    static func replaceCheck(
        of table: String, _ old: String, by new: String, in db: Database
    ) throws {
        try db.execute(sql: "PRAGMA writable_schema = ON")
        try db.execute(
            sql: """
                UPDATE sqlite_schema SET sql = replace(sql, ?, ?)
                WHERE type = 'table' AND name = ? AND instr(sql, ?)
                """, arguments: [old, new, table, old])
        let changed = db.changesCount
        // The schema is read anew.
        try db.execute(sql: "PRAGMA writable_schema = RESET")
        guard changed == 1 else {
            throw JournalError.damaged("the table \(table) has not the check that it was made with")
        }
    }

    /// The version that this program reads and writes (`PRAGMA user_version`).
    static var version: Int { steps.count }

    /// What a database file turns out to be.
    enum Finding: Equatable {
        /// Nothing is in it.
        case empty
        /// A journal of a version that this program knows.
        case journal(version: Int)
    }

    /// Looks at the database without changing a byte of it; refuses what is not a journal and
    /// what a newer program wrote.
    static func inspect(_ db: Database) throws -> Finding {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == 0, found == 0,
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
        {
            return .empty
        }
        guard application == applicationID, found >= 1 else {
            throw JournalError.damaged("the file is a database, but not a journal of Till")
        }
        guard found <= version else {
            throw JournalError.newerSchema(found: found, known: version)
        }
        return .journal(version: found)
    }

    /// Refuses a database whose indexes and triggers are not, to the letter, this program's: without
    /// one of them the schema has not the last word.
    ///
    /// Tables are not compared: what SQLite writes of them after an `ALTER TABLE` is its own
    /// wording, and may be another version's.
    static func checkWording(of db: Database) throws {
        let expected = try ownWording.get()
        let found = try wording(of: db)
        guard found != expected else { return }
        let names = Set(expected.keys).union(found.keys)
            .filter { expected[$0] != found[$0] }.sorted()
        throw JournalError.damaged(
            "the schema is not this program's: \(names.joined(separator: ", "))")
    }

    /// Makes every index and trigger this program's, to the letter.
    ///
    /// An older program may have worded one otherwise than the step that brings its version about
    /// does now: schema 2 had two triggers whose margin was added after journals had been written.
    private static func takeOwnWording(in db: Database) throws {
        let (own, found) = (try ownWording.get(), try wording(of: db))
        for (object, sql) in found where own[object] != sql {
            try db.execute(sql: "DROP \(object)")
        }
        for (object, sql) in own where found[object] != sql { try db.execute(sql: sql) }
    }

    /// This program's own, from an empty journal in memory.
    private static let ownWording = Result {
        try DatabaseQueue().writeWithoutTransaction { empty in
            try migrate(empty, from: 0)
            return try wording(of: empty)
        }
    }

    /// The statements that made the indexes and triggers, by what they made.
    private static func wording(of db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT type || ' ' || name AS object, sql FROM sqlite_schema
                WHERE sql IS NOT NULL AND type IN ('trigger', 'index')
                """)
        return Dictionary(
            try rows.map { (try $0.text("object"), try $0.text("sql")) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Brings the database from version `found` to the version of this program, in one
    /// transaction; 0 is an empty one.
    ///
    /// Foreign keys are looked at once, at the end: a table that is made anew is away for a moment
    /// (sqlite.org, *ALTER TABLE*, section 7). They are off afterwards where they were.
    static func migrate(_ db: Database, from found: Int) throws {
        guard found < version else { return }
        let checked = try Bool.fetchOne(db, sql: "PRAGMA foreign_keys") ?? false
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        try db.inTransaction(.immediate) {
            for step in steps[found...] { try step(db) }
            if found > 0 { try takeOwnWording(in: db) }
            try db.checkForeignKeys()
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
        if checked { try db.execute(sql: "PRAGMA foreign_keys = ON") }
        // The pages of tables that were made anew: nothing lies in the file that is not looked at.
        try db.execute(sql: "VACUUM")
    }
}
