import COSE
import Foundation
import GRDB
import HubProtocol
import Money
public import Payments
public import Terminal
import Vouchers

// What is written: sales and records.
extension SQLiteJournal {
    /// Makes a sale's state durable.
    public func store(_ sale: Sale) async throws(JournalError) {
        try await writePayment { db in
            // `captured` is named so that the schema compares it with the sale's captures.
            try db.cachedStatement(
                sql: """
                    INSERT INTO sale (reference, key, currency, total, captured, state, nonce,
                        asked, expiry, opened)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (reference) DO UPDATE SET key = excluded.key,
                        currency = excluded.currency, total = excluded.total,
                        captured = excluded.captured, state = excluded.state,
                        nonce = excluded.nonce, asked = excluded.asked, expiry = excluded.expiry,
                        opened = excluded.opened
                    """
            ).execute(arguments: [
                sale.reference.text, sale.key, Int64(sale.total.currency.number),
                try sale.total.minorUnits.column(), try sale.captured.column(),
                sale.state.rawValue, Data(sale.request.nonce),
                try sale.request.amount.minorUnits.column(), try sale.request.expiry.column(),
                try sale.openedAt.column(),
            ])
            try TipRows.store(sale, in: db)
            try VATRows.store(sale, in: db)
        }
    }

    /// Writes one record in one durable transaction.
    public func record(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt {
        try await writePayment { db in try Self.write(record, in: db) }
    }

    static func write(_ record: JournalRecord, in db: Database) throws -> JournalReceipt {
        switch record {
        case .capture(let capture, let after): try write(capture, after: after, in: db)
        case .decline(let decline): try write(decline, in: db)
        case .undo(let undo): try write(undo, in: db)
        case .mark(let mark): try write(mark, in: db)
        }
    }

    private static func write(_ capture: Capture, after: Sale, in db: Database) throws
        -> JournalReceipt
    {
        let voucher = capture.voucher
        let known = try VoucherRow.fetch(voucher.identity, in: db)
        try remember(voucher, on: known, in: db)
        let receipt = try JournalQueries.lastReceipt(in: db) + 1
        let amount = capture.amount.minorUnits
        let tip = try TipRows.capturing(amount, of: capture.sale, in: db)
        let vat = try VATRows.capturing(amount - tip, of: capture.sale, in: db)
        let entry = CaptureEntry(
            receipt: receipt, voucher: voucher.identity, kind: voucher.value.kind.rawValue,
            consumed: capture.consumed, requestNonce: capture.requestNonce,
            evidence: voucher.evidence, decision: DecisionRecord(capture.basis), vat: vat, tip: tip)
        let sequence = try append(
            .capture(entry), sale: capture.sale, amount: capture.amount, at: capture.at, in: db)
        try db.cachedStatement(
            sql: """
                INSERT INTO redemption (sequence, issuer, cti, kind, consumed, nonce, presentation,
                    at, amount, receipt, holder)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try sequence.column(), voucher.identity.issuer.name, Data(voucher.identity.cti),
            Int64(voucher.value.kind.rawValue), try capture.consumed.column(),
            capture.requestNonce.map { Data($0) }, voucher.presentation.map { Data($0.identity) },
            try capture.at.column(), try capture.amount.minorUnits.column(),
            try receipt.column(), voucher.holder.map { Data($0.thumbprint) },
        ])
        let stands = try SaleRow.fetch(where: "reference = ?", [after.reference.text], in: db)
        guard after.reference == capture.sale, stands?.captured == after.captured,
            stands?.state == after.state
        else { throw JournalError.constraint("sale-not-as-decided") }
        return JournalReceipt(sequence: sequence, receipt: receipt)
    }

    private static func write(_ decline: Decline, in db: Database) throws -> JournalReceipt {
        if let voucher = decline.voucher {
            let known = try VoucherRow.fetch(voucher.identity, in: db)
            // Of two that conflict, the one seen first is believed.
            if known == nil || known?.coreDigest == voucher.coreDigest {
                try remember(voucher, on: known, in: db)
            }
        }
        let sequence = try append(
            .decline(
                DeclineEntry(
                    reason: decline.reason.code, voucher: decline.voucher?.identity,
                    shown: decline.evidence.map { .own($0) },
                    decision: decline.basis.flatMap { DecisionRecord($0) })),
            sale: decline.sale, amount: decline.asked, at: decline.at, in: db)
        return JournalReceipt(sequence: sequence, receipt: nil)
    }

    /// Takes in what an object of a voucher says; what it consumes comes with the redemption.
    private static func remember(_ voucher: Voucher, on known: VoucherMemory?, in db: Database)
        throws
    {
        let memory = VoucherMemory.remembering(voucher, on: known)
        var redeemed: UInt64 = 0
        if case .stored(_, let said) = voucher.value { redeemed = said }
        try db.cachedStatement(
            sql: """
                INSERT INTO voucher (issuer, cti, kind, currency, core, expiry, ceiling, spent,
                    redeemed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (issuer, cti) DO UPDATE SET kind = excluded.kind,
                    currency = excluded.currency, core = excluded.core, expiry = excluded.expiry,
                    ceiling = excluded.ceiling, spent = excluded.spent,
                    redeemed = max(redeemed, excluded.redeemed)
                """
        ).execute(arguments: [
            voucher.identity.issuer.name, Data(voucher.identity.cti),
            Int64(voucher.value.kind.rawValue), Int64(voucher.currencyNumber),
            Data(voucher.coreDigest), try voucher.expiry.column(), try memory.ceiling.column(),
            try memory.spent.column(), try redeemed.column(),
        ])
    }

    /// Appends one entry about a sale to the chain.
    static func append(
        _ event: JournalEntry.Event, sale: SaleReference, amount: Amount, at: UInt64,
        operatedBy: EntryOperator? = nil, in db: Database
    ) throws -> UInt64 {
        let subject = EntrySubject(
            sale: sale.text, currencyNumber: amount.currency.number, amount: amount.minorUnits)
        return try append(event, subject: subject, at: at, operatedBy: operatedBy, in: db)
    }

    /// Appends one entry to the chain, and answers with its sequence number.
    static func append(
        _ event: JournalEntry.Event, subject: EntrySubject?, at: UInt64,
        operatedBy: EntryOperator? = nil, in db: Database
    ) throws -> UInt64 {
        let (last, previous) = try JournalQueries.tip(in: db)
        let sequence = last + 1
        guard previous.count == JournalEntry.hashLength else {
            throw JournalError.damaged("the hash of entry \(sequence - 1) has another length")
        }
        let entry = JournalEntry(
            sequence: sequence, previousHash: previous, at: at, subject: subject, event: event,
            operatedBy: operatedBy)
        let body = entry.encoded()
        try db.cachedStatement(
            sql: """
                INSERT INTO entry (sequence, at, kind, sale, currency, amount, receipt, reason,
                    body, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try sequence.column(), try at.column(), Int64(entry.kind.rawValue), subject?.sale,
            subject.map { Int64($0.currencyNumber) }, try subject?.amount.column(),
            try entry.receipt?.column(), entry.reason, Data(body), Data(previous),
            Data(JournalEntry.hash(of: body)),
        ])
        try VATRows.append(event.vat, to: sequence, in: db)
        try TipRows.append(event.tip, to: sequence, in: db)
        return sequence
    }
}

// After an error.
extension SQLiteJournal {
    /// Reads back whether `record` is on disk, for good.
    public func find(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt? {
        try await settle()
        return try await read { db in
            switch record {
            case .capture(let capture, _): return try Self.find(capture, in: db)
            case .decline(let decline): return try Self.find(decline, in: db)
            case .undo(let undo): return try Self.find(undo, in: db)
            case .mark(let mark): return try Self.find(mark, in: db)
            }
        }
    }

    /// Commits something of no importance.
    ///
    /// When the disk fails a commit at its last step, the frames may lie in the write-ahead log
    /// though this connection holds them for undone, and a restart would find them. The next
    /// commit writes over them. Where the disk had no room or could not be written at all, they
    /// were never complete, and there is nothing to settle.
    private func settle() async throws(JournalError) {
        do {
            try await write { db in
                try db.cachedStatement(sql: "UPDATE journal SET settled = settled + 1").execute()
            }
        } catch {
            switch error {
            case .diskFull, .readOnly: return
            default: throw error
            }
        }
    }

    private static func find(_ capture: Capture, in db: Database) throws -> JournalReceipt? {
        let voucher = capture.voucher
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.sequence, e.receipt FROM redemption r JOIN entry e USING (sequence)
                    WHERE r.issuer = ? AND r.cti = ? AND e.sale = ? AND e.at = ?
                        AND e.amount = ? AND r.consumed = ? AND r.nonce IS ?
                        AND r.presentation IS ?
                    ORDER BY e.sequence DESC LIMIT 1
                    """),
            arguments: [
                voucher.identity.issuer.name, Data(voucher.identity.cti), capture.sale.text,
                try capture.at.column(), try capture.amount.minorUnits.column(),
                try capture.consumed.column(), capture.requestNonce.map { Data($0) },
                voucher.presentation.map { Data($0.identity) },
            ])
        return try row.map(receipt)
    }

    private static func find(_ decline: Decline, in db: Database) throws -> JournalReceipt? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sequence, receipt FROM entry
                    WHERE sale = ? AND reason = ? AND at = ? ORDER BY sequence DESC LIMIT 1
                    """),
            arguments: [decline.sale.text, decline.reason.code, try decline.at.column()])
        return try row.map(receipt)
    }

    static func receipt(_ row: Row) throws -> JournalReceipt {
        JournalReceipt(
            sequence: try row.unsigned("sequence"),
            receipt: try row.unsignedIfPresent("receipt"))
    }
}
