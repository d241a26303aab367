import Foundation
import GRDB
import Payments
import Terminal
import Vouchers

// The totals that only some policies ask for.
extension JournalQueries {
    /// What the voucher of `query`, and all vouchers of its holder in its currency, paid in each of
    /// its windows. Each of the two is found by its own index; a row is counted once.
    static func windows(for query: FactsQuery, in db: Database) throws -> [WindowTotal] {
        try query.windows.map { seconds in
            let from = Int64(clamping: query.at > seconds ? query.at - seconds : 0)
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) AS count, coalesce(sum(amount), 0) AS sum FROM (
                            SELECT sequence, amount FROM redemption
                                WHERE issuer = ? AND cti = ? AND at > ?
                            UNION SELECT r.sequence, r.amount
                                FROM redemption r JOIN voucher v USING (issuer, cti)
                                WHERE r.holder = ? AND r.at > ? AND v.currency = ?)
                        """),
                arguments: [
                    query.voucher.issuer.name, Data(query.voucher.cti), from,
                    query.holder.map { Data($0) }, from, Int64(query.currencyNumber),
                ])
            return WindowTotal(windowSeconds: seconds, total: try total(row))
        }
    }

    /// What the hub has not acknowledged of the issuer of `query`, less what was undone and is back
    /// where it came from, where it asks for that.
    static func issuerOutstanding(for query: FactsQuery, in db: Database) throws -> UInt64? {
        guard query.addsUpIssuer else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(sum(amount - returned), 0) AS sum
                    FROM outstanding WHERE issuer = ? AND currency = ?
                    """),
            arguments: [query.voucher.issuer.name, Int64(query.currencyNumber)])
        return try row?.unsigned("sum")
    }

    /// What the hub has not acknowledged of the kind of `query`, less what was undone and is back
    /// where it came from, where it asks for one.
    static func kindExposure(for query: FactsQuery, in db: Database) throws -> CountAndSum? {
        guard let kind = query.kind else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(sum(captures - undone), 0) AS count,
                        coalesce(sum(amount - returned), 0) AS sum
                    FROM outstanding WHERE kind = ? AND currency = ?
                    """),
            arguments: [Int64(kind.rawValue), Int64(query.currencyNumber)])
        return try total(row)
    }

    private static func total(_ row: Row?) throws -> CountAndSum {
        guard let row else { throw JournalError.damaged("a total has no row") }
        return CountAndSum(count: try row.unsigned("count"), sum: try row.unsigned("sum"))
    }

    /// The bytes of the document with this SHA-256, if the journal has it.
    static func document(digest: [UInt8], in db: Database) throws -> [UInt8]? {
        try Row.fetchOne(
            db, sql: "SELECT bytes FROM document WHERE hash = ?", arguments: [Data(digest)]
        ).map { try $0.bytes("bytes") }
    }
}
