import Foundation
import GRDB
import HubProtocol
import JournalExport
import Terminal
import Vouchers

/// Writes what a journal holds as one file (`docs/spec/journal-export.md`), from one moment of the
/// database, in constant memory.
struct JournalExporter {
    /// Which entries are written: all that are there, or those of a segment.
    enum Extent {
        case whole
        case through(UInt64)
    }

    private let db: Database
    private var writer = ExportWriter()
    private let sink: ([UInt8]) throws -> Void

    private init(_ db: Database, _ sink: @escaping ([UInt8]) throws -> Void) {
        self.db = db
        self.sink = sink
    }

    /// Writes the export of `db`, which is within a transaction, chunk by chunk to `sink`.
    static func write(
        _ db: Database, as identity: ExportIdentity, at now: UInt64, extent: Extent = .whole,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        var exporter = JournalExporter(db, sink)
        let start = try JournalQueries.archivedPosition(in: db)
        let header = ExportHeader(
            terminal: identity.terminal, journal: try JournalQueries.identity(in: db),
            key: identity.key, hub: identity.hub, at: now, start: start)
        try exporter.put(.header(header))
        let last: UInt64 =
            switch extent {
            case .whole: UInt64(Int64.max)
            case .through(let last): last
            }
        try exporter.segments()
        try exporter.entries(through: last)
        try exporter.documents(through: last)
        try exporter.checkpoints(from: start.sequence, through: last)
        try exporter.batches(through: last)
        let isWhole = if case .whole = extent { true } else { false }
        try exporter.vouchers(through: isWhole ? nil : last)
        try exporter.redemptions(from: isWhole ? 0 : start.sequence, through: last)
        try sink(exporter.writer.end(sealedBy: identity.seal))
    }

    private mutating func put(_ record: ExportRecord) throws {
        try sink(writer.bytes(of: record))
    }

    private mutating func each(
        _ sql: String, _ arguments: StatementArguments = [], _ record: (Row) throws -> ExportRecord
    ) throws {
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() { try put(try record(row)) }
    }

    private mutating func segments() throws {
        try each("SELECT * FROM segment ORDER BY number") { row in
            .segment(
                ExportedSegment(
                    number: try row.unsigned("number"), first: try row.unsigned("first"),
                    last: try row.unsigned("last"), previous: try row.bytes("previous"),
                    hash: try row.bytes("hash"), receipt: try row.unsigned("receipt"),
                    digest: try row.bytes("digest")))
        }
    }

    private mutating func entries(through last: UInt64) throws {
        try each(
            "SELECT body FROM entry WHERE sequence <= ? ORDER BY sequence", [Int64(last)]
        ) { .entry(try $0.bytes("body")) }
    }

    /// Those that an entry here names, and in a whole export those that are still in force.
    private mutating func documents(through last: UInt64) throws {
        try each(
            """
            SELECT hash, kind, version, bytes FROM document
            WHERE hash IN (SELECT hash FROM adoption WHERE sequence <= ?) ORDER BY hash
            """, [Int64(last)]
        ) { row in
            guard let kind = UInt8(exactly: try row.unsigned("kind")) else {
                throw JournalError.damaged("a document has no kind")
            }
            return .document(
                kind: kind, version: try row.unsigned("version"), bytes: try row.bytes("bytes"))
        }
    }

    private mutating func checkpoints(from start: UInt64, through last: UInt64) throws {
        try each(
            """
            SELECT bytes FROM checkpoint WHERE sequence >= ? AND sequence <= ? ORDER BY sequence
            """, [Int64(start), Int64(last)]
        ) { .checkpoint(try $0.bytes("bytes")) }
    }

    private mutating func batches(through last: UInt64) throws {
        try each("SELECT * FROM batch WHERE last <= ? ORDER BY number", [Int64(last)]) { row in
            .batch(
                ExportedBatch(
                    number: try row.unsigned("number"), first: try row.unsigned("first"),
                    last: try row.unsigned("last"),
                    digest: Acknowledgement.digest(ofBatch: try row.bytes("bytes")),
                    acknowledgement: try row.bytesIfPresent("acknowledgement")))
        }
    }

    /// All that is remembered; of a segment, what its captures redeemed.
    private mutating func vouchers(through last: UInt64?) throws {
        let condition =
            last == nil
            ? ""
            : """
            WHERE EXISTS (
                SELECT 1 FROM redemption r JOIN entry e USING (sequence)
                WHERE r.issuer = v.issuer AND r.cti = v.cti AND e.sequence <= ?)
            """
        try each(
            """
            SELECT * FROM voucher v \(condition) ORDER BY issuer, cti
            """, last.map { [Int64($0)] } ?? []
        ) { row in
            .voucher(
                ExportedVoucher(
                    identity: try row.voucherIdentity(), kind: try row.voucherKind(),
                    currencyNumber: try row.currencyNumber("currency"),
                    core: try row.bytes("core"), expiry: try row.unsigned("expiry"),
                    ceiling: try row.unsigned("ceiling"), spent: try row.unsigned("spent")))
        }
    }

    private mutating func redemptions(from start: UInt64, through last: UInt64) throws {
        try each(
            "SELECT * FROM redemption WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
            [Int64(start), Int64(last)]
        ) { row in
            .redemption(
                ExportedRedemption(
                    sequence: try row.unsigned("sequence"), voucher: try row.voucherIdentity(),
                    kind: try row.voucherKind(), consumed: try row.unsigned("consumed"),
                    nonce: try row.bytesIfPresent("nonce"),
                    presentation: try row.bytesIfPresent("presentation"),
                    at: try row.unsigned("at"), amount: try row.unsigned("amount"),
                    receipt: try row.unsigned("receipt")))
        }
    }
}

extension Row {
    fileprivate func bytesIfPresent(_ column: String) throws -> [UInt8]? {
        try decode(Data?.self, forColumn: column).map { [UInt8]($0) }
    }

    fileprivate func voucherIdentity() throws -> VoucherIdentity {
        guard let issuer = IssuerID(try text("issuer")) else {
            throw JournalError.damaged("a voucher has no issuer")
        }
        return VoucherIdentity(issuer: issuer, cti: try bytes("cti"))
    }

    fileprivate func voucherKind() throws -> UInt8 {
        guard let kind = UInt8(exactly: try unsigned("kind")) else {
            throw JournalError.damaged("a voucher has no kind")
        }
        return kind
    }
}
