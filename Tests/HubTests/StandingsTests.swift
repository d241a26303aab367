import COSE
import Hub
import HubProtocol
import Payments
import Testing
import Vouchers

/// What a terminal is told of redemptions that others made.
@Suite struct StandingsTests {
    private func told(
        _ scene: Scene, _ terminal: TerminalDouble, after: UInt64 = 0
    ) async throws -> VoucherStandings? {
        let answer = try await scene.acceptor.standings.standings(
            for: terminal.id, journal: terminal.journal, after: after, at: Scene.now + 200)
        guard case .told(let bytes) = answer else { return nil }
        return try VoucherStandings.verify(
            bytes, signedBy: Scene.hubKey.publicKey, for: terminal.id, journal: terminal.journal)
    }

    @Test func tellsEachTerminalWhatTheOthersTookAndCountsItsOwn() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        let mine = VoucherDouble(.fixed(amount: 500), cti: 2)
        _ = try await scene.accept(
            first.batch([first.capture(card, 600), first.capture(mine, 500)]))
        #expect(try await told(scene, first)?.lines == [], "what it took itself is no news")
        let whole = try #require(try await told(scene, second))
        #expect(whole.isComplete && whole.after == 0 && whole.through == 1)
        #expect(whole.lines.count == 2 && whole.countedThrough == 0)
        let line = try #require(
            whole.lines.first { $0.voucher == VoucherStandings.name(of: card.identity) })
        #expect(line.standing.spent == 600)
        #expect(
            line.standing.last
                == ElsewhereRedemption(terminal: first.id, at: Scene.now + 10, amount: 600))

        _ = try await scene.accept(second.batch([second.decline(), second.capture(card, 300)]))
        let back = try #require(try await told(scene, first, after: 1))
        #expect(back.lines.map(\.standing.spent) == [900], "of both together")
        #expect(back.lines.first?.standing.last.terminal == second.id)
        #expect(back.countedThrough == 2 && back.through == 2)
        #expect(try await told(scene, first, after: 2) == nil, "nothing new")
        #expect(try await told(scene, second, after: 2) == nil)
    }

    @Test func tellsWhatWasGivenBack() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        let card = VoucherDouble(.stored(credit: 1_000, redeemed: 0))
        _ = try await scene.accept(first.batch([first.capture(card, 600)]))
        _ = try await scene.accept(
            first.batch([
                first.undo(
                    1, 200, .refund(receipt: first.nextReceipt, way: .storedValue),
                    restoring: .init(voucher: card.identity, kind: 2, amount: 200))
            ]))
        let later = try #require(try await told(scene, second, after: 1))
        #expect(later.lines.map(\.standing.spent) == [400])
    }

    @Test func tellsAThousandAtATimeAndNoArrivalInTwo() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        for batch in 0..<3 {
            let entries = (0..<5).map { number in
                first.capture(
                    VoucherDouble(.fixed(amount: 10), cti: UInt8(batch * 5 + number)), 10)
            }
            _ = try await scene.accept(first.batch(entries))
        }
        let page = try await scene.ledger.standings(
            for: StandingsQuery(
                terminal: second.id, journal: second.journal, after: 0, limit: 6 - 500))
        // The limit falls into the second arrival: the first alone is told.
        #expect(page.through == 1 && !page.isComplete && page.vouchers.count == 5)
        let rest = try await scene.ledger.standings(
            for: StandingsQuery(
                terminal: second.id, journal: second.journal, after: 1, limit: 1_000))
        #expect(rest.through == 3 && rest.isComplete && rest.vouchers.count == 10)
    }

    @Test func tellsAllToATerminalThatIsAheadOfTheLedgerAndNothingToStrangers() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        let second = try await scene.terminal("t2", number: 21)
        _ = try await scene.accept(
            first.batch([first.capture(VoucherDouble(.fixed(amount: 500)), 500)]))
        let anew = try #require(try await told(scene, second, after: 77))
        #expect(anew.after == 0 && anew.lines.count == 1)
        let stranger = TerminalDouble("t9", number: 30)
        let answer = try await scene.acceptor.standings.standings(
            for: stranger.id, journal: stranger.journal, after: 0, at: Scene.now)
        #expect(answer == .unknown)
    }
}
