import GRDB

// The cash drawer of each period.
extension JournalSchema {
    static func makeDrawers(_ db: Database) throws {
        for statements in [drawerTable, drawerTriggers] { try db.execute(sql: statements) }
    }

    /// `drawer`: what was said of the cash drawer in one period, at most once a period. It enters
    /// the chain with the entry that closes the period (key 28).
    private static let drawerTable = """
        CREATE TABLE drawer (
            period INTEGER PRIMARY KEY CHECK (period >= 1),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            float INTEGER NOT NULL CHECK (float BETWEEN 0 AND 9007199254740991),
            counted INTEGER CHECK (counted BETWEEN 0 AND 9007199254740991),
            counts INTEGER NOT NULL DEFAULT 0,
            CONSTRAINT drawer_is_counted_or_not CHECK (
                counts >= 0 AND (counts > 0) = (counted IS NOT NULL))
        ) STRICT;
        """

    /// A float that was said before the hub gave the first period its number goes along with it.
    private static let drawerTriggers = """
        CREATE TRIGGER drawer_of_open_period BEFORE INSERT ON drawer BEGIN
            SELECT RAISE(ABORT, 'drawer-of-closed-period')
                WHERE EXISTS (SELECT 1 FROM period WHERE number >= NEW.period);
        END;
        CREATE TRIGGER drawer_stays BEFORE UPDATE ON drawer BEGIN
            SELECT RAISE(ABORT, 'drawer-of-closed-period')
                WHERE EXISTS (
                    SELECT 1 FROM period WHERE number >= min(OLD.period, NEW.period));
            SELECT RAISE(ABORT, 'drawer-counted')
                WHERE NEW.currency <> OLD.currency
                OR NEW.counts < OLD.counts OR (OLD.counts > 0 AND NEW.float <> OLD.float)
                OR (NEW.counted IS NOT OLD.counted AND NEW.counts <= OLD.counts);
        END;
        CREATE TRIGGER drawer_follows_first_period AFTER UPDATE OF first_period ON journal BEGIN
            UPDATE drawer SET period = NEW.first_period WHERE period = OLD.first_period;
        END;
        CREATE TRIGGER drawer_remains BEFORE DELETE ON drawer BEGIN
            SELECT RAISE(ABORT, 'drawer-of-closed-period');
        END;
        """
}
