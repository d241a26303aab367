// Sales and their requests.
extension JournalSchema {
    /// `captured` is the sum of the sale's captures: it rises by `entry_pays` alone. `archived` is
    /// the part of it whose entries are archived: it rises by `entry_leaves` alone.
    static let saleTables = """
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
            archived INTEGER NOT NULL DEFAULT 0 CHECK (archived BETWEEN 0 AND captured),
            CONSTRAINT sale_captures_its_total_at_most CHECK (captured <= total),
            CONSTRAINT sale_is_paid_when_captured CHECK ((state = 'paid') = (captured = total)),
            CONSTRAINT sale_state_tells_captured CHECK (
                (state NOT IN ('cancelled', 'expired') OR captured = 0)
                AND (state <> 'partly-paid' OR captured > 0))
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX sale_open_once ON sale (state) WHERE state = 'open';
        CREATE INDEX sale_by_expiry ON sale (expiry);
        CREATE INDEX sale_by_opening ON sale (opened);
        """

    /// A sale is kept until its entries are archived and its request has run out
    /// (`JournalSchema+Archive.swift`).
    static let saleTriggers = """
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
            SELECT RAISE(ABORT, 'sale-already-paid')
                WHERE OLD.state = 'paid' AND NEW.archived = OLD.archived;
            SELECT RAISE(ABORT, 'sale-has-ended')
                WHERE OLD.state <> 'open' AND NEW.state NOT IN (OLD.state, 'paid');
            SELECT RAISE(ABORT, 'sale-captured-differs')
                WHERE NEW.captured <> NEW.archived + (
                    SELECT coalesce(sum(amount), 0) FROM entry
                    WHERE sale = NEW.reference AND kind = 1);
            SELECT RAISE(ABORT, 'request-already-paid')
                WHERE NEW.nonce <> OLD.nonce
                AND EXISTS (SELECT 1 FROM redemption WHERE nonce = NEW.nonce);
        END;
        CREATE TRIGGER sale_remains BEFORE DELETE ON sale BEGIN
            SELECT RAISE(ABORT, 'sale-remains')
                WHERE OLD.state = 'open'
                OR OLD.expiry >= (SELECT horizon FROM journal)
                OR OLD.opened >= (SELECT horizon FROM journal)
                OR EXISTS (SELECT 1 FROM entry WHERE sale = OLD.reference);
        END;
        """
}
