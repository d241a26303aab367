import GRDB
public import Hub
import HubProtocol
import Vouchers

extension SQLiteHubLedger {
    /// See ``Hub/HubLedger/keep(_:)``.
    public func keep(_ refused: RefusedBatch) async throws(HubLedgerError) {
        try await write { database in
            let kept =
                try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM refused_batches WHERE terminal = ? AND journal = ?",
                    arguments: [refused.terminal.text, .blob(refused.journal)]) ?? 0
            guard kept < RefusedBatch.maximumKept else { return }
            try database.execute(
                sql: """
                    INSERT INTO refused_batches (terminal, journal, number, reason, at, content)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (content) DO NOTHING
                    """,
                arguments: [
                    refused.terminal.text, .blob(refused.journal), .number(refused.number),
                    refused.reason, .number(refused.at), .blob(refused.bytes),
                ])
        }
    }

    /// See ``Hub/HubLedger/refusedBatches()``.
    public func refusedBatches() async throws(HubLedgerError) -> [RefusedBatch] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM refused_batches ORDER BY id").map {
                row in
                RefusedBatch(
                    terminal: try row.terminal(), journal: try row.bytes("journal"),
                    number: try row.unsigned("number"), reason: try row.text("reason"),
                    at: try row.unsigned("at"), bytes: try row.bytes("content"))
            }
        }
    }

    /// See ``Hub/HubLedger/append(_:)-(IssuedVoucher)``.
    public func append(_ voucher: IssuedVoucher) async throws(HubLedgerError) {
        try await write { database in try Self.insert(voucher, in: database) }
    }

    static func insert(_ voucher: IssuedVoucher, in database: Database) throws {
        let kind: Int64
        let first: UInt64
        let second: UInt64?
        switch voucher.value {
        case .fixed(let amount): (kind, first, second) = (1, amount, nil)
        case .stored(let credit, let redeemed): (kind, first, second) = (2, credit, redeemed)
        case .certificate(let perPayment, let total): (kind, first, second) = (3, perPayment, total)
        }
        try database.execute(
            sql: """
                INSERT INTO issued_vouchers (issuer, cti, kind, currency, first_amount,
                    second_amount, expiry, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                voucher.identity.issuer.name, .blob(voucher.identity.cti), kind,
                Int64(voucher.currencyNumber), .number(first), second.map { .number($0) },
                .number(voucher.expiry), .number(voucher.at),
            ])
    }

    /// See ``Hub/HubLedger/issuedVouchers()``.
    public func issuedVouchers() async throws(HubLedgerError) -> [IssuedVoucher] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT v.*, (
                        SELECT CAST(total(c.consumed) AS INTEGER) FROM captures c
                        WHERE c.issuer = v.issuer AND c.cti = v.cti) - (
                        SELECT CAST(total(u.returned) AS INTEGER) FROM undoings u
                        WHERE u.issuer = v.issuer AND u.cti = v.cti) AS redeemed
                    FROM issued_vouchers v ORDER BY v.id
                    """
            ).map(Self.voucher)
        }
    }

    private static func voucher(_ row: Row) throws -> IssuedVoucher {
        let first = try row.unsigned("first_amount")
        let value: VoucherValue
        switch try row.unsigned("kind") {
        case 1: value = .fixed(amount: first)
        case 2: value = .stored(credit: first, redeemed: try row.unsigned("second_amount"))
        default:
            value = .certificate(
                perPayment: first, offlineTotal: try row.unsigned("second_amount"))
        }
        return IssuedVoucher(
            identity: try row.identity(), value: value, currencyNumber: try row.currency(),
            expiry: try row.unsigned("expiry"), at: try row.unsigned("at"),
            redeemed: try row.unsigned("redeemed"))
    }
}
