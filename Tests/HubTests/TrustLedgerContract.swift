import COSE
import GRDB
import Hub
import HubProtocol
import Money
import SQLiteHubLedger
import Testing
import Trust
import VoucherMint
import Vouchers

/// A ledger of keys and documents that the contract is held against: the fake, which says what is
/// meant in the fewest lines, and the real one.
enum TrustLedgerUnderTest: CaseIterable, Sendable {
    case memory, sqlite

    /// An empty ledger in which the terminal of this enrolment is known; the folder must be held
    /// as long as it.
    func make(_ enrolment: Enrolment) async throws -> (any TrustLedger, TemporaryFolder) {
        let folder = try TemporaryFolder()
        switch self {
        case .memory: return (MemoryTrustLedger(enrolled: [enrolment]), folder)
        case .sqlite:
            let ledger = try SQLiteHubLedger(
                path: folder.path + "/ledger.sqlite", creating: true)
            _ = try await ledger.append(enrolment)
            return (ledger, folder)
        }
    }
}

/// A trust ledger that forgets at its end.
actor MemoryTrustLedger: TrustLedger {
    private let enrolled: [Enrolment]
    private var keys: [TrustKey] = []
    private var documents: [HubDocument] = []
    private var added: [JournalKey] = []
    private var reissues: [Reissue] = []
    private var issued: Set<VoucherIdentity> = []

    init(enrolled: [Enrolment]) { self.enrolled = enrolled }

    func trustKeys() async throws(HubLedgerError) -> [TrustKey] { keys }

    func append(_ records: [TrustKey]) async throws(HubLedgerError) {
        var all = keys
        for record in records {
            for known in all where known.entry.key == record.entry.key {
                let isRevived = known.entry.status != .active && record.entry.status == .active
                guard known.entry.subject == record.entry.subject, !isRevived else {
                    throw .constraint("a key has one role and stays revoked")
                }
            }
            all.append(record)
        }
        keys = all
    }

    func latestDocument(_ kind: HubDocumentKind) async throws(HubLedgerError) -> HubDocument? {
        documents.last { $0.kind == kind }
    }

    func latestDigest(_ kind: HubDocumentKind) async throws(HubLedgerError) -> [UInt8]? {
        documents.last { $0.kind == kind }?.digest
    }

    func document(_ kind: HubDocumentKind, version: UInt64) async throws(HubLedgerError)
        -> HubDocument?
    { documents.last { $0.kind == kind && $0.version == version } }

    func append(_ document: HubDocument, after digest: [UInt8]?) async throws(HubLedgerError)
        -> Bool
    {
        guard documents.last(where: { $0.kind == document.kind })?.digest == digest else {
            return false
        }
        documents.append(document)
        return true
    }

    func journalKeys() async throws(HubLedgerError) -> [JournalKey] { added }

    func append(_ key: JournalKey) async throws(HubLedgerError) -> Bool {
        guard
            enrolled.contains(where: { $0.terminal == key.terminal && $0.journal == key.journal })
        else { throw .constraint("nobody has enrolled that journal") }
        let isKnown = added.contains {
            $0.terminal == key.terminal && $0.journal == key.journal && $0.key == key.key
        }
        if !isKnown { added.append(key) }
        return !isKnown
    }

    func reissue(of old: VoucherIdentity) async throws(HubLedgerError) -> Reissue? {
        reissues.first { $0.old == old }
    }

    func append(_ voucher: IssuedVoucher, replacing reissue: Reissue)
        async throws(HubLedgerError) -> Bool
    {
        if reissues.contains(where: { $0.old == reissue.old }) { return false }
        guard issued.insert(voucher.identity).inserted else {
            throw .constraint("that voucher is there already")
        }
        reissues.append(reissue)
        return true
    }
}

/// What every implementation of ``Hub/TrustLedger`` does.
@Suite struct TrustLedgerContract {
    private static let terminal = TerminalDouble("t1", number: 20)
    private static let enrolment = Enrolment(
        terminal: terminal.id, journal: terminal.journal, key: terminal.key.publicKey, at: 5)

    private func make(_ kind: TrustLedgerUnderTest) async throws -> (
        any TrustLedger, TemporaryFolder
    ) {
        try await kind.make(Self.enrolment)
    }

    private func issuerKey(_ number: UInt8, _ name: String = "gifts", status: TrustStatus = .active)
        -> TrustKey
    {
        TrustKey(
            entry: TrustEntry(
                subject: .issuer(IssuerID(name)!), key: VoucherMint.key(number).publicKey,
                from: 10, until: 20, honouredUntil: 30, status: status), at: 9)
    }

    @Test(arguments: TrustLedgerUnderTest.allCases)
    func recordsOfKeysReadBackWholeAndInOrder(kind: TrustLedgerUnderTest) async throws {
        let (ledger, folder) = try await make(kind)
        #expect(try await ledger.trustKeys().isEmpty)
        let euro = Currency(code: "EUR")!
        let yen = Currency(code: "JPY")!
        let limited = TrustKey(
            entry: TrustEntry(
                subject: .terminal(Self.terminal.id), key: Self.terminal.key.publicKey, from: 1,
                until: 2,
                limits: [
                    TrustLimit(currency: euro, perPayment: 7, outstanding: 8),
                    TrustLimit(currency: yen, perPayment: 9, outstanding: 10),
                ],
                refunds: RefundRight(
                    issuer: IssuerID("refunds-t1")!,
                    limits: [.init(currency: euro, most: 5), .init(currency: yen, most: 6)])),
            at: 3)
        let hub = TrustKey(
            entry: TrustEntry(
                subject: .hub(Scene.merchant), key: VoucherMint.key(9).publicKey, from: 1,
                until: 2), at: 3)
        let later = issuerKey(7, status: .revoked(since: 15))
        try await ledger.append([issuerKey(7), limited])
        try await ledger.append([hub, later])
        #expect(try await ledger.trustKeys() == [issuerKey(7), limited, hub, later])
        _ = folder
    }

    @Test(arguments: TrustLedgerUnderTest.allCases)
    func aKeyHasOneOwnerAndStaysRevoked(kind: TrustLedgerUnderTest) async throws {
        let (ledger, folder) = try await make(kind)
        try await ledger.append([issuerKey(7)])
        await #expect(throws: HubLedgerError.self) {
            try await ledger.append([issuerKey(8), issuerKey(7, "others")])
        }
        #expect(try await ledger.trustKeys() == [issuerKey(7)], "all or none")
        try await ledger.append([issuerKey(7, status: .revoked(since: 3))])
        await #expect(throws: HubLedgerError.self) { try await ledger.append([issuerKey(7)]) }
        try await ledger.append([issuerKey(7, status: .revoked(since: 2))])
        #expect(try await ledger.trustKeys().count == 3)
        _ = folder
    }

    @Test(arguments: TrustLedgerUnderTest.allCases)
    func documentsFollowEachOther(kind: TrustLedgerUnderTest) async throws {
        let (ledger, folder) = try await make(kind)
        func document(_ version: UInt64, _ bytes: [UInt8], _ kind: HubDocumentKind = .trustList)
            -> HubDocument
        { HubDocument(kind: kind, version: version, at: 4, bytes: bytes) }
        #expect(try await ledger.latestDocument(.trustList) == nil)
        #expect(try await ledger.latestDigest(.trustList) == nil)
        let first = document(1, [1])
        #expect(try await ledger.append(first, after: nil))
        #expect(try await !ledger.append(document(2, [2]), after: nil), "another came before")
        #expect(try await ledger.append(document(9, [9], .root), after: nil), "of its kind")
        let second = document(2, [2])
        #expect(try await ledger.append(second, after: first.digest))
        #expect(try await !ledger.append(document(3, [3]), after: first.digest))
        #expect(try await ledger.latestDocument(.trustList) == second)
        #expect(try await ledger.latestDigest(.trustList) == second.digest)
        #expect(try await ledger.document(.trustList, version: 1) == first)
        #expect(try await ledger.document(.trustList, version: 3) == nil)
        let again = document(1, [11])
        #expect(try await ledger.append(again, after: second.digest))
        #expect(try await ledger.document(.trustList, version: 1) == again, "the newest of it")
        _ = folder
    }

    @Test(arguments: TrustLedgerUnderTest.allCases)
    func aJournalHasEachKeyOnce(kind: TrustLedgerUnderTest) async throws {
        let (ledger, folder) = try await make(kind)
        func key(_ number: UInt8, journal: [UInt8]? = nil, isHandedOver: Bool = true) -> JournalKey
        {
            JournalKey(
                terminal: Self.terminal.id, journal: journal ?? Self.terminal.journal,
                key: VoucherMint.key(number).publicKey, at: 6, isHandedOver: isHandedOver)
        }
        #expect(try await ledger.append(key(30)))
        #expect(try await ledger.append(key(31, isHandedOver: false)))
        #expect(try await !ledger.append(key(30, isHandedOver: false)), "it is there")
        await #expect(throws: HubLedgerError.self) {
            try await ledger.append(key(32, journal: [UInt8](repeating: 1, count: 8)))
        }
        #expect(try await ledger.journalKeys() == [key(30), key(31, isHandedOver: false)])
        _ = folder
    }

    @Test(arguments: TrustLedgerUnderTest.allCases)
    func aVoucherIsReplacedOnce(kind: TrustLedgerUnderTest) async throws {
        let (ledger, folder) = try await make(kind)
        func identity(_ number: UInt8) -> VoucherIdentity {
            VoucherIdentity(issuer: Scene.own, cti: [UInt8](repeating: number, count: 10))
        }
        func voucher(_ number: UInt8) -> IssuedVoucher {
            IssuedVoucher(
                identity: identity(number), value: .fixed(amount: 5), currencyNumber: 978,
                expiry: 50, at: 40)
        }
        let reissue = Reissue(old: identity(1), new: identity(2), at: 7)
        #expect(try await ledger.reissue(of: identity(1)) == nil)
        #expect(try await ledger.append(voucher(2), replacing: reissue))
        #expect(try await ledger.reissue(of: identity(1)) == reissue)
        let second = Reissue(old: identity(1), new: identity(3), at: 8)
        #expect(try await !ledger.append(voucher(3), replacing: second))
        #expect(try await ledger.reissue(of: identity(1)) == reissue)
        // The second voucher was not issued either: its identity is still free.
        let other = Reissue(old: identity(4), new: identity(3), at: 9)
        #expect(try await ledger.append(voucher(3), replacing: other))
        await #expect(throws: HubLedgerError.self) {
            try await ledger.append(
                voucher(3), replacing: Reissue(old: identity(5), new: identity(3), at: 9))
        }
        #expect(try await ledger.reissue(of: identity(5)) == nil, "all or none")
        _ = folder
    }
}
