// Checkpoints, and the segments that have been archived.
//
// What bounds the journal's growth, and never makes anything spendable again:
// - entries up to a segment's end may go: the segment keeps the hash that the chain goes on from;
// - the memory of a voucher may go once the voucher has expired before `journal.horizon`, a time
//   that only rises and that the hub, not this terminal's clock, has told.
extension JournalSchema {
    /// `checkpoint`: the terminal's signed word that its journal had so many entries, and which
    /// hash the last one had (`docs/spec/journal.md`, *Checkpoints*).
    ///
    /// `segment`: entries that were archived in a file. `previous` and `hash` are the chain before
    /// its first entry and after its last; `receipt` is the highest receipt number up to there;
    /// `digest` is the SHA-256 of the file.
    static let archiveTables = """
        CREATE TABLE checkpoint (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1000)
        ) STRICT;
        CREATE TABLE segment (
            number INTEGER PRIMARY KEY,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL CHECK (last >= first),
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            receipt INTEGER NOT NULL CHECK (receipt >= 0),
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;
        """

    static let archiveTriggers = """
        CREATE TRIGGER checkpoint_of_its_entry BEFORE INSERT ON checkpoint BEGIN
            SELECT RAISE(ABORT, 'checkpoint-of-no-entry')
                WHERE NEW.hash IS NOT (SELECT hash FROM entry WHERE sequence = NEW.sequence);
        END;
        CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint BEGIN
            SELECT RAISE(ABORT, 'checkpoint-immutable');
        END;
        CREATE TRIGGER checkpoint_remains BEFORE DELETE ON checkpoint
        WHEN OLD.sequence = (SELECT max(sequence) FROM checkpoint) BEGIN
            SELECT RAISE(ABORT, 'checkpoint-immutable');
        END;
        CREATE TRIGGER segment_continues BEFORE INSERT ON segment BEGIN
            SELECT RAISE(ABORT, 'segment-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM segment)
                OR NEW.first <> (SELECT coalesce(max(last), 0) + 1 FROM segment);
            SELECT RAISE(ABORT, 'segment-chain-broken')
                WHERE NEW.previous IS NOT (SELECT previous FROM entry WHERE sequence = NEW.first)
                OR NEW.hash IS NOT (SELECT hash FROM entry WHERE sequence = NEW.last);
            SELECT RAISE(ABORT, 'segment-receipt-differs')
                WHERE NEW.receipt <> coalesce(
                    (SELECT max(receipt) FROM entry WHERE sequence <= NEW.last),
                    (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1), 0);
            SELECT RAISE(ABORT, 'segment-not-acknowledged')
                WHERE NEW.last > (
                    SELECT coalesce(max(last), 0) FROM batch WHERE acknowledgement IS NOT NULL);
            SELECT RAISE(ABORT, 'segment-of-open-period')
                WHERE NEW.last > (SELECT coalesce(max(sequence), 0) FROM period);
            SELECT RAISE(ABORT, 'segment-of-last-entry')
                WHERE NEW.last >= (SELECT max(sequence) FROM entry);
        END;
        CREATE TRIGGER segment_stays BEFORE UPDATE ON segment BEGIN
            SELECT RAISE(ABORT, 'segment-immutable');
        END;
        CREATE TRIGGER segment_remains BEFORE DELETE ON segment BEGIN
            SELECT RAISE(ABORT, 'segment-immutable');
        END;
        """
}
