// The tables that stand between a voucher and its second payment, and the queue for the hub.
extension JournalSchema {
    /// What is known of each voucher, apart from any queue; `spent` rises by each object seen and
    /// by `redemption_spends`, never falls, and never passes the ceiling.
    static let vouchers = """
        CREATE TABLE voucher (
            issuer TEXT NOT NULL CHECK (length(CAST(issuer AS BLOB)) BETWEEN 1 AND 32),
            cti BLOB NOT NULL CHECK (length(cti) BETWEEN 8 AND 16),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            core BLOB NOT NULL CHECK (length(core) = 32),
            expiry INTEGER NOT NULL CHECK (expiry >= 0),
            ceiling INTEGER NOT NULL CHECK (ceiling > 0),
            spent INTEGER NOT NULL CHECK (spent >= 0),
            PRIMARY KEY (issuer, cti),
            CONSTRAINT voucher_never_above_its_ceiling CHECK (spent <= ceiling),
            CONSTRAINT fixed_voucher_spent_whole CHECK (kind <> 1 OR spent IN (0, ceiling))
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER voucher_keeps_its_terms BEFORE UPDATE ON voucher BEGIN
            SELECT RAISE(ABORT, 'conflicting-voucher')
                WHERE NEW.issuer <> OLD.issuer OR NEW.cti <> OLD.cti OR NEW.kind <> OLD.kind
                OR NEW.currency <> OLD.currency OR NEW.core <> OLD.core
                OR NEW.expiry <> OLD.expiry OR (OLD.kind <> 2 AND NEW.ceiling <> OLD.ceiling);
            SELECT RAISE(ABORT, 'voucher-memory-falls')
                WHERE NEW.spent < OLD.spent OR NEW.ceiling < OLD.ceiling;
        END;
        CREATE TRIGGER voucher_remains BEFORE DELETE ON voucher BEGIN
            SELECT RAISE(ABORT, 'voucher-memory-remains');
        END;
        """

    /// One row for each capture. A request is paid once, by a code for the sale that asked; a
    /// presentation pays once; a fixed voucher is redeemed once.
    static let redemptions = """
        CREATE TABLE redemption (
            sequence INTEGER PRIMARY KEY REFERENCES entry (sequence),
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            kind INTEGER NOT NULL,
            consumed INTEGER NOT NULL CHECK (consumed > 0),
            nonce BLOB UNIQUE CHECK (length(nonce) BETWEEN 8 AND 16),
            presentation BLOB UNIQUE CHECK (length(presentation) = 32),
            FOREIGN KEY (issuer, cti) REFERENCES voucher (issuer, cti)
        ) STRICT;
        CREATE UNIQUE INDEX fixed_voucher_once ON redemption (issuer, cti) WHERE kind = 1;
        CREATE INDEX redemption_of_voucher ON redemption (issuer, cti, sequence);
        CREATE TRIGGER redemption_spends AFTER INSERT ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-without-capture')
                WHERE NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND receipt IS NOT NULL
                    AND amount <= NEW.consumed);
            SELECT RAISE(ABORT, 'redemption-of-other-kind')
                WHERE NEW.kind <> (
                    SELECT kind FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
            SELECT RAISE(ABORT, 'redemption-in-other-currency')
                WHERE (SELECT currency FROM entry WHERE sequence = NEW.sequence) <> (
                    SELECT currency FROM voucher WHERE issuer = NEW.issuer AND cti = NEW.cti);
            SELECT RAISE(ABORT, 'request-of-other-sale')
                WHERE NEW.nonce IS NOT NULL AND NEW.nonce IS NOT (
                    SELECT nonce FROM sale WHERE reference = (
                        SELECT sale FROM entry WHERE sequence = NEW.sequence));
            UPDATE voucher SET spent = spent + NEW.consumed
                WHERE issuer = NEW.issuer AND cti = NEW.cti;
        END;
        CREATE TRIGGER redemption_stays BEFORE UPDATE ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-immutable');
        END;
        CREATE TRIGGER redemption_remains BEFORE DELETE ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-immutable');
        END;
        """

    /// Numbered and contiguous without gaps; one waits for an answer at a time, unchanged. Nothing
    /// here is joined to the tables above: an acknowledgement makes no voucher spendable again.
    static let batches = """
        CREATE TABLE batch (
            number INTEGER PRIMARY KEY,
            first INTEGER NOT NULL REFERENCES entry (sequence),
            last INTEGER NOT NULL REFERENCES entry (sequence),
            bytes BLOB NOT NULL CHECK (length(bytes) > 0),
            acknowledgement BLOB CHECK (length(acknowledgement) > 0),
            CHECK (last >= first)
        ) STRICT;
        CREATE UNIQUE INDEX batch_waits_alone ON batch ((1)) WHERE acknowledgement IS NULL;
        CREATE TRIGGER batch_continues BEFORE INSERT ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-gap')
                WHERE NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batch)
                OR NEW.first <> coalesce(
                    (SELECT last FROM batch ORDER BY number DESC LIMIT 1), 0) + 1;
        END;
        CREATE TRIGGER batch_stays BEFORE UPDATE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable')
                WHERE NEW.number <> OLD.number OR NEW.first <> OLD.first OR NEW.last <> OLD.last
                OR NEW.bytes <> OLD.bytes OR OLD.acknowledgement IS NOT NULL
                OR NEW.acknowledgement IS NULL;
        END;
        CREATE TRIGGER batch_remains BEFORE DELETE ON batch BEGIN
            SELECT RAISE(ABORT, 'batch-immutable');
        END;
        """
}
