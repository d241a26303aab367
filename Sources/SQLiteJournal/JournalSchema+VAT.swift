import GRDB

// Schema 7: value-added tax, of a sale and of each entry about its money.
extension JournalSchema {
    static let makeVersion7: @Sendable (Database) throws -> Void = { db in
        for statements in [vatTables, saleVATTriggers, entryVATTriggers] {
            try db.execute(sql: statements)
        }
    }

    /// `sale_vat`: the lines that a sale came with; they come to its total. `entry_vat`: what of a
    /// capture or an undoing belongs to which line (key 29 of the entry).
    private static let vatTables = """
        CREATE TABLE sale_vat (
            sale TEXT NOT NULL REFERENCES sale (reference),
            code TEXT NOT NULL CHECK (code GLOB '[A-Z]'),
            rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 10000),
            gross INTEGER NOT NULL CHECK (gross BETWEEN 1 AND 9007199254740991),
            tax INTEGER NOT NULL CHECK (tax BETWEEN 0 AND gross),
            PRIMARY KEY (sale, code)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE entry_vat (
            sequence INTEGER NOT NULL,
            code TEXT NOT NULL CHECK (code GLOB '[A-Z]'),
            rate INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 10000),
            gross INTEGER NOT NULL CHECK (gross BETWEEN 1 AND 9007199254740991),
            tax INTEGER NOT NULL CHECK (tax BETWEEN 0 AND gross),
            PRIMARY KEY (sequence, code)
        ) STRICT, WITHOUT ROWID;
        """

    /// A sale's lines are said as it is opened, and stay as long as the sale.
    private static let saleVATTriggers = """
        CREATE TRIGGER sale_vat_within_its_sale BEFORE INSERT ON sale_vat BEGIN
            SELECT RAISE(ABORT, 'vat-above-its-sale')
                WHERE NEW.gross + (
                    SELECT coalesce(sum(gross), 0) FROM sale_vat WHERE sale = NEW.sale) > (
                    SELECT total FROM sale WHERE reference = NEW.sale);
            SELECT RAISE(ABORT, 'vat-of-begun-sale')
                WHERE EXISTS (SELECT 1 FROM entry WHERE sale = NEW.sale);
        END;
        CREATE TRIGGER sale_vat_stays BEFORE UPDATE ON sale_vat BEGIN
            SELECT RAISE(ABORT, 'vat-immutable');
        END;
        CREATE TRIGGER sale_vat_remains BEFORE DELETE ON sale_vat
        WHEN EXISTS (SELECT 1 FROM sale WHERE reference = OLD.sale) BEGIN
            SELECT RAISE(ABORT, 'vat-immutable');
        END;
        CREATE TRIGGER sale_vat_leaves AFTER DELETE ON sale BEGIN
            DELETE FROM sale_vat WHERE sale = OLD.reference;
        END;
        """

    /// Lines follow their entry at once, and the row in `redemption` or `undo` follows them: where the
    /// sale has lines, the entry's come to its amount, and never more of a line is captured than the
    /// sale has, or given back than was captured.
    private static let entryVATTriggers = """
        CREATE TRIGGER entry_vat_of_its_entry BEFORE INSERT ON entry_vat BEGIN
            SELECT RAISE(ABORT, 'vat-without-entry')
                WHERE NEW.sequence IS NOT (SELECT max(sequence) FROM entry)
                OR NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind IN (1, 3, 4, 5));
        END;
        CREATE TRIGGER entry_vat_stays BEFORE UPDATE ON entry_vat BEGIN
            SELECT RAISE(ABORT, 'vat-immutable');
        END;
        CREATE TRIGGER entry_vat_remains BEFORE DELETE ON entry_vat
        WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
            SELECT RAISE(ABORT, 'vat-immutable');
        END;
        CREATE TRIGGER entry_vat_leaves AFTER DELETE ON entry BEGIN
            DELETE FROM entry_vat WHERE sequence = OLD.sequence;
        END;
        CREATE TRIGGER redemption_has_its_vat BEFORE INSERT ON redemption BEGIN
            SELECT RAISE(ABORT, 'vat-differs-from-amount')
                WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
                <> CASE WHEN EXISTS (
                    SELECT 1 FROM entry e JOIN sale_vat USING (sale)
                    WHERE e.sequence = NEW.sequence) THEN NEW.amount ELSE 0 END;
            SELECT RAISE(ABORT, 'vat-above-its-sale')
                WHERE EXISTS (
                    SELECT 1 FROM entry_vat v JOIN entry e USING (sequence)
                    LEFT JOIN sale_vat s ON s.sale = e.sale AND s.code = v.code
                    WHERE v.sequence = NEW.sequence AND (s.rate IS NOT v.rate OR s.gross < (
                        SELECT sum(o.gross) FROM entry x JOIN entry_vat o USING (sequence)
                        WHERE x.sale = e.sale AND x.kind = 1 AND o.code = v.code)));
        END;
        CREATE TRIGGER undo_has_its_vat BEFORE INSERT ON undo BEGIN
            SELECT RAISE(ABORT, 'vat-differs-from-amount')
                WHERE (SELECT coalesce(sum(gross), 0) FROM entry_vat WHERE sequence = NEW.sequence)
                <> CASE WHEN EXISTS (SELECT 1 FROM entry_vat WHERE sequence = NEW.capture)
                    THEN NEW.amount ELSE 0 END;
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
