import GRDB
public import Hub
import HubProtocol
public import Vouchers

/// What bank statements have confirmed.
extension SQLiteHubLedger {
    private static let confirmations = """
        SELECT s.*, v.currency, v.first_amount, v.expiry, v.at AS issued_at
        FROM statement_confirmations s JOIN issued_vouchers v USING (issuer, cti)
        """

    /// See ``Hub/StatementLedger/statementConfirmation(of:nonce:)``.
    public func statementConfirmation(of terminal: TerminalID, nonce: [UInt8])
        async throws(HubLedgerError) -> StatementConfirmed?
    {
        try await read { database in
            try Row.fetchOne(
                database, sql: Self.confirmations + " WHERE s.terminal = ? AND s.nonce = ?",
                arguments: [terminal.text, .blob(nonce)]
            ).map(Self.confirmation)
        }
    }

    /// See ``Hub/StatementLedger/statementConfirmations(of:)``.
    public func statementConfirmations(of scheme: IssuerID) async throws(HubLedgerError)
        -> [StatementConfirmed]
    {
        try await read { database in
            try Row.fetchAll(
                database, sql: Self.confirmations + " WHERE s.scheme = ? ORDER BY s.rowid",
                arguments: [scheme.name]
            ).map(Self.confirmation)
        }
    }

    private static func confirmation(_ row: Row) throws -> StatementConfirmed {
        guard let scheme = IssuerID(try row.text("scheme")) else {
            throw HubLedgerError.damaged("column scheme holds no issuer")
        }
        return StatementConfirmed(
            scheme: scheme, entry: try row.text("entry"), terminal: try row.terminal(),
            nonce: try row.bytes("nonce"), at: try row.unsigned("at"),
            voucher: try Self.confirmation(issued: row), code: try row.text("code"))
    }

    /// See ``Hub/StatementLedger/confirm(_:)``.
    public func confirm(_ confirmation: StatementConfirmed) async throws(HubLedgerError) -> Bool {
        do throws(HubLedgerError) {
            try await write { database in
                try Self.insert(confirmation.voucher, in: database)
                try database.execute(
                    sql: """
                        INSERT INTO statement_confirmations (scheme, entry, terminal, nonce, at,
                            issuer, cti, code)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        confirmation.scheme.name, confirmation.entry, confirmation.terminal.text,
                        .blob(confirmation.nonce), .number(confirmation.at),
                        confirmation.voucher.identity.issuer.name,
                        .blob(confirmation.voucher.identity.cti), confirmation.code,
                    ])
            }
            return true
        } catch {
            guard case .constraint(let name) = error,
                name.contains("statement_confirmations.")
                    || name.contains("request-paid-from-account")
            else { throw error }
            return false
        }
    }

    /// See ``Hub/StatementLedger/markedSales()``.
    public func markedSales() async throws(HubLedgerError) -> [MarkedSale] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM entries WHERE event = ? ORDER BY arrival, sequence",
                arguments: [Int64(JournalEntry.Kind.markedPaid.rawValue)]
            ).map { row in
                MarkedSale(
                    terminal: try row.terminal(), sale: try row.text("sale"),
                    currencyNumber: try row.currency(), amount: try row.unsigned("amount"),
                    at: try row.unsigned("at"))
            }
        }
    }
}
