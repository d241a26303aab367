import Clocks
import Testing

/// Both sides of every tolerance, and what exactly is remembered and told.
@Suite("At the edges of time")
struct ClockEdgeTests {
    static let noon: UInt64 = 1_800_000_000

    func reading(_ wall: UInt64, up seconds: UInt64, boot: String = "a") -> ClockReading {
        ClockReading(wall: wall, sinceBoot: seconds * 1_000, boot: BootID(boot)!)
    }

    /// A keeper that knows noon, and read it 1,000 seconds after the start.
    func keeper() -> ClockKeeper {
        var keeper = ClockKeeper()
        keeper.passed(Self.noon, by: .signed)
        _ = keeper.take(reading(Self.noon, up: 1_000))
        return keeper
    }

    @Test("A wall clock may fall behind by 120 seconds, and by no second more")
    func behind() {
        let expected = Self.noon + 500
        var within = keeper()
        _ = within.take(reading(expected - 120, up: 1_500))
        #expect(within.estimate.suspicion == nil)
        var beyond = keeper()
        _ = beyond.take(reading(expected - 121, up: 1_500))
        #expect(beyond.estimate.suspicion == .behind(floor: expected))
        // The boot-time clock is not in doubt: the estimate goes on by it.
        #expect(beyond.estimate.now == expected)
    }

    @Test("A wall clock may jump ahead by 900 seconds, and by no second more")
    func ahead() {
        var within = keeper()
        _ = within.take(reading(Self.noon + 1_400, up: 1_500))
        #expect(within.estimate.suspicion == nil)
        var beyond = keeper()
        _ = beyond.take(reading(Self.noon + 1_401, up: 1_500))
        #expect(beyond.estimate.suspicion == .jumpedAhead(seconds: 901))
    }

    @Test("A terminal may have been off for 60 days, and no second more")
    func absent() {
        func estimate(after seconds: UInt64) -> ClockEstimate {
            var keeper = ClockKeeper()
            keeper.passed(Self.noon, by: .signed)
            _ = keeper.take(reading(Self.noon + seconds, up: 10))
            return keeper.estimate
        }
        #expect(estimate(after: 60 * 86_400).suspicion == nil)
        #expect(estimate(after: 60 * 86_400 + 1).suspicion == .farAhead(lastKnown: Self.noon))
    }

    @Test("A run of the machine may begin in the second in which the last was seen, not before it")
    func stoodStill() {
        func suspicion(up seconds: UInt64) -> ClockSuspicion? {
            var keeper = keeper()
            _ = keeper.take(reading(Self.noon + 100, up: seconds, boot: "b"))
            return keeper.estimate.suspicion
        }
        #expect(suspicion(up: 100) == nil)
        #expect(suspicion(up: 101) == .stoodStill(lastSeen: Self.noon))
    }

    @Test("A step is told from 121 seconds on, by a clock that was in step up to 2")
    func steps() {
        func events(_ differences: [Int64]) -> [ClockEvent] {
            var keeper = keeper()
            return differences.enumerated().flatMap { index, difference in
                let up = 1_001 + UInt64(index)
                let wall = Int64(Self.noon + up - 1_000) + difference
                return keeper.take(reading(UInt64(wall), up: up))
            }
        }
        #expect(events([120]).isEmpty)
        #expect(events([121]) == [.stepped(seconds: 121)])
        #expect(events([2, 121]) == [.stepped(seconds: 121)])
        #expect(events([3, 121]).isEmpty)
    }

    @Test(
        "An anchor's clock refines it within its uncertainty and 2 seconds, and is wrong past 120")
    func anchored() {
        func settled(wall: UInt64) -> ClockKeeper {
            var keeper = keeper()
            _ = keeper.settle(
                at: Self.noon + 100, uncertainty: 5, reading: reading(Self.noon + 100, up: 1_100),
                by: .link, overruling: false)
            _ = keeper.take(reading(wall, up: 1_200))
            return keeper
        }
        let centre = Self.noon + 200
        #expect(settled(wall: centre + 7).estimate.now == centre + 7)
        #expect(settled(wall: centre + 7).estimate.latest == centre + 7 + 5 + 7)
        #expect(settled(wall: centre + 8).estimate.now == centre)
        #expect(settled(wall: centre + 8).estimate.latest == centre + 5)
        #expect(settled(wall: centre + 125).memory.wrong == nil)
        #expect(settled(wall: centre + 126).memory.wrong != nil)
    }

    @Test("A signed time is taken unless even its latest is 300 seconds before a proven one")
    func contradiction() {
        func settle(at time: UInt64) -> (ClockKeeper, ClockKeeper.Settlement) {
            var keeper = keeper()
            let settlement = keeper.settle(
                at: time, uncertainty: 5, reading: reading(Self.noon, up: 1_000), by: .link,
                overruling: false)
            return (keeper, settlement)
        }
        let refused = settle(at: Self.noon - 306)
        #expect(refused.1 == .beforeProven(proven: Self.noon))
        #expect(refused.0.memory.anchor == nil)
        let taken = settle(at: Self.noon - 305)
        #expect(taken.1 == .settled([.settled(.link, movedSeconds: -305)]))
        #expect(taken.0.memory.refuted == Self.noon)
        #expect(taken.0.memory.proven == Self.noon - 310)
        // A time that may still be the known one refutes nothing.
        #expect(settle(at: Self.noon - 5).0.memory.refuted == 0)
        #expect(settle(at: Self.noon - 6).0.memory.refuted == Self.noon)
    }

    @Test("A later signed time proves its earliest, and tells by how much the estimate moved")
    func proof() {
        var keeper = keeper()
        let settlement = keeper.settle(
            at: Self.noon + 1_000, uncertainty: 5, reading: reading(Self.noon, up: 1_000),
            by: .technician, overruling: false)
        #expect(settlement == .settled([.settled(.technician, movedSeconds: 1_000)]))
        #expect(keeper.memory.proven == Self.noon + 995)
    }

    @Test("The greatest number that a message may hold is read back")
    func numbers() {
        func memory(_ number: UInt64) -> ClockMemory? {
            ClockMemory(text: "TILL-CLOCK-1\nproven \(number)\nobserved 0\nrefuted 0\nend\n")
        }
        #expect(memory((1 << 53) - 1)?.proven == (1 << 53) - 1)
        #expect(memory(1 << 53) == nil)
    }

    @Test("A run of ten years is a run, whenever it was first looked at; a longer one is none")
    func runs() {
        let years: UInt64 = 10 * 366 * 86_400
        func isAnchored(after seconds: UInt64) -> Bool {
            var keeper = keeper()
            _ = keeper.settle(
                at: Self.noon, uncertainty: 1, reading: reading(Self.noon, up: 1_000), by: .link,
                overruling: false)
            _ = keeper.take(reading(Self.noon + seconds, up: 1_000 + seconds))
            return keeper.estimate.standing == .settled
        }
        #expect(isAnchored(after: years))
        #expect(!isAnchored(after: years + 1))
    }
}
