// What the schema refuses of tips.
extension SchemaTests {
    private static func saleTip(_ amount: String, _ sale: String = "'S5'") -> String {
        "INSERT INTO sale_tip VALUES (\(sale), \(amount));"
    }

    /// What of the entry that was appended last is a tip.
    private static func entryTip(_ amount: String) -> String {
        "INSERT INTO entry_tip SELECT max(sequence), \(amount) FROM entry;"
    }

    private static let credit = "UPDATE voucher SET ceiling = 5000 WHERE kind = 2;"
    /// S5 of 700 has a tip of 670, of which 20 are in the 50 that were paid.
    private static let paid = saleTip("670") + credit + capture("S5") + entryTip("20") + redeem(3)

    private static func refund(_ amount: Int, _ tip: String = "") -> String {
        entry(4, amount: amount, sale: "S5") + tip
            + "INSERT INTO undo SELECT max(sequence), 5, 4, 3, \(amount), 0, NULL, NULL, NULL "
            + "FROM entry;"
    }

    static let tips = [
        Forbidden("sale_tip.sale", saleTip("1", "NULL")),
        Forbidden("sale_tip.amount", saleTip("NULL", "'S77'")),
        Forbidden("amount BETWEEN 1 AND 9007199254740991", saleTip("0", "'S77'")),
        Forbidden("amount BETWEEN 1 AND 9007199254740991", saleTip("9007199254740992", "'S77'")),
        Forbidden("FOREIGN KEY constraint failed", saleTip("1", "'S77'")),
        Forbidden("sale_tip.sale", saleTip("1") + saleTip("1")),
        Forbidden("tip-above-its-sale", saleTip("700")),
        Forbidden("tip-of-begun-sale", saleTip("1", "'S3'")),
        Forbidden(
            "tip-of-begun-sale",
            "INSERT INTO sale_vat VALUES ('S5', 'A', 1900, 100, 16);" + saleTip("1")),
        Forbidden("tip-immutable", saleTip("1") + "UPDATE sale_tip SET amount = 2"),
        Forbidden("tip-immutable", saleTip("1") + "DELETE FROM sale_tip"),
        Forbidden("entry_tip.amount", capture("S5") + entryTip("NULL")),
        Forbidden("amount BETWEEN 1 AND 9007199254740991", capture("S5") + entryTip("0")),
        Forbidden(
            "amount BETWEEN 1 AND 9007199254740991", capture("S5") + entryTip("9007199254740992")),
        Forbidden("entry_tip.sequence", capture("S5") + entryTip("1") + entryTip("1")),
        Forbidden("tip-without-entry", "INSERT INTO entry_tip VALUES (1, 1)"),
        Forbidden("tip-without-entry", entry(6) + entryTip("1")),
        Forbidden("tip-immutable", paid + "UPDATE entry_tip SET amount = amount"),
        Forbidden("tip-immutable", paid + "DELETE FROM entry_tip"),
        Forbidden("tip-differs", credit + capture("S5") + entryTip("1") + redeem(3)),
        Forbidden("tip-differs", saleTip("670") + credit + capture("S5") + redeem(3)),
        Forbidden(
            "tip-differs", saleTip("670") + credit + capture("S5") + entryTip("21") + redeem(3)),
        Forbidden(
            "tip-differs", paid + capture("S5") + entryTip("49") + redeem(3)),
        Forbidden("tip-differs", paid + refund(10, entryTip("1"))),
        Forbidden("tip-differs", paid + refund(31)),
        Forbidden("tip-differs", paid + refund(20) + refund(20, entryTip("9"))),
        Forbidden(
            "vat-above-its-sale",
            saleTip("670") + "INSERT INTO sale_vat VALUES ('S5', 'A', 1900, 31, 5)"),
        Forbidden(
            "vat-differs-from-amount",
            saleTip("670") + "INSERT INTO sale_vat VALUES ('S5', 'A', 1900, 30, 5);" + credit
                + capture("S5") + "INSERT INTO entry_vat VALUES (5, 'A', 1900, 29, 5);"
                + entryTip("20") + redeem(3)),
    ]

    static let allowedTips = [
        saleTip("699"), paid, paid + archiving(leavesNoneIn: "entry_tip"), paid + refund(30),
        paid + refund(31, entryTip("1")),
        paid + refund(20) + refund(20, entryTip("10")) + refund(10, entryTip("10")),
        paid + capture("S5") + entryTip("50") + redeem(3),
        saleTip("670") + "INSERT INTO sale_vat VALUES ('S5', 'A', 1900, 30, 5);" + credit
            + capture("S5") + "INSERT INTO entry_vat VALUES (5, 'A', 1900, 30, 5);"
            + entryTip("20") + redeem(3)
            + entry(4, amount: 40, sale: "S5")
            + "INSERT INTO entry_vat VALUES (6, 'A', 1900, 30, 5);" + entryTip("10")
            + "INSERT INTO undo SELECT 6, 5, 4, 3, 40, 0, NULL, NULL, NULL;",
        saleTip("1", "'S4'") + "UPDATE journal SET horizon = 9007199254740991; "
            + "DELETE FROM sale WHERE reference = 'S4';"
            + "INSERT INTO outstanding SELECT 8, 1, 'x', CASE count(*) WHEN 0 THEN 1 END, 1, 0, 0 "
            + "FROM sale_tip",
    ]
}
