import GRDB
public import Terminal

extension SQLiteJournal {
    /// Writes through to the disk as a payment does, and reads back what was written: the schema's
    /// own version, which is what it was. The journal is the same afterwards, but its disk, its
    /// queue and its lock have been through all that a payment needs of them.
    public func proveWritable() async throws(JournalError) {
        let version = JournalSchema.version
        try await write { db in try db.execute(sql: "PRAGMA user_version = \(version)") }
        let found = try await read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
        guard found == version else {
            throw .damaged("what was written is not what was read back")
        }
    }
}
