import GRDB
import Hub
import HubProtocol

// The hub's Merkle log (`docs/spec/hub-log.md`).
extension Schema {
    /// The log's hashes and checkpoints, and the leaves of all batches that are there already.
    static let makeLog: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: log)
        for table in ["log_nodes", "log_checkpoints"] { try makeImmutable(table, in: database) }
        var frontier = MerkleFrontier()
        let batches = try Row.fetchCursor(database, sql: "SELECT * FROM batches ORDER BY arrival")
        while let batch = try batches.next() {
            try SQLiteHubLedger.add(SQLiteHubLedger.leaf(batch).hash, to: &frontier, database)
        }
        // Only now: the batches of before have come without one.
        try database.execute(
            sql: """
                CREATE TRIGGER batches_are_in_the_log BEFORE INSERT ON batches
                WHEN NEW.arrival > 1 AND NOT EXISTS (
                    SELECT 1 FROM log_nodes WHERE level = 0 AND place = NEW.arrival - 2)
                BEGIN SELECT RAISE(ABORT, 'a batch is not in the log'); END
                """)
    }

    /// One row for each hash over a whole subtree of the log's tree: over `1 << level` leaves from
    /// leaf `place << level` on. The leaf of the batch of arrival n has place n - 1.
    private static let log = """
        CREATE TABLE log_nodes (
            level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 52),
            place INTEGER NOT NULL CHECK (place >= 0),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            PRIMARY KEY (level, place)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX log_leaves_by_hash ON log_nodes (hash) WHERE level = 0;
        CREATE TRIGGER log_leaves_without_gaps BEFORE INSERT ON log_nodes
        WHEN NEW.level = 0 AND NEW.place <> (
            SELECT coalesce(max(place), -1) + 1 FROM log_nodes WHERE level = 0)
        BEGIN SELECT RAISE(ABORT, 'a leaf of the log is missing'); END;
        CREATE TRIGGER log_leaves_are_batches BEFORE INSERT ON log_nodes
        WHEN NEW.level = 0 AND NOT EXISTS (
            SELECT 1 FROM batches WHERE arrival = NEW.place + 1)
        BEGIN SELECT RAISE(ABORT, 'a leaf of the log has no batch'); END;
        CREATE TRIGGER log_subtrees_are_whole BEFORE INSERT ON log_nodes
        WHEN NEW.level > 0 AND (
            SELECT count(*) FROM log_nodes WHERE level = NEW.level - 1
            AND place IN (2 * NEW.place, 2 * NEW.place + 1)) <> 2
        BEGIN SELECT RAISE(ABORT, 'a subtree of the log is not whole'); END;

        CREATE TABLE log_checkpoints (
            size INTEGER PRIMARY KEY CHECK (size >= 0),
            content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND 400)
        ) STRICT;
        CREATE TRIGGER log_checkpoints_are_of_the_log BEFORE INSERT ON log_checkpoints
        WHEN NEW.size <> (
            SELECT coalesce(max(place), -1) + 1 FROM log_nodes WHERE level = 0)
        BEGIN SELECT RAISE(ABORT, 'a checkpoint is of another log'); END;
        """
}
