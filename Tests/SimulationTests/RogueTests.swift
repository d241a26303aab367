import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import SQLiteJournal
import Terminal
import Testing
import Vouchers

/// Those who put an older copy in the place of what is: of a hub's ledger, of a terminal's journal; and
/// a hub that tells two terminals two stories. They cannot be prevented; they must be found, and no
/// payment may be taken twice or vanish by them.
@Suite(.serialized) struct RogueTests {
    static let seeds: [UInt64] = [1, 2, 3]

    /// Sells with a bearer's voucher at a terminal; answers the last verdict. The seventh
    /// of them is a fixed voucher of 3.00 and more; the first is a card of 15.00 and more.
    private func sell(_ amount: UInt64, with voucher: Int, at till: TownTill, in town: Town)
        async -> String
    {
        let told = town.story.count
        let total = Amount(minorUnits: amount, currency: Town.euro)
        guard await town.charge(total, key: nil, at: till) else { return "not opened" }
        let card = town.customers.bearer[voucher]
        await town.show(.init(text: card.text, answer: nil, who: card.name), at: till)
        if await till.terminal?.currentSale?.sale.state == .open {
            _ = try? await till.terminal?.cancel()
        }
        return town.story.count > told ? town.story.last ?? "" : ""
    }

    /// A town whose network is sound: only what the test does is wrong.
    private static func town(_ seed: UInt64, tills: Int) async throws -> Town {
        let town = try await Town(seed: seed, tills: tills)
        for till in town.tills { till.network.set(.calm) }
        return town
    }

    private func rows(of till: TownTill, at hub: TownHub) async throws -> [UInt64] {
        try await hub.ledger.batches(after: 0, limit: 10_000)
            .filter { $0.terminal == till.id }.flatMap(\.rows).map(\.sequence)
    }

    @Test(
        "A hub that forgot what it had acknowledged is named, and forgets nothing for others",
        arguments: seeds)
    func hubRolledBack(_ seed: UInt64) async throws {
        let town = try await Self.town(seed, tills: 2)
        let (one, two) = (town.tills[0], town.tills[1])
        #expect(await sell(200, with: 0, at: one, in: town).contains("approves"))
        #expect(await one.sync()?.failure == nil)
        let copy = town.hub.life
        try town.hub.restart(cutWith: nil)
        // What comes now is acknowledged, and then forgotten.
        #expect(await sell(200, with: 6, at: one, in: town).contains("approves"))
        #expect(await one.sync()?.queuedEntries == 0)
        #expect(await two.sync()?.failure == nil)
        let before = try await rows(of: one, at: town.hub)
        try town.hub.restart(cutWith: nil, asOf: copy)
        #expect(try await rows(of: one, at: town.hub).count < before.count)
        // The second terminal has heard, and does not unlearn it from a hub that knows less.
        _ = await two.sync()
        two.network.isCut = true
        let again = await sell(200, with: 6, at: two, in: town)
        #expect(again.contains("spent-elsewhere"), "\(again)")
        // The first one's next payment is not taken as if nothing were missing, nor lost.
        #expect(await sell(100, with: 0, at: one, in: town).contains("approves"))
        let report = await one.sync()
        #expect(report?.failure?.reason == "batch-number-gap")
        #expect(report?.queuedEntries ?? 0 > 0)
        let last = try await one.journal?.entries(after: 0, limit: 10_000).count
        #expect(last ?? 0 > before.count)
        await town.close()
    }

    @Test(
        "A terminal that was set back to an older copy is named, and pays nobody twice",
        arguments: seeds)
    func terminalSetBack(_ seed: UInt64) async throws {
        let town = try await Self.town(seed, tills: 1)
        let till = town.tills[0]
        #expect(await till.sync()?.failure == nil)
        let copy = till.life
        try await till.restart(cutWith: nil)
        #expect(await sell(200, with: 6, at: till, in: town).contains("approves"))
        #expect(await till.sync()?.queuedEntries == 0)
        let before = try await rows(of: till, at: town.hub)
        // The copy does not know of the payment, and takes the spent voucher once more, offline.
        try await till.restart(cutWith: nil, asOf: copy)
        till.network.isCut = true
        _ = await sell(250, with: 6, at: till, in: town)
        till.network.isCut = false
        let report = await till.sync()
        let reasons = ["batch-number-reused", "chain-broken", "journal-set-back", "journal-forked"]
        #expect(reasons.contains(report?.failure?.reason ?? ""), "\(report as Any)")
        #expect(try await rows(of: till, at: town.hub) == before)
        let kept = try await town.hub.ledger.refusedBatches()
        #expect(kept.contains { $0.terminal == till.id && reasons.contains($0.reason) })
        await town.close()
    }

    @Test("A hub that is two hubs is found by what one of them does not have", arguments: seeds)
    func hubForked(_ seed: UInt64) async throws {
        let town = try await Self.town(seed, tills: 2)
        let (one, two) = (town.tills[0], town.tills[1])
        for till in [one, two] { #expect(await till.sync()?.failure == nil) }
        let fork = town.hub.life
        try town.hub.restart(cutWith: nil)
        // One story for the first terminal,
        #expect(await sell(200, with: 0, at: one, in: town).contains("approves"))
        #expect(await one.sync()?.failure == nil)
        // and another for the second, which does not hear of it.
        try town.hub.restart(cutWith: nil, asOf: fork)
        #expect(await sell(200, with: 0, at: two, in: town).contains("approves"))
        #expect(await two.sync()?.failure == nil)
        // As soon as the first one meets the second story it says so, and keeps what waits.
        #expect(await sell(100, with: 1, at: one, in: town).contains("approves"))
        let report = await one.sync()
        #expect(report?.failure?.reason == "batch-number-gap")
        #expect(report?.queuedEntries ?? 0 > 0)
        await town.close()
    }
}
