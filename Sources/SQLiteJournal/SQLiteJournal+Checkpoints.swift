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
        try await Self.onThread(named: "journal export") {
            let reader = try SQLiteJournalReader.open(path, hasLog: true)
            defer { try? reader.close() }
            try reader.read { db in
                try JournalExporter.write(db, as: identity, at: now, to: sink)
            }
        }
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
        let tip = try tip(in: db)
        guard tip.sequence > 0 else { return try start(in: db) }
        return ChainPosition(
            sequence: tip.sequence, hash: tip.hash,
            receipt: try lastReceipt(in: db), period: try lastPeriod(in: db))
    }

    /// Before the first entry.
    private static func start(in db: Database) throws -> ChainPosition {
        ChainPosition(
            sequence: 0, hash: JournalEntry.genesis, receipt: 0,
            period: try number("SELECT first_period - 1 FROM journal", in: db))
    }

    /// The number of the last closed period up to the entry `sequence`; where there is none, the
    /// number before this journal's first.
    static func lastPeriod(through sequence: UInt64 = UInt64(Int64.max), in db: Database) throws
        -> UInt64
    {
        let last = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT coalesce((SELECT max(number) FROM period WHERE sequence <= ?),
                        (SELECT first_period - 1 FROM journal)) AS number
                    """), arguments: [try sequence.column()])
        return try last?.unsigned("number") ?? 0
    }

    /// Where the archived segments end.
    static func archivedPosition(in db: Database) throws -> ChainPosition {
        let last = try Row.fetchOne(
            db, sql: "SELECT last, hash, receipt FROM segment ORDER BY number DESC LIMIT 1")
        guard let last else { return try start(in: db) }
        let sequence = try last.unsigned("last")
        return ChainPosition(
            sequence: sequence, hash: try last.bytes("hash"),
            receipt: try last.unsigned("receipt"),
            period: try lastPeriod(through: sequence, in: db))
    }

    static func checkpoint(of sequence: UInt64, in db: Database) throws -> [UInt8]? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT bytes FROM checkpoint WHERE sequence = ?"),
            arguments: [try sequence.column()])?.bytes("bytes")
    }
}
