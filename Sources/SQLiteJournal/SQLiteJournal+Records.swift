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
        try await write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO sale (reference, key, currency, total, captured, state, nonce,
                        asked, expiry, opened)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (reference) DO UPDATE SET state = excluded.state,
                        nonce = excluded.nonce, asked = excluded.asked, expiry = excluded.expiry
                    """
            ).execute(arguments: [
                sale.reference.text, sale.key, Int64(sale.total.currency.number),
                Int64(sale.total.minorUnits), Int64(sale.captured), sale.state.rawValue,
                Data(sale.request.nonce), Int64(sale.request.amount.minorUnits),
                Int64(sale.request.expiry), Int64(sale.openedAt),
            ])
        }
    }

    /// Writes one record in one durable transaction.
    public func record(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt {
        try await write { db in
            switch record {
            case .capture(let capture, let after):
                return try Self.write(capture, after: after, in: db)
            case .decline(let decline): return try Self.write(decline, in: db)
            }
        }
    }

    private static func write(_ capture: Capture, after: Sale, in db: Database) throws
        -> JournalReceipt
    {
        let voucher = capture.voucher
        try remember(voucher, in: db)
        let receipt = try next("receipt", in: db)
        let entry = CaptureEntry(
            receipt: receipt, voucher: voucher.identity, kind: voucher.value.kind.rawValue,
            consumed: capture.consumed, requestNonce: capture.requestNonce,
            evidence: voucher.evidence)
        let sequence = try append(
            .capture(entry), sale: capture.sale, currency: capture.amount.currency.number,
            amount: capture.amount.minorUnits, at: capture.at, in: db)
        try db.cachedStatement(
            sql: """
                INSERT INTO redemption (sequence, issuer, cti, kind, consumed, nonce, presentation)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(sequence), voucher.identity.issuer.name, Data(voucher.identity.cti),
            Int64(voucher.value.kind.rawValue), Int64(capture.consumed),
            capture.requestNonce.map { Data($0) }, voucher.presentation.map { Data($0.identity) },
        ])
        let stands = try SaleRow.fetch(where: "reference = ?", [after.reference.text], in: db)
        guard stands?.captured == after.captured, stands?.state == after.state else {
            throw JournalError.constraint("sale-not-as-decided")
        }
        return JournalReceipt(sequence: sequence, receipt: receipt)
    }

    /// Takes in what an object of a voucher says; what it consumes comes with the redemption.
    private static func remember(_ voucher: Voucher, in db: Database) throws {
        let known = try VoucherRow.fetch(voucher.identity, in: db)
        let memory = VoucherMemory.remembering(voucher, on: known)
        try db.cachedStatement(
            sql: """
                INSERT INTO voucher (issuer, cti, kind, currency, core, expiry, ceiling, spent)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (issuer, cti) DO UPDATE SET kind = excluded.kind,
                    currency = excluded.currency, core = excluded.core, expiry = excluded.expiry,
                    ceiling = excluded.ceiling, spent = excluded.spent
                """
        ).execute(arguments: [
            voucher.identity.issuer.name, Data(voucher.identity.cti),
            Int64(voucher.value.kind.rawValue), Int64(voucher.currencyNumber),
            Data(voucher.coreDigest), Int64(voucher.expiry), Int64(memory.ceiling),
            Int64(memory.spent),
        ])
    }

    private static func write(_ decline: Decline, in db: Database) throws -> JournalReceipt {
        let sequence = try append(
            .decline(DeclineEntry(reason: decline.reason.code, voucher: decline.voucher?.identity)),
            sale: decline.sale, currency: decline.asked.currency.number,
            amount: decline.asked.minorUnits, at: decline.at, in: db)
        return JournalReceipt(sequence: sequence, receipt: nil)
    }

    /// Appends one entry to the chain.
    private static func append(
        _ event: JournalEntry.Event, sale: SaleReference, currency: UInt16, amount: UInt64,
        at: UInt64, in db: Database
    ) throws -> UInt64 {
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1"))
        let sequence = UInt64(last.map { $0["sequence"] as Int64 } ?? 0) + 1
        let previous = last.map { [UInt8]($0["hash"] as Data) } ?? JournalEntry.genesis
        let body = JournalEntry(
            sequence: sequence, previousHash: previous, at: at, sale: sale.text,
            currencyNumber: currency, amount: amount, event: event
        ).encoded()
        var receipt: Int64?
        var reason: String?
        switch event {
        case .capture(let capture): receipt = Int64(capture.receipt)
        case .decline(let decline): reason = decline.reason
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO entry (sequence, at, sale, currency, amount, receipt, reason, body,
                    previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(sequence), Int64(at), sale.text, Int64(currency), Int64(amount), receipt,
            reason, Data(body), Data(previous), Data(JournalEntry.hash(of: body)),
        ])
        return sequence
    }

    /// The next number of a column of `entry` that counts from 1.
    private static func next(_ column: String, in db: Database) throws -> UInt64 {
        let last = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT max(\(column)) FROM entry"))
        return UInt64(last ?? 0) + 1
    }

    /// Reads back whether `record` is on disk.
    public func find(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt? {
        try await read { db in
            let row: Row?
            switch record {
            case .capture(let capture, _):
                row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT e.sequence, e.receipt FROM redemption r JOIN entry e USING (sequence)
                        WHERE r.issuer = ? AND r.cti = ? AND e.sale = ? AND e.at = ?
                            AND e.amount = ? ORDER BY e.sequence DESC
                        """,
                    arguments: [
                        capture.voucher.identity.issuer.name, Data(capture.voucher.identity.cti),
                        capture.sale.text, Int64(capture.at), Int64(capture.amount.minorUnits),
                    ])
            case .decline(let decline):
                row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT sequence, receipt FROM entry
                        WHERE sale = ? AND reason = ? AND at = ? ORDER BY sequence DESC
                        """,
                    arguments: [decline.sale.text, decline.reason.code, Int64(decline.at)])
            }
            return row.map {
                JournalReceipt(
                    sequence: UInt64($0["sequence"] as Int64),
                    receipt: ($0["receipt"] as Int64?).map { UInt64($0) })
            }
        }
    }
}
