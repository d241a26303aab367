import COSE
import Foundation
import Hub
import HubProtocol
import Money
import Payments
import SimulationBooks
import Terminal
import Trust
import VoucherMint
import Vouchers

/// A town under a seed: terminals, customers, a hub, a network, disks and clocks, in one process
/// (`docs/adr/0060-a-town-under-a-seed.md`).
final class Town {
    static let euro = Currency(code: "EUR")!
    /// What the policy lets a terminal take by itself; in half of all towns so little that it is
    /// used up.
    let limits: Books.Limits
    /// Long enough that the hub's answer decides, and never the time that this machine needs.
    static let budgetMilliseconds: UInt64 = 60_000

    let seed: UInt64
    let dice: Dice
    let time = TownTime()
    let overheard = Overheard()
    let hub: TownHub
    var tills: [TownTill] = []
    let customers: Customers
    var books: Books
    /// What has happened, in words, to be read after a failure and compared between two runs.
    private(set) var story: [String] = []
    private let root: String
    /// The terminals' orders that had a sale, each by its terminal and its key.
    var orders: Set<String> = []
    /// Arrivals at the hub that the books know of.
    var arrivals: UInt64 = 0
    /// The last batch of those, as its terminal signed it.
    var lastArrival: [UInt8] = []
    /// Entries of each terminal that the books know of, by the hash of the one before each.
    var entries: [Int: [[UInt8]]] = [:]

    init(seed: UInt64, tills count: Int) async throws {
        self.seed = seed
        dice = Dice(seed: seed)
        let memory = "/dev/shm"
        let place =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        let isNarrow = dice.roll(2) == 0
        limits = Books.Limits(
            perPayment: Amount(minorUnits: 2_500, currency: Self.euro),
            outstanding: Amount(minorUnits: isNarrow ? 2_700 : 9_000, currency: Self.euro),
            count: isNarrow ? 4 : 10)
        root = place + "/till-town-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        hub = try TownHub(root: root, time: time)
        books = Books(limits: limits, tills: (1...count).map { TownTill.id($0).text })
        customers = Customers(dice: dice, tills: count)
        let trust = try await foundHub(tills: count)
        for number in 1...count {
            guard
                case .newer(let configuration) = try await hub.registrar.configuration(
                    for: TownTill.id(number), newerThan: 0)
            else { throw TownFault(what: "the hub gives terminal \(number) no configuration") }
            overheard.hear(configuration, of: "configuration" + TownTill.id(number).text)
            tills.append(
                try TownTill(
                    number: number, root: root, hub: hub, dice: dice, overheard: overheard,
                    configuration: configuration, trust: trust))
        }
        for till in tills {
            try await till.open()
            try await read(till)
            till.network.set(anyWeather())
        }
        customers.issue(into: &books)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Sets the hub up, as an operator does.
    private func foundHub(tills count: Int) async throws -> TrustStore {
        let terms = TerminalTerms(
            merchant: MerchantTerms(
                name: "Town", city: "Bremen", countryCode: "DE", categoryCode: "5411",
                accounts: [.init(id: "26", value: "0015com.example.pay0102M4")]),
            policy: Policy(
                limits: [
                    CurrencyLimits(
                        currency: Self.euro, perPayment: limits.perPayment.minorUnits,
                        outstanding: limits.outstanding.minorUnits)
                ], outstandingCount: UInt64(limits.count),
                onlineBudgetMilliseconds: Self.budgetMilliseconds), currency: Self.euro,
            hubURL: nil)
        _ = try await hub.registrar.initialise(
            TownHub.profile, terms: terms, at: VoucherMint.now - 10)
        let mint = TrustMint(
            merchant: TownHub.profile.merchant, hub: TownHub.key, now: VoucherMint.now)
        let offer = mint.offer(
            1, [mint.issuer(VoucherMint.issuer, customers.mint.issuerKey.publicKey)])
        _ = try await hub.registrar.trust.adopt(
            roots: offer.roots, list: offer.list, at: VoucherMint.now)
        for number in 1...count {
            let request = EnrolmentRequest.signed(
                terminal: TownTill.id(number), journal: TownTill.identity(number),
                by: TownTill.key(number))
            let answer = try await hub.registrar.enrol(
                request, consent: .none, at: VoucherMint.now - 5)
            guard case .enrolled = answer else {
                throw TownFault(what: "terminal \(number) was not enrolled: \(answer)")
            }
        }
        guard
            let given = try await hub.registrar.trust.offer(at: VoucherMint.now, by: TownHub.key)
        else { throw TownFault(what: "the hub has no trust list") }
        return try TrustStore.introduce(given, at: VoucherMint.now)
    }

    func tell(_ what: String) { story.append("\(time.sinceStart / 1_000) s: \(what)") }

    func roll(_ limit: UInt64) -> UInt64 { dice.roll(limit) }

    /// Lets go of everything, so that the folders can go.
    func close() async {
        for till in tills { await till.close() }
    }
}

/// Why a simulation cannot go on: the simulation itself is wrong.
struct TownFault: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
