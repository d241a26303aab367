import COSE
import CairoDisplay
import Foundation
import HubProtocol
import Money
import PaymentCodes
import Payments
import QRencodeEncoder
import SQLiteJournal
import Screens
import Synchronization
import Terminal
import Trust
import VoucherMint
import Vouchers
import ZBarDecoder

/// A counter to test at: the real terminal on a real journal, with a display that remembers, a
/// clock that is set, and a hub that is a closure.
final class Counter {
    let folder: String
    let display = RememberingDisplay()
    let signals = RememberingSignals()
    let clock = SetClock(VoucherMint.now)
    let hotLists = MemoryHotLists()
    let mint = VoucherMint()
    let hubKey = VoucherMint.key(99)
    let key = VoucherMint.key(98)
    let euro = Currency(code: "EUR")!
    let trustMint: TrustMint
    let trustKeeper = RememberingTrustKeeper()
    private(set) var journal: SQLiteJournal
    private(set) var terminal: PaymentTerminal

    /// With `keepsConfiguration` the journal gets the configuration as the hub signed it.
    init(
        keepsConfiguration: Bool = false, policy: Policy? = nil,
        hub: (any HubLink)? = nil, onlineBudgetMilliseconds: UInt64 = 1_500,
        refunds: RefundRight? = nil, meter: LinkMeter? = nil, hubLog: MemoryHubLog? = nil,
        journalWrapper: (SQLiteJournal) -> any Journal = { $0 }
    ) async throws {
        folder = NSTemporaryDirectory() + "till-counter-\(UUID().uuidString)"
        trustMint = TrustMint(
            merchant: VoucherMint.terminal.merchant, hub: hubKey, now: VoucherMint.now)
        journal = try SQLiteJournal(folder: folder, identityIfNew: [1, 2, 3, 4, 5, 6, 7, 8])
        terminal = Self.makeTerminal(
            journalWrapper(journal), display, signals, clock,
            Self.configuration(
                mint, hubKey, onlineBudgetMilliseconds: onlineBudgetMilliseconds,
                policy: policy), key,
            trustKeeper.held ?? Self.trust(trustMint, mint, refunds: refunds, of: key), trustKeeper,
            hotLists, hub,
            signedBy: keepsConfiguration ? hubKey : nil, meter: meter, hubLog: hubLog)
        try await terminal.start()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A crash and a new start: all that is kept is what is on disk.
    func restart() async throws {
        let old = folder
        // The lock goes with the last reference to the journal.
        terminal = Self.makeTerminal(
            NoJournal(), display, signals, clock, Self.configuration(mint, hubKey), key,
            trustKeeper.held ?? Self.trust(trustMint, mint), trustKeeper, hotLists)
        journal = try SQLiteJournal(
            folder: old + "-other", identityIfNew: [UInt8](repeating: 0, count: 8))
        try FileManager.default.removeItem(atPath: old + "-other")
        journal = try await Self.reopen(old)
        terminal = Self.makeTerminal(
            journal, display, signals, clock, Self.configuration(mint, hubKey), key,
            trustKeeper.held ?? Self.trust(trustMint, mint), trustKeeper, hotLists)
        try await terminal.start()
    }

    /// Opens a journal again. The old terminal's last task may hold the lock a moment longer.
    private static func reopen(_ folder: String) async throws -> SQLiteJournal {
        let identity = [UInt8](repeating: 0, count: 8)
        for _ in 0..<400 {
            do throws(JournalError) {
                return try SQLiteJournal(folder: folder, identityIfNew: identity)
            } catch {
                guard error == .locked else { throw error }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try SQLiteJournal(folder: folder, identityIfNew: identity)
    }

    static func configuration(
        _ mint: VoucherMint, _ hubKey: PrivateKey, version: UInt64 = 1, perPayment: UInt64 = 25_000,
        onlineBudgetMilliseconds: UInt64 = 1_500, policy: Policy? = nil
    ) -> TerminalConfiguration {
        let euro = Currency(code: "EUR")!
        return TerminalConfiguration(
            version: version, issuedAt: VoucherMint.now - 1_000, hub: hubKey.publicKey,
            terminal: VoucherMint.terminal,
            terms: TerminalTerms(
                merchant: MerchantTerms(
                    name: "Test Shop", city: "Bremen", countryCode: "DE", categoryCode: "5411",
                    accounts: [.init(id: "26", value: "0015com.example.pay0102M4")]),
                policy: policy
                    ?? Policy(
                        limits: [
                            CurrencyLimits(
                                currency: euro, perPayment: perPayment, outstanding: 100_000)
                        ], onlineBudgetMilliseconds: onlineBudgetMilliseconds), currency: euro,
                hubURL: nil))
    }

    /// What the terminal is enrolled with: the mint's issuer, the hub, and its own key.
    static func trust(
        _ trustMint: TrustMint, _ mint: VoucherMint, refunds: RefundRight? = nil,
        of key: PrivateKey? = nil
    ) -> TrustStore {
        let known = trustMint.issuer(VoucherMint.issuer, mint.issuerKey.publicKey)
        let own = key.map {
            TrustEntry(
                subject: .terminal(VoucherMint.terminal), key: $0.publicKey, from: known.from,
                until: known.until
            ).granting(refunds)
        }
        do {
            return try TrustStore.introduce(
                trustMint.offer(1, [known] + (refunds == nil ? [] : [own].compactMap { $0 })),
                at: VoucherMint.now)
        } catch {
            preconditionFailure("The test's trust documents are good: \(error)")
        }
    }

    private static func merchant(_ configuration: TerminalConfiguration) -> MerchantProfile {
        guard let merchant = try? MerchantProfile(configuration.merchant) else {
            preconditionFailure("The test's merchant is valid.")
        }
        return merchant
    }

    private static func makeTerminal(
        _ journal: any Journal, _ display: RememberingDisplay, _ signals: RememberingSignals,
        _ clock: SetClock,
        _ configuration: TerminalConfiguration, _ key: PrivateKey, _ trust: TrustStore,
        _ keeper: RememberingTrustKeeper, _ hotLists: MemoryHotLists,
        _ hub: (any HubLink)? = nil, signedBy hubKey: PrivateKey? = nil,
        meter: LinkMeter? = nil, hubLog: MemoryHubLog? = nil
    ) -> PaymentTerminal {
        PaymentTerminal(
            PaymentTerminal.Parts(
                configuration: configuration,
                merchant: merchant(configuration),
                key: key, trust: trust, trustKeeper: keeper, journal: journal, display: display,
                signals: signals, encoder: RealEncoder(),
                reader: RealReader(), clock: clock, random: CountingRandom(), buildTime: 0,
                hub: hub,
                configurationMessage: hubKey.map { configuration.signed(by: $0) },
                hotList: hotLists, hubLog: hubLog, meter: meter))
    }

    func charge(_ minorUnits: UInt64, key: String? = nil) async throws -> SaleView {
        try await terminal.charge(Amount(minorUnits: minorUnits, currency: euro), key: key)
    }

    /// Shows the code of an issuer's or a wallet's object, and answers with what came of it.
    func show(_ object: [UInt8]) async -> Outcome? {
        await terminal.see(.code(mint.text(object)))
        return await terminal.currentSale?.outcomes.last
    }
}

/// Remembers what was kept, and fails when told to.
final class RememberingTrustKeeper: TrustKeeper {
    private let state = Mutex<(held: TrustStore?, fails: Bool)>((nil, false))

    var held: TrustStore? { state.withLock { $0.held } }

    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    func keep(_ store: TrustStore) throws(TrustKeepingError) {
        let fails = state.withLock { state in
            if !state.fails { state.held = store }
            return state.fails
        }
        if fails { throw TrustKeepingError(reason: "trust-not-kept", message: "No space left.") }
    }
}

final class RememberingDisplay: Display {
    private let shown = Mutex<[Screen]>([])
    private let isBroken = Atomic<Bool>(false)
    private let whileDrawing = Mutex<@Sendable (Screen) -> Void>({ _ in })
    var path: String? { nil }
    var screens: [Screen] { shown.withLock { $0 } }

    func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        try PNGDisplay(file: "", width: 800, height: 800).picture(of: screen)
    }

    /// What happens while a screen is drawn.
    func whileDrawing(_ action: @Sendable @escaping (Screen) -> Void) {
        whileDrawing.withLock { $0 = action }
    }

    /// Shows nothing from now on.
    func fail() { isBroken.store(true, ordering: .relaxed) }

    func show(_ screen: Screen) throws(DisplayError) {
        if isBroken.load(ordering: .relaxed) { throw .notWritable("It was pulled out.") }
        whileDrawing.withLock { $0 }(screen)
        shown.withLock { $0.append(screen) }
    }
}

final class SetClock: WallClock {
    private let time: Mutex<UInt64>
    init(_ now: UInt64) { time = Mutex(now) }
    func now() -> UInt64 { time.withLock { $0 } }
    func set(_ now: UInt64) { time.withLock { $0 = now } }
}

/// Bytes that never repeat, and are the same in every run.
final class CountingRandom: RandomSource {
    private static let count = Atomic<UInt64>(0)
    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            let next = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
            return Hashing.sha256(withUnsafeBytes(of: next) { [UInt8]($0) })[0]
        }
    }
}

struct RealEncoder: ShopSymbolEncoder {
    func symbols(for payload: String) -> any Sequence<SymbolMatrix> {
        SymbolEncoder.variants([UInt8](payload.utf8), mode: .byte)
    }

    func symbol(forText text: String) -> SymbolMatrix? {
        try? SymbolEncoder.encode([UInt8](text.utf8), mode: .alphanumeric)
    }
}

struct RealReader: ScreenReader {
    func read(_ picture: LumaFrame) -> [[UInt8]] { ZBarDecoder().decode(picture).map(\.bytes) }
}

/// A hub that is a closure.
struct ClosureHub: HubLink {
    var deliver: @Sendable ([UInt8]) throws(HubLinkError) -> [UInt8]
    var configuration: @Sendable (UInt64) throws(HubLinkError) -> [UInt8]? = {
        (_) throws(HubLinkError) in nil
    }
    var root: @Sendable (UInt64) throws(HubLinkError) -> [UInt8]? = {
        (_) throws(HubLinkError) in nil
    }
    var document: @Sendable (ServedDocument) throws(HubLinkError) -> [UInt8]? = {
        (_) throws(HubLinkError) in nil
    }

    var authorise: @Sendable ([UInt8]) async throws(HubLinkError) -> [UInt8] = {
        (_) throws(HubLinkError) in throw .unreachable("not asked")
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] { try deliver(batch) }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        try await authorise(request)
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { try root(version) }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    {
        try self.document(document)
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { try configuration(version) }
}

// What most hubs of the tests are never asked.
extension HubLink {
    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        throw .unreachable("not asked")
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { nil }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { nil }
}

/// Signals that are remembered instead of heard.
final class RememberingSignals: VerdictSignals {
    private let given = Mutex<[Signal]>([])
    var signals: [Signal] { given.withLock { $0 } }

    func give(_ signal: Signal) { given.withLock { $0.append(signal) } }
}
