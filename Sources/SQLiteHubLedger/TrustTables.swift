import COSE
import Foundation
import GRDB
public import Hub
import Money
import Trust
public import Vouchers

/// The tables of keys and signed documents.
enum TrustSchema {
    /// What is only ever added to.
    static let immutableTables = ["trust_keys", "documents", "journal_keys", "reissues"]

    static let tables = """
        -- A key for the next trust list; a later row of the same key takes an earlier one's place.
        -- role: 1 issuer, 2 hub, 3 terminal. revoked_since: 0 while it is relied on.
        CREATE TABLE trust_keys (
            id INTEGER PRIMARY KEY,
            role INTEGER NOT NULL CHECK (role IN (1, 2, 3)),
            subject TEXT NOT NULL,
            key BLOB NOT NULL,
            begins INTEGER NOT NULL CHECK (begins >= 0),
            ends INTEGER NOT NULL CHECK (ends > begins),
            honoured_until INTEGER NOT NULL CHECK (honoured_until >= ends),
            revoked_since INTEGER NOT NULL CHECK (revoked_since >= 0),
            limits TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX trust_keys_by_key ON trust_keys (key);
        -- A key has one role and one owner, and no revocation is ever taken back.
        CREATE TRIGGER trust_keys_one_role BEFORE INSERT ON trust_keys
        WHEN EXISTS (
            SELECT 1 FROM trust_keys WHERE key = NEW.key
                AND (role <> NEW.role OR subject <> NEW.subject
                    OR (revoked_since > 0 AND NEW.revoked_since = 0)))
        BEGIN SELECT RAISE(ABORT, 'a key has one role and stays revoked'); END;

        -- Signed documents as they are served. kind: 2 trust list, 3 policy, 4 hot list,
        -- 5 freshness statement, 6 root.
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL CHECK (kind BETWEEN 2 AND 6),
            version INTEGER NOT NULL CHECK (version >= 1),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            at INTEGER NOT NULL,
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX documents_by_kind ON documents (kind, id);
        CREATE INDEX documents_by_version ON documents (kind, version, id);

        -- Keys that sign a journal's batches beside the one that it was enrolled with.
        CREATE TABLE journal_keys (
            id INTEGER PRIMARY KEY,
            terminal TEXT NOT NULL,
            journal BLOB NOT NULL CHECK (length(journal) = 8),
            key BLOB NOT NULL,
            at INTEGER NOT NULL,
            handed_over INTEGER NOT NULL CHECK (handed_over IN (0, 1)),
            UNIQUE (terminal, journal, key),
            FOREIGN KEY (terminal, journal) REFERENCES enrolments (terminal, journal)
        ) STRICT;

        -- A voucher is replaced once.
        CREATE TABLE reissues (
            id INTEGER PRIMARY KEY,
            issuer TEXT NOT NULL,
            cti BLOB NOT NULL,
            new_issuer TEXT NOT NULL,
            new_cti BLOB NOT NULL,
            at INTEGER NOT NULL,
            UNIQUE (issuer, cti),
            FOREIGN KEY (new_issuer, new_cti) REFERENCES issued_vouchers (issuer, cti)
        ) STRICT;
        """

    /// A terminal's right to sign refund vouchers, beside the times of its key.
    static let refunds = "ALTER TABLE trust_keys ADD COLUMN refunds TEXT NOT NULL DEFAULT ''"
}

extension SQLiteHubLedger {
    /// See ``Hub/TrustLedger/trustKeys()``.
    public func trustKeys() async throws(HubLedgerError) -> [TrustKey] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM trust_keys ORDER BY id")
                .map(Self.trustKey)
        }
    }

    private static func trustKey(_ row: Row) throws -> TrustKey {
        let text = try row.text("subject")
        let subject: TrustSubject?
        switch try row.unsigned("role") {
        case 1: subject = IssuerID(text).map { .issuer($0) }
        case 2: subject = MerchantID(text).map { .hub($0) }
        default: subject = TerminalID(text).map { .terminal($0) }
        }
        guard let subject else { throw HubLedgerError.damaged("column subject holds no id") }
        let since = try row.unsigned("revoked_since")
        return TrustKey(
            entry: TrustEntry(
                subject: subject, key: try row.key(), from: try row.unsigned("begins"),
                until: try row.unsigned("ends"),
                honouredUntil: try row.unsigned("honoured_until"),
                status: since == 0 ? .active : .revoked(since: since),
                limits: try limits(in: row.text("limits")),
                refunds: try refunds(in: row.text("refunds"))),
            at: try row.unsigned("at"))
    }

    /// Limits as text: `CURRENCY:PER-PAYMENT:OUTSTANDING`, separated by commas.
    private static func limits(in text: String) throws -> [TrustLimit] {
        try text.split(separator: ",").map { line in
            let parts = line.split(separator: ":").compactMap { UInt64($0) }
            guard parts.count == 3, let number = UInt16(exactly: parts[0]),
                let currency = Currency(number: number)
            else { throw HubLedgerError.damaged("column limits holds no limit") }
            return TrustLimit(currency: currency, perPayment: parts[1], outstanding: parts[2])
        }
    }

    /// A right to refund as text: `NAME=CURRENCY:MOST`, further currencies behind commas; empty where
    /// there is none.
    private static func refunds(in text: String) throws -> RefundRight? {
        if text.isEmpty { return nil }
        let damaged = HubLedgerError.damaged("column refunds holds no right")
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2, let issuer = IssuerID(String(sides[0])) else { throw damaged }
        let limits = try sides[1].split(separator: ",").map { line in
            let parts = line.split(separator: ":").compactMap { UInt64($0) }
            guard parts.count == 2, parts[1] > 0, let number = UInt16(exactly: parts[0]),
                let currency = Currency(number: number)
            else { throw damaged }
            return RefundRight.Limit(currency: currency, most: parts[1])
        }
        guard !limits.isEmpty, Set(limits.map(\.currency)).count == limits.count else {
            throw damaged
        }
        return RefundRight(issuer: issuer, limits: limits)
    }

    private static func text(of right: RefundRight?) -> String {
        guard let right else { return "" }
        return right.issuer.name + "="
            + right.limits.map { "\($0.currency.number):\($0.most)" }.joined(separator: ",")
    }

    /// See ``Hub/TrustLedger/append(_:)-([TrustKey])``.
    public func append(_ keys: [TrustKey]) async throws(HubLedgerError) {
        try await write { database in
            for record in keys {
                let entry = record.entry
                let since: UInt64
                if case .revoked(let moment) = entry.status { since = moment } else { since = 0 }
                try database.execute(
                    sql: """
                        INSERT INTO trust_keys (role, subject, key, begins, ends, honoured_until,
                            revoked_since, limits, at, refunds)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        Int64(entry.subject.role.rawValue), entry.subject.text,
                        .blob(entry.key.coseKey), .number(entry.from), .number(entry.until),
                        .number(entry.honouredUntil), .number(since),
                        entry.limits.map {
                            "\($0.currency.number):\($0.perPayment):\($0.outstanding)"
                        }.joined(separator: ","),
                        .number(record.at), Self.text(of: entry.refunds),
                    ])
            }
        }
    }

    /// See ``Hub/TrustLedger/latestDocument(_:)``.
    public func latestDocument(_ kind: HubDocumentKind) async throws(HubLedgerError)
        -> HubDocument?
    {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM documents WHERE kind = ? ORDER BY id DESC LIMIT 1",
                arguments: [Int64(kind.rawValue)]
            ).map { try Self.document($0, kind) }
        }
    }

    /// See ``Hub/TrustLedger/latestDigest(_:)``.
    public func latestDigest(_ kind: HubDocumentKind) async throws(HubLedgerError) -> [UInt8]? {
        try await read { database in
            try Self.latestDigest(kind, in: database)
        }
    }

    private static func latestDigest(_ kind: HubDocumentKind, in database: Database) throws
        -> [UInt8]?
    {
        try Row.fetchOne(
            database,
            sql: "SELECT digest FROM documents WHERE kind = ? ORDER BY id DESC LIMIT 1",
            arguments: [Int64(kind.rawValue)]
        )?.bytes("digest")
    }

    /// See ``Hub/TrustLedger/document(_:version:)``.
    public func document(_ kind: HubDocumentKind, version: UInt64) async throws(HubLedgerError)
        -> HubDocument?
    {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM documents WHERE kind = ? AND version = ?
                    ORDER BY id DESC LIMIT 1
                    """,
                arguments: [Int64(kind.rawValue), .number(version)]
            ).map { try Self.document($0, kind) }
        }
    }

    private static func document(_ row: Row, _ kind: HubDocumentKind) throws -> HubDocument {
        let document = HubDocument(
            kind: kind, version: try row.unsigned("version"), at: try row.unsigned("at"),
            bytes: try row.bytes("content"))
        guard document.digest == (try row.bytes("digest")) else {
            throw HubLedgerError.damaged("column content is not what its digest says")
        }
        return document
    }

    /// See ``Hub/TrustLedger/append(_:after:)``.
    public func append(_ document: HubDocument, after digest: [UInt8]?)
        async throws(HubLedgerError) -> Bool
    {
        try await write { database in
            guard try Self.latestDigest(document.kind, in: database) == digest else { return false }
            try database.execute(
                sql: """
                    INSERT INTO documents (kind, version, digest, at, content)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Int64(document.kind.rawValue), .number(document.version),
                    .blob(document.digest), .number(document.at), .blob(document.bytes),
                ])
            return true
        }
    }

    /// See ``Hub/TrustLedger/journalKeys()``.
    public func journalKeys() async throws(HubLedgerError) -> [JournalKey] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM journal_keys ORDER BY id").map { row in
                JournalKey(
                    terminal: try row.terminal(), journal: try row.bytes("journal"),
                    key: try row.key(), at: try row.unsigned("at"),
                    isHandedOver: try row.unsigned("handed_over") == 1)
            }
        }
    }

    /// See ``Hub/TrustLedger/append(_:)-(JournalKey)``.
    public func append(_ key: JournalKey) async throws(HubLedgerError) -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO journal_keys (terminal, journal, key, at, handed_over)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT (terminal, journal, key) DO NOTHING
                    """,
                arguments: [
                    key.terminal.text, .blob(key.journal), .blob(key.key.coseKey), .number(key.at),
                    key.isHandedOver ? 1 : 0,
                ])
            return database.changesCount == 1
        }
    }

    /// See ``Hub/TrustLedger/reissue(of:)``.
    public func reissue(of old: VoucherIdentity) async throws(HubLedgerError) -> Reissue? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM reissues WHERE issuer = ? AND cti = ?",
                arguments: [old.issuer.name, .blob(old.cti)]
            ).map { row in
                Reissue(
                    old: old,
                    new: VoucherIdentity(
                        issuer: try row.issuer("new_issuer"), cti: try row.bytes("new_cti")),
                    at: try row.unsigned("at"))
            }
        }
    }

    /// See ``Hub/TrustLedger/append(_:replacing:)``.
    public func append(_ voucher: IssuedVoucher, replacing reissue: Reissue)
        async throws(HubLedgerError) -> Bool
    {
        try await write { database in
            let known = try Row.fetchOne(
                database, sql: "SELECT 1 FROM reissues WHERE issuer = ? AND cti = ?",
                arguments: [reissue.old.issuer.name, .blob(reissue.old.cti)])
            guard known == nil else { return false }
            try Self.insert(voucher, in: database)
            try database.execute(
                sql: """
                    INSERT INTO reissues (issuer, cti, new_issuer, new_cti, at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    reissue.old.issuer.name, .blob(reissue.old.cti), reissue.new.issuer.name,
                    .blob(reissue.new.cti), .number(reissue.at),
                ])
            return true
        }
    }
}

extension Row {
    func key() throws -> PublicKey {
        do { return try PublicKey(coseKey: try bytes("key")) } catch is KeyError {
            throw HubLedgerError.damaged("column key holds no key")
        }
    }
}
