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
    private static let steps: [@Sendable (Database) throws -> Void] = [makeVersion1]

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

    /// Brings the database from version `found` to the version of this program, in one
    /// transaction; 0 is an empty one.
    static func migrate(_ db: Database, from found: Int) throws {
        guard found < version else { return }
        try db.inTransaction(.immediate) {
            for step in steps[found...] { try step(db) }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    private static let makeVersion1: @Sendable (Database) throws -> Void = { db in
        for statements in [journal, entries, sales, vouchers, redemptions, batches] {
            try db.execute(sql: statements)
        }
    }

    /// One row. `settled` counts the commits that ``SQLiteJournal/find(_:)`` makes.
    private static let journal = """
        CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            identity BLOB NOT NULL CHECK (length(identity) = 8),
            settled INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TRIGGER journal_keeps_its_identity BEFORE UPDATE ON journal BEGIN
            SELECT RAISE(ABORT, 'journal-identity-immutable')
                WHERE NEW.one <> OLD.one OR NEW.identity <> OLD.identity
                OR NEW.settled < OLD.settled;
        END;
        CREATE TRIGGER journal_remains BEFORE DELETE ON journal BEGIN
            SELECT RAISE(ABORT, 'journal-identity-immutable');
        END;
        """

    /// Append-only, gap-free, chained; receipts gap-free. 1,400 and 100 bytes are the limits of
    /// the hub protocol, so that no entry is kept that the hub would not take.
    private static let entries = """
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL CHECK (at >= 0),
            sale TEXT NOT NULL REFERENCES sale (reference),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            amount INTEGER NOT NULL CHECK (amount > 0),
            receipt INTEGER UNIQUE,
            reason TEXT CHECK (length(CAST(reason AS BLOB)) BETWEEN 1 AND 100),
            body BLOB NOT NULL CHECK (length(body) BETWEEN 1 AND 1400),
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            CONSTRAINT entry_is_capture_or_decline CHECK ((receipt IS NULL) <> (reason IS NULL))
        ) STRICT;
        CREATE INDEX entry_of_sale ON entry (sale);
        CREATE INDEX entry_by_time ON entry (at);
        CREATE TRIGGER entry_continues BEFORE INSERT ON entry BEGIN
            SELECT RAISE(ABORT, 'entry-sequence-gap')
                WHERE NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entry);
            SELECT RAISE(ABORT, 'entry-chain-broken')
                WHERE NEW.previous <> coalesce(
                    (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32));
            SELECT RAISE(ABORT, 'receipt-gap')
                WHERE NEW.receipt IS NOT NULL
                AND NEW.receipt <> (SELECT coalesce(max(receipt), 0) + 1 FROM entry);
        END;
        CREATE TRIGGER entry_pays AFTER INSERT ON entry WHEN NEW.receipt IS NOT NULL BEGIN
            SELECT RAISE(ABORT, 'capture-in-other-currency')
                WHERE NEW.currency <> (SELECT currency FROM sale WHERE reference = NEW.sale);
            UPDATE sale SET
                captured = captured + NEW.amount,
                state = CASE WHEN captured + NEW.amount = total THEN 'paid' ELSE state END
                WHERE reference = NEW.sale;
        END;
        CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN
            SELECT RAISE(ABORT, 'entry-immutable');
        END;
        CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN
            SELECT RAISE(ABORT, 'entry-immutable');
        END;
        """

    /// `captured` is the sum of the sale's captures: it rises by `entry_pays` alone.
    private static let sales = """
        CREATE TABLE sale (
            reference TEXT PRIMARY KEY CHECK (
                length(reference) BETWEEN 1 AND 25 AND reference NOT GLOB '*[^0-9A-Za-z]*'),
            key TEXT UNIQUE CHECK (length(CAST(key AS BLOB)) <= 64),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            total INTEGER NOT NULL CHECK (total > 0),
            captured INTEGER NOT NULL CHECK (captured >= 0),
            state TEXT NOT NULL
                CHECK (state IN ('open', 'paid', 'partly-paid', 'cancelled', 'expired')),
            nonce BLOB NOT NULL UNIQUE CHECK (length(nonce) = 8),
            asked INTEGER NOT NULL CHECK (asked BETWEEN 1 AND total),
            expiry INTEGER NOT NULL CHECK (expiry >= 0),
            opened INTEGER NOT NULL CHECK (opened >= 0),
            CONSTRAINT sale_captures_its_total_at_most CHECK (captured <= total),
            CONSTRAINT sale_is_paid_when_captured CHECK ((state = 'paid') = (captured = total)),
            CONSTRAINT sale_state_tells_captured CHECK (
                (state NOT IN ('cancelled', 'expired') OR captured = 0)
                AND (state <> 'partly-paid' OR captured > 0))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sale_open_once ON sale (state) WHERE state = 'open';
        CREATE INDEX sale_by_expiry ON sale (expiry);
        CREATE INDEX sale_by_opening ON sale (opened);
        CREATE TRIGGER sale_begins AFTER INSERT ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-captured-differs') WHERE NEW.captured <> 0;
            SELECT RAISE(ABORT, 'request-already-paid')
                WHERE EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
        END;
        CREATE TRIGGER sale_keeps_its_terms BEFORE UPDATE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-terms-immutable')
                WHERE NEW.reference <> OLD.reference OR NEW.key IS NOT OLD.key
                OR NEW.currency <> OLD.currency OR NEW.total <> OLD.total
                OR NEW.opened <> OLD.opened;
            SELECT RAISE(ABORT, 'sale-already-paid') WHERE OLD.state = 'paid';
            SELECT RAISE(ABORT, 'sale-has-ended')
                WHERE OLD.state <> 'open' AND NEW.state NOT IN (OLD.state, 'paid');
            SELECT RAISE(ABORT, 'sale-captured-differs')
                WHERE NEW.captured <> (
                    SELECT coalesce(sum(amount), 0) FROM entry
                    WHERE sale = NEW.reference AND receipt IS NOT NULL);
            SELECT RAISE(ABORT, 'request-already-paid')
                WHERE NEW.nonce <> OLD.nonce
                AND EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
        END;
        CREATE TRIGGER sale_remains BEFORE DELETE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-remains');
        END;
        """
}
