import COSE
import CommandSupport
import Foundation
import GRDB
import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import SQLiteJournal
import Terminal
import Trust
import Vouchers

// What durability costs, and what a batch does.
extension Bench {
    /// The bare commit of one row, and a whole approval, alternately on the same disk.
    func commits() async throws -> [Measurement] {
        let count = rounds.of(1_000)
        let bare = try BareWriter(path: folder + "/bare.sqlite")
        let journal = try SQLiteJournal(
            folder: folder + "/journal", identityIfNew: [UInt8](repeating: 9, count: 8))
        let context = try context(issuer)
        let policy = Policy(
            limits: [CurrencyLimits(currency: euro, perPayment: 1_000, outstanding: 1 << 40)],
            outstandingCount: 1 << 40)
        var bareFigures: [Double] = []
        var figures: [Double] = []
        for number in 1...count {
            bareFigures += try timed(1) { _ in try bare.commit(number) }
            let text = voucher(number, signedBy: issuer)
            guard let sale = sale(number, at: now) else { break }
            try await journal.store(sale)
            figures += try await timed(1) { _ in
                try await approve(text, sale, policy, context, journal)
            }
        }
        let limit = Measurement("bare SQLite commit (WAL, FULL)", bareFigures, note: "the disk")
        let line = Measurement("whole approval, code to durable", figures)
        return [
            limit,
            Measurement(line.name, figures, note: ratio(line, to: limit, "the bare commit")),
        ]
    }

    /// A policy that stands in no benchmark's way.
    var benchPolicy: Policy {
        Policy(
            limits: [CurrencyLimits(currency: euro, perPayment: 1_000, outstanding: 1 << 40)],
            outstandingCount: 1 << 40)
    }

    func approve(
        _ text: [UInt8], _ sale: Sale, _ policy: Policy, _ context: VerificationContext,
        _ journal: SQLiteJournal
    ) async throws {
        guard case .voucher(let voucher) = CodeReader.read(text, in: context) else {
            throw CommandFailure(reason: "bench", message: "The benchmark's voucher is refused.")
        }
        let facts = try await journal.facts(for: FactsQuery(voucher))
        guard try await journal.record(record(voucher, sale, policy, facts)).receipt != nil else {
            throw CommandFailure(reason: "bench", message: "Not approved.")
        }
    }

    /// What the machine has recorded when the voucher is shown for the sale.
    func record(_ voucher: Voucher, _ sale: Sale, _ policy: Policy, _ facts: JournalFacts) throws
        -> JournalRecord
    {
        var machine = SaleMachine(policy: policy, clockFloor: 0)
        _ = machine.handle(.restored(sale))
        _ = machine.handle(.presented(.voucher(voucher), at: now))
        let effects = machine.handle(
            .factsRead(
                facts, TerminalFacts(now: now, clockFloor: 0), Draw(seed: UInt64(now))))
        guard case .record(let record)? = effects.first, case .capture = record else {
            throw CommandFailure(reason: "bench", message: "Not approved: \(effects)")
        }
        return record
    }

    /// Batches of 1,000 captures: made, accepted by a hub on disk, acknowledged.
    func transfer() async throws -> [Measurement] {
        let perTransfer = rounds.of(1_000)
        let journal = try SQLiteJournal(
            folder: folder + "/transfer", identityIfNew: [UInt8](repeating: 5, count: 8))
        let ledger = try SQLiteHubLedger(path: folder + "/ledger.sqlite", creating: true)
        let acceptor = try await hub(ledger, journal: journal.identity)
        let context = try context(issuer)
        let policy = Policy(
            limits: [CurrencyLimits(currency: euro, perPayment: 1_000, outstanding: 1 << 40)],
            outstandingCount: 1 << 40)
        for number in 1...perTransfer {
            guard let sale = sale(number, at: now) else { break }
            try await journal.store(sale)
            try await approve(
                voucher(number, signedBy: issuer), sale, policy, context, journal)
        }
        let figures = try await timed(1) { _ in
            try await drain(journal, into: acceptor)
        }
        return [
            Measurement(
                "batch transfer of \(perTransfer) captures", figures,
                note: "each capture's signature is verified again by the hub")
        ]
    }

    private func hub(_ ledger: SQLiteHubLedger, journal: [UInt8]) async throws -> BatchAcceptor {
        guard let issuerID = IssuerID("bench") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        let registrar = HubRegistrar(ledger: ledger, key: hubKey)
        let terms = TerminalTerms(
            merchant: MerchantTerms(
                name: "Bench", city: "Bench", countryCode: "DE", categoryCode: "5411",
                accounts: []),
            policy: .standard(for: [euro]), currency: euro, hubURL: nil)
        _ = try await registrar.initialise(
            HubProfile(merchant: terminal.merchant, issuer: issuerID, name: "Bench"),
            terms: terms, at: now)
        try await trust(registrar.trust, issuerID)
        _ = try await registrar.enrol(
            EnrolmentRequest.signed(terminal: terminal, journal: journal, by: terminalKey),
            consent: .none, at: now)
        return BatchAcceptor(ledger: ledger, key: hubKey)
    }

    /// Puts a list in force that names the hub and the issuer.
    private func trust(_ registrar: TrustRegistrar, _ issuerID: IssuerID) async throws {
        let (from, until) = (now - 86_400, now + TrustDefaults.listLifeSeconds)
        let rootKey = try PrivateKey(algorithm: .ed25519, seed: [UInt8](repeating: 77, count: 32))
        let root = Root(
            merchant: terminal.merchant, generation: 1, version: 1, issuedAt: from,
            expiresAt: until, threshold: 1, keys: [rootKey.publicKey])
        let list = TrustList(
            merchant: terminal.merchant, generation: 1, version: 1, issuedAt: from,
            expiresAt: until,
            entries: [
                TrustEntry(
                    subject: .issuer(issuerID), key: issuer.publicKey, from: from, until: until),
                TrustEntry(
                    subject: .hub(terminal.merchant), key: hubKey.publicKey, from: from,
                    until: until),
            ])
        func signed(_ draft: Sign) -> [UInt8] {
            draft.adding(signatureBy: rootKey)?.encoded() ?? []
        }
        let answer = try await registrar.adopt(
            roots: [signed(root.draft())], list: signed(list.draft()), at: now)
        guard case .adopted = answer else {
            throw CommandFailure(reason: "bench", message: "The hub refused a list: \(answer)")
        }
    }

    private func drain(_ journal: SQLiteJournal, into acceptor: BatchAcceptor) async throws {
        let (terminal, key, identity) = (terminal, terminalKey, journal.identity)
        while let batch = try await journal.pendingBatch(
            maximumEntries: PaymentTerminal.maximumBatchEntries,
            sign: { number, entries in
                Batch(terminal: terminal, journal: identity, number: number, entries: entries)
                    .signed(by: key)
            })
        {
            guard
                case .acknowledged(let answer, _) = try await acceptor.accept(
                    batch.bytes, at: now)
            else { throw CommandFailure(reason: "bench", message: "The hub refused a batch.") }
            try await journal.acknowledge(batch: batch.number, acknowledgement: answer)
        }
    }
}

/// The least that a durable row costs: one row of a journal entry's size, one transaction.
struct BareWriter {
    private let database: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.write { db in
            try db.execute(sql: "CREATE TABLE bare (number INTEGER PRIMARY KEY, body BLOB)")
        }
    }

    func commit(_ number: Int) throws { try commit([number]) }

    /// So many rows in one transaction.
    func commit(_ numbers: [Int]) throws {
        try database.write { db in
            let statement = try db.cachedStatement(
                sql: "INSERT INTO bare (number, body) VALUES (?, ?)")
            for number in numbers {
                try statement.execute(arguments: [number, Data(repeating: 1, count: 300)])
            }
        }
    }
}
