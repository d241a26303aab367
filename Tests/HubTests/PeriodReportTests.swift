import COSE
import Hub
import HubProtocol
import Testing
import Vouchers

@Suite struct PeriodReportTests {
    private func report(_ scene: Scene) async throws -> [PeriodReport.Line] {
        var report = PeriodReport()
        let finding = try await LedgerAuditor(
            ledger: scene.ledger, hub: Scene.hubKey.publicKey
        ).audit { report.add($0, $1) }
        #expect(finding == nil)
        return report.lines
    }

    private func z(_ number: UInt64, captures: CountedSum, outside: CountedSum = CountedSum())
        -> JournalEntry.Event
    {
        var totals = PeriodTotals(currencyNumber: 978)
        totals.captures = captures
        totals.refundsOutside = outside
        return .periodClosed(PeriodEntry(number: number, totals: [totals]))
    }

    @Test func holdsEachPeriodAgainstTheTerminalsOwnZ() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        var second = try await scene.terminal("t2", number: 21)
        _ = try await scene.accept(
            first.batch([
                first.capture(VoucherDouble(.fixed(amount: 500)), 500), first.decline(),
                first.capture(VoucherDouble(.fixed(amount: 300), cti: 2), 300),
                first.undo(
                    1, 100, .refund(receipt: first.nextReceipt, way: .outside), restoring: nil),
                first.note(
                    z(
                        1, captures: CountedSum(count: 2, amount: 800),
                        outside: CountedSum(count: 1, amount: 100))),
                first.capture(VoucherDouble(.fixed(amount: 70), cti: 3), 70),
            ]))
        // The second terminal's Z says more than has come; and one voucher was the first's.
        _ = try await scene.accept(
            second.batch([
                second.capture(VoucherDouble(.fixed(amount: 500)), 500),
                second.note(z(1, captures: CountedSum(count: 1, amount: 501))),
            ]))
        let lines = try await report(scene)
        #expect(lines.map(\.terminal) == [first.id, second.id, first.id])
        #expect(lines.map(\.period) == [1, 1, nil])
        #expect(lines.map(\.agrees) == [true, false, nil])
        #expect(lines[0].captured == CountedSum(count: 2, amount: 800))
        #expect(lines[0].returned == CountedSum(count: 1, amount: 100))
        #expect(lines[0].net == 700 && lines[0].closedAt == Scene.now + 10)
        #expect(lines[1].overspent == CountedSum(count: 1, amount: 500))
        #expect(lines[2].captured == CountedSum(count: 1, amount: 70))
    }

    @Test func countsWhatIsInQuarantineApartAndAgreesAllTheSame() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        var changes = TerminalDouble.Changes()
        changes.consumed = 1
        _ = try await scene.accept(
            terminal.batch([
                terminal.capture(VoucherDouble(.fixed(amount: 500)), 500),
                terminal.capture(VoucherDouble(.fixed(amount: 40), cti: 2), 40, changes),
                terminal.note(z(1, captures: CountedSum(count: 2, amount: 540))),
            ]))
        let line = try #require(try await report(scene).first)
        #expect(line.captured == CountedSum(count: 1, amount: 500))
        #expect(line.quarantined == CountedSum(count: 1, amount: 40))
        #expect(line.agrees == true)
    }

    @Test func namesACurrencyThatOnlyTheZKnows() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        _ = try await scene.accept(
            terminal.batch([terminal.note(z(1, captures: CountedSum(count: 1, amount: 5)))]))
        let line = try #require(try await report(scene).first)
        #expect(line.agrees == false && line.captured == CountedSum())
    }

    @Test func tellsHowFarEachJournalHasCome() async throws {
        let scene = try await Scene()
        var first = try await scene.terminal("t1")
        _ = try await scene.terminal("t2", number: 21)
        _ = try await scene.accept(
            first.batch([first.capture(VoucherDouble(.fixed(amount: 500)), 500)]))
        _ = try await scene.accept(first.batch([first.decline()]))
        let standings = try await scene.ledger.journals()
        #expect(standings.map(\.batches) == [2, 0])
        #expect(standings.map(\.sequence) == [2, 0])
        #expect(standings.map(\.receipt) == [1, 0])
        #expect(standings.map(\.lastBatch) == [Scene.now + 100, nil])
    }
}
