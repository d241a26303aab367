import GRDB

// Schema 2: entries of all kinds, undoing, periods, documents, checkpoints, and archived segments.
//
// Each file `JournalSchema+….swift` has the tables and the triggers of one matter; a table of a
// new matter gets a file of its own, and its two names in the lists here. Tables are made and
// filled before any trigger is there, so that a copied row is compared with nothing.
extension JournalSchema {
    private static let tables = [
        entryTables, saleTables, voucherTables, batchTables, undoTables, periodTables,
        documentTables, archiveTables,
    ]
    private static let triggers = [
        entryTriggers, saleTriggers, voucherTriggers, batchTriggers, undoTriggers, periodTriggers,
        documentTriggers, archiveTriggers,
    ]

    /// The tables of schema 1 that are made anew; `journal` is extended in place.
    private static let remade = ["entry", "sale", "voucher", "redemption", "batch"]

    static let makeVersion2: @Sendable (Database) throws -> Void = { db in
        // Every trigger and index goes; those that still apply come back below.
        for (type, name) in try Row.fetchAll(
            db,
            sql: """
                SELECT type, name FROM sqlite_schema
                WHERE type IN ('trigger', 'index') AND sql IS NOT NULL
                """
        ).map({ ($0["type"] as String, $0["name"] as String) }) {
            try db.execute(sql: "DROP \(type) \(name)")
        }
        // Names in other tables' references stay as they are (sqlite.org, legacy_alter_table).
        try db.execute(sql: "PRAGMA legacy_alter_table = ON")
        for table in remade { try db.execute(sql: "ALTER TABLE \(table) RENAME TO \(table)_1") }
        try db.execute(sql: "PRAGMA legacy_alter_table = OFF")
        for statements in tables { try db.execute(sql: statements) }
        try db.execute(sql: copy)
        for table in remade.reversed() { try db.execute(sql: "DROP TABLE \(table)_1") }
        for statements in triggers { try db.execute(sql: statements) }
    }

    /// Everything that schema 1 holds. Its entries are captures, which have a receipt, and
    /// declines, which have a reason.
    private static let copy = """
        INSERT INTO sale SELECT *, 0 FROM sale_1;
        INSERT INTO entry (sequence, at, kind, sale, currency, amount, receipt, reason, body,
                previous, hash)
            SELECT sequence, at, CASE WHEN receipt IS NULL THEN 2 ELSE 1 END, sale, currency,
                amount, receipt, reason, body, previous, hash
            FROM entry_1 ORDER BY sequence;
        INSERT INTO voucher SELECT * FROM voucher_1;
        INSERT INTO redemption (sequence, issuer, cti, kind, consumed, nonce, presentation, at,
                amount, receipt)
            SELECT r.sequence, r.issuer, r.cti, r.kind, r.consumed, r.nonce, r.presentation, e.at,
                e.amount, e.receipt
            FROM redemption_1 r JOIN entry_1 e USING (sequence) ORDER BY r.sequence;
        INSERT INTO batch SELECT * FROM batch_1 ORDER BY number;
        """
}
