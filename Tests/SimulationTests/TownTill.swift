import COSE
import Foundation
import GRDB
import HubProtocol
import Money
import PaymentCodes
import Payments
import SQLiteStandingShelf
import Screens
import Synchronization
import Trust
import VoucherMint
import Vouchers

@testable import SQLiteJournal
@testable import Terminal

/// One terminal of a town: the real machine on a real journal, through all its lives.
final class TownTill {
    let number: Int
    let id: TerminalID
    let key: PrivateKey
    let identity: [UInt8]
    let disk = TownDisk()
    let clocks: TownClocks
    let network: TownNetwork
    let symbols = Symbols()
    private let clockFile = TownClockFile()
    private let kept: Kept
    private let random: DiceRandom
    private let root: String
    private(set) var life = 0
    private(set) var terminal: PaymentTerminal?
    private(set) var journal: SQLiteJournal?
    /// Receipts whose completion the terminal did not know when it was started last.
    private(set) var unclear: Set<UInt64> = []

    /// What the terminal has made durable beside its journal.
    final class Kept: TrustKeeper {
        private let state: Mutex<(configuration: [UInt8], trust: TrustStore)>

        init(configuration: [UInt8], trust: TrustStore) {
            state = Mutex((configuration, trust))
        }

        var configuration: [UInt8] {
            get { state.withLock { $0.configuration } }
            set { state.withLock { $0.configuration = newValue } }
        }
        var trust: TrustStore { state.withLock { $0.trust } }
        func keep(_ store: TrustStore) throws(TrustKeepingError) {
            state.withLock { $0.trust = store }
        }
    }

    init(
        number: Int, root: String, hub: TownHub, dice: Dice, overheard: Overheard,
        configuration: [UInt8], trust: TrustStore
    ) throws {
        self.number = number
        id = Self.id(number)
        key = Self.key(number)
        identity = Self.identity(number)
        self.root = root + "/till-\(number)"
        kept = Kept(configuration: configuration, trust: trust)
        random = DiceRandom(dice: dice)
        clocks = TownClocks(time: hub.time, number: number)
        network = TownNetwork(
            name: Self.id(number).text, hub: hub, dice: dice, overheard: overheard)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    static func id(_ number: Int) -> TerminalID { TerminalID("till:m42/t\(number)")! }
    static func key(_ number: Int) -> PrivateKey { VoucherMint.key(UInt8(100 + number)) }
    static func identity(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 8) }

    /// The log is taken in when it has so many pages; a shop's has 1,000 (SQLite's own default),
    /// which no town fills. It is done within a commit that is durable already: a disk that fails
    /// then makes an error of a payment that was made.
    private static let pagesToCheckpoint = 30

    var name: String { id.text }
    var folder: String { root + "-\(life)" }
    private var standingsPath: String { root + ".standings" }

    /// Starts from what is on its disk.
    func open() async throws {
        let journal = try SQLiteJournal(folder: folder, identityIfNew: identity, vfs: disk.vfs)
        disk.syncNames()
        let pages = Self.pagesToCheckpoint
        try await journal.write { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)")
        }
        let configuration = try TerminalConfiguration.verify(
            kept.configuration, signedBy: TownHub.key.publicKey, for: id, held: 0)
        let terminal = PaymentTerminal(
            PaymentTerminal.Parts(
                configuration: configuration,
                merchant: try MerchantProfile(configuration.merchant), key: key,
                trust: kept.trust, trustKeeper: kept, journal: journal, display: NoDisplay(),
                encoder: symbols, reader: NoReader(),
                clock: TerminalClock(
                    clocks: clocks, store: clockFile, passed: [configuration.issuedAt]),
                random: random, buildTime: 0, hub: network,
                configurationMessage: kept.configuration,
                standings: try SQLiteStandingShelf(path: standingsPath)))
        try await terminal.start()
        unclear = Set(try await terminal.unclearPayments().map(\.receipt))
        self.journal = journal
        self.terminal = terminal
    }

    /// The process ends, or the power with a seed, and the terminal starts again; or somebody has
    /// put an older copy in its place, that of an earlier life's end.
    func restart(cutWith seed: UInt64?, asOf older: Int? = nil) async throws {
        let before = root + "-\(older ?? life)"
        life += 1
        // What a process leaves that had no time to close anything.
        try disk.restart(before, to: folder, cutWith: seed)
        terminal = nil
        journal = nil
        if seed != nil { clocks.boot() }
        network.revive()
        try await open()
    }

    /// Exchanges with the hub.
    func sync() async -> SyncReport? {
        let kept = kept
        return await terminal?.sync(over: network) { kept.configuration = $0 }
    }

    /// Ends the last life, so that nothing holds the disk any more.
    func close() async {
        weak let journal = journal
        terminal = nil
        self.journal = nil
        for _ in 0..<2_000 where journal != nil { try? await Task.sleep(for: .milliseconds(1)) }
    }

    /// Whether the terminal has said that it does not know whether money moved.
    var isHalted: Bool {
        get async {
            guard let terminal, case .halted = await terminal.machine.phase else { return false }
            return true
        }
    }
}

/// Remembers the payloads that would be shown, for wallets to read.
final class Symbols: ShopSymbolEncoder {
    private let last = Mutex<String?>(nil)

    /// The payload of the last request.
    var payload: String? { last.withLock { $0 } }

    func symbols(for payload: String) -> any Sequence<SymbolMatrix> {
        last.withLock { $0 = payload }
        return [SymbolMatrix]()
    }
    func symbol(forText text: String) -> SymbolMatrix? { nil }
}
