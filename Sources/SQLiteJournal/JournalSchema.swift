import GRDB

/// The tables of a journal, version 1 (`docs/spec/journal.md`).
///
/// What must never happen is a constraint here, whatever the code above believes: each has a
/// name, which `RAISE` or SQLite tells when it refuses.
enum JournalSchema {
    /// The version that this program reads and writes (`PRAGMA user_version`).
    static let version = 1
    /// `PRAGMA application_id`: "TLJ1", so that `file(1)` and this program know a journal.
    static let applicationID = 0x544C_4A31

    static func create(in db: Database) throws {
        for statements in [journal, entries, sales, vouchers, batches] {
            try db.execute(sql: statements)
        }
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static let journal = """
        CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            identity BLOB NOT NULL CHECK (length(identity) = 8)
        ) STRICT;
        """

    /// Append-only, gap-free, chained; receipts gap-free.
    private static let entries = """
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            sale TEXT NOT NULL REFERENCES sale (reference),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            amount INTEGER NOT NULL CHECK (amount > 0),
            receipt INTEGER UNIQUE,
            reason TEXT,
            body BLOB NOT NULL,
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            CONSTRAINT entry_is_capture_or_decline CHECK ((receipt IS NULL) <> (reason IS NULL))
        ) STRICT;
        CREATE INDEX entry_of_sale ON entry (sale);
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

    /// `captured` rises by `entry_pays` alone.
    private static let sales = """
        CREATE TABLE sale (
            reference TEXT PRIMARY KEY,
            key TEXT UNIQUE,
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            total INTEGER NOT NULL CHECK (total > 0),
            captured INTEGER NOT NULL CHECK (captured >= 0),
            state TEXT NOT NULL
                CHECK (state IN ('open', 'paid', 'partly-paid', 'cancelled', 'expired')),
            nonce BLOB NOT NULL UNIQUE CHECK (length(nonce) = 8),
            asked INTEGER NOT NULL CHECK (asked > 0),
            expiry INTEGER NOT NULL,
            opened INTEGER NOT NULL,
            CONSTRAINT sale_captures_its_total_at_most CHECK (captured <= total),
            CONSTRAINT sale_is_paid_when_captured CHECK ((state = 'paid') = (captured = total))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sale_open_once ON sale (state) WHERE state = 'open';
        CREATE INDEX sale_by_expiry ON sale (expiry);
        CREATE TRIGGER sale_keeps_its_terms BEFORE UPDATE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-terms-immutable')
                WHERE NEW.reference <> OLD.reference OR NEW.key IS NOT OLD.key
                OR NEW.currency <> OLD.currency OR NEW.total <> OLD.total
                OR NEW.opened <> OLD.opened OR NEW.captured < OLD.captured;
            SELECT RAISE(ABORT, 'sale-already-paid') WHERE OLD.state = 'paid';
        END;
        CREATE TRIGGER sale_remains BEFORE DELETE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-remains');
        END;
        """

    /// What is known of each voucher, apart from any queue; `spent` rises by each object seen and
    /// by `redemption_spends`, never falls, and never passes the ceiling.
    private static let vouchers = """
        CREATE TABLE voucher (
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL CHECK (length(cti) BETWEEN 8 AND 16),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            core BLOB NOT NULL CHECK (length(core) = 32),
            expiry INTEGER NOT NULL,
            ceiling INTEGER NOT NULL CHECK (ceiling > 0),
            spent INTEGER NOT NULL CHECK (spent >= 0),
            PRIMARY KEY (issuer, cti),
            CONSTRAINT voucher_never_above_its_ceiling CHECK (spent <= ceiling),
            CONSTRAINT fixed_voucher_spent_whole CHECK (kind <> 1 OR spent IN (0, ceiling))
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER voucher_keeps_its_terms BEFORE UPDATE ON voucher BEGIN
            SELECT RAISE(ABORT, 'conflicting-voucher')
                WHERE NEW.issuer <> OLD.issuer OR NEW.cti <> OLD.cti OR NEW.kind <> OLD.kind
                OR NEW.currency <> OLD.currency OR NEW.core <> OLD.core
                OR NEW.expiry <> OLD.expiry OR (OLD.kind <> 2 AND NEW.ceiling <> OLD.ceiling);
            SELECT RAISE(ABORT, 'voucher-memory-falls')
                WHERE NEW.spent < OLD.spent OR NEW.ceiling < OLD.ceiling;
        END;
        CREATE TRIGGER voucher_remains BEFORE DELETE ON voucher BEGIN
            SELECT RAISE(ABORT, 'voucher-memory-remains');
        END;
        CREATE TABLE redemption (
            sequence INTEGER PRIMARY KEY REFERENCES entry (sequence),
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            kind INTEGER NOT NULL,
            consumed INTEGER NOT NULL CHECK (consumed > 0),
            nonce BLOB UNIQUE,
            presentation BLOB UNIQUE CHECK (length(presentation) = 32),
            FOREIGN KEY (issuer, cti) REFERENCES voucher (issuer, cti)
        ) STRICT;
        CREATE UNIQUE INDEX fixed_voucher_once ON redemption (issuer, cti) WHERE kind = 1;
        CREATE INDEX redemption_of_voucher ON redemption (issuer, cti, sequence);
        CREATE TRIGGER redemption_spends AFTER INSERT ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-without-capture')
                WHERE NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND receipt IS NOT NULL
                    AND amount <= NEW.consumed);
            SELECT RAISE(ABORT, 'redemption-of-other-kind')
                WHERE NEW.kind <> (
                    SELECT kind FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
            UPDATE voucher SET spent = spent + NEW.consumed
                WHERE issuer = NEW.issuer AND cti = NEW.cti;
        END;
        CREATE TRIGGER redemption_stays BEFORE UPDATE ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-immutable');
        END;
        CREATE TRIGGER redemption_remains BEFORE DELETE ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-immutable');
        END;
        """

    /// Numbered and contiguous without gaps; one waits for an answer at a time, unchanged.
    private static let batches = """
        CREATE TABLE batch (
            number INTEGER PRIMARY KEY,
            first INTEGER NOT NULL REFERENCES entry (sequence),
            last INTEGER NOT NULL REFERENCES entry (sequence),
            bytes BLOB NOT NULL,
            acknowledgement BLOB,
            CHECK (last >= first)
        ) STRICT;
        CREATE UNIQUE INDEX batch_waits_alone ON batch ((1)) WHERE acknowledgement IS NULL;
        CREATE TRIGGER batch_continues BEFORE INSERT ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batch)
                OR NEW.first <> (SELECT coalesce(max(last), 0) + 1 FROM batch);
        END;
        CREATE TRIGGER batch_stays BEFORE UPDATE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable')
                WHERE NEW.number <> OLD.number OR NEW.first <> OLD.first OR NEW.last <> OLD.last
                OR NEW.bytes <> OLD.bytes OR OLD.acknowledgement IS NOT NULL
                OR NEW.acknowledgement IS NULL;
        END;
        CREATE TRIGGER batch_remains BEFORE DELETE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable');
        END;
        """
}
