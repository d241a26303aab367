import Foundation
import GRDB
import Money
import Payments
import Terminal
import Vouchers

// What a column holds is promised by the schema, and checked all the same: a damaged page must be
// a refusal, not a trap.
extension Row {
    /// An integer that is 0 or more.
    func unsigned(_ column: String) throws -> UInt64 {
        guard let value = UInt64(exactly: try decode(Int64.self, forColumn: column)) else {
            throw JournalError.damaged("\(column) is below 0")
        }
        return value
    }

    /// An integer that is 0 or more, or NULL.
    func unsignedIfPresent(_ column: String) throws -> UInt64? {
        guard try decode(DatabaseValue.self, forColumn: column).isNull == false else { return nil }
        return try unsigned(column)
    }

    /// ISO 4217 number.
    func currencyNumber(_ column: String) throws -> UInt16 {
        guard let value = UInt16(exactly: try unsigned(column)) else {
            throw JournalError.damaged("\(column) is no currency")
        }
        return value
    }

    func bytes(_ column: String) throws -> [UInt8] {
        [UInt8](try decode(Data.self, forColumn: column))
    }

    func text(_ column: String) throws -> String { try decode(String.self, forColumn: column) }
}

extension UInt64 {
    /// The value as SQLite keeps integers: signed.
    func column() throws -> Int64 {
        guard let value = Int64(exactly: self) else {
            throw JournalError.constraint("integer-out-of-range")
        }
        return value
    }
}

/// A row of the table `sale`.
enum SaleRow {
    /// The one sale that meets a condition, if any.
    static func fetch(where condition: String, _ arguments: StatementArguments, in db: Database)
        throws -> Sale?
    {
        let statement = try db.cachedStatement(sql: "SELECT * FROM sale WHERE \(condition)")
        return try Row.fetchOne(statement, arguments: arguments).map { row in
            let reference = try row.text("reference")
            return try sale(
                row, vat: try VATRows.ofSale(reference, in: db),
                tip: try TipRows.ofSale(reference, in: db))
        }
    }

    private static func sale(_ row: Row, vat: [VATLine], tip: UInt64) throws -> Sale {
        let nonce = try row.bytes("nonce")
        let captured = try row.unsigned("captured")
        guard let reference = SaleReference(try row.text("reference")),
            let currency = Currency(number: try row.currencyNumber("currency")),
            let state = SaleState(rawValue: try row.text("state")),
            let total = amount(try row.unsigned("total"), in: currency),
            let asked = amount(try row.unsigned("asked"), in: currency),
            nonce.count == PaymentRequest.nonceLength, captured <= total.minorUnits,
            tip < total.minorUnits,
            vat.isEmpty || vat.reduce(tip, { $0 + $1.gross }) == total.minorUnits
        else { throw JournalError.damaged("a sale cannot be read") }
        return Sale(
            reference: reference, key: try row.decode(String?.self, forColumn: "key"),
            total: total, captured: captured, state: state,
            request: PaymentRequest(
                nonce: nonce, amount: asked, expiry: try row.unsigned("expiry")),
            openedAt: try row.unsigned("opened"), vat: vat, tip: tip)
    }

    private static func amount(_ minorUnits: UInt64, in currency: Currency) -> Amount? {
        guard (1...Amount.maximumMinorUnits).contains(minorUnits) else { return nil }
        return Amount(minorUnits: minorUnits, currency: currency)
    }
}

/// A row of the table `voucher`, with the last redemption made here.
enum VoucherRow {
    /// What is remembered of `identity`.
    static func fetch(_ identity: VoucherIdentity, in db: Database) throws -> VoucherMemory? {
        let key: StatementArguments = [identity.issuer.name, Data(identity.cti)]
        let voucher = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT core, ceiling, spent FROM voucher WHERE issuer = ? AND cti = ?"),
            arguments: key)
        guard let voucher else { return nil }
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT at, amount, receipt FROM redemption
                    WHERE issuer = ? AND cti = ? ORDER BY sequence DESC LIMIT 1
                    """), arguments: key)
        return VoucherMemory(
            coreDigest: try voucher.bytes("core"), ceiling: try voucher.unsigned("ceiling"),
            spent: try voucher.unsigned("spent"),
            last: try last.map {
                Redemption(
                    at: try $0.unsigned("at"), amount: try $0.unsigned("amount"),
                    receipt: try $0.unsigned("receipt"))
            })
    }
}
