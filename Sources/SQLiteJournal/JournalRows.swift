import Foundation
import GRDB
import Money
import Payments
import Terminal
import Vouchers

/// A row of the table `sale`.
enum SaleRow {
    /// The one sale that meets a condition, if any.
    static func fetch(where condition: String, _ arguments: StatementArguments, in db: Database)
        throws -> Sale?
    {
        let statement = try db.cachedStatement(sql: "SELECT * FROM sale WHERE \(condition)")
        return try Row.fetchOne(statement, arguments: arguments).map(sale)
    }

    private static func sale(_ row: Row) throws -> Sale {
        guard let reference = SaleReference(row["reference"]),
            let currency = Currency(number: UInt16(row["currency"] as Int64)),
            let state = SaleState(rawValue: row["state"])
        else { throw JournalError.damaged("a sale cannot be read") }
        func amount(_ column: String) -> Amount {
            Amount(minorUnits: UInt64(row[column] as Int64), currency: currency)
        }
        return Sale(
            reference: reference, key: row["key"], total: amount("total"),
            captured: UInt64(row["captured"] as Int64), state: state,
            request: PaymentRequest(
                nonce: [UInt8](row["nonce"] as Data), amount: amount("asked"),
                expiry: UInt64(row["expiry"] as Int64)),
            openedAt: UInt64(row["opened"] as Int64))
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
                    SELECT e.at, e.amount, e.receipt FROM redemption r JOIN entry e USING (sequence)
                    WHERE r.issuer = ? AND r.cti = ? ORDER BY r.sequence DESC LIMIT 1
                    """), arguments: key)
        return VoucherMemory(
            coreDigest: [UInt8](voucher["core"] as Data),
            ceiling: UInt64(voucher["ceiling"] as Int64),
            spent: UInt64(voucher["spent"] as Int64),
            last: last.map {
                Redemption(
                    at: UInt64($0["at"] as Int64), amount: UInt64($0["amount"] as Int64),
                    receipt: UInt64($0["receipt"] as Int64))
            })
    }
}
