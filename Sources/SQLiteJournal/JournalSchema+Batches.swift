// The queue for the hub.
extension JournalSchema {
    /// Numbered and contiguous without gaps; one waits for an answer at a time, unchanged. Nothing
    /// here is joined to the vouchers: an acknowledgement makes no voucher spendable again.
    static let batchTables = """
        CREATE TABLE batch (
            number INTEGER PRIMARY KEY,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            bytes BLOB NOT NULL CHECK (length(bytes) > 0),
            acknowledgement BLOB CHECK (length(acknowledgement) > 0),
            CHECK (last >= first)
        ) STRICT;
        CREATE UNIQUE INDEX batch_waits_alone ON batch ((1)) WHERE acknowledgement IS NULL;
        """

    /// A batch is kept until its entries are archived, and the newest always: it says which number
    /// comes next.
    static let batchTriggers = """
        CREATE TRIGGER batch_continues BEFORE INSERT ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batch)
                OR NEW.first <> coalesce(
                    (SELECT last FROM batch ORDER BY number DESC LIMIT 1), 0) + 1;
            SELECT RAISE(ABORT, 'batch-without-entries')
                WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.last);
        END;
        CREATE TRIGGER batch_stays BEFORE UPDATE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable')
                WHERE NEW.number <> OLD.number OR NEW.first <> OLD.first OR NEW.last <> OLD.last
                OR NEW.bytes <> OLD.bytes OR OLD.acknowledgement IS NOT NULL
                OR NEW.acknowledgement IS NULL;
        END;
        CREATE TRIGGER batch_remains BEFORE DELETE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable')
                WHERE OLD.last > (SELECT coalesce(max(last), 0) FROM segment)
                OR OLD.number = (SELECT max(number) FROM batch);
        END;
        """
}
