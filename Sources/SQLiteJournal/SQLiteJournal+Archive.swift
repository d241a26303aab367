import COSE
import Crypto
import Foundation
import GRDB
import Glibc
import HubProtocol
public import JournalExport
public import Terminal

// What bounds the journal's growth (`docs/spec/journal.md`, *Archive*).
extension SQLiteJournal {
    /// How long entries stay in the journal: as long as a shop takes things back and asks what was.
    static let entryLifetimeSeconds: UInt64 = 180 * 86_400
    /// How long after its expiry a voucher is remembered, by the hub's clock: far above what a
    /// clock may be off, and above every tolerance of ours.
    static let memoryMarginSeconds: UInt64 = 30 * 86_400
    /// The folder of the archived segments, beside the database.
    static let segmentFolder = "segments"

    /// Archives what may go, entries after ``entryLifetimeSeconds``.
    public func archive(as identity: ExportIdentity, at now: UInt64)
        async throws(JournalError) -> ArchiveReport
    {
        try await archive(as: identity, at: now, entriesOlderThan: Self.entryLifetimeSeconds)
    }

    /// Archives what may go: entries older than `lifetime` seconds, of closed periods, that the hub
    /// has acknowledged, in a file of their own; and the memory of vouchers that have long expired.
    ///
    /// Time is the hub's, as its last signed answer told it, never this terminal's clock: a clock
    /// that was set forward forgets nothing. The file is verified before a row goes.
    func archive(
        as identity: ExportIdentity, at now: UInt64,
        entriesOlderThan lifetime: UInt64
    ) async throws(JournalError) -> ArchiveReport {
        guard let hub = identity.hub, let told = try await timeToldByHub(hub) else {
            return ArchiveReport(entries: 0, vouchers: 0)
        }
        let cutoff = told > lifetime ? told - lifetime : 0
        var archived: UInt64 = 0
        if let last = try await read({ db in try Self.lastArchivable(before: cutoff, in: db) }) {
            archived = try await archive(through: last, as: identity, at: now)
        }
        let forgotten = try await forget(
            before: told > Self.memoryMarginSeconds ? told - Self.memoryMarginSeconds : 0)
        return ArchiveReport(entries: archived, vouchers: forgotten)
    }

    /// The time in the hub's last signed answer, in seconds since 1970 UTC.
    private func timeToldByHub(_ hub: PublicKey) async throws(JournalError) -> UInt64? {
        let answer = try await read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT acknowledgement FROM batch WHERE acknowledgement IS NOT NULL
                    ORDER BY number DESC LIMIT 1
                    """)?.bytes("acknowledgement")
        }
        return answer.flatMap { try? Acknowledgement.read($0, signedBy: hub).at }
    }

    /// The end of the last period that closed before `cutoff` and is acknowledged throughout; nil
    /// where none is that was not archived before. The newest entry always stays.
    private static func lastArchivable(before cutoff: UInt64, in db: Database) throws -> UInt64? {
        let last = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(p.sequence) FROM period p JOIN entry e USING (sequence)
                WHERE e.at < ?1 AND p.sequence <= ?2
                AND p.sequence < (SELECT max(sequence) FROM entry)
                AND NOT EXISTS (SELECT 1 FROM entry WHERE sequence < p.sequence AND at >= ?1)
                """,
            arguments: [
                Int64(clamping: cutoff), try JournalQueries.acknowledgedThrough(in: db).column(),
            ])
        return last.map { UInt64(clamping: $0) }
    }

    private func archive(through last: UInt64, as identity: ExportIdentity, at now: UInt64)
        async throws(JournalError) -> UInt64
    {
        let number = try await read { db in
            try JournalQueries.number("SELECT max(number) FROM segment", in: db) + 1
        }
        let file = try SegmentFile(number: number, beside: databasePath)
        try await access { db in
            try db.inTransaction(.deferred) {
                try JournalExporter.write(
                    db, as: identity, at: now, extent: .through(last)
                ) { try file.append($0) }
                return .commit
            }
        }
        let digest = try file.finish()
        return try await write { db in try Self.replace(through: last, by: digest, in: db) }
    }

    /// Puts a segment in the place of its entries, and answers with how many they were.
    private static func replace(through last: UInt64, by digest: [UInt8], in db: Database) throws
        -> UInt64
    {
        let start = try JournalQueries.archivedPosition(in: db)
        try db.execute(
            sql: """
                INSERT INTO segment (number, first, last, previous, hash, receipt, digest)
                SELECT 1 + (SELECT coalesce(max(number), 0) FROM segment), f.sequence, l.sequence,
                    f.previous, l.hash,
                    coalesce((SELECT max(receipt) FROM entry WHERE sequence <= l.sequence), ?), ?
                FROM entry f JOIN entry l ON l.sequence = ? WHERE f.sequence = ?
                """,
            arguments: [
                try start.receipt.column(), Data(digest), try last.column(),
                try (start.sequence + 1).column(),
            ])
        for statement in [
            "DELETE FROM entry WHERE sequence <= ?", "DELETE FROM undo WHERE sequence <= ?",
            """
            DELETE FROM adoption WHERE sequence <= ? AND sequence <> (
                SELECT max(sequence) FROM adoption a WHERE a.kind = adoption.kind)
            """,
            "DELETE FROM checkpoint WHERE sequence < ?",
            "DELETE FROM batch WHERE last <= ? AND number <> (SELECT max(number) FROM batch)",
        ] {
            try db.execute(sql: statement, arguments: [try last.column()])
        }
        try db.execute(
            sql: "DELETE FROM document WHERE hash NOT IN (SELECT hash FROM adoption)")
        return last - start.sequence
    }

    /// Forgets vouchers that had expired before `horizon`, and sales of whose entries none is here.
    private func forget(before horizon: UInt64) async throws(JournalError) -> UInt64 {
        try await write { db in
            try db.execute(
                sql: "UPDATE journal SET horizon = max(horizon, ?)",
                arguments: [Int64(clamping: horizon)])
            try db.execute(sql: Self.forgetRedemptions)
            try db.execute(sql: Self.forgetVouchers)
            let count = UInt64(db.changesCount)
            try db.execute(sql: Self.forgetSales)
            return count
        }
    }

    private static let forgetRedemptions = """
        DELETE FROM redemption WHERE NOT EXISTS (
                SELECT 1 FROM entry WHERE sequence = redemption.sequence)
            AND NOT EXISTS (
                SELECT 1 FROM voucher v WHERE v.issuer = redemption.issuer
                AND v.cti = redemption.cti
                AND v.expiry + 3600 >= (SELECT horizon FROM journal))
        """
    private static let forgetVouchers = """
        DELETE FROM voucher WHERE expiry + 3600 < (SELECT horizon FROM journal)
            AND NOT EXISTS (
                SELECT 1 FROM redemption r WHERE r.issuer = voucher.issuer AND r.cti = voucher.cti)
        """
    private static let forgetSales = """
        DELETE FROM sale WHERE state <> 'open' AND expiry < (SELECT horizon FROM journal)
            AND opened < (SELECT horizon FROM journal)
            AND NOT EXISTS (SELECT 1 FROM entry WHERE sale = sale.reference)
            AND NOT EXISTS (SELECT 1 FROM redemption WHERE nonce = sale.nonce)
        """
}

/// The file of a segment while it is written: it counts only when it is whole, on disk, and
/// verified.
final class SegmentFile: @unchecked Sendable {
    private let folder: String
    private let path: String
    private let descriptor: Int32
    private var verifier = ExportVerifier(limit: 1)
    private var digest = SHA256()

    init(number: UInt64, beside database: String) throws(JournalError) {
        folder =
            URL(fileURLWithPath: database).deletingLastPathComponent()
            .appendingPathComponent(SQLiteJournal.segmentFolder).path
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw JournalFolder.failure(errno)
        }
        let digits = String(number)
        path =
            folder + "/segment-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            + ".till"
        descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFolder.failure(errno) }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws(JournalError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw JournalFolder.failure(errno)
            }
            rest = rest.dropFirst(count)
        }
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        verifier.feed(bytes)
    }

    /// Makes the file durable under its name, and answers with its SHA-256.
    func finish() throws(JournalError) -> [UInt8] {
        let report = verifier.finish()
        if let finding = report.findings.first {
            unlink(path + ".new")
            throw .damaged("\(finding.reason) at \(finding.place)")
        }
        guard fsync(descriptor) == 0, rename(path + ".new", path) == 0 else {
            throw JournalFolder.failure(errno)
        }
        JournalFolder.makeNamesDurable(in: folder)
        return [UInt8](digest.finalize())
    }
}
