// The chain of entries.
extension JournalSchema {
    /// Append-only, gap-free, chained; receipts gap-free over captures, cancellations and refunds.
    /// 1,800 and 100 bytes are the limits of the hub protocol, so that no entry is kept that the
    /// hub would not take. `kind` is key 4 of the entry.
    static let entryTables = """
        ALTER TABLE journal ADD COLUMN horizon INTEGER NOT NULL DEFAULT 0 CHECK (horizon >= 0);
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL CHECK (at >= 0),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 8),
            sale TEXT REFERENCES sale (reference),
            currency INTEGER CHECK (currency BETWEEN 1 AND 999),
            amount INTEGER CHECK (amount > 0),
            receipt INTEGER UNIQUE,
            reason TEXT CHECK (length(CAST(reason AS BLOB)) BETWEEN 1 AND 100),
            body BLOB NOT NULL CHECK (length(body) BETWEEN 1 AND 1800),
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            CONSTRAINT entry_is_about_a_sale_or_none CHECK (
                (kind <= 5) = (sale IS NOT NULL) AND (kind <= 5) = (currency IS NOT NULL)
                AND (kind <= 5) = (amount IS NOT NULL)),
            CONSTRAINT entry_has_the_receipt_of_its_kind CHECK (
                (kind IN (1, 3, 4)) = (receipt IS NOT NULL)),
            CONSTRAINT entry_has_the_reason_of_its_kind CHECK (
                (kind <> 2 OR reason IS NOT NULL) AND (reason IS NULL OR kind BETWEEN 2 AND 5))
        ) STRICT;
        CREATE INDEX entry_of_sale ON entry (sale);
        CREATE INDEX entry_by_time ON entry (at);
        """

    /// `horizon` is how far time has certainly come (`JournalSchema+Archive.swift`).
    static let entryTriggers = """
        CREATE TRIGGER journal_keeps_its_identity BEFORE UPDATE ON journal BEGIN
            SELECT RAISE(ABORT, 'journal-identity-immutable')
                WHERE NEW.one <> OLD.one OR NEW.identity <> OLD.identity
                OR NEW.settled < OLD.settled;
            SELECT RAISE(ABORT, 'journal-horizon-falls') WHERE NEW.horizon < OLD.horizon;
        END;
        CREATE TRIGGER journal_remains BEFORE DELETE ON journal BEGIN
            SELECT RAISE(ABORT, 'journal-identity-immutable');
        END;
        CREATE TRIGGER entry_continues BEFORE INSERT ON entry BEGIN
            SELECT RAISE(ABORT, 'entry-sequence-gap')
                WHERE NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entry);
            SELECT RAISE(ABORT, 'entry-chain-broken')
                WHERE NEW.previous <> coalesce(
                    (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32));
            SELECT RAISE(ABORT, 'receipt-gap')
                WHERE NEW.receipt IS NOT NULL
                AND NEW.receipt <> 1 + coalesce(
                    (SELECT max(receipt) FROM entry),
                    (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1), 0);
        END;
        CREATE TRIGGER entry_pays AFTER INSERT ON entry WHEN NEW.kind = 1 BEGIN
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
        CREATE TRIGGER entry_remains BEFORE DELETE ON entry
        WHEN OLD.sequence > (SELECT coalesce(max(last), 0) FROM segment) BEGIN
            SELECT RAISE(ABORT, 'entry-immutable');
        END;
        CREATE TRIGGER entry_leaves AFTER DELETE ON entry WHEN OLD.kind = 1 BEGIN
            UPDATE sale SET archived = archived + OLD.amount WHERE reference = OLD.sale;
        END;
        """
}
