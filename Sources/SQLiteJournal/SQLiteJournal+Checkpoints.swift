import Foundation
import GRDB
import HubProtocol
public import JournalExport
public import Terminal

// Checkpoints, and the export.
extension SQLiteJournal {
    /// A checkpoint of all entries there are.
    public func checkpoint(
        sign: @Sendable @escaping (ChainPosition) -> [UInt8]
    ) async throws(JournalError) -> [UInt8] {
        let (position, kept) = try await read { db in
            let position = try JournalQueries.position(in: db)
            return (position, try JournalQueries.checkpoint(of: position.sequence, in: db))
        }
        if let kept { return kept }
        let bytes = sign(position)
        // Of an empty journal there is nothing to keep.
        guard position.sequence > 0 else { return bytes }
        return try await writeFromReserve { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO checkpoint (sequence, hash, bytes) VALUES (?, ?, ?)
                    ON CONFLICT (sequence) DO NOTHING
                    """
            ).execute(arguments: [
                try position.sequence.column(), Data(position.hash), Data(bytes),
            ])
            return try JournalQueries.checkpoint(of: position.sequence, in: db) ?? bytes
        }
    }

    /// Writes everything that the journal holds, as one file, chunk by chunk to `sink`, which is
    /// called on a thread of its own and may block.
    ///
    /// On a second connection, which only reads: payments go on meanwhile, and what is written is
    /// one moment of the journal.
    public func export(
        as identity: ExportIdentity, at now: UInt64,
        to sink: @Sendable @escaping ([UInt8]) throws -> Void
    ) async throws(JournalError) {
        let path = databasePath
        let result: Result<Void, JournalError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do {
                    let reader = try SQLiteJournalReader.open(path, hasLog: true)
                    defer { try? reader.close() }
                    try reader.read { db in
                        try JournalExporter.write(db, as: identity, at: now, to: sink)
                    }
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(JournalError(error)))
                }
            }
            thread.name = "journal export"
            thread.start()
        }
        try result.get()
    }
}

extension SQLiteJournalReader {
    /// Writes everything that the journal holds, as one file, chunk by chunk to `sink`.
    public func export(
        as identity: ExportIdentity, at now: UInt64, to sink: @escaping ([UInt8]) throws -> Void
    ) throws(JournalError) {
        try read { db in try JournalExporter.write(db, as: identity, at: now, to: sink) }
    }
}

extension JournalQueries {
    /// Where the chain stands now.
    static func position(in db: Database) throws -> ChainPosition {
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1"))
        guard let last else { return .start }
        return ChainPosition(
            sequence: try last.unsigned("sequence"), hash: try last.bytes("hash"),
            receipt: try lastReceipt(in: db),
            period: try number("SELECT max(number) FROM period", in: db))
    }

    /// Where the archived segments end.
    static func archivedPosition(in db: Database) throws -> ChainPosition {
        let last = try Row.fetchOne(
            db, sql: "SELECT last, hash, receipt FROM segment ORDER BY number DESC LIMIT 1")
        guard let last else { return .start }
        let sequence = try last.unsigned("last")
        let period =
            try Int64.fetchOne(
                db, sql: "SELECT max(number) FROM period WHERE sequence <= ?",
                arguments: [try sequence.column()]) ?? 0
        return ChainPosition(
            sequence: sequence, hash: try last.bytes("hash"),
            receipt: try last.unsigned("receipt"), period: UInt64(clamping: period))
    }

    static func checkpoint(of sequence: UInt64, in db: Database) throws -> [UInt8]? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT bytes FROM checkpoint WHERE sequence = ?"),
            arguments: [try sequence.column()])?.bytes("bytes")
    }
}
