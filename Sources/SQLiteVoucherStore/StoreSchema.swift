import GRDB
import Terminal

/// The tables of a voucher store (`docs/spec/voucher-store.md`, *The store*).
enum StoreSchema {
    /// `PRAGMA application_id`: "TLVS".
    static let applicationID = 0x544C_5653
    /// `PRAGMA user_version`.
    static let version = 1

    /// Looks at the database without changing it: true where it is a store, false where nothing is
    /// in it; anything else is refused.
    static func isStore(_ db: Database) throws -> Bool {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == 0, found == 0,
            try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
        {
            return false
        }
        guard application == applicationID, found >= 1 else {
            throw VoucherStoreError.damaged("the file is a database, but no voucher store")
        }
        guard found <= version else {
            throw VoucherStoreError.newerSchema(found: found, known: version)
        }
        return true
    }

    /// Makes the tables in an empty database, in one transaction.
    static func make(in db: Database) throws {
        try db.inTransaction(.immediate) {
            try db.execute(sql: tables)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// `key` is made of the first 8 bytes of the `cti`, so that a pack, which is in order, is
    /// appended, page after full page. A row holds every object whose `cti` begins so, one CBOR
    /// item after the other (RFC 8742): among ten million that is one, nearly always.
    private static let tables = """
        CREATE TABLE voucher (
            key INTEGER PRIMARY KEY,
            objects BLOB NOT NULL CHECK (length(objects) > 0)
        ) STRICT;
        CREATE TABLE pack (
            digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
            records INTEGER NOT NULL CHECK (records >= 0),
            done INTEGER NOT NULL CHECK (done BETWEEN 0 AND records),
            position INTEGER NOT NULL CHECK (position >= 16),
            taken INTEGER NOT NULL CHECK (taken >= 0),
            known INTEGER NOT NULL CHECK (known >= 0),
            refused INTEGER NOT NULL CHECK (refused >= 0),
            CONSTRAINT every_record_counted CHECK (taken + known + refused = done)
        ) STRICT, WITHOUT ROWID;
        """
}

/// The key of a `cti`: its first 8 bytes, big-endian, with the upper half of the range moved below
/// zero's place, so that the order of keys is the order of `cti`s.
struct StoreKey {
    let value: Int64

    init(cti: [UInt8]) {
        let number = cti.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        value = Int64(bitPattern: number ^ (1 << 63))
    }
}
