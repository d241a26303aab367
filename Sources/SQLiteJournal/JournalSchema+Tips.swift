import GRDB

// Schema 8: tips, of a sale and of each entry about its money.
extension JournalSchema {
    static let makeVersion8: @Sendable (Database) throws -> Void = { db in
        for statements in [tipTables, tipTriggers, vatBesideTips] {
            try db.execute(sql: statements)
        }
    }

    /// `sale_tip`: what of a sale's total is a tip. `entry_tip`: what of a capture or an undoing is
    /// (key 30 of the entry). A row is there where it is above 0.
    private static let tipTables = """
        CREATE TABLE sale_tip (
            sale TEXT NOT NULL PRIMARY KEY REFERENCES sale (reference),
            amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE entry_tip (
            sequence INTEGER PRIMARY KEY,
            amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991)
        ) STRICT;
        """

    private static let tipTriggers = """
        CREATE TRIGGER sale_tip_within_its_sale BEFORE INSERT ON sale_tip BEGIN
            SELECT RAISE(ABORT, 'tip-above-its-sale')
                WHERE NEW.amount >= (SELECT total FROM sale WHERE reference = NEW.sale);
            SELECT RAISE(ABORT, 'tip-of-begun-sale')
                WHERE EXISTS (SELECT 1 FROM entry WHERE sale = NEW.sale)
                OR EXISTS (SELECT 1 FROM sale_vat WHERE sale = NEW.sale);
        END;
        CREATE TRIGGER sale_tip_stays BEFORE UPDATE ON sale_tip BEGIN
            SELECT RAISE(ABORT, 'tip-immutable');
        END;
        CREATE TRIGGER sale_tip_remains BEFORE DELETE ON sale_tip
        WHEN EXISTS (SELECT 1 FROM sale WHERE reference = OLD.sale) BEGIN
            SELECT RAISE(ABORT, 'tip-immutable');
        END;
        CREATE TRIGGER sale_tip_leaves AFTER DELETE ON sale BEGIN
            DELETE FROM sale_tip WHERE sale = OLD.reference;
        END;
        CREATE TRIGGER entry_tip_of_its_entry BEFORE INSERT ON entry_tip BEGIN
            SELECT RAISE(ABORT, 'tip-without-entry')
                WHERE NEW.sequence IS NOT (SELECT max(sequence) FROM entry)
                OR NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind IN (1, 3, 4, 5));
        END;
        CREATE TRIGGER entry_tip_stays BEFORE UPDATE ON entry_tip BEGIN
            SELECT RAISE(ABORT, 'tip-immutable');
        END;
        CREATE TRIGGER entry_tip_remains BEFORE DELETE ON entry_tip
        WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
            SELECT RAISE(ABORT, 'tip-immutable');
        END;
        CREATE TRIGGER entry_tip_leaves AFTER DELETE ON entry BEGIN
            DELETE FROM entry_tip WHERE sequence = OLD.sequence;
        END;
        """

    /// The bill is paid first and given back first: what was captured above it is the tip, and of an
    /// undoing what is above the bill of its capture. Value-added tax is of the bill alone.
    private static let vatBesideTips = """
        DROP TRIGGER sale_vat_within_its_sale;
        CREATE TRIGGER sale_vat_within_its_sale BEFORE INSERT ON sale_vat BEGIN
            SELECT RAISE(ABORT, 'vat-above-its-sale')
                WHERE NEW.gross + (
                    SELECT coalesce(sum(gross), 0) FROM sale_vat WHERE sale = NEW.sale) > (
                    SELECT total - coalesce(
                        (SELECT amount FROM sale_tip WHERE sale = NEW.sale), 0)
                    FROM sale WHERE reference = NEW.sale);
            SELECT RAISE(ABORT, 'vat-of-begun-sale')
                WHERE EXISTS (SELECT 1 FROM entry WHERE sale = NEW.sale);
        END;
        DROP TRIGGER redemption_has_its_vat;
        CREATE TRIGGER redemption_has_its_vat BEFORE INSERT ON redemption BEGIN
            SELECT RAISE(ABORT, 'tip-differs')
                WHERE EXISTS (
                    SELECT 1 FROM entry e JOIN sale s ON s.reference = e.sale
                    LEFT JOIN sale_tip t ON t.sale = e.sale
                    WHERE e.sequence = NEW.sequence
                    AND max(0, s.captured - s.total + coalesce(t.amount, 0)) <> (
                        SELECT coalesce(sum(o.amount), 0)
                        FROM entry x JOIN entry_tip o USING (sequence)
                        WHERE x.sale = e.sale AND x.kind = 1));
            SELECT RAISE(ABORT, 'vat-differs-from-amount')
                WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
                <> CASE WHEN EXISTS (
                    SELECT 1 FROM entry e JOIN sale_vat USING (sale)
                    WHERE e.sequence = NEW.sequence)
                    THEN NEW.amount - coalesce(
                        (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0)
                    ELSE 0 END;
            SELECT RAISE(ABORT, 'vat-above-its-sale')
                WHERE EXISTS (
                    SELECT 1 FROM entry_vat v JOIN entry e USING (sequence)
                    LEFT JOIN sale_vat s ON s.sale = e.sale AND s.code = v.code
                    WHERE v.sequence = NEW.sequence AND (s.rate IS NOT v.rate OR s.gross < (
                        SELECT sum(o.gross) FROM entry x JOIN entry_vat o USING (sequence)
                        WHERE x.sale = e.sale AND x.kind = 1 AND o.code = v.code)));
        END;
        DROP TRIGGER undo_has_its_vat;
        CREATE TRIGGER undo_has_its_vat BEFORE INSERT ON undo BEGIN
            SELECT RAISE(ABORT, 'tip-differs')
                WHERE EXISTS (
                    SELECT 1 FROM entry c LEFT JOIN entry_tip t USING (sequence)
                    WHERE c.sequence = NEW.capture
                    AND NEW.amount + (
                        SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture)
                        <= c.amount
                    AND max(0, NEW.amount + (
                            SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture)
                        - c.amount + coalesce(t.amount, 0)) <> coalesce(
                        (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0) + (
                        SELECT coalesce(sum(o.amount), 0)
                        FROM undo u JOIN entry_tip o USING (sequence)
                        WHERE u.capture = NEW.capture));
            SELECT RAISE(ABORT, 'vat-differs-from-amount')
                WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
                <> CASE WHEN EXISTS (SELECT 1 FROM entry_vat WHERE sequence = NEW.capture)
                    THEN NEW.amount - coalesce(
                        (SELECT amount FROM entry_tip WHERE sequence = NEW.sequence), 0)
                    ELSE 0 END;
            SELECT RAISE(ABORT, 'vat-above-its-capture')
                WHERE EXISTS (
                    SELECT 1 FROM entry_vat v
                    LEFT JOIN entry_vat c ON c.sequence = NEW.capture AND c.code = v.code
                    WHERE v.sequence = NEW.sequence AND (
                        c.rate IS NOT v.rate OR c.gross < v.gross + (
                            SELECT coalesce(sum(o.gross), 0)
                            FROM undo u JOIN entry_vat o USING (sequence)
                            WHERE u.capture = NEW.capture AND o.code = v.code)));
        END;
        """
}
