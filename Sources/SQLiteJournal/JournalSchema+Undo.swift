// Cancellations, refunds and reversals.
extension JournalSchema {
    /// One row for each entry of kinds 3 to 5. `capture` is the sequence number of what is undone;
    /// `way` is key 21; `restored` is what goes back to the voucher, in minor units.
    static let undoTables = """
        CREATE TABLE undo (
            sequence INTEGER PRIMARY KEY,
            capture INTEGER NOT NULL CHECK (capture < sequence),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 3 AND 5),
            way INTEGER CHECK (
                (way IS NULL) = (kind <> 4) AND coalesce(way, 1) BETWEEN 1 AND 3),
            amount INTEGER NOT NULL CHECK (amount > 0),
            restored INTEGER NOT NULL DEFAULT 0 CHECK (restored >= 0)
        ) STRICT;
        CREATE INDEX undo_of_capture ON undo (capture);
        """

    /// Never more goes back than was paid. A cancellation or a reversal is of the whole capture
    /// and of nothing that was undone before; a cancellation comes before the period closes.
    static let undoTriggers = """
        CREATE TRIGGER undo_within_its_capture BEFORE INSERT ON undo BEGIN
            SELECT RAISE(ABORT, 'undo-without-entry')
                WHERE NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = NEW.kind
                    AND amount = NEW.amount);
            SELECT RAISE(ABORT, 'undo-of-no-capture')
                WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.capture AND kind = 1);
            SELECT RAISE(ABORT, 'undo-of-other-sale')
                WHERE (SELECT sale FROM entry WHERE sequence = NEW.sequence) <> (
                    SELECT sale FROM entry WHERE sequence = NEW.capture);
            SELECT RAISE(ABORT, 'undo-in-other-currency')
                WHERE (SELECT currency FROM entry WHERE sequence = NEW.sequence) <> (
                    SELECT currency FROM entry WHERE sequence = NEW.capture);
            SELECT RAISE(ABORT, 'undo-already-whole')
                WHERE EXISTS (
                    SELECT 1 FROM undo WHERE capture = NEW.capture
                    AND (kind IN (3, 5) OR NEW.kind IN (3, 5)));
            SELECT RAISE(ABORT, 'undo-above-its-capture')
                WHERE NEW.amount + (
                    SELECT coalesce(sum(amount), 0) FROM undo WHERE capture = NEW.capture) > (
                    SELECT amount FROM entry WHERE sequence = NEW.capture);
            SELECT RAISE(ABORT, 'undo-not-whole')
                WHERE NEW.kind IN (3, 5) AND NEW.amount <> (
                    SELECT amount FROM entry WHERE sequence = NEW.capture);
            SELECT RAISE(ABORT, 'cancellation-after-period')
                WHERE NEW.kind = 3
                AND EXISTS (SELECT 1 FROM period WHERE sequence > NEW.capture);
            SELECT RAISE(ABORT, 'undo-restores-too-much')
                WHERE NEW.restored > (
                    SELECT consumed FROM redemption WHERE sequence = NEW.capture);
        END;
        CREATE TRIGGER undo_stays BEFORE UPDATE ON undo BEGIN
            SELECT RAISE(ABORT, 'undo-immutable');
        END;
        CREATE TRIGGER undo_remains BEFORE DELETE ON undo
        WHEN EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence) BEGIN
            SELECT RAISE(ABORT, 'undo-immutable');
        END;
        """
}
