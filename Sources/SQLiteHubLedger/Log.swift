import GRDB
public import Hub
public import HubProtocol
public import Vouchers

// The hub's Merkle log (`docs/spec/hub-log.md`).
extension SQLiteHubLedger {
    /// See ``Hub/LogLedger/logFrontier()``.
    public func logFrontier() async throws(HubLedgerError) -> MerkleFrontier {
        try await read { database in try Self.frontier(in: database) }
    }

    /// See ``Hub/LogLedger/logHashes(of:)``.
    public func logHashes(of nodes: [MerkleNode]) async throws(HubLedgerError) -> [[UInt8]] {
        try await read { database in try Self.hashes(of: nodes, in: database) }
    }

    /// See ``Hub/LogLedger/logIndex(ofLeaf:)``.
    public func logIndex(ofLeaf hash: [UInt8]) async throws(HubLedgerError) -> UInt64? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT place FROM log_nodes WHERE level = 0 AND hash = ?",
                arguments: [.blob(hash)]
            )?.unsigned("place")
        }
    }

    /// See ``Hub/LogLedger/logLeaf(at:)``.
    public func logLeaf(at index: UInt64) async throws(HubLedgerError) -> HubLogLeaf? {
        guard index < MessageLimits.maximumInteger else { return nil }
        return try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM batches WHERE arrival = ?",
                arguments: [.number(index + 1)]
            ).map(Self.leaf)
        }
    }

    /// See ``Hub/LogLedger/logIndex(of:journal:batch:)``.
    public func logIndex(of terminal: TerminalID, journal: [UInt8], batch number: UInt64)
        async throws(HubLedgerError) -> UInt64?
    {
        guard number <= MessageLimits.maximumInteger else { return nil }
        return try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT arrival - 1 AS place FROM batches
                    WHERE terminal = ? AND journal = ? AND number = ?
                    """, arguments: [terminal.text, .blob(journal), .number(number)]
            )?.unsigned("place")
        }
    }

    /// See ``Hub/LogLedger/latestLogCheckpoint()``.
    public func latestLogCheckpoint() async throws(HubLedgerError) -> LogCheckpointRecord? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM log_checkpoints ORDER BY size DESC LIMIT 1"
            ).map { row in
                LogCheckpointRecord(
                    size: try row.unsigned("size"), bytes: try row.bytes("content"))
            }
        }
    }

    /// See ``Hub/LogLedger/append(_:)-(LogCheckpointRecord)``.
    public func append(_ checkpoint: LogCheckpointRecord) async throws(HubLedgerError) -> Bool {
        try await write { database in
            guard try Self.nextArrival(in: database) == checkpoint.size + 1 else { return false }
            return try Self.insert(checkpoint, in: database)
        }
    }

    /// False where a checkpoint of this size is there.
    private static func insert(_ checkpoint: LogCheckpointRecord, in database: Database) throws
        -> Bool
    {
        try database.execute(
            sql: """
                INSERT INTO log_checkpoints (size, content) VALUES (?, ?)
                ON CONFLICT (size) DO NOTHING
                """, arguments: [.number(checkpoint.size), .blob(checkpoint.bytes)])
        return database.changesCount == 1
    }

    /// Adds a batch that has just been inserted to the log, and its checkpoint where it brings one.
    static func log(_ batch: LedgerBatch, in database: Database) throws {
        var frontier = try frontier(in: database)
        try add(batch.leaf.hash, to: &frontier, database)
        guard let checkpoint = batch.logCheckpoint else { return }
        _ = try insert(LogCheckpointRecord(size: batch.arrival, bytes: checkpoint), in: database)
    }

    /// The leaf of a row of `batches`.
    static func leaf(_ row: Row) throws -> HubLogLeaf {
        HubLogLeaf(
            terminal: try row.terminal(), journal: try row.bytes("journal"),
            number: try row.unsigned("number"), batch: try row.bytes("content"),
            acknowledgement: try row.bytes("acknowledgement"))
    }

    /// Adds a leaf, and all subtrees that it makes whole.
    static func add(_ leaf: [UInt8], to frontier: inout MerkleFrontier, _ database: Database) throws
    {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO log_nodes (level, place, hash) VALUES (?, ?, ?)")
        for (node, hash) in frontier.append(leaf) {
            try statement.execute(arguments: [node.level, .number(node.place), .blob(hash)])
        }
    }

    static func frontier(in database: Database) throws -> MerkleFrontier {
        let size =
            try UInt64.fetchOne(
                database,
                sql: "SELECT coalesce(max(place), -1) + 1 FROM log_nodes WHERE level = 0") ?? 0
        let hashes = try hashes(of: MerkleTree.subtrees(ofTree: size), in: database)
        guard let frontier = MerkleFrontier(size: size, subtrees: hashes) else {
            throw HubLedgerError.damaged("the log has not the hashes of its size")
        }
        return frontier
    }

    private static func hashes(of nodes: [MerkleNode], in database: Database) throws -> [[UInt8]] {
        try nodes.map { node in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT hash FROM log_nodes WHERE level = ? AND place = ?"),
                    arguments: [node.level, .number(node.place)])
            else {
                throw HubLedgerError.damaged(
                    "the log has no hash of level \(node.level), place \(node.place)")
            }
            return try row.bytes("hash")
        }
    }
}
