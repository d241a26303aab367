import GRDB
import Hub
import HubProtocol
import Vouchers

// Undoings, beside the captures that they undo.
extension SQLiteHubLedger {
    /// The accepted captures of a journal that a batch undoes, by sequence number.
    static func undoables(for query: BatchQuery, in database: Database) throws
        -> [UInt64: UndoableCapture]
    {
        var found: [UInt64: UndoableCapture] = [:]
        for sequence in query.undone {
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT e.sale, e.currency, e.amount, c.*, NULL AS o_terminal,
                        (SELECT coalesce(sum(u.amount), 0) FROM undoings u
                            WHERE u.terminal = c.terminal AND u.journal = c.journal
                            AND u.capture = c.sequence) AS undone,
                        EXISTS (SELECT 1 FROM undoings u
                            WHERE u.terminal = c.terminal AND u.journal = c.journal
                            AND u.capture = c.sequence AND u.kind <> 4) AS whole
                    FROM captures c JOIN entries e USING (terminal, journal, sequence)
                    WHERE c.terminal = ? AND c.journal = ? AND c.sequence = ?
                    """,
                arguments: [query.terminal.text, .blob(query.journal), .number(sequence)])
            found[sequence] = try row.map { row in
                UndoableCapture(
                    capture: try plainCapture(row),
                    subject: EntrySubject(
                        sale: try row.text("sale"), currencyNumber: try row.currency(),
                        amount: try row.unsigned("amount")),
                    undone: try row.unsigned("undone"), isWhole: try row.unsigned("whole") == 1)
            }
        }
        return found
    }

    /// A capture without the mark of a double spend.
    private static func plainCapture(_ row: Row) throws -> LedgerCapture {
        guard let kind = UInt8(exactly: try row.unsigned("voucher_kind")) else {
            throw HubLedgerError.damaged("column voucher_kind holds no kind")
        }
        return LedgerCapture(
            receipt: try row.unsigned("receipt"), voucher: try row.identity(), kind: kind,
            consumed: try row.unsigned("consumed"), redeemed: try row.unsigned("redeemed"),
            ceiling: try row.unsigned("ceiling"), coreDigest: try row.bytes("core_digest"),
            presentation: try row.optionalBytes("presentation"), doubleSpend: nil)
    }

    static func insert(
        _ undo: LedgerUndo, of row: LedgerRow, in batch: LedgerBatch, _ database: Database
    ) throws {
        let (kind, receipt, way) = columns(of: undo.kind)
        let restoration = undo.restoration
        try database.cachedStatement(
            sql: """
                INSERT INTO undoings (terminal, journal, sequence, capture, kind, way, receipt,
                    amount, returned, issuer, cti, voucher_kind, restored, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            batch.terminal.text, .blob(batch.journal), .number(row.sequence),
            .number(undo.capture), kind, way, receipt.map { .number($0) },
            .number(row.subject?.amount ?? 0), .number(undo.returned),
            restoration?.voucher.issuer.name, restoration.map { .blob($0.voucher.cti) },
            restoration.map { Int64($0.kind) }, restoration.map { .number($0.amount) },
            undo.reason,
        ])
    }

    private static func columns(of kind: UndoEntry.Kind) -> (
        kind: Int64, receipt: UInt64?, way: Int64?
    ) {
        switch kind {
        case .cancellation(let receipt): (3, receipt, nil)
        case .refund(let receipt, let way): (4, receipt, Int64(way.rawValue))
        case .reversal: (5, nil, nil)
        }
    }

    /// The undoing of an entry, from the columns `u_…`; nil where it has none.
    static func undo(_ row: Row) throws -> LedgerUndo? {
        guard let capture = try row.optionalUnsigned("u_capture") else { return nil }
        let kind: UndoEntry.Kind
        switch try row.unsigned("u_kind") {
        case 3: kind = .cancellation(receipt: try row.unsigned("u_receipt"))
        case 5: kind = .reversal
        default:
            guard
                let way = UInt8(exactly: try row.unsigned("u_way"))
                    .flatMap(UndoEntry.RefundWay.init(rawValue:))
            else { throw HubLedgerError.damaged("column way holds no way") }
            kind = .refund(receipt: try row.unsigned("u_receipt"), way: way)
        }
        var restoration: UndoEntry.Restoration?
        if let amount = try row.optionalUnsigned("u_restored") {
            guard let voucherKind = UInt8(exactly: try row.unsigned("u_voucher_kind")) else {
                throw HubLedgerError.damaged("column voucher_kind holds no kind")
            }
            restoration = UndoEntry.Restoration(
                voucher: VoucherIdentity(
                    issuer: try row.issuer("u_issuer"), cti: try row.bytes("u_cti")),
                kind: voucherKind, amount: amount)
        }
        return LedgerUndo(
            kind: kind, capture: capture, restoration: restoration,
            reason: try row.isNull("u_reason") ? nil : row.text("u_reason"))
    }
}
