// What stands between a voucher and its second payment.
extension JournalSchema {
    /// What is known of each voucher, apart from any queue; `spent` rises by each object seen and
    /// by `redemption_spends`, never falls, and never passes the ceiling.
    ///
    /// One redemption for each capture. A request is paid once, by a code for the sale that asked;
    /// a presentation pays once; a fixed voucher is redeemed once. It outlives its entry, which
    /// may be archived before the voucher expires: `at`, `amount` and `receipt` are the entry's.
    static let voucherTables = """
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
        CREATE TABLE redemption (
            sequence INTEGER PRIMARY KEY,
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            kind INTEGER NOT NULL,
            consumed INTEGER NOT NULL CHECK (consumed > 0),
            nonce BLOB UNIQUE CHECK (length(nonce) BETWEEN 8 AND 16),
            presentation BLOB UNIQUE CHECK (length(presentation) = 32),
            at INTEGER NOT NULL CHECK (at >= 0),
            amount INTEGER NOT NULL CHECK (amount > 0),
            receipt INTEGER NOT NULL CHECK (receipt > 0),
            FOREIGN KEY (issuer, cti) REFERENCES voucher (issuer, cti)
        ) STRICT;
        CREATE UNIQUE INDEX fixed_voucher_once ON redemption (issuer, cti) WHERE kind = 1;
        CREATE INDEX redemption_of_voucher ON redemption (issuer, cti, sequence);
        """

    /// Both are kept until the voucher has certainly expired (`JournalSchema+Archive.swift`): an
    /// hour before the horizon, which is far above what the clock's floor tolerates.
    static let voucherTriggers = """
        CREATE TRIGGER voucher_keeps_its_terms BEFORE UPDATE ON voucher BEGIN
            SELECT RAISE(ABORT, 'conflicting-voucher')
                WHERE NEW.issuer <> OLD.issuer OR NEW.cti <> OLD.cti OR NEW.kind <> OLD.kind
                OR NEW.currency <> OLD.currency OR NEW.core <> OLD.core
                OR NEW.expiry <> OLD.expiry OR (OLD.kind <> 2 AND NEW.ceiling <> OLD.ceiling);
            SELECT RAISE(ABORT, 'voucher-memory-falls')
                WHERE NEW.spent < OLD.spent OR NEW.ceiling < OLD.ceiling;
        END;
        CREATE TRIGGER voucher_remains BEFORE DELETE ON voucher
        WHEN OLD.expiry + 3600 >= (SELECT horizon FROM journal) BEGIN
            SELECT RAISE(ABORT, 'voucher-memory-remains');
        END;
        CREATE TRIGGER redemption_spends AFTER INSERT ON redemption BEGIN
            SELECT RAISE(ABORT, 'redemption-without-capture')
                WHERE NOT EXISTS (
                    SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 1
                    AND amount <= NEW.consumed AND at = NEW.at AND amount = NEW.amount
                    AND receipt = NEW.receipt);
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
            SELECT RAISE(ABORT, 'redemption-immutable')
                WHERE EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence)
                OR EXISTS (
                    SELECT 1 FROM voucher WHERE issuer = OLD.issuer AND cti = OLD.cti
                    AND expiry + 3600 >= (SELECT horizon FROM journal));
        END;
        """
}
