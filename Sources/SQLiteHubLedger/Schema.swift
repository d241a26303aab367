import GRDB

/// The tables of a hub's ledger. What must never happen is a constraint here.
enum Schema {
    /// The number of this schema, in `PRAGMA user_version`.
    static let version = 1
    /// Marks the file as a Till hub's ledger, in `PRAGMA application_id` ("TilH").
    static let applicationID = 0x5469_6C48

    /// Nothing in these tables is ever changed or removed.
    private static let immutableTables = [
        "hub", "terms", "enrolments", "batches", "entries", "captures", "refused_batches",
        "issued_vouchers",
    ]

    /// Makes the tables in an empty database.
    static func create(in database: Database) throws {
        try database.execute(sql: tables)
        for table in immutableTables {
            for action in ["UPDATE", "DELETE"] {
                try database.execute(
                    sql: """
                        CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table)
                        BEGIN SELECT RAISE(ABORT, '\(table) is only ever added to'); END
                        """)
            }
        }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
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
