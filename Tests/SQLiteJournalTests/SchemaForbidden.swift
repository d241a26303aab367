import VoucherMint

@testable import SQLiteJournal

/// A statement that the schema refuses, whoever sends it.
struct Forbidden: Sendable {
    let constraint: String
    let sql: String

    init(_ constraint: String, _ sql: String) {
        self.constraint = constraint
        self.sql = sql
    }
}

// Statements that the schema refuses in the journal of `SchemaTests.filled`, and what makes them.
extension SchemaTests {
    /// Appends an entry that captures 50 for a sale, which by itself is allowed.
    static func capture(_ sale: String) -> String {
        """
        INSERT INTO entry SELECT max(sequence) + 1, 100, 1, '\(sale)', 978, 50, max(receipt) + 1,
            NULL, x'00', (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32)
            FROM entry;
        """
    }

    /// Redeems a voucher by the entry that was appended last.
    static func redeem(
        _ cti: UInt64, kind: Int = 2, consumed: Int = 50, nonce: String = "NULL",
        presentation: String = "NULL"
    ) -> String {
        """
        INSERT INTO redemption SELECT max(sequence), 'mint',
            x'\(Hexadecimal.text(of: VoucherMint.cti(cti)))', \(kind), \(consumed), \(nonce),
            \(presentation), 100, 50, max(receipt), NULL FROM entry;
        """
    }

    static let entries = [
        Forbidden("entry-immutable", "UPDATE entry SET amount = 1 WHERE sequence = 1"),
        Forbidden("entry-immutable", "DELETE FROM entry WHERE sequence = 4"),
        Forbidden("entry-immutable", "DELETE FROM entry"),
        Forbidden(
            "entry-sequence-gap",
            "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 2"),
        Forbidden(
            "entry-sequence-gap",
            """
            INSERT INTO entry SELECT 6, at, 2, sale, currency, amount, NULL, 'x', body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "entry-chain-broken",
            """
            INSERT INTO entry SELECT 5, at, 2, sale, currency, amount, NULL, 'x', body, previous, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "receipt-gap",
            """
            INSERT INTO entry SELECT 5, at, 1, 'S3', currency, 50, 5, NULL, body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "entry_has_the_receipt_of_its_kind",
            """
            INSERT INTO entry SELECT 5, at, 2, 'S3', currency, 50, 4, 'x', body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "entry_has_the_reason_of_its_kind",
            """
            INSERT INTO entry SELECT 5, at, 1, 'S3', currency, 50, 4, 'x', body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "entry_is_about_a_sale_or_none",
            """
            INSERT INTO entry SELECT 5, at, 6, 'S3', currency, 50, NULL, NULL, body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "capture-in-other-currency",
            """
            INSERT INTO entry SELECT 5, at, 1, 'S3', 756, 50, 4, NULL, body, hash, hash
            FROM entry WHERE sequence = 4
            """),
        Forbidden(
            "sale-already-paid", capture("S1")),
        Forbidden("FOREIGN KEY constraint failed", capture("S77")),
    ]

    static let sales = [
        Forbidden("sale-remains", "DELETE FROM sale WHERE reference = 'S4'"),
        Forbidden("sale-remains", "REPLACE INTO sale SELECT * FROM sale WHERE reference = 'S4'"),
        Forbidden(
            "sale-captured-differs",
            "UPDATE sale SET captured = captured - 1 WHERE reference = 'S3'"),
        Forbidden(
            "sale-captured-differs",
            "UPDATE sale SET captured = captured + 1 WHERE reference = 'S3'"),
        Forbidden(
            "sale-terms-immutable", "UPDATE sale SET total = total + 1 WHERE reference = 'S3'"),
        Forbidden("sale-terms-immutable", "UPDATE sale SET key = NULL WHERE reference = 'S3'"),
        Forbidden("sale-already-paid", "UPDATE sale SET state = 'open' WHERE reference = 'S1'"),
        Forbidden("sale-has-ended", "UPDATE sale SET state = 'expired' WHERE reference = 'S4'"),
        Forbidden("sale-has-ended", "UPDATE sale SET state = 'open' WHERE reference = 'S4'"),
        Forbidden(
            "sale_is_paid_when_captured", "UPDATE sale SET state = 'paid' WHERE reference = 'S3'"),
        Forbidden(
            "sale_state_tells_captured", "UPDATE sale SET state = 'expired' WHERE reference = 'S3'"),
        Forbidden(
            "sale.key",
            "INSERT INTO sale SELECT 'S9', key, currency, total, captured, state, x'0102030405060708', asked, expiry, opened, 0 FROM sale WHERE reference = 'S4'"
        ),
        Forbidden(
            "sale.nonce",
            "INSERT INTO sale SELECT 'S9', NULL, currency, total, captured, state, nonce, asked, expiry, opened, 0 FROM sale WHERE reference = 'S4'"
        ),
        Forbidden(
            "sale.state",
            "INSERT INTO sale SELECT 'S9', NULL, currency, total, 0, 'open', x'0102030405060708', asked, expiry, opened, 0 FROM sale WHERE reference = 'S4'"
        ),
        Forbidden(
            "sale-captured-differs",
            "INSERT INTO sale SELECT 'S9', NULL, currency, total, 1, 'partly-paid', x'0102030405060708', asked, expiry, opened, 0 FROM sale WHERE reference = 'S4'"
        ),
        Forbidden(
            "request-already-paid",
            "UPDATE sale SET nonce = x'A000000000000002' WHERE reference = 'S3'"),
    ]

    /// Appends an entry that marks a sale as paid.
    static func mark(_ sale: String, amount: Int = 700, currency: Int = 978) -> String {
        """
        INSERT INTO entry SELECT max(sequence) + 1, 100, 9, '\(sale)', \(currency), \(amount), NULL,
            NULL, x'00', (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32)
            FROM entry;
        """
    }

    static let marks = [
        Forbidden("mark-of-other-sale", mark("S4", amount: 1_250)),
        Forbidden("mark-of-other-sale", mark("S5", amount: 699)),
        Forbidden("mark-of-other-sale", mark("S5", currency: 756)),
        Forbidden("mark-of-other-sale", mark("S5") + mark("S5")),
        Forbidden(
            "mark-without-entry", "UPDATE sale SET state = 'marked-paid' WHERE reference = 'S5'"),
        Forbidden(
            "mark-without-entry", "UPDATE sale SET state = 'marked-paid' WHERE reference = 'S4'"),
        Forbidden(
            "mark-without-entry",
            "INSERT INTO sale SELECT 'S9', NULL, currency, total, 0, 'marked-paid', x'0102030405060708', asked, expiry, opened, 0 FROM sale WHERE reference = 'S5'"
        ),
        Forbidden("sale-marked-paid", mark("S5") + capture("S5")),
        Forbidden(
            "sale-marked-paid",
            mark("S5") + "UPDATE sale SET state = 'unconfirmed' WHERE reference = 'S5'"),
        Forbidden("sale-has-ended", "UPDATE sale SET state = 'cancelled' WHERE reference = 'S5'"),
        Forbidden("sale-has-ended", "UPDATE sale SET state = 'unconfirmed' WHERE reference = 'S4'"),
        Forbidden(
            "entry_is_about_a_sale_or_none",
            "INSERT INTO entry SELECT max(sequence) + 1, 100, 9, NULL, NULL, NULL, NULL, NULL, x'00', (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32) FROM entry"
        ),
    ]

    static let vouchers = [
        Forbidden("voucher-memory-remains", "DELETE FROM voucher"),
        Forbidden("voucher-memory-remains", "REPLACE INTO voucher SELECT * FROM voucher"),
        Forbidden("voucher-memory-falls", "UPDATE voucher SET spent = spent - 1 WHERE kind = 2"),
        Forbidden(
            "voucher-memory-falls", "UPDATE voucher SET ceiling = ceiling - 1 WHERE kind = 2"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET ceiling = ceiling + 1 WHERE kind = 3"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET core = zeroblob(32) WHERE kind = 2"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET kind = 3 WHERE kind = 2"),
        Forbidden("conflicting-voucher", "UPDATE voucher SET currency = 756 WHERE kind = 2"),
        Forbidden(
            "voucher_never_above_its_ceiling",
            "UPDATE voucher SET spent = ceiling + 1 WHERE kind = 2"),
        Forbidden(
            "fixed_voucher_spent_whole",
            "INSERT INTO voucher SELECT issuer, x'0909090909090909', kind, currency, core, expiry, ceiling, 1, 0, 0 FROM voucher WHERE kind = 1"
        ),
        Forbidden("redemption-immutable", "UPDATE redemption SET consumed = 1"),
        Forbidden("redemption-immutable", "DELETE FROM redemption"),
        Forbidden(
            "redemption-immutable",
            "REPLACE INTO redemption SELECT * FROM redemption WHERE kind <> 1"),
        Forbidden(
            "fixed-voucher-twice",
            "REPLACE INTO redemption SELECT * FROM redemption WHERE kind = 1"),
        Forbidden(
            "fixed-voucher-twice", capture("S3") + redeem(1, kind: 1, consumed: 1_250)
        ),
        Forbidden("redemption.nonce", capture("S3") + redeem(3, nonce: "x'A000000000000002'")),
        Forbidden(
            "redemption.presentation",
            capture("S3")
                + redeem(
                    2, kind: 3,
                    presentation:
                        "(SELECT presentation FROM redemption WHERE presentation IS NOT NULL)")),
        Forbidden("voucher_never_above_its_ceiling", capture("S3") + redeem(3, consumed: 901)),
        Forbidden(
            "voucher_never_above_its_ceiling", capture("S3") + redeem(2, kind: 3, consumed: 8_751)),
        Forbidden("redemption-without-capture", capture("S3") + redeem(3, consumed: 49)),
        Forbidden(
            "redemption-without-capture",
            "INSERT INTO redemption SELECT 3, 'mint', cti, kind, 50, NULL, NULL, 100, 50, 4, NULL FROM voucher WHERE kind = 2"
        ),
        Forbidden(
            "journal-first-period-fixed",
            "UPDATE journal SET first_period = 5; UPDATE journal SET first_period = 6"),
        Forbidden("redemption-of-other-kind", capture("S3") + redeem(3, kind: 3)),
        Forbidden(
            "redemption-in-other-currency",
            "INSERT INTO voucher SELECT issuer, x'0909090909090909', 2, 756, core, expiry, 5000, 0, 0, 0 FROM voucher WHERE kind = 2;"
                + capture("S3")
                + "INSERT INTO redemption SELECT max(sequence), 'mint', x'0909090909090909', 2, 50, NULL, NULL, 100, 50, max(receipt), NULL FROM entry"
        ),
        Forbidden("request-of-other-sale", capture("S3") + redeem(3, nonce: "x'A000000000000004'")),
        Forbidden("FOREIGN KEY constraint failed", capture("S3") + redeem(88)),
    ]

    static let queue = [
        Forbidden("batch-gap", "INSERT INTO batch VALUES (3, 3, 4, x'01', NULL)"),
        Forbidden("batch-gap", "INSERT INTO batch VALUES (2, 4, 4, x'01', NULL)"),
        Forbidden("batch-gap", "INSERT INTO batch VALUES (2, 2, 4, x'01', NULL)"),
        Forbidden("index 'batch_waits_alone'", "INSERT INTO batch VALUES (2, 3, 4, x'01', NULL)"),
        Forbidden("batch-immutable", "UPDATE batch SET bytes = x'02'"),
        Forbidden("batch-immutable", "UPDATE batch SET last = 1"),
        Forbidden("batch-immutable", "DELETE FROM batch"),
        Forbidden(
            "batch-immutable",
            "UPDATE batch SET acknowledgement = x'01'; UPDATE batch SET acknowledgement = x'02'"),
        Forbidden("journal-identity-immutable", "UPDATE journal SET identity = zeroblob(8)"),
        Forbidden("journal-identity-immutable", "DELETE FROM journal"),
    ]

    /// Appends an entry of kind 3, 4 or 5 that undoes a part of S1's capture, entry 1, and its row.
    static func undo(
        _ kind: Int, amount: Int, of capture: Int = 1, sale: String = "S1", currency: Int = 978,
        rowAmount: Int? = nil, restored: Int? = nil, way: Int = 3, voucher: Int? = nil
    ) -> String {
        let whole = "(SELECT consumed FROM redemption WHERE sequence = \(capture))"
        func named(_ column: String) -> String {
            kind == 4 && voucher == nil
                ? "NULL"
                : "(SELECT \(column) FROM redemption WHERE sequence = \(voucher ?? capture))"
        }
        return """
            INSERT INTO entry SELECT max(sequence) + 1, 100, \(kind), '\(sale)', \(currency),
                \(amount), \(kind == 5 ? "NULL" : "max(receipt) + 1"), NULL, x'00',
                (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32) FROM entry;
            INSERT INTO undo SELECT max(sequence), \(capture), \(kind),
                \(kind == 4 ? "\(way)" : "NULL"), \(rowAmount ?? amount),
                \(restored.map { "\($0)" } ?? (kind == 4 ? "0" : whole)), NULL,
                \(named("issuer")), \(named("cti")) FROM entry;
            """
    }

    /// Appends an entry that closes a period, and its row.
    static func close(_ number: Int = 1, first: Int = 1) -> String {
        """
        INSERT INTO entry SELECT max(sequence) + 1, 100, 6, NULL, NULL, NULL, NULL, NULL, x'00',
            (SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1), zeroblob(32) FROM entry;
        INSERT INTO period SELECT \(number), max(sequence), \(first) FROM entry;
        """
    }

    static let undoings = [
        Forbidden("undo-above-its-capture", undo(4, amount: 1_251)),
        Forbidden("undo-above-its-capture", undo(4, amount: 1_000) + undo(4, amount: 251)),
        Forbidden("undo-not-whole", undo(3, amount: 1_249)),
        Forbidden("undo-not-whole", undo(5, amount: 1)),
        Forbidden("undo-already-whole", undo(3, amount: 1_250) + undo(4, amount: 1)),
        Forbidden("undo-already-whole", undo(4, amount: 1) + undo(3, amount: 1_250)),
        Forbidden("undo-already-whole", undo(5, amount: 1_250) + undo(5, amount: 1_250)),
        Forbidden("undo-of-no-capture", undo(4, amount: 1, of: 3)),
        Forbidden("undo-of-other-sale", undo(4, amount: 1, sale: "S2")),
        Forbidden("undo-in-other-currency", undo(4, amount: 1, currency: 756)),
        Forbidden("undo-without-entry", undo(4, amount: 1, rowAmount: 2)),
        Forbidden("undo-restores-too-much", undo(3, amount: 1_250, restored: 1_251)),
        Forbidden("undo-restores-otherwise", undo(3, amount: 1_250, restored: 1_249)),
        Forbidden("undo-restores-otherwise", undo(4, amount: 2, restored: 1)),
        Forbidden("undo-of-other-voucher", undo(3, amount: 1_250, voucher: 2)),
        Forbidden(
            "undo-in-part-of-fixed-voucher", undo(4, amount: 1, restored: 1, way: 1, voucher: 1)),
        Forbidden("refund-voucher-without-name", undo(4, amount: 1, restored: 1, way: 2)),
        Forbidden("voucher-returned-without-undo", "UPDATE voucher SET returned = 1"),
        Forbidden(
            "voucher-memory-falls",
            undo(3, amount: 1_250) + "UPDATE voucher SET returned = 0 WHERE kind = 1"),
        Forbidden("journal-told-falls", "UPDATE journal SET told = 2; UPDATE journal SET told = 1"),
        Forbidden("cancellation-after-period", close() + undo(3, amount: 1_250)),
        Forbidden("undo-immutable", undo(4, amount: 1) + "UPDATE undo SET amount = 2"),
        Forbidden("undo-immutable", undo(4, amount: 1) + "DELETE FROM undo"),
        Forbidden("period-gap", close(2)),
        Forbidden("period-gap", close(first: 2)),
        Forbidden("period-gap", close() + close()),
        Forbidden("period-without-entry", "INSERT INTO period VALUES (1, 4, 1)"),
        Forbidden("period-immutable", close() + "UPDATE period SET number = 5"),
        Forbidden("period-immutable", close() + "DELETE FROM period"),
        Forbidden(
            "period-currencies-full",
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < 15) "
                + "INSERT INTO period_currency SELECT x FROM n;" + undo(4, amount: 1, currency: 756)
        ),
        Forbidden("adoption-without-entry", "INSERT INTO adoption VALUES (1, 3, zeroblob(32))"),
        Forbidden(
            "journal-horizon-falls",
            "UPDATE journal SET horizon = 5; UPDATE journal SET horizon = 4"),
        Forbidden(
            "checkpoint-of-no-entry", "INSERT INTO checkpoint VALUES (4, zeroblob(32), x'01')"),
        Forbidden(
            "checkpoint-immutable",
            "INSERT INTO checkpoint SELECT 4, hash, x'01' FROM entry WHERE sequence = 4; "
                + "DELETE FROM checkpoint"),
    ]

    /// A segment of the first `last` entries, of which batch 1 has two, and no period is closed.
    static func segment(_ number: Int = 1, first: Int = 1, last: Int, receipt: Int = 2) -> String {
        """
        INSERT INTO segment SELECT \(number), \(first), \(last),
            (SELECT previous FROM entry WHERE sequence = \(first)), hash, \(receipt),
            zeroblob(32) FROM entry WHERE sequence = \(last);
        """
    }

    static let archive = [
        Forbidden("segment-not-acknowledged", close() + segment(last: 2)),
        Forbidden("segment-of-open-period", acknowledge + segment(last: 2)),
        Forbidden("segment-gap", acknowledge + close() + segment(first: 2, last: 2)),
        Forbidden("segment-gap", acknowledge + close() + segment(2, last: 2)),
        Forbidden("segment-receipt-differs", acknowledge + close() + segment(last: 2, receipt: 1)),
        Forbidden(
            "segment-chain-broken",
            acknowledge + close()
                + "INSERT INTO segment VALUES (1, 1, 2, zeroblob(32), zeroblob(32), 2, zeroblob(32))"
        ),
        Forbidden(
            "entry-immutable",
            acknowledge + close() + segment(last: 2) + "DELETE FROM entry WHERE sequence = 3"),
        Forbidden(
            "segment-immutable", acknowledge + close() + segment(last: 2) + "DELETE FROM segment"),
        Forbidden(
            "redemption-immutable",
            acknowledge + close() + segment(last: 2)
                + "DELETE FROM entry WHERE sequence = 1; DELETE FROM redemption WHERE sequence = 1"),
        Forbidden(
            "batch-immutable", acknowledge + close() + segment(last: 2) + "DELETE FROM batch"),
    ]

    static let acknowledge = "UPDATE batch SET acknowledgement = x'01';"
}
