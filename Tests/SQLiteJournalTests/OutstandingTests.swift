import GRDB
import Terminal
import Testing
import VoucherMint

@testable import SQLiteJournal

// What the triggers keep of what is outstanding, step by step.
extension SchemaTests {
    /// A capture of a sale of its own by a certificate of its own, at 200.
    private static func payment(
        _ sale: String, currency: Int, issuer: String, cti: String, amount: Int
    ) -> String {
        """
        INSERT INTO sale SELECT '\(sale)', NULL, \(currency), \(amount), 0, 'cancelled', x'\(cti)',
            \(amount), expiry, opened, 0 FROM sale WHERE reference = 'S4';
        INSERT INTO voucher (issuer, cti, kind, currency, core, expiry, ceiling, spent)
            SELECT '\(issuer)', x'\(cti)', 3, \(currency), core, expiry, 5000, 0
            FROM voucher WHERE kind = 3 LIMIT 1;
        INSERT INTO entry SELECT max(sequence) + 1, 200, 1, '\(sale)', \(currency), \(amount),
            max(receipt) + 1, NULL, x'00',
            (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32) FROM entry;
        INSERT INTO redemption (sequence, issuer, cti, kind, consumed, at, amount, receipt)
            SELECT max(sequence), '\(issuer)', x'\(cti)', 3, \(amount), 200, \(amount), max(receipt)
            FROM entry;
        """
    }

    private static let mint1 = "978 1 mint 1 1250 0 0"
    private static let mint2 = "978 2 mint 1 100 0 0"
    private static let others = ["978 3 other 1 60 0 0"]

    /// Statements upon a filled journal in which S3 was paid another 50 by a certificate, and what is
    /// outstanding after each: currency, kind, issuer, captures, amount, undone, returned.
    static let outstanding: [(sql: String, figures: [String])] = [
        ("SELECT 1", [mint1, mint2, "978 3 mint 2 1300 0 0", "since 100"]),
        // Another issuer's, and one in another currency.
        (
            payment("S7", currency: 978, issuer: "other", cti: "0707070707070707", amount: 60)
                + payment("S8", currency: 756, issuer: "mint", cti: "0808080808080808", amount: 40),
            ["756 3 mint 1 40 0 0", mint1, mint2, "978 3 mint 2 1300 0 0"] + others + ["since 100"]
        ),
        // The whole of a capture, cancelled: it is no more at risk.
        (
            undo(3, amount: 1_250),
            ["756 3 mint 1 40 0 0", "978 1 mint 1 1250 1 1250", mint2, "978 3 mint 2 1300 0 0"]
                + others + ["since 100"]
        ),
        // Money handed over is at risk still; what went back to the voucher is not.
        (
            undo(4, amount: 100, of: 2, sale: "S2"),
            ["756 3 mint 1 40 0 0", "978 1 mint 1 1250 1 1250", mint2, "978 3 mint 2 1300 0 0"]
                + others + ["since 100"]
        ),
        (
            undo(4, amount: 250, of: 2, sale: "S2", restored: 250, way: 1, voucher: 2),
            ["756 3 mint 1 40 0 0", "978 1 mint 1 1250 1 1250", mint2, "978 3 mint 2 1300 0 250"]
                + others + ["since 100"]
        ),
        // Entries 1 and 2 leave.
        (
            "UPDATE batch SET acknowledgement = x'01'",
            ["756 3 mint 1 40 0 0", mint2, "978 3 mint 1 50 0 0"] + others + ["since 100"]
        ),
        // Of an acknowledged capture nothing is outstanding that an undoing could take from.
        (
            undo(4, amount: 900, of: 2, sale: "S2", restored: 900, way: 1, voucher: 2),
            ["756 3 mint 1 40 0 0", mint2, "978 3 mint 1 50 0 0"] + others + ["since 100"]
        ),
        // Entries 3 to 5 leave, the earliest among them.
        (
            """
            INSERT INTO batch VALUES (2, 3, 5, x'01', NULL);
            UPDATE batch SET acknowledgement = x'01' WHERE number = 2
            """, ["756 3 mint 1 40 0 0"] + others + ["since 200"]
        ),
        (
            """
            INSERT INTO batch SELECT 3, 6, max(sequence), x'01', NULL FROM entry;
            UPDATE batch SET acknowledgement = x'01' WHERE number = 3
            """, ["since NULL"]
        ),
        (capture("S3") + redeem(2, kind: 3), ["978 3 mint 1 50 0 0", "since 100"]),
        // An earlier time replaces a later one, and not the other way round.
        (
            payment("S6", currency: 978, issuer: "mint", cti: "0606060606060606", amount: 7),
            ["978 3 mint 2 57 0 0", "since 100"]
        ),
    ]

    /// What is outstanding, as ``outstanding`` writes it.
    static func outstanding(in db: Database) throws -> [String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT concat FROM (SELECT currency || ' ' || kind || ' ' || issuer || ' '
                    || captures || ' ' || amount || ' ' || undone || ' ' || returned AS concat,
                    currency, kind, issuer FROM outstanding)
                ORDER BY currency, kind, issuer
                """)
        let since = try String.fetchOne(
            db, sql: "SELECT coalesce(CAST(outstanding_since AS TEXT), 'NULL') FROM journal")
        return rows.map { $0["concat"] } + ["since \(since ?? "")"]
    }

    @Test("What is outstanding is added up by the schema, step by step")
    func addsUpOutstanding() async throws {
        let journal = await (try filled()).sqlite
        try await journal.write { db in
            try db.execute(sql: Self.capture("S3") + Self.redeem(2, kind: 3))
            for (place, step) in Self.outstanding.enumerated() {
                try db.execute(sql: step.sql)
                #expect(try Self.outstanding(in: db) == step.figures, "step \(place)")
            }
        }
    }

    @Test("Of what is outstanding never more can be undone than was captured")
    func refusesMoreUndone() async throws {
        let journal = await (try filled()).sqlite
        for sql in [
            "UPDATE outstanding SET undone = captures + 1",
            "UPDATE outstanding SET returned = amount + 1",
            "UPDATE outstanding SET undone = -1", "UPDATE outstanding SET returned = -1",
        ] {
            await expectConstraint("outstanding_undone_within_captured") {
                try await journal.write { db in try db.execute(sql: sql) }
            }
        }
    }
}
