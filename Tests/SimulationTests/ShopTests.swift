import COSE
import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import SQLiteJournal
import Terminal
import Testing
import VoucherMint
import Vouchers

/// Counters, journals, a hub and a network that loses, doubles and delays, under seeds: what must
/// hold whatever happens (`docs/spec/sale.md`).
@Suite(.serialized) struct ShopTests {
    static let cards: UInt64 = 4
    static let credit: UInt64 = 3_000

    /// What a run approved and undid, as people were told.
    struct Told {
        /// For each card, what was approved by the hub's word and not given back to it.
        var online: [UInt64: UInt64] = [:]
        /// Cards that were approved by offline rules at least once.
        var offline: Set<UInt64> = []
        var approvals = 0
        var undoings = 0
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func spendsNothingTwiceByTheHubsWord(seed: UInt64) async throws {
        let shop = try await Shop(seed: seed, counters: 3)
        var told = Told()
        for _ in 0..<25 { try await step(shop, &told) }
        try await settle(shop)
        try await check(shop, told, seed: seed)
    }

    /// One thing happens at one counter.
    private func step(_ shop: Shop, _ told: inout Told) async throws {
        let till = shop.tills[Int(shop.dice.roll(UInt64(shop.tills.count)))]
        switch shop.dice.roll(10) {
        case 0: try await shop.open(till)
        case 1: shop.isCut.set(!shop.isCut.isOn)
        case 2, 3: _ = await till.terminal?.sync(over: shop.network, keep: { _ in })
        case 4: try await undo(shop, till, &told)
        default: try await pay(shop, till, &told)
        }
    }

    private func pay(_ shop: Shop, _ till: Shop.Till, _ told: inout Told) async throws {
        guard let terminal = till.terminal else { return }
        let card = shop.dice.roll(Self.cards)
        let amount = Amount(minorUnits: 300 + shop.dice.roll(900), currency: shop.euro)
        if await terminal.currentSale?.sale.state == .open { _ = try await terminal.cancel() }
        _ = try await terminal.charge(amount, key: nil)
        let object = shop.mint.object(.stored(credit: Self.credit, redeemed: 0), cti: card + 1)
        await terminal.see(.code(shop.mint.text(object)))
        for outcome in await terminal.currentSale?.outcomes ?? [] {
            switch outcome {
            case .approved(let capture, _), .approvedInPart(let capture, _, _):
                told.approvals += 1
                if capture.online == .approved {
                    told.online[card, default: 0] += capture.amount.minorUnits
                } else {
                    told.offline.insert(card)
                }
            case .declined: break
            }
        }
    }

    private func undo(_ shop: Shop, _ till: Shop.Till, _ told: inout Told) async throws {
        guard let terminal = till.terminal else { return }
        if await terminal.currentSale?.sale.state == .open { _ = try await terminal.cancel() }
        let kinds: [UndoKind] = [.cancellation, .refund(.storedValue), .refund(.outside)]
        let kind = kinds[Int(shop.dice.roll(3))]
        let receipt = 1 + shop.dice.roll(8)
        let amount =
            kind == .cancellation || shop.dice.roll(2) == 0
            ? nil : Amount(minorUnits: 1 + shop.dice.roll(400), currency: shop.euro)
        do {
            _ = try await terminal.undo(receipt: receipt, kind: kind, amount: amount)
            told.undoings += 1
        } catch {
            #expect(
                [
                    "receipt-unknown", "not-a-payment", "already-cancelled", "already-refunded",
                    "refunded-in-part", "more-than-paid",
                ].contains(error.reason), "\(error)")
        }
    }

    /// The network is whole again, and everything reaches the hub.
    private func settle(_ shop: Shop) async throws {
        shop.isCut.set(false)
        for till in shop.tills {
            for _ in 0..<200 {
                let report = await till.terminal?.sync(over: shop.network, keep: { _ in })
                if report?.failure == nil, report?.queuedEntries == 0 { break }
            }
            #expect(try await till.terminal?.status().queue.entries == 0, "\(till.name)")
        }
    }

    private func check(_ shop: Shop, _ told: Told, seed: UInt64) async throws {
        let batches = try await shop.ledger.batches(after: 0, limit: 1_000)
        let rows = batches.flatMap(\.rows)
        let captures = rows.filter { if case .captured = $0.standing { true } else { false } }
        let undoings = rows.filter { if case .undone = $0.standing { true } else { false } }
        let quarantined = rows.filter { if case .quarantined = $0.standing { true } else { false } }
        #expect(quarantined.isEmpty, "seed \(seed): \(quarantined)")
        #expect(captures.count == told.approvals, "seed \(seed): each approval is at the hub, once")
        #expect(undoings.count == told.undoings, "seed \(seed): and each undoing")
        let identities = (0..<Self.cards).map {
            VoucherIdentity(issuer: VoucherMint.issuer, cti: VoucherMint.cti($0 + 1))
        }
        let till = shop.tills[0]
        let histories = try await shop.ledger.snapshot(
            for: BatchQuery(
                terminal: TerminalID(till.name)!, journal: till.journalIdentity, number: 1,
                vouchers: Set(identities), presentations: [])
        ).histories
        for (card, identity) in identities.enumerated()
        where !told.offline.contains(UInt64(card)) {
            #expect(
                histories[identity]?.excess ?? 0 == 0,
                "seed \(seed): card \(card) was overspent though the hub approved each payment")
        }
        let hub = await LedgerCheck.finding(shop)
        #expect(hub == nil, "seed \(seed)")
    }
}

/// The hub's own audit of what it was sent.
enum LedgerCheck {
    static func finding(_ shop: Shop) async -> AuditFinding? {
        do {
            return try await LedgerAuditor(ledger: shop.ledger, hub: shop.hubKey.publicKey)
                .audit { _ in }
        } catch { return .gap(arrival: 0, error.message) }
    }
}
