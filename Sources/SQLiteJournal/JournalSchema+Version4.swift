import GRDB

// Schema 4: whose wallet paid, and the number of the first period.
extension JournalSchema {
    static let makeVersion4: @Sendable (Database) throws -> Void = { db in
        for statements in [holders, firstPeriod] { try db.execute(sql: statements) }
    }

    /// `holder` is the thumbprint of the holder's key, so that what one wallet pays with several
    /// vouchers can be added up. Of redemptions before this schema it is not known.
    private static let holders = """
        ALTER TABLE redemption ADD COLUMN holder BLOB CHECK (length(holder) = 32);
        CREATE INDEX redemption_of_holder ON redemption (holder, at) WHERE holder IS NOT NULL;
        """

    /// `first_period` is the number of the first period that this journal closes: the hub gives
    /// each journal of a terminal numbers of its own (`docs/spec/trust.md`, *A terminal*).
    private static let firstPeriod = """
        ALTER TABLE journal ADD COLUMN first_period INTEGER NOT NULL DEFAULT 1
            CHECK (first_period >= 1);
        DROP TRIGGER period_continues;
        CREATE TRIGGER period_continues BEFORE INSERT ON period BEGIN
            SELECT RAISE(ABORT, 'period-gap')
                WHERE NEW.number <> coalesce(
                    (SELECT max(number) FROM period) + 1, (SELECT first_period FROM journal))
                OR NEW.first <> (SELECT coalesce(max(sequence), 0) + 1 FROM period);
            SELECT RAISE(ABORT, 'period-without-entry')
                WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 6);
        END;
        CREATE TRIGGER journal_first_period_stays BEFORE UPDATE ON journal
        WHEN NEW.first_period <> OLD.first_period BEGIN
            SELECT RAISE(ABORT, 'journal-first-period-fixed')
                WHERE OLD.first_period <> 1 OR EXISTS (SELECT 1 FROM period)
                OR EXISTS (SELECT 1 FROM checkpoint);
        END;
        """
}
