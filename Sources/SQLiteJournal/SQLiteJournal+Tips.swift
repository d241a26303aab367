import GRDB
import Money
public import Payments
public import Terminal

// Tips (`docs/spec/tip.md`).
extension SQLiteJournal {
    /// What of a receipt's amount is a tip, in minor units.
    public func tip(of receipt: ReceiptNumber) async throws(JournalError) -> UInt64 {
        try await read { db in
            try TipRows.fetch(
                "SELECT t.amount FROM entry_tip t JOIN entry e USING (sequence) WHERE e.receipt = ?",
                [Int64(clamping: receipt)], in: db)
        }
    }
}

/// Rows of the tables `sale_tip` and `entry_tip`.
enum TipRows {
    static func fetch(_ sql: String, _ arguments: StatementArguments, in db: Database) throws
        -> UInt64
    {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)?.unsigned("amount")
            ?? 0
    }

    /// What a sale came with.
    static func ofSale(_ reference: String, in db: Database) throws -> UInt64 {
        try fetch("SELECT amount FROM sale_tip WHERE sale = ?", [reference], in: db)
    }

    /// What of an entry is a tip.
    static func ofEntry(_ sequence: UInt64, in db: Database) throws -> UInt64 {
        try fetch(
            "SELECT amount FROM entry_tip WHERE sequence = ?", [try sequence.column()], in: db)
    }

    /// What of `amount` minor units more of a sale is its tip.
    static func capturing(_ amount: UInt64, of sale: SaleReference, in db: Database) throws
        -> UInt64
    {
        let tip = try ofSale(sale.text, in: db)
        guard tip > 0,
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT total, captured FROM sale WHERE reference = ?"),
                arguments: [sale.text])
        else { return 0 }
        return try share(
            of: tip, in: try row.unsigned("total"), taking: amount,
            after: try row.unsigned("captured"))
    }

    /// What of `amount` minor units given back of a capture is its tip.
    static func givingBack(_ amount: UInt64, of payment: CapturedPayment, in db: Database) throws
        -> UInt64
    {
        let tip = try ofEntry(payment.sequence, in: db)
        guard tip > 0 else { return 0 }
        let back = try fetch(
            "SELECT coalesce(sum(amount), 0) AS amount FROM undo WHERE capture = ?",
            [try payment.sequence.column()], in: db)
        return try share(of: tip, in: payment.amount.minorUnits, taking: amount, after: back)
    }

    private static func share(
        of tip: UInt64, in total: UInt64, taking part: UInt64, after before: UInt64
    ) throws -> UInt64 {
        guard tip <= total, before + part <= total else {
            throw JournalError.constraint("tip-differs")
        }
        return Tip.share(of: tip, in: total, taking: part, after: before)
    }

    /// Keeps what a sale comes with, once.
    static func store(_ sale: Sale, in db: Database) throws {
        guard sale.tip > 0 else { return }
        let known = try ofSale(sale.reference.text, in: db)
        guard known == 0 else {
            guard known == sale.tip else { throw JournalError.constraint("tip-immutable") }
            return
        }
        try db.cachedStatement(sql: "INSERT INTO sale_tip (sale, amount) VALUES (?, ?)")
            .execute(arguments: [sale.reference.text, try sale.tip.column()])
    }

    /// Keeps what of an entry that was just appended is a tip.
    static func append(_ tip: UInt64, to sequence: UInt64, in db: Database) throws {
        guard tip > 0 else { return }
        try db.cachedStatement(sql: "INSERT INTO entry_tip (sequence, amount) VALUES (?, ?)")
            .execute(arguments: [try sequence.column(), try tip.column()])
    }

    /// What the tips of a stretch of entries come to, by currency.
    static func sums(after sequence: UInt64, through last: UInt64?, in db: Database) throws
        -> [PeriodTips]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT e.currency, sum(e.kind = 1) AS count,
                    sum(iif(e.kind = 1, t.amount, 0)) AS amount, sum(e.kind <> 1) AS count_back,
                    sum(iif(e.kind = 1, 0, t.amount)) AS back
                FROM entry e JOIN entry_tip t USING (sequence)
                WHERE e.sequence > ? AND e.sequence <= ? GROUP BY e.currency ORDER BY e.currency
                """, arguments: [try sequence.column(), Int64(clamping: last ?? .max)]
        ).map { row in
            PeriodTips(
                currencyNumber: try row.currencyNumber("currency"),
                captured: TipSum(
                    count: try row.unsigned("count"), amount: try row.unsigned("amount")),
                givenBack: TipSum(
                    count: try row.unsigned("count_back"), amount: try row.unsigned("back")))
        }
    }
}
