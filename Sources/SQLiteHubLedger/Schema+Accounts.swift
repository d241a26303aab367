extension Schema {
    /// An account for a key, and one row for each movement on it. `kind`: 1 credit, 2 payment of a
    /// request, 3 given back. A payment takes no more than is there, and is given back once.
    static let accounts = """
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32),
            key BLOB NOT NULL,
            currency INTEGER NOT NULL CHECK (currency BETWEEN 1 AND 999),
            name TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE account_lines (
            id INTEGER PRIMARY KEY,
            account BLOB NOT NULL REFERENCES accounts (identity),
            kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
            amount INTEGER NOT NULL CHECK (amount > 0),
            at INTEGER NOT NULL,
            terminal TEXT CHECK ((terminal IS NULL) = (kind <> 2)),
            nonce BLOB CHECK ((nonce IS NULL) = (kind <> 2) AND coalesce(length(nonce), 8) = 8),
            issuer TEXT CHECK ((issuer IS NULL) = (kind = 1)),
            cti BLOB CHECK ((cti IS NULL) = (kind = 1)),
            code TEXT CHECK ((code IS NULL) = (kind <> 2)),
            FOREIGN KEY (issuer, cti) REFERENCES issued_vouchers (issuer, cti)
        ) STRICT;
        CREATE INDEX account_lines_by_account ON account_lines (account, id);
        CREATE UNIQUE INDEX account_payment_once ON account_lines (terminal, nonce) WHERE kind = 2;
        CREATE UNIQUE INDEX account_movement_once ON account_lines (issuer, cti, kind)
            WHERE kind <> 1;
        CREATE TRIGGER account_never_overdrawn BEFORE INSERT ON account_lines BEGIN
            SELECT RAISE(ABORT, 'account-overdrawn') WHERE NEW.kind = 2 AND NEW.amount > (
                SELECT coalesce(sum(CASE kind WHEN 2 THEN -amount ELSE amount END), 0)
                FROM account_lines WHERE account = NEW.account);
            SELECT RAISE(ABORT, 'account-given-back-otherwise') WHERE NEW.kind = 3 AND NOT EXISTS (
                SELECT 1 FROM account_lines WHERE kind = 2 AND account = NEW.account
                AND amount = NEW.amount AND issuer = NEW.issuer AND cti = NEW.cti);
        END;
        """

    /// Of a payment `p` on an account: its capture has arrived.
    static let paymentIsCaptured = """
        EXISTS (SELECT 1 FROM captures c WHERE c.issuer = p.issuer AND c.cti = p.cti)
        """

    /// Of a payment `p`: no capture of it can come any more. Either its capture was undone as a
    /// whole; or there is none, and the journal that the terminal had when it was paid has told of
    /// a time at which the request had run out, so that all before has arrived (batches have no
    /// gaps), and nothing of that time lies in quarantine.
    static let paymentIsVoid = """
        EXISTS (
            SELECT 1 FROM captures c JOIN undoings u ON u.terminal = c.terminal
                AND u.journal = c.journal AND u.capture = c.sequence AND u.kind IN (3, 5)
            WHERE c.issuer = p.issuer AND c.cti = p.cti)
        OR NOT \(paymentIsCaptured) AND EXISTS (
            SELECT 1 FROM entries e WHERE e.terminal = p.terminal AND e.journal = (
                SELECT journal FROM enrolments WHERE terminal = p.terminal AND at <= p.at
                ORDER BY at DESC, id DESC LIMIT 1)
            AND e.at >= (SELECT expiry FROM issued_vouchers v
                WHERE v.issuer = p.issuer AND v.cti = p.cti))
        AND NOT EXISTS (
            SELECT 1 FROM entries q WHERE q.terminal = p.terminal AND q.kind = 3
            AND q.at >= p.at - 600)
        """
}
