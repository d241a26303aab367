extension Schema {
    /// One row for each accepted undoing. `kind` is key 4 of its entry, `way` key 21; `returned` is
    /// what may be spent again of the voucher that paid, `restored` what the entry says.
    static let undoings = """
        CREATE TABLE undoings (
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            capture INTEGER NOT NULL CHECK (capture < sequence),
            kind INTEGER NOT NULL CHECK (kind IN (3, 4, 5)),
            way INTEGER CHECK ((way IS NULL) = (kind <> 4) AND coalesce(way, 1) BETWEEN 1 AND 3),
            receipt INTEGER CHECK ((receipt IS NULL) = (kind = 5)),
            amount INTEGER NOT NULL CHECK (amount > 0),
            returned INTEGER NOT NULL CHECK (returned >= 0),
            issuer TEXT,
            cti BLOB CHECK ((cti IS NULL) = (issuer IS NULL)),
            voucher_kind INTEGER CHECK ((voucher_kind IS NULL) = (issuer IS NULL)),
            restored INTEGER CHECK ((restored IS NULL) = (issuer IS NULL)),
            reason TEXT,
            PRIMARY KEY (terminal, journal, sequence),
            FOREIGN KEY (terminal, journal, sequence)
                REFERENCES entries (terminal, journal, sequence),
            FOREIGN KEY (terminal, journal, capture)
                REFERENCES captures (terminal, journal, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX undoings_of_capture ON undoings (terminal, journal, capture);
        CREATE INDEX undoings_by_voucher ON undoings (issuer, cti) WHERE issuer IS NOT NULL;
        -- Never more goes back than was captured, and a whole undoing stands alone.
        CREATE TRIGGER undoings_within_captures BEFORE INSERT ON undoings BEGIN
            SELECT RAISE(ABORT, 'more is undone than was captured')
            WHERE NEW.amount + (
                SELECT coalesce(sum(amount), 0) FROM undoings
                WHERE terminal = NEW.terminal AND journal = NEW.journal AND capture = NEW.capture
            ) > (
                SELECT amount FROM entries WHERE terminal = NEW.terminal
                AND journal = NEW.journal AND sequence = NEW.capture);
            SELECT RAISE(ABORT, 'a capture is undone twice')
            WHERE EXISTS (
                SELECT 1 FROM undoings WHERE terminal = NEW.terminal AND journal = NEW.journal
                AND capture = NEW.capture AND (kind <> 4 OR NEW.kind <> 4));
        END;
        """

    /// One row for each answered authorisation request, with what an approval keeps for its
    /// terminal until its capture arrives or `until` has come.
    static let authorisations = """
        CREATE TABLE authorisations (
            number INTEGER PRIMARY KEY CHECK (number >= 1),
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL,
            identity BLOB NOT NULL CHECK (length(identity) = 16),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            sale TEXT NOT NULL,
            at INTEGER NOT NULL,
            reason TEXT,
            answer BLOB NOT NULL,
            issuer TEXT,
            cti BLOB CHECK ((cti IS NULL) = (issuer IS NULL)),
            amount INTEGER CHECK ((amount IS NULL) = (issuer IS NULL)),
            consumed INTEGER CHECK ((consumed IS NULL) = (issuer IS NULL)),
            redeemed INTEGER CHECK ((redeemed IS NULL) = (issuer IS NULL)),
            ceiling INTEGER CHECK ((ceiling IS NULL) = (issuer IS NULL)),
            core_digest BLOB CHECK ((core_digest IS NULL) = (issuer IS NULL)),
            presentation BLOB,
            until INTEGER CHECK (
                (until IS NULL) = (issuer IS NULL) AND (until IS NULL) = (reason IS NOT NULL)),
            UNIQUE (terminal, journal, identity),
            FOREIGN KEY (terminal, journal) REFERENCES enrolments (terminal, journal)
        ) STRICT;
        CREATE INDEX authorisations_by_voucher ON authorisations (issuer, cti, until)
            WHERE issuer IS NOT NULL;
        CREATE TRIGGER authorisations_without_gaps BEFORE INSERT ON authorisations
        WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM authorisations)
        BEGIN SELECT RAISE(ABORT, 'an authorisation is missing'); END;
        """
}
