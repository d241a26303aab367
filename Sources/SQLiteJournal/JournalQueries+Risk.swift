import Foundation
import GRDB
import Payments
import Terminal
import Vouchers

// The totals that only some policies ask for.
extension JournalQueries {
    /// What the voucher of `query` paid in each of its windows.
    static func windows(for query: FactsQuery, in db: Database) throws -> [WindowTotal] {
        try query.windows.map { seconds in
            let from = query.at > seconds ? query.at - seconds : 0
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) AS count, coalesce(sum(amount), 0) AS sum FROM redemption
                        WHERE issuer = ? AND cti = ? AND at > ?
                        """),
                arguments: [
                    query.voucher.issuer.name, Data(query.voucher.cti), Int64(clamping: from),
                ])
            return WindowTotal(windowSeconds: seconds, total: try total(row))
        }
    }

    /// What the hub has not acknowledged of the kind of `query`, where it asks for one.
    static func kindExposure(for query: FactsQuery, in db: Database) throws -> CountAndSum? {
        guard let kind = query.kind else { return nil }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) AS count, coalesce(sum(e.amount), 0) AS sum
                    FROM entry e JOIN redemption r USING (sequence)
                    WHERE e.sequence > ? AND r.kind = ? AND e.currency = ?
                    """),
            arguments: [
                Int64(clamping: try acknowledgedThrough(in: db)), Int64(kind.rawValue),
                Int64(query.currencyNumber),
            ])
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
