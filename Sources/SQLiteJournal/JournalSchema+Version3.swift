import GRDB

// Schema 3: what an undoing gives back to a voucher, and which payments were told.
extension JournalSchema {
    static let makeVersion3: @Sendable (Database) throws -> Void = { db in
        for statements in [givingBack, givingBackTriggers, completion] {
            try db.execute(sql: statements)
        }
    }

    /// `redeemed` is the highest that an issuer's object said; below it `spent` never falls.
    /// `returned` is the sum of what undoing has given back; it only rises. Of vouchers seen before
    /// this schema it is not known what their objects said: all that was spent counts as said, so
    /// that nothing is given back twice.
    ///
    /// `key` is the caller's idempotency key. `issuer` and `cti` name what is given back to, or
    /// the refund voucher.
    private static let givingBack = """
        ALTER TABLE voucher ADD COLUMN redeemed INTEGER NOT NULL DEFAULT 0 CHECK (redeemed >= 0);
        ALTER TABLE voucher ADD COLUMN returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0);
        ALTER TABLE undo ADD COLUMN key TEXT CHECK (length(CAST(key AS BLOB)) BETWEEN 1 AND 64);
        ALTER TABLE undo ADD COLUMN issuer TEXT;
        ALTER TABLE undo ADD COLUMN cti BLOB CHECK ((cti IS NULL) = (issuer IS NULL));
        CREATE UNIQUE INDEX undo_by_key ON undo (key) WHERE key IS NOT NULL;
        CREATE UNIQUE INDEX refund_voucher_once ON undo (issuer, cti) WHERE way = 2;
        DROP INDEX fixed_voucher_once;
        DROP TRIGGER voucher_keeps_its_terms;
        UPDATE voucher SET redeemed = spent WHERE kind = 2;
        """

    /// `spent` falls by what an undoing gives back and by nothing else, and never below what an
    /// issuer knew. A fixed voucher is redeemed once more only after its redemption was undone.
    private static let givingBackTriggers = """
        CREATE TRIGGER voucher_keeps_its_terms BEFORE UPDATE ON voucher BEGIN
            SELECT RAISE(ABORT, 'conflicting-voucher')
                WHERE NEW.issuer <> OLD.issuer OR NEW.cti <> OLD.cti OR NEW.kind <> OLD.kind
                OR NEW.currency <> OLD.currency OR NEW.core <> OLD.core
                OR NEW.expiry <> OLD.expiry OR (OLD.kind <> 2 AND NEW.ceiling <> OLD.ceiling);
            SELECT RAISE(ABORT, 'voucher-memory-falls')
                WHERE NEW.ceiling < OLD.ceiling OR NEW.redeemed < OLD.redeemed
                OR NEW.returned < OLD.returned OR NEW.spent < NEW.redeemed
                OR NEW.spent + (NEW.returned - OLD.returned) < OLD.spent;
            SELECT RAISE(ABORT, 'voucher-returned-without-undo')
                WHERE NEW.returned > OLD.returned
                AND NEW.returned - OLD.returned IS NOT (
                    SELECT restored FROM undo WHERE issuer = NEW.issuer AND cti = NEW.cti
                    ORDER BY sequence DESC LIMIT 1);
        END;
        CREATE TRIGGER fixed_voucher_once BEFORE INSERT ON redemption WHEN NEW.kind = 1 BEGIN
            SELECT RAISE(ABORT, 'fixed-voucher-twice')
                WHERE (
                    SELECT coalesce(sum(consumed), 0) FROM redemption
                    WHERE issuer = NEW.issuer AND cti = NEW.cti) > (
                    SELECT returned FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
        END;
        CREATE TRIGGER undo_returns AFTER INSERT ON undo BEGIN
            SELECT RAISE(ABORT, 'undo-of-open-sale')
                WHERE (SELECT state FROM sale WHERE reference = (
                    SELECT sale FROM entry WHERE sequence = NEW.sequence)) = 'open';
            SELECT RAISE(ABORT, 'undo-of-other-voucher')
                WHERE (NEW.kind <> 4 OR NEW.way = 1) AND NOT EXISTS (
                    SELECT 1 FROM redemption WHERE sequence = NEW.capture
                    AND issuer IS NEW.issuer AND cti IS NEW.cti);
            SELECT RAISE(ABORT, 'undo-restores-otherwise')
                WHERE NEW.restored IS NOT CASE
                    WHEN NEW.kind <> 4 THEN (
                        SELECT consumed FROM redemption WHERE sequence = NEW.capture)
                    WHEN NEW.way = 3 THEN 0 ELSE NEW.amount END;
            SELECT RAISE(ABORT, 'undo-in-part-of-fixed-voucher')
                WHERE NEW.way = 1 AND EXISTS (
                    SELECT 1 FROM redemption WHERE sequence = NEW.capture AND kind = 1);
            SELECT RAISE(ABORT, 'refund-voucher-without-name')
                WHERE NEW.way = 2 AND NEW.issuer IS NULL;
            UPDATE voucher SET
                returned = returned + NEW.restored,
                spent = max(redeemed, spent - min(spent, NEW.restored))
                WHERE issuer = NEW.issuer AND cti = NEW.cti AND (NEW.kind <> 4 OR NEW.way = 1);
        END;
        """

    /// `told` is the highest receipt that people were told of; `unclear` names the captures below
    /// it that they were not told of, as far as is known.
    private static let completion = """
        ALTER TABLE journal ADD COLUMN told INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0);
        UPDATE journal SET told = coalesce(
            (SELECT max(receipt) FROM entry),
            (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1), 0);
        CREATE TABLE unclear (sequence INTEGER PRIMARY KEY) STRICT;
        CREATE TRIGGER journal_told_stays BEFORE UPDATE ON journal BEGIN
            SELECT RAISE(ABORT, 'journal-told-falls') WHERE NEW.told < OLD.told;
        END;
        """
}
