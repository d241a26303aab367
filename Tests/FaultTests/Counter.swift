import COSE
import HubProtocol
import Money
import PaymentCodes
import Payments
import Screens
import Synchronization
import Terminal
import Trust
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// A terminal on a journal whose disk may fail: the real one, but for its camera and its screen.
final class Counter: Sendable {
    static let mint = VoucherMint()
    static let euro = Currency(code: "EUR")!
    static let identity: [UInt8] = [0xFA, 0x17, 0, 0, 0, 0, 0, 1]

    let journal: SQLiteJournal
    let terminal: PaymentTerminal

    /// Opens the journal and starts; `salt` keeps the references of several lives apart.
    init(folder: String, vfs: String?, salt: UInt8, told: Told) async throws(JournalError) {
        journal = try SQLiteJournal(folder: folder, identityIfNew: Self.identity, vfs: vfs)
        let configuration = Self.configuration
        guard let merchant = try? MerchantProfile(configuration.merchant) else {
            preconditionFailure("The test's merchant is valid.")
        }
        terminal = PaymentTerminal(
            PaymentTerminal.Parts(
                configuration: configuration, merchant: merchant, key: VoucherMint.key(98),
                trust: Self.trust, trustKeeper: NoTrustKeeper(), journal: journal,
                display: DarkDisplay(), encoder: NoEncoder(),
                reader: NoReader(), clock: StoppedClock(), random: CountedRandom(salt: salt),
                buildTime: 0, trace: { moment in told.hear(moment) }))
        try await terminal.start()
    }

    private static let configuration = TerminalConfiguration(
        version: 1, issuedAt: VoucherMint.now - 1_000, hub: VoucherMint.key(99).publicKey,
        terminal: VoucherMint.terminal,
        terms: TerminalTerms(
            merchant: MerchantTerms(
                name: "Test Shop", city: "Bremen", countryCode: "DE", categoryCode: "5411",
                accounts: [.init(id: "26", value: "0015com.example.pay0102M4")]),
            policy: Policy(
                limits: [
                    CurrencyLimits(currency: euro, perPayment: 25_000, outstanding: 1_000_000)
                ]), currency: euro, hubURL: nil))

    private static let trust: TrustStore = {
        let trust = TrustMint(
            merchant: VoucherMint.terminal.merchant, hub: VoucherMint.key(99), now: VoucherMint.now)
        do {
            return try TrustStore.introduce(
                trust.offer(1, [trust.issuer(VoucherMint.issuer, mint.issuerKey.publicKey)]),
                at: VoucherMint.now)
        } catch {
            preconditionFailure("The test's trust documents are good: \(error)")
        }
    }()

    /// Opens a sale; false where it was refused.
    func charge(_ minorUnits: UInt64) async -> Bool {
        let total = Amount(minorUnits: minorUnits, currency: Self.euro)
        do throws(SaleRefusal) {
            _ = try await terminal.charge(total, key: nil)
            return true
        } catch { return false }
    }

    /// Holds a code before the camera; true where it was paid.
    @discardableResult
    func show(_ bytes: [UInt8]) async -> Bool {
        let before = await terminal.currentSale
        await terminal.see(.code(bytes))
        guard let after = await terminal.currentSale, after.outcomeCount > before?.outcomeCount ?? 0
        else { return false }
        switch after.outcomes.last {
        case .approved, .approvedInPart: return true
        default: return false
        }
    }

    /// The text of a bearer voucher of a fixed value.
    static func fixed(_ minorUnits: UInt64, cti: UInt64) -> [UInt8] {
        mint.text(mint.object(.fixed(amount: minorUnits), cti: cti))
    }

    /// The text of a bearer voucher of stored value.
    static func stored(_ credit: UInt64, redeemed: UInt64 = 0, cti: UInt64) -> [UInt8] {
        mint.text(mint.object(.stored(credit: credit, redeemed: redeemed), cti: cti))
    }
}

/// What people and the hub were told, which from then on must be so.
final class Told: Sendable {
    /// A payment that was told as approved.
    struct Approval: Hashable {
        let receipt: ReceiptNumber
        let sale: String
        let minorUnits: UInt64
    }

    private struct Heard {
        var approvals: [Approval] = []
        var sent: PendingBatch?
        var acknowledged: UInt64 = 0
        var undone: [ReceiptNumber: UInt64] = [:]
    }

    private let heard: Mutex<Heard>

    init() { heard = Mutex(Heard()) }

    private init(_ heard: Heard) { self.heard = Mutex(heard) }

    /// The same until now, to hear more by itself.
    func copy() -> Told { Told(heard.withLock { $0 }) }

    var approvals: [Approval] { heard.withLock { $0.approvals } }
    /// The last batch that was sent.
    var sent: PendingBatch? { heard.withLock { $0.sent } }
    /// The number of the last batch whose acknowledgement was told as stored.
    var acknowledged: UInt64 { heard.withLock { $0.acknowledged } }

    func hear(_ moment: PaymentTerminal.Moment) {
        guard case .approved(let receipt, let sale, let minorUnits) = moment else { return }
        hear(approvals: [Approval(receipt: receipt, sale: sale.text, minorUnits: minorUnits)])
    }

    /// Takes in those that it does not know.
    func hear(approvals: [Approval]) {
        heard.withLock { heard in
            heard.approvals += approvals.filter { !heard.approvals.contains($0) }
        }
    }

    func hear(sent batch: PendingBatch) { heard.withLock { $0.sent = batch } }

    /// Minor units told as undone, by the receipt of the payment.
    var undone: [ReceiptNumber: UInt64] { heard.withLock { $0.undone } }

    /// Takes in what has been undone of each payment.
    func hear(undone: [ReceiptNumber: UInt64]) { heard.withLock { $0.undone = undone } }

    func hear(undone minorUnits: UInt64, of receipt: ReceiptNumber) {
        heard.withLock { $0.undone[receipt, default: 0] += minorUnits }
    }

    func hear(acknowledged number: UInt64) { heard.withLock { $0.acknowledged = number } }
}

private struct DarkDisplay: Display {
    var path: String? { nil }
    func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        LumaFrame(width: 1, height: 1, pixels: [0])
    }
    func show(_ screen: Screen) throws(DisplayError) {}
}

/// Keeps no trust documents: none change here.
private struct NoTrustKeeper: TrustKeeper {
    func keep(_ store: TrustStore) throws(TrustKeepingError) {}
}

private struct NoEncoder: ShopSymbolEncoder {
    func symbols(for payload: String) -> any Sequence<SymbolMatrix> { [SymbolMatrix]() }
    func symbol(forText text: String) -> SymbolMatrix? { nil }
}

private struct NoReader: ScreenReader {
    func read(_ picture: LumaFrame) -> [[UInt8]] { [] }
}

private struct StoppedClock: WallClock {
    func now() -> UInt64 { VoucherMint.now }
}

/// Bytes that never repeat within a run, and are the same in every run.
private final class CountedRandom: RandomSource {
    private let salt: UInt8
    private let count = Atomic<UInt64>(0)

    init(salt: UInt8) { self.salt = salt }

    func bytes(_ count: Int) -> [UInt8] {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue
        let seed = [salt] + withUnsafeBytes(of: number) { [UInt8]($0) }
        return Array(Hashing.sha256(seed).prefix(count))
    }
}
