// What the schema refuses of value-added tax.
extension SchemaTests {
    /// S5, which nobody has paid and a late word may, has 600 at one rate and 100 at another.
    private static let lines =
        line("'S5', 'A', 1900, 600, 96") + line("'S5', 'B', 700, 100, 7")

    private static func line(_ values: String) -> String {
        "INSERT INTO sale_vat VALUES (\(values));"
    }

    /// A line of the entry that was appended last.
    private static func entryLine(_ values: String) -> String {
        "INSERT INTO entry_vat SELECT max(sequence), \(values) FROM entry;"
    }

    private static let credit = "UPDATE voucher SET ceiling = 5000 WHERE kind = 2;"
    /// 50 of S5: 40 at one rate, 10 at the other.
    private static let paid =
        lines + credit + capture("S5") + entryLine("'A', 1900, 40, 6")
        + entryLine("'B', 700, 10, 1") + redeem(3)

    /// A refund of so much of the entry 5, with these lines.
    private static func refund(_ amount: Int, _ lines: String...) -> String {
        entry(4, amount: amount, sale: "S5") + lines.map(entryLine).joined()
            + "INSERT INTO undo SELECT max(sequence), 5, 4, 3, \(amount), 0, NULL, NULL, NULL "
            + "FROM entry;"
    }

    /// What a column refuses, of a line that is right but for this.
    private static func columns(_ values: String, _ constraint: String) -> [Forbidden] {
        [
            Forbidden("\(constraint)", line("'S77', \(values)")),
            Forbidden("\(constraint)", capture("S5") + entryLine(values)),
        ]
    }

    private static let badColumns =
        columns("'a', 1900, 50, 8", "code GLOB '[A-Z]'")
        + columns("'AB', 1900, 50, 8", "code GLOB '[A-Z]'")
        + columns("'A', 10001, 50, 8", "rate BETWEEN 0 AND 10000")
        + columns("'A', -1, 50, 8", "rate BETWEEN 0 AND 10000")
        + columns("'A', 1900, 0, 0", "gross BETWEEN 1 AND 9007199254740991")
        + columns("'A', 1900, 9007199254740992, 0", "gross BETWEEN 1 AND 9007199254740991")
        + columns("'A', 1900, 50, 51", "tax BETWEEN 0 AND gross")
        + columns("'A', 1900, 50, -1", "tax BETWEEN 0 AND gross")

    private static let missing = [
        ("code", "NULL, 1900, 50, 8"), ("rate", "'A', NULL, 50, 8"),
        ("gross", "'A', 1900, NULL, 8"),
        ("tax", "'A', 1900, 50, NULL"),
    ].flatMap { column, values in
        [
            Forbidden("sale_vat.\(column)", line("'S77', \(values)")),
            Forbidden("entry_vat.\(column)", capture("S5") + entryLine(values)),
        ]
    }

    static let vat =
        badColumns + missing + [
            Forbidden("sale_vat.sale", line("NULL, 'A', 1900, 50, 8")),
            Forbidden("FOREIGN KEY constraint failed", line("'S77', 'A', 1900, 50, 8")),
            Forbidden(
                "sale_vat.sale, sale_vat.code",
                line("'S5', 'A', 1900, 50, 8") + line("'S5', 'A', 700, 50, 8")),
            Forbidden(
                "entry_vat.sequence, entry_vat.code",
                capture("S5") + entryLine("'A', 1900, 20, 1") + entryLine("'A', 1900, 20, 1")),
            Forbidden("vat-above-its-sale", line("'S5', 'A', 1900, 701, 8")),
            Forbidden("vat-above-its-sale", lines + line("'S5', 'C', 0, 1, 0")),
            Forbidden("vat-of-begun-sale", line("'S3', 'A', 1900, 50, 8")),
            Forbidden("vat-immutable", lines + "UPDATE sale_vat SET tax = tax"),
            Forbidden("vat-immutable", lines + "DELETE FROM sale_vat"),
            Forbidden("vat-without-entry", "INSERT INTO entry_vat VALUES (1, 'A', 0, 50, 0)"),
            Forbidden("vat-without-entry", entry(6) + entryLine("'A', 1900, 50, 8")),
            Forbidden("vat-immutable", paid + "UPDATE entry_vat SET tax = tax"),
            Forbidden("vat-immutable", paid + "DELETE FROM entry_vat"),
            Forbidden("vat-differs-from-amount", lines + credit + capture("S5") + redeem(3)),
            Forbidden(
                "vat-differs-from-amount",
                lines + credit + capture("S5") + entryLine("'A', 1900, 49, 8") + redeem(3)),
            Forbidden(
                "vat-differs-from-amount",
                credit + capture("S3") + entryLine("'A', 1900, 50, 8") + redeem(3)),
            Forbidden(
                "vat-above-its-sale",
                lines + credit + capture("S5") + entryLine("'A', 700, 50, 8") + redeem(3)),
            Forbidden(
                "vat-above-its-sale",
                lines + credit + capture("S5") + entryLine("'C', 1900, 50, 8") + redeem(3)),
            Forbidden(
                "vat-above-its-sale",
                line("'S5', 'A', 1900, 60, 9") + line("'S5', 'B', 700, 640, 42") + credit
                    + capture("S5") + entryLine("'A', 1900, 50, 8") + redeem(3)
                    + capture("S5") + entryLine("'A', 1900, 50, 8") + redeem(3)),
            Forbidden("vat-differs-from-amount", paid + refund(10)),
            Forbidden("vat-differs-from-amount", paid + refund(10, "'A', 1900, 9, 1")),
            Forbidden(
                "vat-differs-from-amount",
                credit + capture("S5") + redeem(3) + refund(10, "'A', 1900, 10, 1")),
            Forbidden("vat-above-its-capture", paid + refund(11, "'B', 700, 11, 1")),
            Forbidden("vat-above-its-capture", paid + refund(10, "'C', 700, 10, 1")),
            Forbidden("vat-above-its-capture", paid + refund(10, "'B', 1900, 10, 1")),
            Forbidden(
                "vat-above-its-capture",
                paid + refund(6, "'B', 700, 6, 1") + refund(6, "'B', 700, 6, 1")),
        ]

    /// Everything up to the entry 5, the fourth receipt, is archived and goes; and no row of this table
    /// is left, or it is refused.
    static func archiving(leavesNoneIn table: String) -> String {
        close() + acknowledge
            + "INSERT INTO batch SELECT 2, 3, max(sequence), x'01', x'01' FROM entry;"
            + segment(last: 5, receipt: 4) + "DELETE FROM entry WHERE sequence <= 5;"
            + "INSERT INTO outstanding SELECT 8, 1, 'x', CASE count(*) WHEN 0 THEN 1 END, 1, 0, 0 "
            + "FROM \(table)"
    }

    /// What is right, and what goes with the sale and the entry.
    static let allowedVAT = [
        lines, paid, paid + archiving(leavesNoneIn: "entry_vat"),
        paid + refund(10, "'B', 700, 10, 1"),
        paid + refund(50, "'A', 1900, 40, 6", "'B', 700, 10, 1"),
        paid + refund(6, "'B', 700, 6, 1") + refund(4, "'B', 700, 4, 0"),
        line("'S4', 'A', 1900, 1250, 200")
            + "UPDATE journal SET horizon = 9007199254740991; "
            + "DELETE FROM sale WHERE reference = 'S4';"
            + "INSERT INTO outstanding SELECT 8, 1, 'x', CASE count(*) WHEN 0 THEN 1 END, 1, 0, 0 "
            + "FROM sale_vat",
    ]
}
