import COSE
import Foundation
import GRDB
public import HotLists
public import Hub
public import Vouchers

/// The book of revocations; the column `kind` has the numbers of hot list entries.
extension SQLiteHubLedger {
    /// See ``Hub/HotListLedger/append(_:)-([Revocation])``.
    public func append(_ revocations: [Revocation]) async throws(HubLedgerError) {
        guard !revocations.isEmpty else { return }
        try await write { database in
            for line in revocations { try Self.insert(line, in: database) }
        }
    }

    private static func insert(_ line: Revocation, in database: Database) throws {
        let (issuer, name) = key(of: line.subject)
        try database.cachedStatement(
            sql: """
                INSERT INTO revocations
                    (kind, issuer, name, withdrawn, from_time, expiry, reason, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(line.subject.kind.rawValue), issuer, .blob(name), line.isWithdrawal,
            .number(line.from), line.expiry.map { .number($0) }, line.reason, .number(line.at),
        ])
    }

    /// See ``Hub/HotListLedger/revocations()``.
    public func revocations() async throws(HubLedgerError) -> [Revocation] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM revocations ORDER BY id")
                .map(Self.revocation)
        }
    }

    /// See ``Hub/HotListLedger/revocation(of:)``.
    public func revocation(of subject: RevocationSubject) async throws(HubLedgerError)
        -> Revocation?
    {
        let (issuer, name) = Self.key(of: subject)
        let line = try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM revocations WHERE kind = ? AND name = ? AND issuer IS ?
                    ORDER BY id DESC LIMIT 1
                    """, arguments: [Int64(subject.kind.rawValue), .blob(name), issuer]
            ).map(Self.revocation)
        }
        return line?.isWithdrawal == true ? nil : line
    }

    /// The columns `issuer` and `name` of what is revoked.
    private static func key(of subject: RevocationSubject) -> (issuer: String?, name: [UInt8]) {
        switch subject {
        case .voucher(let voucher): (voucher.issuer.name, voucher.cti)
        case .walletKey(let thumbprint), .issuerKey(let thumbprint): (nil, thumbprint)
        }
    }

    private static func revocation(_ row: Row) throws -> Revocation {
        let name = try row.bytes("name")
        let subject: RevocationSubject
        switch UInt8(exactly: try row.unsigned("kind")).flatMap(HotListEntryKind.init) {
        case .voucher: subject = .voucher(VoucherIdentity(issuer: try row.issuer(), cti: name))
        case .walletKey: subject = .walletKey(name)
        case .issuerKey: subject = .issuerKey(name)
        case nil: throw HubLedgerError.damaged("column kind holds no kind of revocation")
        }
        return Revocation(
            subject: subject, isWithdrawal: try row.unsigned("withdrawn") == 1,
            from: try row.unsigned("from_time"), expiry: try row.optionalUnsigned("expiry"),
            reason: try row.text("reason"), at: try row.unsigned("at"))
    }

    /// See ``Hub/HotListLedger/issuedIdentities(after:limit:)``.
    public func issuedIdentities(after row: UInt64, limit: Int) async throws(HubLedgerError)
        -> (vouchers: [VoucherIdentity], last: UInt64)
    {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, issuer, cti FROM issued_vouchers WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [.number(row), limit])
            return (try rows.map { try $0.identity() }, try rows.last?.unsigned("id") ?? row)
        }
    }

    /// See ``Hub/HotListLedger/expiry(of:)``.
    public func expiry(of voucher: VoucherIdentity) async throws(HubLedgerError) -> UInt64? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT expiry FROM issued_vouchers WHERE issuer = ? AND cti = ?",
                arguments: [voucher.issuer.name, .blob(voucher.cti)]
            )?.unsigned("expiry")
        }
    }

    /// See ``Hub/HotListLedger/overspentVouchers()``.
    public func overspentVouchers() async throws(HubLedgerError) -> [VoucherIdentity] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT issuer, cti FROM captures WHERE excess IS NOT NULL
                    ORDER BY issuer, cti
                    """
            ).map { try $0.identity() }
        }
    }

    /// See ``Hub/HotListLedger/latestHotList()``.
    public func latestHotList() async throws(HubLedgerError) -> PublishedHotList? {
        try await read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM hot_lists ORDER BY version DESC LIMIT 1"
            ).map(Self.hotList)
        }
    }

    /// See ``Hub/HotListLedger/latestHotListName()``.
    public func latestHotListName() async throws(HubLedgerError) -> HotListName? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT version, digest FROM hot_lists ORDER BY version DESC LIMIT 1"
            ).map { row in
                HotListName(version: try row.unsigned("version"), digest: try row.bytes("digest"))
            }
        }
    }

    /// See ``Hub/HotListLedger/hotList(version:)``.
    public func hotList(version: UInt64) async throws(HubLedgerError) -> PublishedHotList? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM hot_lists WHERE version = ? AND content IS NOT NULL",
                arguments: [.number(version)]
            ).map(Self.hotList)
        }
    }

    private static func hotList(_ row: Row) throws -> PublishedHotList {
        PublishedHotList(
            version: try row.unsigned("version"), at: try row.unsigned("at"),
            bytes: try row.bytes("content"))
    }

    /// See ``Hub/HotListLedger/append(_:)-(PublishedHotList)``.
    public func append(_ list: PublishedHotList) async throws(HubLedgerError) -> Bool {
        try await write { database in
            let next = try UInt64.fetchOne(
                database, sql: "SELECT coalesce(max(version), 0) + 1 FROM hot_lists")
            guard next == list.version else { return false }
            try database.execute(
                sql: "INSERT INTO hot_lists (version, at, digest, content) VALUES (?, ?, ?, ?)",
                arguments: [
                    .number(list.version), .number(list.at), .blob(Hashing.sha256(list.bytes)),
                    .blob(list.bytes),
                ])
            let kept = UInt64(PublishedHotList.maximumKept)
            if list.version > kept {
                try database.execute(
                    sql: "UPDATE hot_lists SET content = NULL WHERE version <= ?",
                    arguments: [.number(list.version - kept)])
            }
            return true
        }
    }
}
