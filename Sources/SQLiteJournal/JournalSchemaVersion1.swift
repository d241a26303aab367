import GRDB

/// Schema 1, as it was released: frozen, for every journal begins with it or is migrated from it
/// (`JournalSchema.migrate`). What applies now is in `JournalSchema+….swift`.
enum JournalSchemaVersion1 {
    static func make(_ db: Database) throws {
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

    /// What is known of each voucher, apart from any queue; `spent` rises by each object seen and
    /// by `redemption_spends`, never falls, and never passes the ceiling.
    private static let vouchers = """
        CREATE TABLE voucher (
            issuer TEXT NOT NULL CHECK (length(CAST(issuer AS BLOB)) BETWEEN 1 AND 32),
            cti BLOB NOT NULL CHECK (length(cti) BETWEEN 8 AND 16),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            core BLOB NOT NULL CHECK (length(core) = 32),
            expiry INTEGER NOT NULL CHECK (expiry >= 0),
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
        """

    /// One row for each capture. A request is paid once, by a code for the sale that asked; a
    /// presentation pays once; a fixed voucher is redeemed once.
    private static let redemptions = """
        CREATE TABLE redemption (
            sequence INTEGER PRIMARY KEY REFERENCES entry (sequence),
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            kind INTEGER NOT NULL,
            consumed INTEGER NOT NULL CHECK (consumed > 0),
            nonce BLOB UNIQUE CHECK (length(nonce) BETWEEN 8 AND 16),
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
            SELECT RAISE(ABORT, 'redemption-in-other-currency')
                WHERE (SELECT currency FROM entry WHERE sequence = NEW.sequence) <> (
                    SELECT currency FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
            SELECT RAISE(ABORT, 'request-of-other-sale')
                WHERE NEW.nonce IS NOT NULL AND NEW.nonce IS NOT (
                    SELECT nonce FROM sale WHERE reference = (
                        SELECT sale FROM entry WHERE sequence = NEW.sequence));
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

    /// Numbered and contiguous without gaps; one waits for an answer at a time, unchanged. Nothing
    /// here is joined to the tables above: an acknowledgement makes no voucher spendable again.
    private static let batches = """
        CREATE TABLE batch (
            number INTEGER PRIMARY KEY,
            first INTEGER NOT NULL REFERENCES entry (sequence),
            last INTEGER NOT NULL REFERENCES entry (sequence),
            bytes BLOB NOT NULL CHECK (length(bytes) > 0),
            acknowledgement BLOB CHECK (length(acknowledgement) > 0),
            CHECK (last >= first)
        ) STRICT;
        CREATE UNIQUE INDEX batch_waits_alone ON batch ((1)) WHERE acknowledgement IS NULL;
        CREATE TRIGGER batch_continues BEFORE INSERT ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batch)
                OR NEW.first <> coalesce(
                    (SELECT last FROM batch ORDER BY number DESC LIMIT 1), 0) + 1;
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
