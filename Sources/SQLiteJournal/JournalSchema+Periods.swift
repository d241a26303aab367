// Reconciliation periods.
extension JournalSchema {
    /// `period`: one row for each closed period: its number, which is never reset, the entry that
    /// closed it (kind 6), and its first entry. `period_currency`: the currencies that the open
    /// period has had; at most 16, so that the entry that closes it can name them all.
    static let periodTables = """
        CREATE TABLE period (
            number INTEGER PRIMARY KEY,
            sequence INTEGER NOT NULL UNIQUE,
            first INTEGER NOT NULL CHECK (first <= sequence)
        ) STRICT;
        CREATE TABLE period_currency (currency INTEGER PRIMARY KEY) STRICT;
        INSERT INTO period_currency SELECT DISTINCT currency FROM entry_1
            WHERE receipt IS NOT NULL;
        """

    static let periodTriggers = """
        CREATE TRIGGER period_has_room AFTER INSERT ON entry
        WHEN NEW.kind IN (1, 3, 4, 5)
        AND NOT EXISTS (SELECT 1 FROM period_currency WHERE currency = NEW.currency) BEGIN
            SELECT RAISE(ABORT, 'period-currencies-full')
                WHERE (SELECT count(*) FROM period_currency) >= 16;
            INSERT INTO period_currency VALUES (NEW.currency);
        END;
        CREATE TRIGGER period_continues BEFORE INSERT ON period BEGIN
            SELECT RAISE(ABORT, 'period-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM period)
                OR NEW.first <> (SELECT coalesce(max(sequence), 0) + 1 FROM period);
            SELECT RAISE(ABORT, 'period-without-entry')
                WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 6);
        END;
        CREATE TRIGGER period_begins AFTER INSERT ON period BEGIN
            DELETE FROM period_currency;
        END;
        CREATE TRIGGER period_stays BEFORE UPDATE ON period BEGIN
            SELECT RAISE(ABORT, 'period-immutable');
        END;
        CREATE TRIGGER period_remains BEFORE DELETE ON period BEGIN
            SELECT RAISE(ABORT, 'period-immutable');
        END;
        """
}
