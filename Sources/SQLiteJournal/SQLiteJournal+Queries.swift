import Foundation
import GRDB
public import HubProtocol
public import Payments
public import Terminal

// What is read, and the batches.
extension SQLiteJournal: Journal {
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
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT nonce FROM sale
                        WHERE expiry > ? AND state NOT IN ('paid', 'marked-paid')
                        AND NOT EXISTS (SELECT 1 FROM redemption WHERE nonce = sale.nonce)
                        """),
                arguments: [Int64(clamping: now)])
            return Set(try rows.map { try $0.bytes("nonce") })
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
            let answered = try query.nonce.flatMap {
                try SaleRow.fetch(where: "nonce = ?", [Data($0)], in: db)
            }
            return JournalFacts(
                memory: try VoucherRow.fetch(query.voucher, in: db),
                presentationKnown: try holds("presentation", query.presentation),
                requestPaid: try answered?.state == .markedPaid || holds("nonce", query.nonce),
                answeredSale: answered,
                exposure: try JournalQueries.exposure(in: db),
                kindExposure: try JournalQueries.kindExposure(for: query, in: db),
                issuerOutstanding: try JournalQueries.issuerOutstanding(for: query, in: db),
                windows: try JournalQueries.windows(for: query, in: db))
        }
    }

    /// Entries above `sequence`, in order.
    public func entries(after sequence: UInt64, limit: Int) async throws(JournalError)
        -> [JournalEntry]
    {
        try await read { db in
            try JournalQueries.entries(after: sequence, limit: limit, in: db)
        }
    }

    /// The batch that waits for an answer, else a new one, else nil.
    public func pendingBatch(
        maximumEntries: Int, sign: @Sendable @escaping (UInt64, [[UInt8]]) -> [UInt8]
    ) async throws(JournalError) -> PendingBatch? {
        precondition(maximumEntries > 0, "A batch has at least one entry.")
        return try await writeFromReserve { db in
            if let waiting = try Self.waitingBatch(in: db) { return waiting }
            let sent = try JournalQueries.acknowledgedThrough(in: db)
            let entries = try JournalQueries.bodies(after: sent, limit: maximumEntries, in: db)
            guard !entries.isEmpty else { return nil }
            let number = try JournalQueries.number("SELECT max(number) FROM batch", in: db) + 1
            let batch = PendingBatch(
                number: number, entries: (sent + 1)...(sent + UInt64(entries.count)),
                bytes: sign(number, entries))
            try db.cachedStatement(
                sql: "INSERT INTO batch (number, first, last, bytes) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [
                try batch.number.column(), try batch.entries.lowerBound.column(),
                try batch.entries.upperBound.column(), Data(batch.bytes),
            ])
            return batch
        }
    }

    private static func waitingBatch(in db: Database) throws -> PendingBatch? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM batch WHERE acknowledgement IS NULL"))
        return try row.map { row in
            let first = try row.unsigned("first")
            let last = try row.unsigned("last")
            guard first <= last else { throw JournalError.damaged("a batch ends before it begins") }
            return PendingBatch(
                number: try row.unsigned("number"), entries: first...last,
                bytes: try row.bytes("bytes"))
        }
    }

    /// Stores the hub's verified acknowledgement; its entries leave the queue.
    public func acknowledge(batch number: UInt64, acknowledgement: [UInt8])
        async throws(JournalError)
    {
        try await writeFromReserve { db in
            try db.cachedStatement(
                sql: "UPDATE batch SET acknowledgement = ? WHERE number = ?"
            ).execute(arguments: [Data(acknowledgement), Int64(clamping: number)])
            guard db.changesCount == 1 else { throw JournalError.constraint("batch-unknown") }
        }
        // The acknowledgement is on disk; the log that could not be copied now is copied later.
        do { try await checkpoint() } catch {}
    }

    /// What lies in the queue.
    public func queue() async throws(JournalError) -> QueueStatus {
        try await read { db in try JournalQueries.queue(in: db) }
    }

    /// The acknowledgements that are kept, the newest first, at most `limit`.
    public func acknowledgements(limit: Int) async throws(JournalError) -> [[UInt8]] {
        try await read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT acknowledgement FROM batch WHERE acknowledgement IS NOT NULL
                        ORDER BY number DESC LIMIT ?
                        """), arguments: [limit])
            return try rows.map { try $0.bytes("acknowledgement") }
        }
    }

    /// The latest time that the journal has recorded, in seconds since 1970 UTC.
    public func latestTime() async throws(JournalError) -> UInt64? {
        try await read { db in
            // Each maximum alone, so that each is one step down an index.
            let latest = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT max(at) FROM (
                            SELECT (SELECT max(at) FROM entry) AS at
                            UNION ALL SELECT (SELECT max(opened) FROM sale)
                            UNION ALL SELECT nullif(horizon, 0) FROM journal)
                        """))
            return latest.map { UInt64(clamping: $0) }
        }
    }
}
