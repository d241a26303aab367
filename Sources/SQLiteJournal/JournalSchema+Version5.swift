import GRDB

// Schema 5: what the hub has not acknowledged, as figures that are kept and not added up at each
// payment.
extension JournalSchema {
    static let makeVersion5: @Sendable (Database) throws -> Void = { db in
        for statements in [outstandingTables, outstandingRows, outstandingTriggers] {
            try db.execute(sql: statements)
        }
    }

    /// One row for each currency, kind and issuer of the captures above the last acknowledged
    /// entry: how many and how much; and what of it was undone and is back where it came from:
    /// how many captures wholly, and how much. `outstanding_since` is the earliest of their times.
    private static let outstandingTables = """
        CREATE TABLE outstanding (
            currency INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            issuer TEXT NOT NULL,
            captures INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0,
            returned INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (currency, kind, issuer),
            CONSTRAINT outstanding_undone_within_captured CHECK (
                undone BETWEEN 0 AND captures AND returned BETWEEN 0 AND amount)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE journal ADD COLUMN outstanding_since INTEGER;
        """

    /// The figures of the captures above `first` and up to `last`, from the entries themselves.
    static func outstandingSum(above first: String, through last: String) -> String {
        """
        SELECT e.currency, r.kind, r.issuer, count(*) AS captures, sum(r.amount) AS amount,
            sum(coalesce(b.amount, 0) = r.amount) AS undone,
            sum(coalesce(b.amount, 0)) AS returned
        FROM redemption r JOIN entry e USING (sequence) LEFT JOIN (
            SELECT capture, sum(amount) AS amount FROM undo
            WHERE capture > \(first) AND capture <= \(last) AND (kind <> 4 OR way = 1)
            GROUP BY capture) b ON b.capture = r.sequence
        WHERE r.sequence > \(first) AND r.sequence <= \(last)
        GROUP BY e.currency, r.kind, r.issuer
        """
    }

    /// The last entry that the hub has acknowledged.
    static let acknowledged = """
        coalesce((SELECT last FROM batch WHERE acknowledgement IS NOT NULL
            ORDER BY number DESC LIMIT 1), 0)
        """

    /// The last entry there is.
    static let newest = "coalesce((SELECT max(sequence) FROM entry), 0)"

    private static let outstandingRows = """
        INSERT INTO outstanding (currency, kind, issuer, captures, amount, undone, returned)
            \(outstandingSum(above: acknowledged, through: newest));
        UPDATE journal SET outstanding_since = (
            SELECT min(at) FROM redemption WHERE sequence > \(acknowledged));
        """

    /// A capture adds to the figures, an undoing that gives back takes from them, and an
    /// acknowledgement takes away what its batch holds.
    private static let outstandingTriggers = """
        CREATE TRIGGER outstanding_rises AFTER INSERT ON redemption BEGIN
            INSERT INTO outstanding (currency, kind, issuer, captures, amount)
                VALUES ((SELECT currency FROM entry WHERE sequence = NEW.sequence), NEW.kind,
                    NEW.issuer, 1, NEW.amount)
                ON CONFLICT (currency, kind, issuer) DO UPDATE SET
                    captures = captures + 1, amount = amount + excluded.amount;
            UPDATE journal SET outstanding_since = NEW.at
                WHERE outstanding_since IS NULL OR outstanding_since > NEW.at;
        END;
        CREATE TRIGGER outstanding_returns AFTER INSERT ON undo
        WHEN (NEW.kind <> 4 OR NEW.way = 1) AND NEW.capture > \(acknowledged) BEGIN
            UPDATE outstanding SET
                returned = returned + NEW.amount,
                undone = undone + (
                    (SELECT sum(amount) FROM undo
                        WHERE capture = NEW.capture AND (kind <> 4 OR way = 1))
                    = (SELECT amount FROM redemption WHERE sequence = NEW.capture))
                WHERE currency = (SELECT currency FROM entry WHERE sequence = NEW.capture)
                AND (kind, issuer) = (
                    SELECT kind, issuer FROM redemption WHERE sequence = NEW.capture);
        END;
        CREATE TRIGGER outstanding_falls AFTER UPDATE ON batch
        WHEN OLD.acknowledgement IS NULL AND NEW.acknowledgement IS NOT NULL BEGIN
            UPDATE outstanding SET
                captures = outstanding.captures - gone.captures,
                amount = outstanding.amount - gone.amount,
                undone = outstanding.undone - gone.undone,
                returned = outstanding.returned - gone.returned
                FROM (\(outstandingSum(above: "NEW.first - 1", through: "NEW.last"))) AS gone
                WHERE outstanding.currency = gone.currency AND outstanding.kind = gone.kind
                AND outstanding.issuer = gone.issuer;
            DELETE FROM outstanding WHERE captures = 0;
            UPDATE journal SET outstanding_since = (
                SELECT min(at) FROM redemption WHERE sequence > NEW.last);
        END;
        """
}
