import GRDB

/// The tables of a hub's ledger. What must never happen is a constraint here.
enum Schema {
    /// The number of this schema, in `PRAGMA user_version`.
    static var version: Int { steps.count }
    /// Marks the file as a Till hub's ledger, in `PRAGMA application_id` ("TilH").
    static let applicationID = 0x5469_6C48

    /// One step for each version: the step at index n makes version n + 1 of version n. A step
    /// that has been released is never edited; a change is a new one.
    private static let steps: [@Sendable (Database) throws -> Void] = [
        makeVersion1, makeVersion2, makeVersion3, makeHotLists, makeTrust,
        makeRefundRights, makeAccounts, makeUnconfirmed, makeLog,
    ]

    /// Brings the database from version `found` to this program's; 0 is an empty one.
    ///
    /// In one transaction, with foreign keys looked at once at its end: a table that is made anew
    /// is away for a moment (sqlite.org, *ALTER TABLE*, section 7).
    static func migrate(_ database: Database, from found: Int) throws {
        guard found < version else { return }
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try database.inTransaction(.immediate) {
            // Another process may have been first.
            let now = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            for step in steps[max(found, now)...] { try step(database) }
            try database.checkForeignKeys()
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Nothing in these tables is ever changed or removed.
    static func makeImmutable(_ table: String, in database: Database) throws {
        for action in ["UPDATE", "DELETE"] {
            try database.execute(
                sql: """
                    CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table)
                    BEGIN SELECT RAISE(ABORT, '\(table) is only ever added to'); END
                    """)
        }
    }

    private static let makeVersion1: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: tables)
        for table in [
            "hub", "terms", "enrolments", "batches", "entries", "captures", "refused_batches",
            "issued_vouchers",
        ] { try makeImmutable(table, in: database) }
    }

    private static let makeRefundRights: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: TrustSchema.refunds)
    }

    private static let makeAccounts: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: accounts)
        for table in ["accounts", "account_lines"] { try makeImmutable(table, in: database) }
    }

    /// The trust documents and the keys' lives.
    private static let makeTrust: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: TrustSchema.tables)
        for table in TrustSchema.immutableTables { try makeImmutable(table, in: database) }
    }

    /// Entries of all kinds: those about no sale have no money, and `event` says what they are.
    private static let makeVersion2: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                -- kind: 1 accepted capture, 2 decline, 3 in quarantine, 4 another kind, kept.
                -- event: the entry's own kind (key 4) where kind is 4.
                CREATE TABLE entries_2 (
                    terminal TEXT NOT NULL,
                    journal BLOB NOT NULL,
                    sequence INTEGER NOT NULL CHECK (sequence >= 1),
                    arrival INTEGER NOT NULL REFERENCES batches (arrival),
                    kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3, 4)),
                    at INTEGER NOT NULL,
                    sale TEXT CHECK (sale IS NOT NULL OR coalesce(event, 0) >= 6),
                    currency INTEGER CHECK ((currency IS NULL) = (sale IS NULL)),
                    amount INTEGER CHECK ((amount IS NULL) = (sale IS NULL) AND coalesce(amount, 0) >= 0),
                    reason TEXT CHECK ((reason IS NULL) = (kind IN (1, 4))),
                    detail TEXT CHECK ((detail IS NULL) = (kind <> 3)),
                    event INTEGER CHECK ((event IS NULL) = (kind <> 4) AND coalesce(event, 3) BETWEEN 3 AND 8),
                    PRIMARY KEY (terminal, journal, sequence)
                ) STRICT, WITHOUT ROWID;
                INSERT INTO entries_2 SELECT *, NULL FROM entries;
                DROP TABLE entries;
                ALTER TABLE entries_2 RENAME TO entries;
                CREATE INDEX entries_by_arrival ON entries (arrival, sequence);
                CREATE TRIGGER entries_without_gaps BEFORE INSERT ON entries
                WHEN NEW.sequence <> (
                    SELECT coalesce(max(sequence), 0) + 1 FROM entries
                    WHERE terminal = NEW.terminal AND journal = NEW.journal)
                BEGIN SELECT RAISE(ABORT, 'an entry is missing'); END;
                """)
        try makeImmutable("entries", in: database)
        // What a journal has signed that it was; the batch with this arrival carries the text.
        try database.execute(
            sql: """
                CREATE TABLE checkpoints (
                    terminal TEXT NOT NULL,
                    journal BLOB NOT NULL,
                    size INTEGER NOT NULL CHECK (size >= 0),
                    hash BLOB NOT NULL CHECK (length(hash) = 32),
                    arrival INTEGER NOT NULL UNIQUE REFERENCES batches (arrival),
                    PRIMARY KEY (terminal, journal, size)
                ) STRICT, WITHOUT ROWID;
                """)
        try makeImmutable("checkpoints", in: database)
    }

    /// Undoings beside their captures, and authorisations with what they reserve.
    private static let makeVersion3: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: undoings)
        try database.execute(sql: authorisations)
        for table in ["undoings", "authorisations"] {
            try makeImmutable(table, in: database)
        }
    }

    private static let tables = """
        CREATE TABLE hub (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            merchant TEXT NOT NULL,
            issuer TEXT NOT NULL,
            name TEXT NOT NULL
        ) STRICT;

        -- What all terminals are told; versions without gaps.
        CREATE TABLE terms (
            version INTEGER PRIMARY KEY CHECK (version >= 1),
            at INTEGER NOT NULL,
            content BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER terms_without_gaps BEFORE INSERT ON terms
        WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM terms)
        BEGIN SELECT RAISE(ABORT, 'a version of the terms is missing'); END;

        -- A journal keeps the key that signs its batches for ever.
        CREATE TABLE enrolments (
            id INTEGER PRIMARY KEY,
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL CHECK (length(journal) = 8),
            key BLOB NOT NULL,
            at INTEGER NOT NULL,
            UNIQUE (terminal, journal)
        ) STRICT;

        CREATE TABLE batches (
            arrival INTEGER PRIMARY KEY CHECK (arrival >= 1),
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 1),
            at INTEGER NOT NULL,
            content BLOB NOT NULL,
            acknowledgement BLOB NOT NULL,
            last_sequence INTEGER NOT NULL CHECK (last_sequence >= 1),
            last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
            last_receipt INTEGER NOT NULL CHECK (last_receipt >= 0),
            UNIQUE (terminal, journal, number),
            FOREIGN KEY (terminal, journal) REFERENCES enrolments (terminal, journal)
        ) STRICT;
        CREATE TRIGGER batches_without_gaps BEFORE INSERT ON batches
        WHEN NEW.arrival <> (SELECT coalesce(max(arrival), 0) + 1 FROM batches)
            OR NEW.number <> (
                SELECT coalesce(max(number), 0) + 1 FROM batches
                WHERE terminal = NEW.terminal AND journal = NEW.journal)
        BEGIN SELECT RAISE(ABORT, 'a batch is missing'); END;

        -- kind: 1 accepted capture, 2 decline, 3 capture in quarantine.
        CREATE TABLE entries (
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            arrival INTEGER NOT NULL REFERENCES batches (arrival),
            kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
            at INTEGER NOT NULL,
            sale TEXT NOT NULL,
            currency INTEGER NOT NULL,
            amount INTEGER NOT NULL CHECK (amount >= 0),
            reason TEXT CHECK ((reason IS NULL) = (kind = 1)),
            detail TEXT CHECK ((detail IS NULL) = (kind <> 3)),
            PRIMARY KEY (terminal, journal, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX entries_by_arrival ON entries (arrival, sequence);
        CREATE TRIGGER entries_without_gaps BEFORE INSERT ON entries
        WHEN NEW.sequence <> (
            SELECT coalesce(max(sequence), 0) + 1 FROM entries
            WHERE terminal = NEW.terminal AND journal = NEW.journal)
        BEGIN SELECT RAISE(ABORT, 'an entry is missing'); END;

        CREATE TABLE captures (
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            receipt INTEGER NOT NULL CHECK (receipt >= 1),
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            voucher_kind INTEGER NOT NULL,
            consumed INTEGER NOT NULL CHECK (consumed > 0),
            redeemed INTEGER NOT NULL CHECK (redeemed >= 0),
            ceiling INTEGER NOT NULL CHECK (ceiling > 0),
            core_digest BLOB NOT NULL CHECK (length(core_digest) = 32),
            presentation BLOB,
            other_terminal TEXT,
            other_journal BLOB,
            other_sequence INTEGER,
            excess INTEGER CHECK ((excess IS NULL) = (other_sequence IS NULL)),
            PRIMARY KEY (terminal, journal, sequence),
            UNIQUE (terminal, journal, receipt),
            FOREIGN KEY (terminal, journal, sequence)
                REFERENCES entries (terminal, journal, sequence),
            FOREIGN KEY (other_terminal, other_journal, other_sequence)
                REFERENCES captures (terminal, journal, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX captures_by_voucher ON captures (issuer, cti);
        CREATE INDEX captures_by_presentation ON captures (presentation)
            WHERE presentation IS NOT NULL;

        -- Signed batches that contradict what was accepted: evidence.
        CREATE TABLE refused_batches (
            id INTEGER PRIMARY KEY,
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            number INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            content BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE INDEX refused_batches_by_journal ON refused_batches (terminal, journal);

        CREATE TABLE issued_vouchers (
            id INTEGER PRIMARY KEY,
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)),
            currency INTEGER NOT NULL,
            first_amount INTEGER NOT NULL CHECK (first_amount > 0),
            second_amount INTEGER CHECK ((second_amount IS NULL) = (kind = 1)),
            expiry INTEGER NOT NULL,
            at INTEGER NOT NULL,
            UNIQUE (issuer, cti)
        ) STRICT;
        """
}
