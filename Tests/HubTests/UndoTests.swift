import COSE
import Hub
import HubProtocol
import Payments
import Testing
import Vouchers

@Suite struct UndoTests {
    static let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
    static let gift = VoucherDouble(.fixed(amount: 500), cti: 2)

    static func back(_ voucher: VoucherDouble, _ amount: UInt64) -> UndoEntry.Restoration {
        UndoEntry.Restoration(
            voucher: voucher.identity, kind: voucher.claims.value.kind.rawValue, amount: amount)
    }

    static func undoings(_ scene: Scene) async throws -> [LedgerUndo] {
        try await scene.rows().compactMap {
            if case .undone(let undo) = $0.standing { undo } else { nil }
        }
    }

    @Test func refundsAndCancellationsAreTakenAndKept() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = [terminal.capture(Self.card, 600), terminal.capture(Self.gift, 450)]
        let batch = terminal.batch(
            first + [
                terminal.undo(
                    1, 200, .refund(receipt: terminal.nextReceipt, way: .storedValue),
                    restoring: Self.back(Self.card, 200)),
                terminal.undo(
                    1, 100, .refund(receipt: terminal.nextReceipt, way: .outside), restoring: nil),
                terminal.undo(
                    2, 450, .cancellation(receipt: terminal.nextReceipt),
                    restoring: Self.back(Self.gift, 500)),
            ])
        _ = try await scene.accept(batch)
        #expect(try await scene.quarantine().isEmpty)
        #expect(try await Self.undoings(scene).map(\.returned) == [200, 0, 500])
        let finding = try await LedgerAuditor(
            ledger: scene.ledger, hub: Scene.hubKey.publicKey
        ).audit { _ in }
        #expect(finding == nil)
    }

    @Test func moreThanWasCapturedGoesIntoQuarantineByName() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        _ = try await scene.accept(
            terminal.batch([terminal.capture(Self.card, 600), terminal.capture(Self.gift, 450)]))
        func refund(
            _ capture: UInt64, _ amount: UInt64, _ restoring: UndoEntry.Restoration? = nil,
            way: UndoEntry.RefundWay = .outside, sale: String? = nil, currency: UInt16 = 978
        ) -> [UInt8] {
            terminal.undo(
                capture, amount, .refund(receipt: terminal.nextReceipt, way: way),
                restoring: restoring, sale: sale, currency: currency)
        }
        let entries = [
            refund(1, 601), refund(1, 400), refund(1, 201), refund(1, 100, sale: "S2"),
            refund(1, 100, currency: 756),
            refund(1, 100, Self.back(Self.card, 99), way: .storedValue),
            refund(2, 100, Self.back(Self.gift, 100), way: .storedValue),
            terminal.undo(1, 200, .reversal, restoring: Self.back(Self.card, 200)),
            terminal.undo(2, 400, .reversal, restoring: Self.back(Self.gift, 500)),
            terminal.undo(2, 450, .reversal, restoring: Self.back(Self.gift, 500)),
            terminal.undo(2, 450, .reversal, restoring: Self.back(Self.gift, 500)),
            terminal.undo(3, 1, .reversal, restoring: nil, sale: "S1"),
        ]
        _ = try await scene.accept(terminal.batch(entries))
        #expect(
            try await scene.quarantine() == [
                "undo-above-capture", "undo-above-capture", "undo-of-other-sale",
                "undo-of-other-sale", "undo-restoration-differs", "undo-restoration-differs",
                "undo-repeated", "undo-in-part", "undo-repeated", "undo-of-no-capture",
            ])
        // What an earlier batch has undone counts in a later one.
        _ = try await scene.accept(terminal.batch([refund(1, 201), refund(1, 200)]))
        #expect(try await scene.quarantine().count == 11)
        #expect(try await Self.undoings(scene).count == 3)
    }

    @Test func aVoucherThatIsBackMayBeSpentAgainAndNotTwice() async throws {
        for reversed in [false, true] {
            let scene = try await Scene()
            var first = try await scene.terminal("t1")
            var second = try await scene.terminal("t2", number: 21)
            var batches = [
                first.batch([
                    first.capture(Self.gift, 450),
                    first.undo(
                        1, 450, .cancellation(receipt: first.nextReceipt),
                        restoring: Self.back(Self.gift, 500)),
                ]), second.batch([second.capture(Self.gift, 500)]),
            ]
            if reversed { batches.reverse() }
            for batch in batches { _ = try await scene.accept(batch) }
            let tally = try await scene.ledger.snapshot(
                for: BatchQuery(
                    terminal: first.id, journal: first.journal, number: 9,
                    vouchers: [Self.gift.identity], presentations: [])
            ).histories[Self.gift.identity]?.tally
            #expect(tally?.excess == 0, "in whatever order the batches arrive")
            #expect(tally?.returned == 500)
            _ = try await scene.accept(second.batch([second.capture(Self.gift, 500)]))
            #expect(try await scene.captures().last?.doubleSpend?.excess == 500)
        }
    }

    @Test func nobodyIsAccusedOverWhatAnIssuerCountedAndTheShopGaveBack() {
        // The issuer knew of a redemption of 800 that was cancelled since: 2,000 are still good.
        var tally = RedemptionTally(ceiling: 2_000, consumed: [0: 800])
        tally.giveBack(800, redeemed: 0)
        tally.add(1_200, redeemed: 800, ceiling: 2_000)
        tally.add(800, redeemed: 800, ceiling: 2_000)
        #expect(tally.excess == 0)
        tally.add(1, redeemed: 800, ceiling: 2_000)
        #expect(tally.excess == 1)
    }
}
