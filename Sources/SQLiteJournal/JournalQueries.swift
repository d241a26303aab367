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
            entries: last - acknowledged, exposure: try exposure(in: db),
            acknowledgedThrough: acknowledged, lastSequence: last)
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

    /// What of the captures above the last acknowledged entry is at risk. What was undone, and is
    /// back where it came from, is not; money that was handed over for a payment is.
    static func exposure(in db: Database) throws -> Exposure {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT currency, sum(amount - returned) AS amount,
                        sum(captures - undone) AS count
                    FROM outstanding GROUP BY currency
                    """))
        var amounts: [UInt16: UInt64] = [:]
        var count: UInt64 = 0
        for row in rows {
            let amount = try row.unsigned("amount")
            if amount > 0 { amounts[try row.currencyNumber("currency")] = amount }
            count += try row.unsigned("count")
        }
        let oldest = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT outstanding_since FROM journal"))
        return Exposure(
            amounts: amounts, count: count,
            oldest: count > 0 ? try oldest?.unsignedIfPresent("outstanding_since") : nil)
    }

    /// The last entry and its hash; 0 and the hash before the first entry where there is none.
    static func tip(in db: Database) throws -> (sequence: UInt64, hash: [UInt8]) {
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1"))
        guard let last else { return (0, JournalEntry.genesis) }
        return (try last.unsigned("sequence"), try last.bytes("hash"))
    }
}
