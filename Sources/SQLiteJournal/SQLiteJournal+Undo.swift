import Foundation
import GRDB
import HubProtocol
import Money
public import Payments
public import Terminal
public import Vouchers

// Undoing payments, and which of them were told.
extension SQLiteJournal {
    /// What a receipt number names.
    public func receipt(_ number: ReceiptNumber) async throws(JournalError) -> ReceiptLookUp {
        try await read { db in try PaymentRow.lookUp(number, in: db) }
    }

    /// The undoing that was made under an idempotency key.
    public func undoing(key: String) async throws(JournalError) -> RecordedUndo? {
        try await read { db in try PaymentRow.undoing(key: key, in: db) }
    }

    /// What has been given back of a sale's payments, in minor units.
    public func undone(of sale: SaleReference) async throws(JournalError) -> UInt64 {
        try await read { db in
            let sum = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT sum(u.amount) FROM undo u JOIN entry e ON e.sequence = u.sequence
                        WHERE e.sale = ?
                        """), arguments: [sale.text])
            return UInt64(clamping: sum ?? 0)
        }
    }

    /// What the journal did to one voucher after an entry.
    public func ownRedemptions(of voucher: VoucherIdentity, after sequence: UInt64)
        async throws(JournalError) -> OwnRedemptions
    {
        try await read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT (SELECT coalesce(sum(consumed), 0) FROM redemption
                                WHERE issuer = ?1 AND cti = ?2 AND sequence > ?3) AS consumed,
                            (SELECT coalesce(sum(restored), 0) FROM undo
                                WHERE issuer = ?1 AND cti = ?2 AND sequence > ?3) AS returned
                        """),
                arguments: [voucher.issuer.name, Data(voucher.cti), Int64(clamping: sequence)])
            return OwnRedemptions(
                consumed: try row?.unsigned("consumed") ?? 0,
                returned: try row?.unsigned("returned") ?? 0)
        }
    }

    /// Makes durable that people have been told of a payment.
    public func confirm(_ receipt: ReceiptNumber) async throws(JournalError) {
        try await write { db in
            let number = try receipt.column()
            // Those below that nobody was told of are kept in mind one by one.
            try db.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO unclear SELECT sequence FROM entry
                    WHERE kind = 1 AND receipt < ? AND receipt > (SELECT told FROM journal)
                    """
            ).execute(arguments: [number])
            try db.cachedStatement(
                sql: """
                    DELETE FROM unclear
                    WHERE sequence = (SELECT sequence FROM entry WHERE receipt = ?)
                    """
            ).execute(arguments: [number])
            try db.cachedStatement(sql: "UPDATE journal SET told = max(told, ?)")
                .execute(arguments: [number])
        }
    }

    /// The payments whose completion is unclear.
    public func unclearPayments() async throws(JournalError) -> [CapturedPayment] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: PaymentRow.payments + """
                         WHERE e.kind = 1 AND (e.receipt > (SELECT told FROM journal)
                            OR e.sequence IN (SELECT sequence FROM unclear))
                        ORDER BY e.receipt
                        """)
            ).map(PaymentRow.payment).filter { $0.standing == .unclear }
        }
    }

    /// Writes an undoing: the chained entry, and its row, which gives back to the voucher.
    static func write(_ undo: Undo, in db: Database) throws -> JournalReceipt {
        let receipt = try JournalQueries.lastReceipt(in: db) + 1
        let kind: UndoEntry.Kind
        var way: RefundWay?
        switch undo.kind {
        case .cancellation: kind = .cancellation(receipt: receipt)
        case .reversal: kind = .reversal
        case .refund(let taken):
            way = taken
            kind = .refund(receipt: receipt, way: UndoEntry.RefundWay(taken))
        }
        let amount = undo.amount.minorUnits
        let tip = try TipRows.givingBack(amount, of: undo.payment, in: db)
        let restoration = undo.restoration
        let entry = UndoEntry(
            kind: kind, undone: undo.payment.sequence,
            restoration: restoration.map {
                UndoEntry.Restoration(
                    voucher: $0.voucher, kind: $0.kind.rawValue, amount: $0.amount)
            }, reason: undo.reason,
            vat: try VATRows.givingBack(amount - tip, of: undo.payment.sequence, in: db), tip: tip)
        let sequence = try append(
            .undo(entry), sale: undo.payment.sale, amount: undo.amount, at: undo.at,
            operatedBy: undo.operatedBy, in: db)
        try db.cachedStatement(
            sql: """
                INSERT INTO undo (sequence, capture, kind, way, amount, restored, key, issuer, cti)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try sequence.column(), try undo.payment.sequence.column(), kind.number,
            way.map { Int64($0.rawValue) }, try undo.amount.minorUnits.column(),
            try (restoration?.amount ?? 0).column(), undo.key, restoration?.voucher.issuer.name,
            restoration.map { Data($0.voucher.cti) },
        ])
        return JournalReceipt(sequence: sequence, receipt: entry.receipt)
    }

    /// Reads back an undoing after an error.
    static func find(_ undo: Undo, in db: Database) throws -> JournalReceipt? {
        let kind: Int64
        var way: RefundWay?
        switch undo.kind {
        case .cancellation: kind = 3
        case .refund(let taken): (kind, way) = (4, taken)
        case .reversal: kind = 5
        }
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.sequence, e.receipt FROM undo u JOIN entry e USING (sequence)
                    WHERE u.capture = ? AND u.kind = ? AND u.way IS ? AND u.amount = ?
                        AND u.key IS ? AND u.issuer IS ? AND u.cti IS ? AND e.at = ?
                        AND u.sequence > ?
                    ORDER BY e.sequence DESC LIMIT 1
                    """),
            arguments: [
                try undo.payment.sequence.column(), kind, way.map { Int64($0.rawValue) },
                try undo.amount.minorUnits.column(), undo.key,
                undo.restoration?.voucher.issuer.name,
                undo.restoration.map { Data($0.voucher.cti) }, try undo.at.column(),
                // One of the same terms that was there before is counted in the payment.
                try lastUndo(of: undo.payment, in: db).column(),
            ])
        return try row.map {
            JournalReceipt(
                sequence: try $0.unsigned("sequence"),
                receipt: try $0.unsignedIfPresent("receipt"))
        }
    }

    /// The last undoing of `payment` that it knew of, as a sequence number: refunds are counted
    /// until they add up to what it knew to be refunded.
    private static func lastUndo(of payment: CapturedPayment, in db: Database) throws -> UInt64 {
        var sum: UInt64 = 0
        for row in try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT sequence, amount FROM undo WHERE capture = ? ORDER BY sequence"),
            arguments: [try payment.sequence.column()])
        {
            if sum >= payment.undone.refunded { break }
            sum += try row.unsigned("amount")
            if sum >= payment.undone.refunded { return try row.unsigned("sequence") }
        }
        return 0
    }
}

extension UndoEntry.RefundWay {
    /// The same way, as an entry has it.
    init(_ way: RefundWay) {
        switch way {
        case .storedValue: self = .storedValue
        case .voucher: self = .voucher
        case .outside: self = .outside
        }
    }
}

extension UndoEntry.Kind {
    /// Key 4 of an entry of this kind.
    fileprivate var number: Int64 {
        switch self {
        case .cancellation: 3
        case .refund: 4
        case .reversal: 5
        }
    }
}

/// Captures as payments, with what was undone of each.
enum PaymentRow {
    /// Every capture that is not archived, as ``payment(_:)`` reads it.
    static let payments = """
        SELECT e.sequence, e.receipt, e.sale, e.currency, e.amount, e.at, r.issuer, r.cti,
            r.kind AS voucher_kind, r.consumed, v.expiry AS voucher_expiry,
            (SELECT coalesce(sum(amount), 0) FROM undo
                WHERE capture = e.sequence AND kind = 4) AS refunded,
            (SELECT x.receipt FROM undo u JOIN entry x ON x.sequence = u.sequence
                WHERE u.capture = e.sequence AND u.kind = 3) AS cancellation,
            EXISTS (SELECT 1 FROM undo WHERE capture = e.sequence AND kind = 5) AS reversed,
            EXISTS (SELECT 1 FROM period WHERE sequence > e.sequence) AS closed,
            e.receipt <= (SELECT told FROM journal)
                AND e.sequence NOT IN (SELECT sequence FROM unclear) AS told
        FROM entry e JOIN redemption r ON r.sequence = e.sequence
        JOIN voucher v ON v.issuer = r.issuer AND v.cti = r.cti
        """

    static func lookUp(_ number: ReceiptNumber, in db: Database) throws -> ReceiptLookUp {
        guard number <= Amount.maximumMinorUnits else { return .unknown }
        let argument: StatementArguments = [try number.column()]
        let kind = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT kind FROM entry WHERE receipt = ?"),
            arguments: argument)
        switch kind {
        case nil: return .unknown
        case 1:
            let row = try Row.fetchOne(
                db.cachedStatement(sql: payments + " WHERE e.receipt = ?"), arguments: argument)
            guard let row else { throw JournalError.damaged("receipt \(number) has no voucher") }
            return .payment(try payment(row))
        default: return .undoing
        }
    }

    static func payment(_ row: Row) throws -> CapturedPayment {
        guard let sale = SaleReference(try row.text("sale")),
            let currency = Currency(number: try row.currencyNumber("currency")),
            let issuer = IssuerID(try row.text("issuer")),
            let kind = UInt8(exactly: try row.unsigned("voucher_kind"))
                .flatMap(VoucherKind.init(rawValue:)),
            case let amount = try row.unsigned("amount"), amount <= Amount.maximumMinorUnits
        else { throw JournalError.damaged("a payment cannot be read") }
        return CapturedPayment(
            sequence: try row.unsigned("sequence"), receipt: try row.unsigned("receipt"),
            sale: sale, amount: Amount(minorUnits: amount, currency: currency),
            at: try row.unsigned("at"),
            voucher: VoucherIdentity(issuer: issuer, cti: try row.bytes("cti")),
            voucherKind: kind, voucherExpiry: try row.unsigned("voucher_expiry"),
            consumed: try row.unsigned("consumed"),
            undone: CapturedPayment.Undone(
                refunded: try row.unsigned("refunded"),
                cancellation: try row.unsignedIfPresent("cancellation"),
                isReversed: try row.unsigned("reversed") == 1),
            isPeriodClosed: try row.unsigned("closed") == 1,
            isTold: try row.unsigned("told") == 1)
    }

    static func undoing(key: String, in db: Database) throws -> RecordedUndo? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT u.*, e.at, e.receipt, e.reason, e.body, c.receipt AS payment
                    FROM undo u JOIN entry e ON e.sequence = u.sequence
                    JOIN entry c ON c.sequence = u.capture WHERE u.key = ?
                    """), arguments: [key])
        guard let row else { return nil }
        guard case .payment(let payment) = try lookUp(try row.unsigned("payment"), in: db) else {
            throw JournalError.damaged("an undoing has no payment")
        }
        let kind: UndoKind
        switch try row.unsigned("kind") {
        case 3: kind = .cancellation
        case 5: kind = .reversal
        default:
            guard
                let way = UInt8(exactly: try row.unsigned("way"))
                    .flatMap(RefundWay.init(rawValue:))
            else { throw JournalError.damaged("a refund has no way") }
            kind = .refund(way)
        }
        let isNew = kind == .refund(.voucher)
        let restored = try row.unsigned("restored")
        let issuer = try row.decode(String?.self, forColumn: "issuer").flatMap(IssuerID.init)
        let restoration = try issuer.map {
            Restoration(
                voucher: VoucherIdentity(issuer: $0, cti: try row.bytes("cti")),
                kind: isNew ? .fixed : payment.voucherKind, amount: restored)
        }
        let amount = try row.unsigned("amount")
        guard amount <= Amount.maximumMinorUnits else {
            throw JournalError.damaged("an undoing's amount is too large")
        }
        return RecordedUndo(
            undo: Undo(
                payment: payment, kind: kind,
                amount: Amount(minorUnits: amount, currency: payment.amount.currency),
                restoration: restoration, reason: try row.decode(String?.self, forColumn: "reason"),
                key: key, operatedBy: try Self.operatedBy(row), at: try row.unsigned("at")),
            receipt: try row.unsignedIfPresent("receipt"))
    }

    /// Who ordered what the row's entry tells of.
    private static func operatedBy(_ row: Row) throws -> EntryOperator? {
        do { return try JournalEntry(decoding: try row.bytes("body")).operatedBy } catch {
            throw JournalError.damaged("the entry of an undoing cannot be read")
        }
    }
}
