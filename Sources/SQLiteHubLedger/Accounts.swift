import COSE
import Foundation
import GRDB
public import Hub
import HubProtocol
public import Vouchers

/// The accounts that the hub keeps as an issuer.
extension SQLiteHubLedger {
    /// See ``Hub/AccountLedger/open(_:)``.
    public func open(_ account: Account) async throws(HubLedgerError) -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO accounts (identity, key, currency, name, at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (identity) DO NOTHING
                    """,
                arguments: [
                    .blob(account.identity), .blob(account.key.coseKey),
                    Int64(account.currencyNumber), account.name, .number(account.at),
                ])
            return database.changesCount == 1
        }
    }

    /// See ``Hub/AccountLedger/credit(_:amount:at:)``.
    public func credit(_ account: [UInt8], amount: UInt64, at: UInt64)
        async throws(HubLedgerError)
    {
        try await write { database in
            try database.execute(
                sql: "INSERT INTO account_lines (account, kind, amount, at) VALUES (?, 1, ?, ?)",
                arguments: [.blob(account), .number(amount), .number(at)])
        }
    }

    private static let accountsWithBalance = """
        SELECT a.*, (
            SELECT coalesce(sum(CASE kind WHEN 2 THEN -amount ELSE amount END), 0)
            FROM account_lines WHERE account = a.identity) AS balance
        FROM accounts a
        """

    /// See ``Hub/AccountLedger/account(_:)``.
    public func account(_ identity: [UInt8]) async throws(HubLedgerError) -> Account? {
        try await read { database in
            try Row.fetchOne(
                database, sql: Self.accountsWithBalance + " WHERE identity = ?",
                arguments: [.blob(identity)]
            ).map(Self.account)
        }
    }

    /// See ``Hub/AccountLedger/accounts()``.
    public func accounts() async throws(HubLedgerError) -> [Account] {
        try await read { database in
            try Row.fetchAll(database, sql: Self.accountsWithBalance + " ORDER BY id")
                .map(Self.account)
        }
    }

    private static func account(_ row: Row) throws -> Account {
        guard let key = try? PublicKey(coseKey: try row.bytes("key")) else {
            throw HubLedgerError.damaged("column key holds no key")
        }
        return Account(
            key: key, currencyNumber: try row.currency(), name: try row.text("name"),
            at: try row.unsigned("at"), balance: try row.unsigned("balance"))
    }

    private static let payments = """
        SELECT p.*, v.kind AS voucher_kind, v.currency, v.first_amount, v.expiry,
            v.at AS issued_at, \(Schema.paymentIsCaptured) AS captured,
            EXISTS (SELECT 1 FROM account_lines b WHERE b.kind = 3 AND b.issuer = p.issuer
                AND b.cti = p.cti) AS back
        FROM account_lines p JOIN issued_vouchers v USING (issuer, cti) WHERE p.kind = 2
        """

    /// See ``Hub/AccountLedger/payments(of:)``.
    public func payments(of account: [UInt8]) async throws(HubLedgerError)
        -> [(payment: AccountPayment, state: AccountPaymentState)]
    {
        try await read { database in
            try Row.fetchAll(
                database, sql: Self.payments + " AND p.account = ? ORDER BY p.id",
                arguments: [.blob(account)]
            ).map { row in
                let isBack = try row.unsigned("back") == 1
                let isCaptured = try row.unsigned("captured") == 1
                return (
                    try Self.payment(row),
                    isBack ? .givenBack : isCaptured ? .captured : .pending
                )
            }
        }
    }

    /// See ``Hub/AccountLedger/payment(of:nonce:)``.
    public func payment(of terminal: TerminalID, nonce: [UInt8]) async throws(HubLedgerError)
        -> AccountPayment?
    {
        try await read { database in
            try Row.fetchOne(
                database, sql: Self.payments + " AND p.terminal = ? AND p.nonce = ?",
                arguments: [terminal.text, .blob(nonce)]
            ).map(Self.payment)
        }
    }

    private static func payment(_ row: Row) throws -> AccountPayment {
        AccountPayment(
            account: try row.bytes("account"), terminal: try row.terminal(),
            nonce: try row.bytes("nonce"), at: try row.unsigned("at"),
            voucher: try confirmation(issued: row), code: try row.text("code"))
    }

    /// The payment confirmation of a row that is joined with `issued_vouchers`, whose `at` it has as
    /// `issued_at`.
    static func confirmation(issued row: Row) throws -> IssuedVoucher {
        IssuedVoucher(
            identity: try row.identity(),
            value: .fixed(amount: try row.unsigned("first_amount")),
            currencyNumber: try row.currency(), expiry: try row.unsigned("expiry"),
            at: try row.unsigned("issued_at"))
    }

    /// See ``Hub/AccountLedger/pay(_:)``.
    public func pay(_ payment: AccountPayment) async throws(HubLedgerError) -> Bool {
        do throws(HubLedgerError) {
            try await write { database in
                try Self.insert(payment.voucher, in: database)
                try database.execute(
                    sql: """
                        INSERT INTO account_lines (account, kind, amount, at, terminal, nonce,
                            issuer, cti, code)
                        VALUES (?, 2, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        .blob(payment.account), .number(payment.amount), .number(payment.at),
                        payment.terminal.text, .blob(payment.nonce),
                        payment.voucher.identity.issuer.name,
                        .blob(payment.voucher.identity.cti), payment.code,
                    ])
            }
            return true
        } catch {
            guard case .constraint(let name) = error,
                name.contains("account-overdrawn") || name.contains("account_lines.terminal")
                    || name.contains("request-confirmed-by-statement")
            else { throw error }
            return false
        }
    }

    /// See ``Hub/AccountLedger/giveBack(to:at:)``.
    public func giveBack(to account: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> UInt64
    {
        try await write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT p.amount, p.issuer, p.cti FROM account_lines p
                    WHERE p.kind = 2 AND p.account = ? AND NOT EXISTS (
                        SELECT 1 FROM account_lines b WHERE b.kind = 3 AND b.issuer = p.issuer
                        AND b.cti = p.cti)
                    AND (\(Schema.paymentIsVoid))
                    """, arguments: [.blob(account)])
            for row in rows {
                try database.execute(
                    sql: """
                        INSERT INTO account_lines (account, kind, amount, at, issuer, cti)
                        VALUES (?, 3, ?, ?, ?, ?)
                        """,
                    arguments: [
                        .blob(account), .number(try row.unsigned("amount")), .number(now),
                        try row.text("issuer"), .blob(try row.bytes("cti")),
                    ])
            }
            return try rows.reduce(0) { $0 + (try $1.unsigned("amount")) }
        }
    }
}
