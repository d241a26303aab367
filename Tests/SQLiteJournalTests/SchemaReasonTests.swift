// Statements that one clause of a trigger alone refuses, and statements that none does.
extension SchemaTests {
    /// Appends an entry of a kind, about S1 unless it is about none.
    static func entry(
        _ kind: Int, amount: Int = 50, sale: String = "S1", currency: Int = 978
    ) -> String {
        let subject = kind <= 5 ? "'\(sale)', \(currency), \(amount)" : "NULL, NULL, NULL"
        return """
            INSERT INTO entry SELECT max(sequence) + 1, 100, \(kind), \(subject),
                \([1, 3, 4].contains(kind) ? "max(receipt) + 1" : "NULL"), NULL, x'00',
                (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), randomblob(32) FROM entry;
            """
    }

    /// A document, and the entry and the row that put it in force.
    static let document = "INSERT INTO document VALUES (zeroblob(32), 1, 1, x'00');"
    private static let adopt =
        entry(7) + "INSERT INTO adoption SELECT max(sequence), 1, zeroblob(32) FROM entry;"
    private static let acknowledgeAll =
        acknowledge + "INSERT INTO batch SELECT 2, 3, max(sequence), x'01', x'01' FROM entry;"
    private static let endOfTime = "UPDATE journal SET horizon = 9007199254740991;"
    private static let checkpoint =
        "INSERT INTO checkpoint SELECT sequence, hash, x'01' FROM entry WHERE sequence = 4;"
    /// Sale S9, which nobody paid.
    private static func sale(
        _ state: String = "cancelled", expiry: Int = 100, opened: Int = 100,
        nonce: String = "0102030405060708"
    ) -> String {
        "INSERT INTO sale VALUES ('S9', NULL, 978, 100, 0, '\(state)', x'\(nonce)', 100, \(expiry), "
            + "\(opened), 0);"
    }
    /// Another issuer's voucher with the same cti as the one of this kind, and worth little.
    private static func namesake(of kind: Int) -> String {
        "INSERT INTO voucher SELECT 'other', cti, 2, currency, core, expiry, 10, 0, 0, 0 "
            + "FROM voucher WHERE kind = \(kind);"
    }
    /// Credit for what is stored value.
    private static let credit = "UPDATE voucher SET ceiling = 5000 WHERE kind = 2;"
    /// Entries 1 and 2 archived, and gone.
    private static let archived =
        acknowledge + close() + segment(last: 2) + "DELETE FROM entry WHERE sequence <= 2;"
    /// The open period has had 15 currencies, the last of them by nobody's entry.
    private static let fifteenCurrencies =
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < 14) "
        + "INSERT INTO period_currency SELECT x FROM n;"

    private static let reasonsOfJournal =
        [
            Forbidden("journal-identity-immutable", "UPDATE journal SET one = 2"),
            Forbidden(
                "journal-identity-immutable",
                "UPDATE journal SET settled = 5; UPDATE journal SET settled = 4"),
            Forbidden(
                "journal-first-period-fixed", close() + "UPDATE journal SET first_period = 5"),
            Forbidden(
                "journal-first-period-fixed", checkpoint + "UPDATE journal SET first_period = 5"),
            Forbidden(
                "period-currencies-full",
                fifteenCurrencies + entry(4, currency: 756) + entry(4, currency: 757)),
            Forbidden("batch-without-entries", "INSERT INTO batch VALUES (2, 3, 9, x'01', x'01')"),
            Forbidden("batch-immutable", "UPDATE batch SET bytes = bytes"),
            Forbidden(
                "batch-immutable", acknowledgeAll + "DELETE FROM batch WHERE number = 1"),
            Forbidden("checkpoint-immutable", checkpoint + "UPDATE checkpoint SET bytes = x'02'"),
            Forbidden(
                "adoption-of-other-kind",
                document + entry(7)
                    + "INSERT INTO adoption SELECT max(sequence), 2, zeroblob(32) FROM entry"),
            Forbidden("adoption-immutable", document + adopt + "UPDATE adoption SET kind = 2"),
            Forbidden(
                "adoption-immutable",
                document + adopt + adopt
                    + "DELETE FROM adoption WHERE sequence = (SELECT min(sequence) FROM adoption)"),
            Forbidden(
                "adoption-immutable",
                document + adopt + close() + acknowledgeAll + segment(last: 5, receipt: 3)
                    + "DELETE FROM entry WHERE sequence = 5; DELETE FROM adoption"),
            Forbidden("document-immutable", document + "UPDATE document SET version = 2"),
            Forbidden("document-immutable", document + adopt + "DELETE FROM document"),
            Forbidden(
                "segment-chain-broken",
                acknowledge + close()
                    + "INSERT INTO segment SELECT 1, 1, 2, randomblob(32), hash, 2, zeroblob(32) "
                    + "FROM entry WHERE sequence = 2"),
            Forbidden(
                "segment-of-last-entry",
                close() + acknowledgeAll + segment(last: 5, receipt: 3)),
            Forbidden(
                "last >= first",
                acknowledge + close() + segment(last: 2) + segment(2, first: 3, last: 2)),
            Forbidden(
                "segment-immutable",
                acknowledge + close() + segment(last: 2) + "UPDATE segment SET digest = digest"),
        ]
        + ["number = 7", "first = 2", "last = 3", "bytes = x'02'"].map {
            Forbidden("batch-immutable", "UPDATE batch SET \($0), acknowledgement = x'01'")
        }

    private static let reasonsOfSales = [
        Forbidden(
            "sale-terms-immutable", "UPDATE sale SET reference = 'S33' WHERE reference = 'S3'"),
        Forbidden("sale-terms-immutable", "UPDATE sale SET currency = 756 WHERE reference = 'S3'"),
        Forbidden(
            "sale-terms-immutable", "UPDATE sale SET opened = opened + 1 WHERE reference = 'S3'"),
        Forbidden(
            "sale-remains",
            "UPDATE sale SET state = 'partly-paid' WHERE reference = 'S3';" + sale("open")
                + endOfTime + "DELETE FROM sale WHERE reference = 'S9'"),
        Forbidden(
            "sale-remains",
            sale(expiry: 1_000) + "UPDATE journal SET horizon = 500; "
                + "DELETE FROM sale WHERE reference = 'S9'"),
        Forbidden(
            "sale-remains",
            sale(opened: 1_000) + "UPDATE journal SET horizon = 500; "
                + "DELETE FROM sale WHERE reference = 'S9'"),
        Forbidden("sale-remains", endOfTime + "DELETE FROM sale WHERE reference = 'S1'"),
        Forbidden(
            "request-already-paid",
            archived + endOfTime + "DELETE FROM sale WHERE reference = 'S2';"
                + sale(nonce: "A000000000000002")),
    ]

    private static let reasonsOfVouchers = [
        Forbidden("conflicting-voucher", "UPDATE voucher SET issuer = 'other' WHERE kind = 3"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET cti = zeroblob(8) WHERE kind = 3"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET expiry = expiry + 1 WHERE kind = 2"),
        Forbidden("voucher-memory-falls", "UPDATE voucher SET redeemed = 0 WHERE kind = 2"),
        Forbidden("voucher-memory-falls", "UPDATE voucher SET redeemed = 1001 WHERE kind = 2"),
        Forbidden(
            "voucher-memory-falls",
            undo(3, amount: 1_250)
                + "UPDATE voucher SET returned = 0, spent = 1250 WHERE kind = 1"),
        Forbidden(
            "redemption-immutable", endOfTime + "DELETE FROM redemption WHERE sequence = 1"),
        Forbidden("undo-of-open-sale", undo(4, amount: 1, of: 4, sale: "S3")),
        Forbidden(
            "capture < sequence",
            entry(4, amount: 50, sale: "S3") + capture("S3")
                + "INSERT INTO undo VALUES (5, 6, 4, 3, 50, 0, NULL, NULL, NULL)"),
        Forbidden(
            "kind BETWEEN 3 AND 5",
            capture("S3") + "INSERT INTO undo VALUES (5, 4, 1, NULL, 50, 0, NULL, NULL, NULL)"),
        Forbidden(
            "undo.key",
            entry(4, amount: 1) + "INSERT INTO undo VALUES (5, 1, 4, 3, 1, 0, 'k', NULL, NULL);"
                + entry(4, amount: 1)
                + "INSERT INTO undo VALUES (6, 1, 4, 3, 1, 0, 'k', NULL, NULL);"),
        Forbidden(
            "undo.issuer, undo.cti",
            undo(4, amount: 1, restored: 1, way: 2, voucher: 1)
                + undo(4, amount: 1, restored: 1, way: 2, voucher: 1)),
        Forbidden(
            "first <= sequence",
            entry(6) + entry(6) + "INSERT INTO period VALUES (1, 6, 1); "
                + "INSERT INTO period VALUES (2, 5, 7)"),
    ]

    /// What one clause of a trigger alone refuses: without it the statement would go through.
    static let reasons = reasonsOfJournal + reasonsOfSales + reasonsOfVouchers

    /// What is refused by none: a clause that were turned round, or left out where it narrows
    /// another, would refuse it.
    static let allowed = [
        "UPDATE journal SET settled = settled + 1",
        "UPDATE journal SET horizon = horizon + 1",
        "UPDATE journal SET told = told + 1",
        "UPDATE journal SET first_period = 5",
        "UPDATE voucher SET redeemed = 901 WHERE kind = 2",
        "UPDATE sale SET nonce = x'0102030405060708' WHERE reference = 'S3'",
        credit + capture("S3") + redeem(3, nonce: "x'A000000000000003'") + capture("S3"),
        credit + namesake(of: 2) + capture("S3") + redeem(3),
        namesake(of: 1) + undo(3, amount: 1_250),
        undo(4, amount: 1, restored: 1, way: 2, voucher: 1),
        close() + undo(4, amount: 1),
        fifteenCurrencies + entry(4, currency: 756) + close() + entry(4, currency: 757),
        archived + "INSERT INTO outstanding "
            + "SELECT 8, 1, 'x', CASE archived WHEN 1250 THEN 1 END, 1, 0, 0 FROM sale "
            + "WHERE reference = 'S1'",
    ]
}
