import COSE
import HubProtocol
import Money
import Payments
import SQLiteJournal
import Screens
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A hub that has a word of requests, or none, as a test tells it.
private final class WordHub: HubLink {
    enum Manner: Sendable {
        /// The word is this object, once so much time has passed.
        case says([UInt8], after: Duration = .zero)
        case saysNothing, isSilent, isAway
    }

    private let manner = Mutex<Manner>(.saysNothing)
    private let asked = Mutex<[[UInt8]]>([])

    var requests: [[UInt8]] { asked.withLock { $0 } }
    func set(_ manner: Manner) { self.manner.withLock { $0 = manner } }

    func confirmation(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError)
        -> [UInt8]?
    {
        asked.withLock { $0.append(request) }
        switch manner.withLock({ $0 }) {
        case .says(let object, let delay):
            try? await Task.sleep(for: delay)
            return object
        case .saysNothing: return nil
        case .isSilent:
            try? await Task.sleep(for: .seconds(3_600))
            return nil
        case .isAway: throw .unreachable("connection refused")
        }
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        throw .unreachable("not asked")
    }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        throw .unreachable("not asked")
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }
}

/// The customer says that a scheme's wallet has paid (`docs/spec/sale.md`).
@Suite struct UnconfirmedTests {
    private static let supervisor = EntryOperator(role: .supervisor, id: "Ada")

    /// A budget in which any answer comes, however busy the machine is.
    private static let patient: UInt64 = 600_000
    /// A budget for hubs that are waited for in vain.
    private static let short: UInt64 = 50

    private static func counter(budget: UInt64 = patient) async throws -> (Counter, WordHub) {
        let hub = WordHub()
        return (try await Counter(hub: hub, onlineBudgetMilliseconds: budget), hub)
    }

    /// Asks until the sale is paid; on a busy machine an answer may come after a short budget.
    private static func askUntilPaid(_ counter: Counter) async throws -> SaleView? {
        for _ in 0..<1_000 {
            guard await counter.terminal.currentSale?.sale.state == .open else { break }
            do { _ = try await counter.terminal.askWhetherPaid() } catch {
                // A word that came late is being taken.
                guard ["sale-busy", "no-sale-open"].contains(error.reason) else { throw error }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        return await counter.terminal.currentSale
    }

    private static func word(_ counter: Counter, _ sale: Sale, amount: UInt64 = 700) -> [UInt8] {
        counter.mint.object(.fixed(amount: amount), confirms: sale.request.nonce)
    }

    private static func reason(_ outcome: Outcome?) -> String? {
        if case .declined(let reason) = outcome { reason.code } else { nil }
    }

    private func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? SaleRefusal)?.reason }
    }

    @Test("With the hub's word for its request the sale is paid, as by the code itself")
    func approvesByTheWord() async throws {
        let (counter, hub) = try await Self.counter()
        let sale = try await counter.charge(700).sale
        hub.set(.says(Self.word(counter, sale)))
        let (view, told) = try await counter.terminal.askWhetherPaid()
        #expect(view.sale.state == .paid && told == 0)
        let request = try ConfirmationRequest.Unverified(decoding: try #require(hub.requests.first))
            .verified(signedBy: counter.key.publicKey)
        #expect(request.nonce == sale.request.nonce && request.amount == sale.total)
        #expect(request.sale == sale.reference.text && request.expiry == sale.request.expiry)
        #expect(try await counter.journal.queue().exposure.count == 1)
    }

    @Test("A question about a sale that was paid just before is answered with that sale")
    func answersWithWhatWasPaidJustNow() async throws {
        let (counter, hub) = try await Self.counter()
        let sale = try await counter.charge(700).sale
        hub.set(.says(Self.word(counter, sale)))
        _ = try await counter.terminal.askWhetherPaid()
        let (view, told) = try await counter.terminal.askWhetherPaid(sale.reference.text)
        #expect(view.sale.state == .paid && view.outcomeCount == told + 1)
        #expect(hub.requests.count == 1)
        for other in [nil, "0000-0000"] {
            let reason = await refusal { _ = try await counter.terminal.askWhetherPaid(other) }
            #expect(reason == "no-sale-open")
        }
    }

    @Test("Without a word in time it is unconfirmed, stays open, and may be asked again")
    func staysOpenWithoutAWord() async throws {
        for manner in [WordHub.Manner.saysNothing, .isSilent, .isAway] {
            let (counter, hub) = try await Self.counter(budget: Self.short)
            let sale = try await counter.charge(700).sale
            hub.set(manner)
            for _ in 0..<2 {
                let (view, told) = try await counter.terminal.askWhetherPaid()
                #expect(view.sale.state == .open)
                #expect(Self.reason(view.outcomes.last) == "unconfirmed")
                #expect(view.outcomeCount == told + 1)
            }
            // One entry, however often it was asked.
            let entries = try await counter.journal.entries(after: 0, limit: 9)
            #expect(entries.map(\.reason) == ["unconfirmed"])
            #expect(counter.display.screens.last?.kind == .network)
            hub.set(.says(Self.word(counter, sale)))
            #expect(try await Self.askUntilPaid(counter)?.sale.state == .paid)
        }
    }

    @Test(
        "Given up, or at its time's end, it ends unconfirmed; the next sale does not take its place"
    )
    func endsUnconfirmed() async throws {
        let (counter, _) = try await Self.counter()
        _ = try await counter.charge(700)
        _ = try await counter.terminal.askWhetherPaid()
        #expect(await refusal { _ = try await counter.charge(100) } == "sale-open")
        #expect(try await counter.terminal.cancel().sale.state == .unconfirmed)
        #expect(counter.display.screens.last?.kind == .network, "the customer reads what it means")

        let expiring = try await counter.charge(800).sale
        _ = try await counter.terminal.askWhetherPaid()
        counter.clock.set(expiring.request.expiry)
        await counter.terminal.tick()
        #expect(await counter.terminal.currentSale?.sale.state == .unconfirmed)
    }

    @Test("A crash does not forget that the customer says it is paid")
    func survivesACrash() async throws {
        let (counter, _) = try await Self.counter()
        _ = try await counter.charge(700)
        _ = try await counter.terminal.askWhetherPaid()
        try await counter.restart()
        #expect(try await counter.terminal.cancel().sale.state == .unconfirmed)
    }

    @Test("A supervisor marks it as paid, under their name, and it is no capture")
    func marks() async throws {
        let (counter, _) = try await Self.counter()
        let sale = try await counter.charge(700).sale
        let reference = sale.reference.text
        #expect(await refusal { try await mark(counter, reference) } == "sale-not-unconfirmed")
        _ = try await counter.terminal.askWhetherPaid()
        _ = try await counter.terminal.cancel()
        // Beside the next sale, which goes on.
        let next = try await counter.charge(100).sale
        try await mark(counter, reference)
        try await mark(counter, reference)
        #expect(await counter.terminal.currentSale?.sale.reference == next.reference)
        let entries = try await counter.journal.entries(after: 0, limit: 9)
        #expect(entries.map(\.kind) == [.decline, .markedPaid])
        #expect(entries.last?.operatedBy == Self.supervisor && entries.last?.subject?.amount == 700)
        #expect(try await counter.journal.queue().exposure == .none)
        #expect(await refusal { try await mark(counter, "NOSUCH") } == "sale-unknown")
    }

    private func mark(_ counter: Counter, _ reference: String) async throws {
        let view = try await counter.terminal.markPaid(reference, by: Self.supervisor)
        #expect(view.sale.state == .markedPaid)
    }

    @Test("A late word pays an unconfirmed sale once, and a sale that was marked as paid never")
    func lateWords() async throws {
        for isMarked in [false, true] {
            let (counter, _) = try await Self.counter()
            let sale = try await counter.charge(700).sale
            _ = try await counter.terminal.askWhetherPaid()
            _ = try await counter.terminal.cancel()
            if isMarked { try await mark(counter, sale.reference.text) }
            let word = Self.word(counter, sale)
            for _ in 0..<2 { _ = await counter.show(word) }
            #expect(try await counter.journal.queue().exposure.count == (isMarked ? 0 : 1))
            let stands = try await counter.journal.sale(reference: sale.reference)
            #expect(stands?.state == (isMarked ? .markedPaid : .paid))
            #expect(
                await refusal { try await mark(counter, sale.reference.text) }
                    == (isMarked ? nil : "sale-not-unconfirmed"))
        }
    }

    @Test("A word that comes after the budget is asked for again, and pays once")
    func wordAfterTheBudget() async throws {
        let (counter, hub) = try await Self.counter(budget: Self.short)
        let sale = try await counter.charge(700).sale
        hub.set(.says(Self.word(counter, sale), after: .milliseconds(60)))
        let (view, _) = try await counter.terminal.askWhetherPaid()
        #expect(Self.reason(view.outcomes.last) == "unconfirmed" && view.sale.state == .open)
        hub.set(.says(Self.word(counter, sale)))
        await counter.terminal.tick()
        #expect(try await Self.askUntilPaid(counter)?.sale.state == .paid)
        #expect(try await counter.journal.queue().exposure.count == 1)
    }

    /// The sale once it is no longer open, or after a time in which it would have ended.
    private static func afterwards(_ counter: Counter, _ view: SaleView) async -> SaleView? {
        var now = view
        while now.sale.state == .open,
            let next = await counter.terminal.change(after: now.version, milliseconds: 600_000),
            next.version > now.version
        {
            now = next
        }
        return now
    }

    @Test("What is no word for this very request approves nothing")
    func otherWords() async throws {
        let (counter, hub) = try await Self.counter()
        let sale = try await counter.charge(700).sale
        let strangers = VoucherClaims(
            value: .fixed(amount: 700), currencyNumber: 978, cti: VoucherMint.cti(9),
            expiry: VoucherMint.now + 300, audience: .one(VoucherMint.terminal.text),
            confirmationNonce: sale.request.nonce
        ).signed(by: VoucherMint.key(77))
        for word in [
            counter.mint.object(.fixed(amount: 700)), Self.word(counter, sale, amount: 699),
            counter.mint.object(.fixed(amount: 700), confirms: VoucherMint.nonce), strangers, [1],
        ] {
            hub.set(.says(word))
            let (view, _) = try await counter.terminal.askWhetherPaid()
            #expect(view.sale.state == .open)
            #expect(Self.reason(view.outcomes.last) != nil)
        }
        #expect(try await counter.journal.queue().exposure.count == 0)
    }

    @Test("While the shop QR is shown the terminal asks by itself, and says nothing without a word")
    func asksInPassing() async throws {
        let (counter, hub) = try await Self.counter()
        let sale = try await counter.charge(700).sale
        hub.set(.says(Self.word(counter, sale)))
        for _ in 0..<2 { await counter.terminal.tick() }
        let view = try #require(await counter.terminal.currentSale)
        #expect(await Self.afterwards(counter, view)?.sale.state == .paid)
        #expect(hub.requests.count == 1)
    }
}
