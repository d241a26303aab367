import GRDB
import Hub

// Sales that a scheme's wallet pays.
extension Schema {
    /// Entries of kind 9 (a sale was marked as paid), and what bank statements have confirmed.
    static let makeUnconfirmed: @Sendable (Database) throws -> Void = { database in
        // A CHECK alone: nothing of it is in the table's pages (sqlite.org, ALTER TABLE, 7).
        let (old, new) = (
            "coalesce(event, 3) BETWEEN 3 AND 8", "coalesce(event, 3) BETWEEN 3 AND 9"
        )
        try database.execute(sql: "PRAGMA writable_schema = ON")
        try database.execute(
            sql: """
                UPDATE sqlite_schema SET sql = replace(sql, ?, ?)
                WHERE type = 'table' AND name = 'entries' AND instr(sql, ?)
                """, arguments: [old, new, old])
        let changed = database.changesCount
        // The schema is read anew.
        try database.execute(sql: "PRAGMA writable_schema = RESET")
        guard changed == 1 else {
            throw HubLedgerError.damaged("the table entries has not the check it was made with")
        }
        try database.execute(sql: statementConfirmations)
        try makeImmutable("statement_confirmations", in: database)
    }

    /// One row for each line of a bank statement that confirmed a request: the line once for ever,
    /// and the request once, whoever confirmed it.
    private static let statementConfirmations = """
        CREATE TABLE statement_confirmations (
            scheme TEXT NOT NULL,
            entry TEXT NOT NULL CHECK (length(CAST(entry AS BLOB)) BETWEEN 1 AND 64),
            terminal TEXT NOT NULL,
            nonce BLOB NOT NULL CHECK (length(nonce) = 8),
            at INTEGER NOT NULL CHECK (at >= 0),
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            code TEXT NOT NULL,
            PRIMARY KEY (scheme, entry),
            UNIQUE (terminal, nonce),
            FOREIGN KEY (issuer, cti) REFERENCES issued_vouchers (issuer, cti)
        ) STRICT;
        CREATE TRIGGER statement_confirms_what_is_unpaid
        BEFORE INSERT ON statement_confirmations BEGIN
            SELECT RAISE(ABORT, 'request-paid-from-account') WHERE EXISTS (
                SELECT 1 FROM account_lines
                WHERE kind = 2 AND terminal = NEW.terminal AND nonce = NEW.nonce);
        END;
        CREATE TRIGGER account_pays_what_is_unconfirmed BEFORE INSERT ON account_lines
        WHEN NEW.kind = 2 BEGIN
            SELECT RAISE(ABORT, 'request-confirmed-by-statement') WHERE EXISTS (
                SELECT 1 FROM statement_confirmations
                WHERE terminal = NEW.terminal AND nonce = NEW.nonce);
        END;
        """
}
