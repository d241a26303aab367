import COSE
import Foundation
import Hub
import HubProtocol
import Money
import PaymentCodes
import Payments
import SQLiteHubLedger
import SQLiteJournal
import Screens
import Synchronization
import Terminal
import Trust
import VoucherMint
import Vouchers

/// Numbers that follow from a seed (SplitMix64).
final class Dice: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) { state = Mutex(seed) }

    /// A number in `0..<limit`.
    func roll(_ limit: UInt64) -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return (mixed ^ (mixed >> 31)) % limit
        }
    }
}

/// A network between a terminal and a hub in one process: it loses, doubles and delays.
struct RoughNetwork: HubLink {
    let authoriser: OnlineAuthoriser
    let acceptor: BatchAcceptor
    let dice: Dice
    /// Set while nothing gets through at all.
    let isCut: Switch

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        if isCut.isOn { throw .unreachable("cut") }
        switch dice.roll(6) {
        case 0: throw .unreachable("lost on the way there")
        case 1:
            _ = try await ask(request)
            throw .unreachable("lost on the way back")
        case 2:
            // Delivered twice; the second answer must be the first.
            let first = try await ask(request)
            let second = try await ask(request)
            guard first == second else { throw .badAnswer("two answers to one request") }
            return first
        case 3:
            let answer = try await ask(request)
            try? await Task.sleep(for: .milliseconds(milliseconds + 20))
            return answer
        default: return try await ask(request)
        }
    }

    private func ask(_ request: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        let reply: AuthorisationReply
        do { reply = try await authoriser.authorise(request, at: VoucherMint.now) } catch {
            throw .unreachable(error.message)
        }
        switch reply {
        case .answered(let answer, _): return answer
        case .refused(let refusal):
            throw .refused(status: 409, reason: refusal.reason, detail: refusal.message)
        }
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        if isCut.isOn { throw .unreachable("cut") }
        if dice.roll(4) == 0 { throw .unreachable("lost on the way there") }
        let answer: BatchAnswer
        do { answer = try await acceptor.accept(batch, at: VoucherMint.now) } catch {
            throw .unreachable(error.message)
        }
        if dice.roll(4) == 0 { throw .unreachable("lost on the way back") }
        switch answer {
        case .acknowledged(let bytes, _): return bytes
        case .refused(let refusal):
            throw .refused(status: 409, reason: refusal.reason, detail: refusal.message)
        }
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }
}

/// Something that is on or off.
final class Switch: Sendable {
    private let value = Mutex(false)
    var isOn: Bool { value.withLock { $0 } }
    func set(_ on: Bool) { value.withLock { $0 = on } }
}

/// A shop: one hub and some counters with real journals, ruled by one seed.
final class Shop {
    /// One counter: its terminal lives and dies, its folder stays.
    final class Till {
        let name: String
        let key: PrivateKey
        let folder: String
        let journalIdentity: [UInt8]
        var terminal: PaymentTerminal?

        init(_ number: UInt8, in folder: String) {
            name = "till:m42/t\(number)"
            key = VoucherMint.key(100 + number)
            self.folder = folder + "/t\(number)"
            journalIdentity = [UInt8](repeating: number, count: 8)
        }
    }

    let folder: String
    let dice: Dice
    let isCut = Switch()
    let mint = VoucherMint()
    let hubKey = VoucherMint.key(99)
    let euro = Currency(code: "EUR")!
    let ledger: SQLiteHubLedger
    let tills: [Till]
    private let terms: TerminalTerms
    private let trust: TrustStore

    init(seed: UInt64, counters: UInt8) async throws {
        let place = NSTemporaryDirectory() + "till-shop-\(UUID().uuidString)"
        folder = place
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        dice = Dice(seed: seed)
        ledger = try SQLiteHubLedger(path: place + "/ledger.sqlite", creating: true)
        tills = (1...counters).map { Till($0, in: place) }
        terms = TerminalTerms(
            merchant: MerchantTerms(
                name: "Shop", city: "Bremen", countryCode: "DE", categoryCode: "5411",
                accounts: [.init(id: "26", value: "0015com.example.pay0102M4")]),
            policy: Policy(
                limits: [
                    CurrencyLimits(currency: euro, perPayment: 100_000, outstanding: 10_000_000)
                ], onlineBudgetMilliseconds: 30), currency: euro, hubURL: nil)
        let registrar = HubRegistrar(ledger: ledger, key: hubKey)
        let profile = HubProfile(
            merchant: MerchantID("till:m42")!, issuer: VoucherMint.issuer, name: "Hub")
        _ = try await registrar.initialise(profile, terms: terms, at: VoucherMint.now - 10)
        let trustMint = TrustMint(
            merchant: profile.merchant, hub: hubKey, now: VoucherMint.now)
        let offer = trustMint.offer(
            1, [trustMint.issuer(VoucherMint.issuer, mint.issuerKey.publicKey)])
        trust = try TrustStore.introduce(offer, at: VoucherMint.now)
        _ = try await registrar.trust.adopt(
            roots: offer.roots, list: offer.list, at: VoucherMint.now)
        for till in tills {
            let request = EnrolmentRequest.signed(
                terminal: TerminalID(till.name)!, journal: till.journalIdentity, by: till.key)
            _ = try await registrar.enrol(request, consent: .none, at: VoucherMint.now - 5)
            try await open(till)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Starts a counter, or starts it anew from what is on its disk.
    func open(_ till: Till) async throws {
        till.terminal = nil
        let journal = try await Self.journal(of: till)
        let configuration = TerminalConfiguration(
            version: 1, issuedAt: VoucherMint.now - 10, hub: hubKey.publicKey,
            terminal: TerminalID(till.name)!, terms: terms)
        let terminal = PaymentTerminal(
            PaymentTerminal.Parts(
                configuration: configuration,
                merchant: try MerchantProfile(configuration.merchant), key: till.key,
                trust: trust, trustKeeper: ForgetfulTrustKeeper(), journal: journal,
                display: NoDisplay(), encoder: NoEncoder(), reader: NoReader(),
                clock: StandingClock(), random: DiceRandom(dice: dice), buildTime: 0,
                hub: network))
        try await terminal.start()
        till.terminal = terminal
    }

    /// Opens a counter's journal. The old terminal's last task may hold the lock a moment longer.
    private static func journal(of till: Till) async throws -> SQLiteJournal {
        for _ in 0..<200 {
            if let journal = try? SQLiteJournal(
                folder: till.folder, identityIfNew: till.journalIdentity)
            {
                return journal
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try SQLiteJournal(folder: till.folder, identityIfNew: till.journalIdentity)
    }

    var network: RoughNetwork {
        RoughNetwork(
            authoriser: OnlineAuthoriser(ledger: ledger, key: hubKey),
            acceptor: BatchAcceptor(ledger: ledger, key: hubKey), dice: dice, isCut: isCut)
    }
}

/// Keeps no trust documents: none changes in these tests.
private struct ForgetfulTrustKeeper: TrustKeeper {
    func keep(_ store: TrustStore) throws(TrustKeepingError) {}
}

struct StandingClock: WallClock {
    func now() -> UInt64 { VoucherMint.now }
}

struct DiceRandom: RandomSource {
    let dice: Dice
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(dice.roll(256)) } }
}

struct NoDisplay: Display {
    var path: String? { nil }
    func picture(of screen: Screen) throws(DisplayError) -> LumaFrame { throw .notWritable("none") }
    func show(_ screen: Screen) throws(DisplayError) {}
}

struct NoEncoder: ShopSymbolEncoder {
    func symbols(for payload: String) -> any Sequence<SymbolMatrix> { [SymbolMatrix]() }
    func symbol(forText text: String) -> SymbolMatrix? { nil }
}

struct NoReader: ScreenReader {
    func read(_ picture: LumaFrame) -> [[UInt8]] { [] }
}
