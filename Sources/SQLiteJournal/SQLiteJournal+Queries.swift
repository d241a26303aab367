import Foundation
import GRDB
public import HubProtocol
public import Payments
public import Terminal
import Vouchers

// What is read, and the batches.
extension SQLiteJournal {
    /// The sale that was open when the last process ended.
    public func openSale() async throws(JournalError) -> Sale? {
        try await read { db in try SaleRow.fetch(where: "state = ?", ["open"], in: db) }
    }

    /// The sale that was opened under an idempotency key.
    public func sale(key: String) async throws(JournalError) -> Sale? {
        try await read { db in try SaleRow.fetch(where: "key = ?", [key], in: db) }
    }

    /// The sale with this reference.
    public func sale(reference: SaleReference) async throws(JournalError) -> Sale? {
        try await read { db in
            try SaleRow.fetch(where: "reference = ?", [reference.text], in: db)
        }
    }

    /// The nonces that a payment confirmation may still answer.
    public func confirmableNonces(at now: UInt64) async throws(JournalError) -> Set<[UInt8]> {
        try await read { db in
            let nonces = try Data.fetchAll(
                db.cachedStatement(
                    sql: "SELECT nonce FROM sale WHERE expiry > ? AND state <> 'paid'"),
                arguments: [Int64(now)])
            return Set(nonces.map { [UInt8]($0) })
        }
    }

    /// What bears on one decision.
    public func facts(for query: FactsQuery) async throws(JournalError) -> JournalFacts {
        try await read { db in
            func holds(_ column: String, _ value: [UInt8]?) throws -> Bool {
                guard let value else { return false }
                return try Bool.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT EXISTS (SELECT 1 FROM redemption WHERE \(column) = ?)"),
                    arguments: [Data(value)]) ?? false
            }
            return JournalFacts(
                memory: try VoucherRow.fetch(query.voucher, in: db),
                presentationKnown: try holds("presentation", query.presentation),
                requestPaid: try holds("nonce", query.nonce),
                answeredSale: try query.nonce.flatMap {
                    try SaleRow.fetch(where: "nonce = ?", [Data($0)], in: db)
                },
                exposure: try Self.exposure(in: db))
        }
    }

    /// Entries above `sequence`, in order.
    public func entries(after sequence: UInt64, limit: Int) async throws(JournalError)
        -> [JournalEntry]
    {
        try await read { db in
            try Self.bodies(after: sequence, limit: limit, in: db).map { body in
                do { return try JournalEntry(decoding: body) } catch {
                    throw JournalError.damaged("an entry cannot be read: \(error)")
                }
            }
        }
    }

    private static func bodies(after sequence: UInt64, limit: Int, in db: Database) throws
        -> [[UInt8]]
    {
        let bodies = try Data.fetchAll(
            db.cachedStatement(
                sql: "SELECT body FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?"),
            arguments: [Int64(sequence), limit])
        return bodies.map { [UInt8]($0) }
    }

    /// The batch that waits for an answer, else a new one, else nil.
    public func pendingBatch(
        maximumEntries: Int, sign: @Sendable @escaping (UInt64, [[UInt8]]) -> [UInt8]
    ) async throws(JournalError) -> PendingBatch? {
        try await write { db in
            let waiting = try Row.fetchOne(
                db, sql: "SELECT * FROM batch WHERE acknowledgement IS NULL")
            if let waiting {
                return PendingBatch(
                    number: UInt64(waiting["number"] as Int64),
                    entries: UInt64(waiting["first"] as Int64)...UInt64(waiting["last"] as Int64),
                    bytes: [UInt8](waiting["bytes"] as Data))
            }
            let sent = try Self.acknowledgedThrough(in: db)
            let entries = try Self.bodies(after: sent, limit: maximumEntries, in: db)
            guard !entries.isEmpty else { return nil }
            let number = UInt64(try Int64.fetchOne(db, sql: "SELECT max(number) FROM batch") ?? 0)
            let batch = PendingBatch(
                number: number + 1, entries: (sent + 1)...(sent + UInt64(entries.count)),
                bytes: sign(number + 1, entries))
            try db.execute(
                sql: "INSERT INTO batch (number, first, last, bytes) VALUES (?, ?, ?, ?)",
                arguments: [
                    Int64(batch.number), Int64(batch.entries.lowerBound),
                    Int64(batch.entries.upperBound), Data(batch.bytes),
                ])
            return batch
        }
    }

    /// Stores the hub's verified acknowledgement; its entries leave the queue.
    public func acknowledge(batch number: UInt64, acknowledgement: [UInt8])
        async throws(JournalError)
    {
        try await write { db in
            try db.execute(
                sql: "UPDATE batch SET acknowledgement = ? WHERE number = ?",
                arguments: [Data(acknowledgement), Int64(number)])
            guard db.changesCount == 1 else { throw JournalError.constraint("batch-unknown") }
        }
    }

    /// What lies in the queue.
    public func queue() async throws(JournalError) -> QueueStatus {
        try await read { db in
            let acknowledged = try Self.acknowledgedThrough(in: db)
            let last = UInt64(
                try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM entry") ?? 0)
            return QueueStatus(
                entries: last - acknowledged, exposure: try Self.exposure(in: db),
                acknowledgedThrough: acknowledged, lastSequence: last)
        }
    }

    /// The latest time that the journal has recorded, in seconds since 1970 UTC.
    public func latestTime() async throws(JournalError) -> UInt64? {
        try await read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(at) FROM (
                        SELECT at FROM entry WHERE sequence = (SELECT max(sequence) FROM entry)
                        UNION ALL SELECT max(opened) FROM sale)
                    """
            ).map { UInt64($0) }
        }
    }

    private static func acknowledgedThrough(in db: Database) throws -> UInt64 {
        let last = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT last FROM batch WHERE acknowledgement IS NOT NULL
                    ORDER BY number DESC LIMIT 1
                    """))
        return UInt64(last ?? 0)
    }

    private static func exposure(in db: Database) throws -> Exposure {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT currency, sum(amount) AS amount, count(*) AS count, min(at) AS oldest
                    FROM entry WHERE sequence > ? AND receipt IS NOT NULL GROUP BY currency
                    """),
            arguments: [Int64(try acknowledgedThrough(in: db))])
        var amounts: [UInt16: UInt64] = [:]
        var count: UInt64 = 0
        var oldest: UInt64?
        for row in rows {
            amounts[UInt16(row["currency"] as Int64)] = UInt64(row["amount"] as Int64)
            count += UInt64(row["count"] as Int64)
            let first = UInt64(row["oldest"] as Int64)
            oldest = min(oldest ?? first, first)
        }
        return Exposure(amounts: amounts, count: count, oldest: oldest)
    }
}
