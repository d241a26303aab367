// What each column of the journal's schema refuses, and what its triggers refuse for one reason alone.
extension SchemaTests {
    /// A row that the schema takes beside what `SchemaTests.filled` has, or all of it but its key.
    private struct Row {
        let table: String
        /// Statements that make it possible.
        var before = ""
        let columns: [(name: String, value: String)]
        var source = ""

        /// Refused by the constraint of this name with each of these values in the columns.
        func with(_ values: [String: String], _ constraint: String) -> Forbidden {
            let list = columns.map { values[$0.name] ?? $0.value }.joined(separator: ", ")
            let names = columns.map(\.name).joined(separator: ", ")
            return Forbidden(
                constraint, "\(before)INSERT INTO \(table) (\(names)) SELECT \(list) \(source)")
        }

        /// Refused without a value.
        func without(_ names: String...) -> [Forbidden] {
            names.map { with([$0: "NULL"], "\(table).\($0)") }
        }

        /// Refused with any of these values in the column.
        func refuses(_ values: String..., in column: String, _ constraint: String) -> [Forbidden] {
            values.map { with([column: $0], constraint) }
        }
    }

    private static let lastHash = "(SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1)"

    private static let journalRow = Row(
        table: "journal",
        columns: [
            ("one", "1"), ("identity", "zeroblob(8)"), ("settled", "0"), ("horizon", "0"),
            ("told", "0"), ("first_period", "1"),
        ])

    private static let entryRow = Row(
        table: "entry",
        columns: [
            ("sequence", "max(sequence) + 1"), ("at", "100"), ("kind", "2"), ("sale", "'S3'"),
            ("currency", "978"), ("amount", "50"), ("receipt", "NULL"), ("reason", "'x'"),
            ("body", "x'00'"), ("previous", lastHash), ("hash", "zeroblob(32)"),
        ], source: "FROM entry")

    private static let saleRow = Row(
        table: "sale",
        columns: [
            ("reference", "'S9'"), ("key", "NULL"), ("currency", "978"), ("total", "100"),
            ("captured", "0"), ("state", "'cancelled'"), ("nonce", "x'0102030405060708'"),
            ("asked", "100"), ("expiry", "100"), ("opened", "100"), ("archived", "0"),
        ])

    private static let voucherRow = Row(
        table: "voucher",
        columns: [
            ("issuer", "'mint'"), ("cti", "x'0909090909090909'"), ("kind", "2"),
            ("currency", "978"), ("core", "zeroblob(32)"), ("expiry", "100"), ("ceiling", "500"),
            ("spent", "0"), ("redeemed", "0"), ("returned", "0"),
        ])

    private static let redemptionRow = Row(
        table: "redemption", before: capture("S3"),
        columns: [
            ("sequence", "max(sequence)"), ("issuer", "'mint'"),
            ("cti", "(SELECT cti FROM voucher WHERE kind = 2)"), ("kind", "2"),
            ("consumed", "50"), ("nonce", "NULL"), ("presentation", "NULL"), ("at", "100"),
            ("amount", "50"), ("receipt", "max(receipt)"), ("holder", "NULL"),
        ], source: "FROM entry")

    private static let batchRow = Row(
        table: "batch",
        columns: [
            ("number", "2"), ("first", "3"), ("last", "4"), ("bytes", "x'01'"),
            ("acknowledgement", "x'01'"),
        ])

    private static let undoRow = Row(
        table: "undo", before: entry(4, amount: 1),
        columns: [
            ("sequence", "max(sequence)"), ("capture", "1"), ("kind", "4"), ("way", "3"),
            ("amount", "1"), ("restored", "0"), ("key", "NULL"), ("issuer", "NULL"),
            ("cti", "NULL"),
        ], source: "FROM entry")

    private static let periodRow = Row(
        table: "period", before: entry(6),
        columns: [("number", "1"), ("sequence", "max(sequence)"), ("first", "1")],
        source: "FROM entry")

    private static let documentRow = Row(
        table: "document",
        columns: [
            ("hash", "zeroblob(32)"), ("kind", "1"), ("version", "1"), ("bytes", "x'00'"),
        ])

    private static let adoptionRow = Row(
        table: "adoption", before: document + entry(7),
        columns: [("sequence", "max(sequence)"), ("kind", "1"), ("hash", "zeroblob(32)")],
        source: "FROM entry")

    private static let checkpointRow = Row(
        table: "checkpoint",
        columns: [("sequence", "sequence"), ("hash", "hash"), ("bytes", "x'01'")],
        source: "FROM entry WHERE sequence = 4")

    private static let segmentRow = Row(
        table: "segment", before: acknowledge + close(),
        columns: [
            ("number", "1"), ("first", "1"), ("last", "2"), ("previous", "zeroblob(32)"),
            ("hash", "hash"), ("receipt", "2"), ("digest", "zeroblob(32)"),
        ], source: "FROM entry WHERE sequence = 2")

    private static let outstandingRow = Row(
        table: "outstanding",
        columns: [
            ("currency", "8"), ("kind", "1"), ("issuer", "'x'"), ("captures", "1"),
            ("amount", "1"), ("undone", "0"), ("returned", "0"),
        ])

    private static let bytes100 = "length(CAST(reason AS BLOB)) BETWEEN 1 AND 100"
    private static let referenceForm =
        "length(reference) BETWEEN 1 AND 25 AND reference NOT GLOB '*[^0-9A-Za-z]*'"
    private static let wayForm =
        "(way IS NULL) = (kind <> 4) AND coalesce(way, 1) BETWEEN 1 AND 3"
    private static let states =
        "state IN ('open', 'paid', 'partly-paid', 'cancelled', 'expired', "
        + "'unconfirmed', 'marked-paid')"

    /// A text of so many letters.
    private static func letters(_ count: Int) -> String {
        "'\(String(repeating: "a", count: count))'"
    }

    private static let columnsOfSales: [Forbidden] =
        saleRow.without(
            "currency", "total", "captured", "state", "nonce", "asked", "expiry", "opened",
            "archived")
        + saleRow.refuses("''", letters(26), "'S-9'", in: "reference", referenceForm)
        + saleRow.refuses(letters(65), in: "key", "length(CAST(key AS BLOB)) <= 64")
        + saleRow.refuses("0", "1000", in: "currency", "currency BETWEEN 1 AND 999")
        + saleRow.refuses("0", in: "total", "total > 0")
        + saleRow.refuses("-1", in: "captured", "captured >= 0")
        + saleRow.refuses("'new'", in: "state", states)
        + saleRow.refuses("zeroblob(7)", in: "nonce", "length(nonce) = 8")
        + saleRow.refuses("0", "101", in: "asked", "asked BETWEEN 1 AND total")
        + saleRow.refuses("-1", in: "expiry", "expiry >= 0")
        + saleRow.refuses("-1", in: "opened", "opened >= 0")
        + saleRow.refuses("1", in: "archived", "archived BETWEEN 0 AND captured")
        + [
            saleRow.with(
                ["captured": "101", "state": "'partly-paid'"], "sale_captures_its_total_at_most")
        ]

    private static let columnsOfEntries: [Forbidden] =
        journalRow.without("identity", "settled", "horizon", "told", "first_period")
        + journalRow.refuses("2", in: "one", "one = 1")
        + journalRow.refuses("zeroblob(7)", in: "identity", "length(identity) = 8")
        + journalRow.refuses("-1", in: "horizon", "horizon >= 0")
        + journalRow.refuses("-1", in: "told", "told >= 0")
        + journalRow.refuses("0", in: "first_period", "first_period >= 1")
        + entryRow.without("at", "kind", "body", "previous", "hash")
        + entryRow.refuses("-1", in: "at", "at >= 0")
        + entryRow.refuses("0", "10", in: "kind", "kind BETWEEN 1 AND 9")
        + entryRow.refuses("0", "1000", in: "currency", "currency BETWEEN 1 AND 999")
        + entryRow.refuses("0", in: "amount", "amount > 0")
        + entryRow.refuses("''", letters(101), in: "reason", bytes100)
        + entryRow.refuses("x''", "zeroblob(1801)", in: "body", "length(body) BETWEEN 1 AND 1800")
        + entryRow.refuses("zeroblob(31)", in: "hash", "length(hash) = 32")

    private static let columnsOfVouchers: [Forbidden] =
        voucherRow.without(
            "issuer", "cti", "kind", "currency", "core", "expiry", "ceiling", "spent", "redeemed",
            "returned")
        + voucherRow.refuses(
            "''", letters(33), in: "issuer", "length(CAST(issuer AS BLOB)) BETWEEN 1 AND 32")
        + voucherRow.refuses(
            "zeroblob(7)", "zeroblob(17)", in: "cti", "length(cti) BETWEEN 8 AND 16")
        + voucherRow.refuses("0", "4", in: "kind", "kind BETWEEN 1 AND 3")
        + voucherRow.refuses("0", "1000", in: "currency", "currency BETWEEN 1 AND 999")
        + voucherRow.refuses("zeroblob(31)", in: "core", "length(core) = 32")
        + voucherRow.refuses("-1", in: "expiry", "expiry >= 0")
        + voucherRow.refuses("0", in: "ceiling", "ceiling > 0")
        + voucherRow.refuses("-1", in: "spent", "spent >= 0")
        + voucherRow.refuses("-1", in: "redeemed", "redeemed >= 0")
        + voucherRow.refuses("-1", in: "returned", "returned >= 0")
        + redemptionRow.without("issuer", "cti", "kind", "consumed", "at", "amount", "receipt")
        + redemptionRow.refuses("0", in: "consumed", "consumed > 0")
        + redemptionRow.refuses(
            "zeroblob(7)", "zeroblob(17)", in: "nonce", "length(nonce) BETWEEN 8 AND 16")
        + redemptionRow.refuses("zeroblob(31)", in: "presentation", "length(presentation) = 32")
        + redemptionRow.refuses("-1", in: "at", "at >= 0")
        + redemptionRow.refuses("0", in: "amount", "amount > 0")
        + redemptionRow.refuses("0", in: "receipt", "receipt > 0")
        + redemptionRow.refuses("zeroblob(31)", in: "holder", "length(holder) = 32")
        + outstandingRow.without("captures", "amount", "undone", "returned")
        + outstandingRow.refuses("2", "-1", in: "undone", "outstanding_undone_within_captured")

    private static let columnsOfTheRest: [Forbidden] =
        batchRow.without("first", "bytes")
        + batchRow.refuses("x''", in: "bytes", "length(bytes) > 0")
        + batchRow.refuses("x''", in: "acknowledgement", "length(acknowledgement) > 0")
        + batchRow.refuses("2", in: "last", "last >= first")
        + undoRow.without("restored")
        + undoRow.refuses("-1", in: "restored", "restored >= 0")
        + undoRow.refuses("NULL", "4", in: "way", wayForm)
        + undoRow.refuses(
            "''", letters(65), in: "key", "length(CAST(key AS BLOB)) BETWEEN 1 AND 64")
        + undoRow.refuses("'mint'", in: "issuer", "(cti IS NULL) = (issuer IS NULL)")
        + periodRow.without("first")
        + documentRow.without("kind", "version", "bytes")
        + documentRow.refuses("zeroblob(31)", in: "hash", "length(hash) = 32")
        + documentRow.refuses("0", "256", in: "kind", "kind BETWEEN 1 AND 255")
        + documentRow.refuses("-1", in: "version", "version >= 0")
        + documentRow.refuses(
            "x''", "zeroblob(4194305)", in: "bytes", "length(bytes) BETWEEN 1 AND 4194304")
        + checkpointRow.without("bytes")
        + checkpointRow.refuses(
            "x''", "zeroblob(1001)", in: "bytes", "length(bytes) BETWEEN 1 AND 1000")
        + segmentRow.without("receipt", "digest")
        + segmentRow.refuses("zeroblob(31)", in: "digest", "length(digest) = 32")
        + [
            adoptionRow.with(["kind": "NULL", "hash": "NULL"], "adoption.kind"),
            checkpointRow.with(["sequence": "99", "hash": "NULL"], "checkpoint.hash"),
            segmentRow.with(["first": "NULL", "previous": "NULL"], "segment.first"),
            segmentRow.with(["last": "NULL", "hash": "NULL", "receipt": "0"], "segment.last"),
        ]

    /// What a column refuses by itself, each where every other value is one that may stand.
    static let columns = columnsOfEntries + columnsOfSales + columnsOfVouchers + columnsOfTheRest
}
