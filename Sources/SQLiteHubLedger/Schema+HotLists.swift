import GRDB

extension Schema {
    /// The book of revocations, and the hot lists that were published from it.
    static let makeHotLists: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                -- kind: 1 a voucher (name is its cti), 2 a wallet's key, 3 an issuer's key (name is
                -- the key's thumbprint).
                CREATE TABLE revocations (
                    id INTEGER PRIMARY KEY,
                    kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
                    issuer TEXT CHECK ((issuer IS NULL) = (kind <> 1)),
                    name BLOB NOT NULL CHECK (
                        CASE kind WHEN 1 THEN length(name) BETWEEN 8 AND 16
                        ELSE length(name) = 32 END),
                    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
                    from_time INTEGER NOT NULL,
                    expiry INTEGER,
                    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 100),
                    at INTEGER NOT NULL
                ) STRICT;

                CREATE INDEX revocations_by_name ON revocations (kind, name);

                -- A list's content is forgotten in time; that there was one is not.
                CREATE TABLE hot_lists (
                    version INTEGER PRIMARY KEY CHECK (version >= 1),
                    at INTEGER NOT NULL,
                    digest BLOB NOT NULL CHECK (length(digest) = 32),
                    content BLOB
                ) STRICT;
                CREATE TRIGGER hot_lists_without_gaps BEFORE INSERT ON hot_lists
                WHEN NEW.content IS NULL
                    OR NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM hot_lists)
                BEGIN SELECT RAISE(ABORT, 'a hot list is missing'); END;
                CREATE TRIGGER hot_lists_only_forgotten BEFORE UPDATE ON hot_lists
                WHEN NEW.version <> OLD.version OR NEW.at <> OLD.at OR NEW.digest <> OLD.digest
                    OR NEW.content IS NOT NULL
                BEGIN SELECT RAISE(ABORT, 'a hot list is never changed'); END;
                CREATE TRIGGER hot_lists_no_delete BEFORE DELETE ON hot_lists
                BEGIN SELECT RAISE(ABORT, 'hot_lists is only ever added to'); END;
                """)
        try makeImmutable("revocations", in: database)
    }
}
