import Clocks
import Testing

/// The table of clock histories: each ends with what the terminal makes of it.
@Suite struct ClockHistoryTests {
    private let year: UInt64 = 365 * 86_400
    private let day: UInt64 = 86_400

    /// What the terminal must make of a history.
    private enum Verdict: Equatable {
        case right
        case behind, stoodStill, notSettled, farAhead, jumpedAhead
    }

    private func verdict(_ machine: Machine) -> Verdict {
        switch machine.estimate.suspicion {
        case nil: .right
        case .behind: .behind
        case .stoodStill: .stoodStill
        case .notSettled: .notSettled
        case .farAhead: .farAhead
        case .jumpedAhead: .jumpedAhead
        }
    }

    /// Every history leaves no lasting harm: a signed time settles it.
    private func check(
        _ name: Comment, _ expected: Verdict, _ history: (inout Machine) -> Void
    ) {
        var machine = Machine()
        machine.run(600)
        history(&machine)
        #expect(verdict(machine) == expected, name)
        if expected == .right {
            let error = Int64(machine.estimate.now) - Int64(machine.truth)
            #expect(error.magnitude <= 150, name)
        }
        let isSettled = machine.settle()
        #expect(isSettled, name)
        #expect(verdict(machine) == .right, name)
        #expect(
            (Int64(machine.estimate.now) - Int64(machine.truth)).magnitude <= 5, name)
    }

    @Test func aSettledClockRefutesAClaimFiveMinutesAheadOfIt() throws {
        for (ahead, isTaken) in [(300, true), (301, false)] as [(UInt64, Bool)] {
            var machine = Machine()
            machine.settle()
            let latest = try #require(machine.estimate.latest)
            machine.learn(latest + ahead)
            machine.look()
            #expect((machine.estimate.floor == latest + ahead) == isTaken, "\(ahead) s")
        }
    }

    @Test func unsettledTerminals() {
        check("nothing happens for a week", .right) { $0.run(7 * 86_400) }
        check("off for a fortnight with a good clock", .right) { $0.off(14 * 86_400) }
        check("back 10 years", .behind) { $0.step(-Int64(10 * year)) }
        check("back 10 years while off", .behind) {
            $0.off(3_600, wall: $0.truth - 10 * year)
        }
        check("forward 10 years", .jumpedAhead) { $0.step(Int64(10 * year)) }
        check("forward 10 years while off", .farAhead) {
            $0.off(3_600, wall: $0.truth + 10 * year)
        }
        check("forward an hour in the middle of a sale", .jumpedAhead) { $0.step(3_600) }
        check("back an hour in the middle of a sale", .behind) { $0.step(-3_600) }
        check("back an hour, then a time server mends it", .right) {
            $0.step(-3_600)
            $0.step(3_600)
        }
        check("forward ten years, then back", .right) {
            $0.step(Int64(10 * year))
            $0.run(60)
            $0.step(-Int64(10 * year))
        }
        check("no clock at boot: 1970", .behind) { $0.off(3_600, wall: 0) }
        check("no clock at boot: 2000", .behind) { $0.off(3_600, wall: 946_684_800) }
        check("no clock at boot: the last time saved", .stoodStill) {
            let saved = $0.wall
            $0.off(5 * 86_400, wall: saved - 20)
        }
        check("no clock at boot, then a time server", .notSettled) {
            $0.off(5 * 86_400, wall: 0)
            $0.set(wall: $0.truth)
        }
        check("back an hour, and then off for a fortnight", .notSettled) {
            $0.step(-3_600)
            $0.off(14 * 86_400)
        }
        check("back an hour, off for a fortnight, then a time server", .notSettled) {
            $0.step(-3_600)
            $0.off(14 * 86_400)
            $0.set(wall: $0.truth)
        }
        check("a clock mended by ten minutes", .right) {
            $0.off(30 * 86_400, wall: $0.truth + 30 * 86_400 - 600)
            $0.step(600)
        }
        check("a leap second", .right) { $0.step(-1) }
        check("a step back by 100 seconds", .right) { $0.step(-100) }
        check("steps back by 100 seconds, again and again", .behind) {
            for _ in 0..<3 {
                $0.step(-100)
                $0.run(110)
            }
        }
        check("the daemon restarts after the clock was set ahead", .jumpedAhead) {
            $0.step(7_200)
            $0.restartDaemon()
        }
    }

    @Test func aSettledTerminalTakesNoNoticeOfItsWallClock() {
        let steps: [(Comment, Int64)] = [
            ("back 10 years", -Int64(10 * year)), ("forward 10 years", Int64(10 * year)),
            ("back an hour", -3_600), ("forward an hour", 3_600), ("a leap second", -1),
        ]
        for (name, step) in steps {
            var machine = Machine()
            machine.settle()
            machine.run(600)
            machine.step(step)
            machine.run(3_600)
            #expect(machine.estimate.standing == .settled, name)
            #expect((Int64(machine.estimate.now) - Int64(machine.truth)).magnitude <= 4, name)
        }
    }

    @Test func aStepOfTheWallClockIsToldOnceAndSuspicionComesAndGoes() {
        var settled = Machine()
        settled.settle()
        settled.step(7_200)
        settled.run(600)
        let steps = settled.events.filter { event in
            if case .stepped(let seconds) = event {
                (7_198...7_202).contains(seconds)
            } else {
                false
            }
        }
        #expect(steps.count == 1)
        #expect(settled.events.count == 2)

        var unsettled = Machine()
        unsettled.step(7_200)
        unsettled.run(600)
        unsettled.step(-7_200)
        #expect(
            unsettled.events == [
                .stepped(seconds: 7_200), .becameSuspect(.jumpedAhead(seconds: 7_200)),
                .recovered,
            ])
    }

    @Test func clocksGoOnAfter2038And2106() {
        for turn: UInt64 in [1 << 31, 1 << 32] {
            var machine = Machine()
            // Ten years in a cupboard at a time, settled each time.
            while machine.truth + 5 * year < turn {
                machine.off(5 * year)
                machine.settle()
            }
            machine.run(turn + 3_600 - machine.truth, looks: 20)
            #expect(machine.truth > turn)
            #expect(machine.estimate.standing == .settled)
            machine.off(day)
            #expect(machine.estimate.standing == .unsettled)
            // A kernel that counts in 32 bits falls back to 1901, which is before 1970.
            machine.off(day, wall: 0)
            #expect(verdict(machine) == .behind)
        }
    }

    @Test func aBootTimeClockThatLeapsIsNotBelieved() {
        var machine = Machine()
        machine.settle()
        let boot = machine.reading.boot
        let leap = ClockReading(
            wall: machine.wall, sinceBoot: machine.reading.sinceBoot + 50 * year * 1_000,
            boot: boot)
        var keeper = machine.keeper
        _ = keeper.take(leap)
        #expect(keeper.estimate.suspicion == .stoodStill(lastSeen: machine.wall))
        #expect(keeper.estimate.now <= machine.truth + 5)
    }

    @Test func uncertaintyGrowsWithTheTimeSinceTheSignature() {
        var machine = Machine()
        machine.settle(lasting: 10)
        // Signed somewhere within 10 seconds: the wall clock, 5 s from the middle, is in step.
        #expect(machine.estimate.uncertainty == 6 + 5)
        machine.run(7 * day)
        #expect(machine.estimate.uncertainty == 6 + 7 * day * 200 / 1_000_000 + 5)
        machine.off(60)
        #expect(machine.estimate.uncertainty == nil)
    }

    @Test func aVoucherOnceExpiredStaysSo() {
        var machine = Machine()
        let expiry = machine.truth + 1_000
        machine.run(1_100)
        #expect(!machine.accepts(expiry: expiry))
        for step: Int64 in [-100, -20, -3_600, 3_600, 119] {
            machine.step(step)
            #expect(!machine.accepts(expiry: expiry))
            machine.run(20)
            #expect(!machine.accepts(expiry: expiry))
        }
    }
}

@Suite struct ClockFloorTests {
    @Test func theFloorRisesBySignedTimesAndByTheJournal() {
        var keeper = ClockKeeper()
        keeper.passed(100, by: .signed)
        keeper.passed(90, by: .signed)
        keeper.passed(200, by: .own)
        #expect(keeper.memory.floor == 200)
        #expect(keeper.estimate.suspicion == .behind(floor: 0))
    }

    @Test func aJournalWrittenInTheFutureLocksNobodyOut() {
        var machine = Machine()
        let wrong = machine.truth + 10 * 365 * 86_400
        machine.learn(wrong, .own)
        machine.look()
        #expect(machine.estimate.suspicion == .behind(floor: wrong))
        let isSettled = machine.settle()
        #expect(isSettled)
        #expect(machine.estimate.standing == .settled)
        // The journal still says so at every start.
        machine.off(60)
        machine.learn(wrong, .own)
        machine.look()
        #expect(machine.estimate.standing == .unsettled)
    }

    @Test func onlyAPersonOverrulesASignedTime() {
        var machine = Machine()
        let wrong = machine.truth + 10 * 365 * 86_400
        machine.learn(wrong)
        machine.look()
        #expect(machine.estimate.suspicion == .behind(floor: wrong))
        let answers = [
            machine.settle(), machine.settle(lasting: 120, by: .technician),
            machine.settle(lasting: 120, by: .technician, overruling: true),
        ]
        #expect(answers == [false, false, true])
        #expect(machine.estimate.standing == .settled)
        machine.off(60)
        machine.learn(wrong)
        machine.look()
        #expect(machine.estimate.standing == .unsettled)
    }

    @Test func aSettledClockBelievesNoSignedTimeFromTheFuture() {
        var machine = Machine()
        machine.settle()
        let floor = machine.estimate.floor
        machine.learn(machine.truth + 86_400)
        machine.look()
        #expect(machine.estimate.floor - floor < 10)
        #expect(machine.estimate.standing == .settled)
    }

    @Test func theClockFileReadsBackWholeAndNothingElseIsOne() {
        var machine = Machine()
        #expect(ClockMemory(text: machine.keeper.memory.text) == machine.keeper.memory)
        machine.settle()
        let text = machine.keeper.memory.text
        #expect(ClockMemory(text: text) == machine.keeper.memory)
        #expect(ClockMemory(text: ClockMemory().text) == ClockMemory())
        for length in 0..<text.utf8.count {
            #expect(ClockMemory(text: String(text.prefix(length))) == nil, "\(length)")
        }
        let bad = [
            text + "x", text + "\n", "x" + text, text.replacingOccurrence("proven", "Proven"),
            text.replacingOccurrence("proven ", "proven 0"),
            text.replacingOccurrence("b007", "B007"),
            "TILL-CLOCK-1\nproven 18446744073709551615\nobserved 0\nrefuted 0\nend\n",
        ]
        for text in bad { #expect(ClockMemory(text: text) == nil) }
    }
}

extension String {
    /// This text with the first occurrence of a word replaced.
    func replacingOccurrence(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(range, new)
    }

    private func replacingCharacters(_ range: Range<String.Index>, _ new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
