import Foundation
import GRDB
import HubProtocol
import Payments
import Terminal

/// What is asked of a journal's database, by the journal and by its reader alike.
enum JournalQueries {
    static func identity(in db: Database) throws -> [UInt8] {
        guard let row = try Row.fetchOne(db, sql: "SELECT identity FROM journal") else {
            throw JournalError.damaged("the journal has no identity")
        }
        return try row.bytes("identity")
    }

    /// The encoded entries above `sequence`, in order, at most `limit`.
    static func bodies(after sequence: UInt64, limit: Int, in db: Database) throws -> [[UInt8]] {
        // No entry is above the largest integer, so that a larger question has an answer too.
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT body FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?"),
            arguments: [Int64(clamping: sequence), max(0, limit)])
        return try rows.map { try $0.bytes("body") }
    }

    static func entries(after sequence: UInt64, limit: Int, in db: Database) throws
        -> [JournalEntry]
    {
        try bodies(after: sequence, limit: limit, in: db).map(entry)
    }

    static func entry(_ body: [UInt8]) throws -> JournalEntry {
        do throws(JournalEntryError) { return try JournalEntry(decoding: body) } catch {
            throw JournalError.damaged("an entry cannot be read: \(error.description)")
        }
    }

    static func queue(in db: Database) throws -> QueueStatus {
        let acknowledged = try acknowledgedThrough(in: db)
        let last = try lastSequence(in: db)
        guard acknowledged <= last else {
            throw JournalError.damaged(
                "entries to \(acknowledged) are acknowledged, and \(last) is the last")
        }
        return QueueStatus(
            entries: last - acknowledged, exposure: try exposure(above: acknowledged, in: db),
            acknowledgedThrough: acknowledged, lastSequence: last)
    }

    static func exposure(in db: Database) throws -> Exposure {
        try exposure(above: try acknowledgedThrough(in: db), in: db)
    }

    static func acknowledgedThrough(in db: Database) throws -> UInt64 {
        try number(
            """
            SELECT last FROM batch WHERE acknowledgement IS NOT NULL ORDER BY number DESC LIMIT 1
            """, in: db)
    }

    /// The highest receipt number that was given out; 0 if none.
    static func lastReceipt(in db: Database) throws -> UInt64 {
        try number(
            """
            SELECT coalesce((SELECT max(receipt) FROM entry),
                (SELECT receipt FROM segment ORDER BY number DESC LIMIT 1))
            """, in: db)
    }

    static func lastSequence(in db: Database) throws -> UInt64 {
        try number("SELECT max(sequence) FROM entry", in: db)
    }

    /// The one integer that a query answers with, or 0 where it answers nothing.
    static func number(_ sql: String, in db: Database) throws -> UInt64 {
        let value = try Int64.fetchOne(db.cachedStatement(sql: sql)) ?? 0
        guard let number = UInt64(exactly: value) else {
            throw JournalError.damaged("a number of the journal is below 0")
        }
        return number
    }

    /// Of an undoing `u`: whether the money is back with the voucher, and no more at risk.
    static let isBackWhereItCameFrom = "(u.kind <> 4 OR u.way = 1)"

    /// The captures above `sequence`.
    private static func exposure(above sequence: UInt64, in db: Database) throws -> Exposure {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT currency, sum(amount) AS amount, count(*) AS count, min(at) AS oldest
                    FROM entry WHERE sequence > ? AND kind = 1 GROUP BY currency
                    """),
            arguments: [try sequence.column()])
        var amounts: [UInt16: UInt64] = [:]
        var count: UInt64 = 0
        var oldest: UInt64?
        for row in rows {
            amounts[try row.currencyNumber("currency")] = try row.unsigned("amount")
            count += try row.unsigned("count")
            let first = try row.unsigned("oldest")
            oldest = min(oldest ?? first, first)
        }
        // What was undone, and is back where it came from, is no more at risk. Money that was
        // handed over for a payment is.
        let undone = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.currency, e.amount, sum(u.amount) AS back
                    FROM undo u JOIN entry e ON e.sequence = u.capture
                    WHERE u.capture > ? AND \(isBackWhereItCameFrom) GROUP BY u.capture
                    """),
            arguments: [try sequence.column()])
        for row in undone {
            let back = try row.unsigned("back")
            let captured = try row.unsigned("amount")
            let currency = try row.currencyNumber("currency")
            guard back <= captured, let sum = amounts[currency], back <= sum, count > 0 else {
                throw JournalError.damaged("more was undone than was captured")
            }
            amounts[currency] = sum - back
            if back == captured { count -= 1 }
        }
        return Exposure(
            amounts: amounts.filter { $0.value > 0 }, count: count,
            oldest: count > 0 ? oldest : nil)
    }
}
