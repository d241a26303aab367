// The signed documents that were ever put in force.
extension JournalSchema {
    /// `document` keeps each document's bytes once, under their SHA-256; `adoption` says by which
    /// entry (kind 7) it was put in force, and of the newest of each kind, that it is in force.
    /// 4 MiB is above the longest document there is.
    static let documentTables = """
        CREATE TABLE document (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 255),
            version INTEGER NOT NULL CHECK (version >= 0),
            bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 4194304)
        ) STRICT;
        CREATE TABLE adoption (
            sequence INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            hash BLOB NOT NULL REFERENCES document (hash)
        ) STRICT;
        CREATE INDEX adoption_by_kind ON adoption (kind, sequence);
        CREATE INDEX adoption_of_document ON adoption (hash);
        """

    static let documentTriggers = """
        CREATE TRIGGER adoption_has_its_entry BEFORE INSERT ON adoption BEGIN
            SELECT RAISE(ABORT, 'adoption-without-entry')
                WHERE NOT EXISTS (SELECT 1 FROM entry WHERE sequence = NEW.sequence AND kind = 7);
            SELECT RAISE(ABORT, 'adoption-of-other-kind')
                WHERE NEW.kind IS NOT (SELECT kind FROM document WHERE hash = NEW.hash);
        END;
        CREATE TRIGGER adoption_stays BEFORE UPDATE ON adoption BEGIN
            SELECT RAISE(ABORT, 'adoption-immutable');
        END;
        CREATE TRIGGER adoption_remains BEFORE DELETE ON adoption BEGIN
            SELECT RAISE(ABORT, 'adoption-immutable')
                WHERE EXISTS (SELECT 1 FROM entry WHERE sequence = OLD.sequence)
                OR OLD.sequence = (SELECT max(sequence) FROM adoption WHERE kind = OLD.kind);
        END;
        CREATE TRIGGER document_stays BEFORE UPDATE ON document BEGIN
            SELECT RAISE(ABORT, 'document-immutable');
        END;
        CREATE TRIGGER document_remains BEFORE DELETE ON document
        WHEN EXISTS (SELECT 1 FROM adoption WHERE hash = OLD.hash) BEGIN
            SELECT RAISE(ABORT, 'document-immutable');
        END;
        """
}
