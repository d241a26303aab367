import COSE
import Hub
import HubProtocol
import Testing
import Vouchers

@Suite struct DoubleSpendTests {
    @Test func aFixedVoucherAtTwoTerminalsIsMarkedWithBothPlaces() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let voucher = VoucherDouble(.fixed(amount: 500))
        _ = try await scene.accept(first.batch([first.capture(voucher, 450)]))
        _ = try await scene.accept(
            second.batch([second.decline(), second.capture(voucher, 500)]))
        let captures = try await scene.captures()
        #expect(captures[0].doubleSpend == nil)
        let mark = try #require(captures[1].doubleSpend)
        #expect(mark.excess == 500)
        #expect(mark.other.terminal == first.id)
        #expect(mark.other.receipt == 1)
        #expect(mark.other.amount == 450)
        #expect(mark.other.at == Scene.now + 10)
        #expect(try await scene.quarantine().isEmpty)
    }

    @Test func aTerminalThatForgetsIsMarkedToo() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let voucher = VoucherDouble(.fixed(amount: 500))
        let batch = terminal.batch([terminal.capture(voucher, 500), terminal.capture(voucher, 500)])
        _ = try await scene.accept(batch)
        let mark = try #require(try await scene.captures()[1].doubleSpend)
        #expect(mark.other.sequence == 1)
    }

    @Test func storedValueIsMarkedOnlyBeyondItsCredit() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        _ = try await scene.accept(first.batch([first.capture(card, 600)]))
        _ = try await scene.accept(
            second.batch([second.capture(card, 400), second.capture(card, 1)]))
        let captures = try await scene.captures()
        #expect(captures.map { $0.doubleSpend?.excess } == [nil, nil, 1])
        #expect(captures[2].doubleSpend?.other.terminal == first.id)
    }

    @Test func aReloadedCardIsNotAccusedInWhateverOrderBatchesArrive() async throws {
        let old = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        let reloaded = VoucherDouble(.stored(credit: 1_500, redeemed: 800))
        for reversed in [false, true] {
            let scene = try await Scene()
            var first = try await scene.terminal("t1")
            var second = try await scene.terminal("t2", number: 21)
            // 800 were spent with the old object before the issuer signed the new one.
            var batches = [
                first.batch([first.capture(old, 800)]),
                second.batch([second.capture(reloaded, 700)]),
            ]
            if reversed { batches.reverse() }
            for batch in batches { _ = try await scene.accept(batch) }
            #expect(try await scene.captures().allSatisfy { $0.doubleSpend == nil })
        }
    }

    @Test func aReloadedCardBeyondItsWorthIsMarked() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let reloaded = VoucherDouble(.stored(credit: 1_500, redeemed: 800))
        _ = try await scene.accept(first.batch([first.capture(reloaded, 700)]))
        _ = try await scene.accept(second.batch([second.capture(reloaded, 200)]))
        #expect(try await scene.captures().map { $0.doubleSpend?.excess } == [nil, 200])
    }

    @Test func aCertificateBeyondItsOfflineTotalIsMarked() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let certificate = VoucherDouble(.certificate(perPayment: 600, offlineTotal: 1_000))
        _ = try await scene.accept(first.batch([first.capture(certificate.presenting(600), 600)]))
        _ = try await scene.accept(
            second.batch([second.capture(certificate.presenting(500, at: Scene.now + 1), 500)]))
        #expect(try await scene.captures().map { $0.doubleSpend?.excess } == [nil, 100])
    }

    @Test func onePresentationAtTwoTerminalsIsMarkedEvenWithinTheTotal() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let shown = VoucherDouble(.certificate(perPayment: 600, offlineTotal: 5_000))
            .presenting(300)
        _ = try await scene.accept(first.batch([first.capture(shown, 300)]))
        _ = try await scene.accept(second.batch([second.capture(shown, 300)]))
        let captures = try await scene.captures()
        #expect(captures.map { $0.doubleSpend?.excess } == [nil, 300])
        #expect(captures[1].doubleSpend?.other.terminal == first.id)
    }

    @Test func aHistoryAccusesOfNoMoreThanIsCertain() {
        let place = CaptureLocation(
            terminal: TerminalID("till:m42/t1")!, journal: [], sequence: 1, receipt: 1, at: 0,
            amount: 0)
        func excess(_ ceiling: UInt64, _ consumed: [UInt64: UInt64]) -> UInt64 {
            VoucherHistory(
                coreDigest: [], tally: RedemptionTally(ceiling: ceiling, consumed: consumed),
                other: place
            )
            .excess
        }
        #expect(excess(100, [0: 100]) == 0)
        #expect(excess(100, [0: 101]) == 1)
        #expect(excess(100, [80: 20]) == 0)
        #expect(excess(100, [80: 21]) == 1)
        #expect(excess(100, [0: 80, 80: 20]) == 0)
        #expect(excess(100, [0: 90, 80: 20]) == 10)
        #expect(excess(100, [0: 10, 50: 30, 80: 20]) == 0)
        #expect(excess(100, [0: 10, 50: 40, 80: 20]) == 10)
        #expect(excess(100, [0: .max, 80: .max]) == UInt64.max - 100)
    }
}
