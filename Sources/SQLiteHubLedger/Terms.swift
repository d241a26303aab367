import COSE
import GRDB
public import Hub
import HubProtocol
public import Vouchers

extension SQLiteHubLedger {
    /// See ``Hub/HubLedger/profile()``.
    public func profile() async throws(HubLedgerError) -> HubProfile? {
        try await read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM hub") else { return nil }
            guard let merchant = MerchantID(try row.text("merchant")) else {
                throw HubLedgerError.damaged("column merchant holds no merchant id")
            }
            return HubProfile(
                merchant: merchant, issuer: try row.issuer(), name: try row.text("name"))
        }
    }

    /// See ``Hub/HubLedger/initialise(_:terms:)``.
    public func initialise(_ profile: HubProfile, terms: TermsVersion)
        async throws(HubLedgerError) -> Bool
    {
        try await write { database in
            guard try Row.fetchOne(database, sql: "SELECT 1 FROM hub") == nil else { return false }
            try database.execute(
                sql: "INSERT INTO hub (id, merchant, issuer, name) VALUES (1, ?, ?, ?)",
                arguments: [profile.merchant.text, profile.issuer.name, profile.name])
            try Self.insert(terms, in: database)
            return true
        }
    }

    /// See ``Hub/HubLedger/latestTerms()``.
    public func latestTerms() async throws(HubLedgerError) -> TermsVersion? {
        try await read { database in
            let sql = "SELECT * FROM terms ORDER BY version DESC LIMIT 1"
            guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
            do {
                return TermsVersion(
                    version: try row.unsigned("version"), at: try row.unsigned("at"),
                    terms: try TerminalTerms(decoding: try row.bytes("content")))
            } catch let error as MessageError {
                throw HubLedgerError.damaged("the terms: \(error.description)")
            }
        }
    }

    /// See ``Hub/HubLedger/append(_:)-(TermsVersion)``.
    public func append(_ terms: TermsVersion) async throws(HubLedgerError) -> Bool {
        try await write { database in
            let next = try UInt64.fetchOne(
                database, sql: "SELECT coalesce(max(version), 0) + 1 FROM terms")
            guard next == terms.version else { return false }
            try Self.insert(terms, in: database)
            return true
        }
    }

    private static func insert(_ terms: TermsVersion, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO terms (version, at, content) VALUES (?, ?, ?)",
            arguments: [
                .number(terms.version), .number(terms.at), .blob(terms.terms.encoded()),
            ])
    }

    /// See ``Hub/HubLedger/enrolments()``.
    public func enrolments() async throws(HubLedgerError) -> [Enrolment] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM enrolments ORDER BY id")
                .map(Self.enrolment)
        }
    }

    /// See ``Hub/HubLedger/enrolment(of:journal:)``.
    public func enrolment(of terminal: TerminalID, journal: [UInt8]) async throws(HubLedgerError)
        -> Enrolment?
    {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM enrolments WHERE terminal = ? AND journal = ?",
                arguments: [terminal.text, .blob(journal)]
            ).map(Self.enrolment)
        }
    }

    private static func enrolment(_ row: Row) throws -> Enrolment {
        Enrolment(
            terminal: try row.terminal(), journal: try row.bytes("journal"), key: try row.key(),
            at: try row.unsigned("at"))
    }

    /// See ``Hub/HubLedger/append(_:)-(Enrolment)``.
    public func append(_ enrolment: Enrolment) async throws(HubLedgerError) -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO enrolments (terminal, journal, key, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (terminal, journal) DO NOTHING
                    """,
                arguments: [
                    enrolment.terminal.text, .blob(enrolment.journal), .blob(enrolment.key.coseKey),
                    .number(enrolment.at),
                ])
            return database.changesCount == 1
        }
    }
}
