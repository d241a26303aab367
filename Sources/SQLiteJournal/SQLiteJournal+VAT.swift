import GRDB
public import Payments
public import Terminal

// Value-added tax (`docs/spec/vat.md`).
extension SQLiteJournal {
    /// What of a receipt's amount is taxed at which rate.
    public func vat(of receipt: ReceiptNumber) async throws(JournalError) -> [VATLine] {
        try await read { db in
            try VATRows.fetch(
                """
                SELECT v.* FROM entry e JOIN entry_vat v USING (sequence)
                WHERE e.receipt = ? ORDER BY v.code
                """, [Int64(clamping: receipt)], in: db)
        }
    }
}

/// Rows of the tables `sale_vat` and `entry_vat`.
enum VATRows {
    /// Lines in the order of their letters.
    static func fetch(_ sql: String, _ arguments: StatementArguments, in db: Database) throws
        -> [VATLine]
    {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
            guard let rate = UInt16(exactly: try row.unsigned("rate")),
                let line = VATLine(
                    code: try row.text("code"), rate: rate, gross: try row.unsigned("gross"),
                    tax: try row.unsigned("tax"))
            else { throw JournalError.damaged("a VAT line cannot be read") }
            return line
        }
    }

    /// Those that a sale came with.
    static func ofSale(_ reference: String, in db: Database) throws -> [VATLine] {
        try fetch("SELECT * FROM sale_vat WHERE sale = ? ORDER BY code", [reference], in: db)
    }

    /// Those of an entry.
    static func ofEntry(_ sequence: UInt64, in db: Database) throws -> [VATLine] {
        try fetch(
            "SELECT * FROM entry_vat WHERE sequence = ? ORDER BY code", [try sequence.column()],
            in: db)
    }

    /// What `amount` minor units more of a sale are, beside what was captured of it before.
    static func capturing(_ amount: UInt64, of sale: SaleReference, in db: Database) throws
        -> [VATLine]
    {
        let lines = try ofSale(sale.text, in: db)
        guard !lines.isEmpty else { return [] }
        let gone = try fetch(
            """
            SELECT v.* FROM entry e JOIN entry_vat v USING (sequence)
            WHERE e.sale = ? AND e.kind = 1 ORDER BY v.code
            """, [sale.text], in: db)
        return try split(VATLine.left(of: lines, after: gone), taking: amount)
    }

    /// What `amount` minor units given back of a capture are, beside what was given back before.
    static func givingBack(_ amount: UInt64, of capture: UInt64, in db: Database) throws
        -> [VATLine]
    {
        let lines = try ofEntry(capture, in: db)
        guard !lines.isEmpty else { return [] }
        let gone = try fetch(
            """
            SELECT v.* FROM undo u JOIN entry_vat v USING (sequence)
            WHERE u.capture = ? ORDER BY v.code
            """, [try capture.column()], in: db)
        return try split(VATLine.left(of: lines, after: gone), taking: amount)
    }

    private static func split(_ lines: [VATLine], taking amount: UInt64) throws -> [VATLine] {
        guard amount <= lines.reduce(0, { $0 + $1.gross }) else {
            throw JournalError.constraint("vat-differs-from-amount")
        }
        return VATLine.split(lines, taking: amount).taken
    }

    /// Keeps the lines that a sale comes with, once.
    static func store(_ sale: Sale, in db: Database) throws {
        guard !sale.vat.isEmpty else { return }
        let known = try ofSale(sale.reference.text, in: db)
        guard known.isEmpty else {
            guard known == sale.vat else { throw JournalError.constraint("vat-immutable") }
            return
        }
        for line in sale.vat {
            try db.cachedStatement(
                sql: "INSERT INTO sale_vat (sale, code, rate, gross, tax) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [
                sale.reference.text, line.code, Int64(line.rate), try line.gross.column(),
                try line.tax.column(),
            ])
        }
    }

    /// Keeps the lines of an entry that was just appended.
    static func append(_ lines: [VATLine], to sequence: UInt64, in db: Database) throws {
        for line in lines {
            try db.cachedStatement(
                sql:
                    "INSERT INTO entry_vat (sequence, code, rate, gross, tax) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [
                try sequence.column(), line.code, Int64(line.rate), try line.gross.column(),
                try line.tax.column(),
            ])
        }
    }

    /// What a stretch of entries comes to, by currency, letter and rate.
    static func sums(after sequence: UInt64, through last: UInt64?, in db: Database) throws
        -> [PeriodVAT]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT e.currency, v.code, v.rate,
                    sum(iif(e.kind = 1, v.gross, 0)) AS gross,
                    sum(iif(e.kind = 1, v.tax, 0)) AS tax,
                    sum(iif(e.kind = 1, 0, v.gross)) AS back,
                    sum(iif(e.kind = 1, 0, v.tax)) AS tax_back
                FROM entry e JOIN entry_vat v USING (sequence)
                WHERE e.sequence > ? AND e.sequence <= ?
                GROUP BY e.currency, v.code, v.rate ORDER BY e.currency, v.code, v.rate
                """, arguments: [try sequence.column(), Int64(clamping: last ?? .max)]
        ).map { row in
            guard let rate = UInt16(exactly: try row.unsigned("rate")) else {
                throw JournalError.damaged("a VAT line cannot be read")
            }
            return PeriodVAT(
                currencyNumber: try row.currencyNumber("currency"), code: try row.text("code"),
                rate: rate,
                captured: VATSum(gross: try row.unsigned("gross"), tax: try row.unsigned("tax")),
                givenBack: VATSum(
                    gross: try row.unsigned("back"), tax: try row.unsigned("tax_back")))
        }
    }
}
