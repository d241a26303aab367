import COSE
import Clocks
import HubProtocol
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A machine's clocks that are set, and a clock file in memory.
final class SetClocks: MachineClocks, ClockStore {
    struct State {
        var wall: UInt64
        var sinceBoot: UInt64 = 60_000
        var saved: ClockMemory?
        var fails = false
    }

    let state: Mutex<State>
    private let boot = BootID("b0")!

    init(wall: UInt64) { state = Mutex(State(wall: wall)) }

    func read() -> ClockReading {
        state.withLock { ClockReading(wall: $0.wall, sinceBoot: $0.sinceBoot, boot: boot) }
    }

    func load() -> ClockMemory? { state.withLock { $0.saved } }

    func save(_ memory: ClockMemory) throws(ClockStoreError) {
        let fails = state.withLock { state in
            if !state.fails { state.saved = memory }
            return state.fails
        }
        if fails { throw ClockStoreError("No space left on device") }
    }

    /// Time passes.
    func pass(_ seconds: UInt64) {
        state.withLock { state in
            state.wall += seconds
            state.sinceBoot += seconds * 1_000
        }
    }

    /// Somebody sets the wall clock.
    func step(_ seconds: Int64) {
        state.withLock { $0.wall = UInt64(Int64($0.wall) + seconds) }
    }
}

@Suite struct TerminalClockTests {
    private let now: UInt64 = 1_800_000_000
    private let hub = VoucherMint.key(99)
    private let terminal = VoucherMint.terminal
    private let random: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    private func clock(_ clocks: SetClocks) -> TerminalClock {
        TerminalClock(clocks: clocks, store: clocks, passed: [now - 100])
    }

    private func code(
        _ challenge: ClockChallenge, at time: UInt64, overrules: Bool = false,
        by key: PrivateKey? = nil
    ) -> String {
        SignedTime.text(
            of: SignedTime(
                terminal: terminal, nonce: challenge.characters, at: time, overrules: overrules
            ).signed(by: key ?? hub))
    }

    private func reason(_ body: () throws(TerminalClock.Refusal) -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return error.reason }
    }

    @Test func aTechniciansCodeSettlesASuspectClock() throws {
        let clocks = SetClocks(wall: now - 10 * 365 * 86_400)
        let clock = clock(clocks)
        #expect(clock.estimate().suspicion == .behind(floor: now - 100))
        let challenge = clock.challenge(random: random)
        clocks.pass(60)
        try clock.settle(
            byCode: code(challenge, at: now) + "\n", signedBy: hub.publicKey, for: terminal)
        #expect(clock.estimate().standing == .settled)
        #expect(clock.now() == now + 30)
        #expect(clock.estimate().uncertainty == 31)
        #expect(clocks.load()?.anchor?.time == now + 30, "it is remembered at once")
    }

    @Test func aCodeIsGoodOnceForItsChallengeForAQuarterOfAnHour() {
        let clocks = SetClocks(wall: now)
        let clock = clock(clocks)
        let hubKey = hub.publicKey
        func settle(_ code: String) -> String? {
            reason { () throws(TerminalClock.Refusal) in
                try clock.settle(byCode: code, signedBy: hubKey, for: terminal)
            }
        }
        let first = clock.challenge(random: random)
        let code = code(first, at: now)
        let second = clock.challenge(random: random.reversed())
        #expect(settle(code) == "wrong-question")
        #expect(settle("TCT1:") == "message-malformed")
        #expect(settle("hello") == "clock-code-malformed")
        #expect(settle(self.code(second, at: now, by: VoucherMint.key(7))) == "wrong-signer")
        #expect(settle(self.code(second, at: now)) == nil)
        #expect(settle(self.code(second, at: now)) == "clock-challenge-missing")
        let third = clock.challenge(random: random)
        clocks.pass(15 * 60)
        #expect(settle(self.code(third, at: now)) == "clock-challenge-missing")
    }

    @Test func onlyAPersonsWordOverrulesAnEarlierSignature() throws {
        let clocks = SetClocks(wall: now)
        let clock = clock(clocks)
        clock.passed(now + 86_400 * 365)
        #expect(clock.estimate().suspicion != nil)
        let challenge = clock.challenge(random: random)
        #expect(
            reason { () throws(TerminalClock.Refusal) in
                try clock.settle(
                    byCode: code(challenge, at: now), signedBy: hub.publicKey, for: terminal)
            } == "clock-code-too-early")
        try clock.settle(
            byCode: code(challenge, at: now, overrules: true), signedBy: hub.publicKey,
            for: terminal)
        #expect(clock.estimate().standing == .settled)
        // Over the link nothing overrules, whatever the message says.
        let other = self.clock(SetClocks(wall: now))
        other.passed(now + 86_400 * 365)
        let message = SignedTime(terminal: terminal, nonce: random, at: now, overrules: true)
            .signed(by: hub)
        #expect(
            reason { () throws(TerminalClock.Refusal) in
                try other.settle(
                    by: message, signedBy: hub.publicKey, for: terminal, nonce: random,
                    asked: other.reading())
            } == "clock-code-too-early")
    }

    @Test func theClockFileIsWrittenEveryMinuteAndAtOnceWhenSomethingHappens() {
        let clocks = SetClocks(wall: now)
        let clock = clock(clocks)
        clock.saveIfDue()
        #expect(clocks.load()?.seen?.wall == now)
        clocks.pass(59)
        _ = clock.now()
        clock.saveIfDue()
        #expect(clocks.load()?.seen?.wall == now)
        clocks.pass(1)
        _ = clock.now()
        clock.saveIfDue()
        #expect(clocks.load()?.seen?.wall == now + 60)
        clocks.step(7_200)
        _ = clock.now()
        clock.saveIfDue()
        #expect(clocks.load()?.wrong != nil)
        #expect(clock.takeEvents().count == 2)
        #expect(clock.takeEvents().isEmpty)
        clocks.state.withLock { $0.fails = true }
        clocks.pass(60)
        #expect(clock.saveIfDue() == ClockStoreError("No space left on device"))
    }
}
