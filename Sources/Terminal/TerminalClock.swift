public import COSE
public import Clocks
public import HubProtocol
import Synchronization
public import Vouchers

/// The terminal's clock: what everything in it calls the time (`docs/spec/time.md`).
///
/// It reads the machine's clocks at every question, so that a clock that was set a moment ago is
/// known to have been; what it remembers is written down now and then.
public final class TerminalClock: WallClock {
    /// The clock file is written so often, in milliseconds of the boot-time clock: what a terminal
    /// without a battery for its clock forgets is a minute.
    static let savingMilliseconds: UInt64 = 60_000
    /// A technician's challenge is good for so long, in milliseconds of the boot-time clock (15
    /// minutes): a telephone call. Half of the time it took is what the clock may be off by.
    static let challengeMilliseconds: UInt64 = 15 * 60_000
    /// So many events are kept for the journal; more in a second are the same clock jumping.
    static let maximumEvents = 32

    private struct State {
        var keeper: ClockKeeper
        var events: [ClockEvent] = []
        var savedAt: UInt64?
        var challenge: (value: ClockChallenge, reading: ClockReading)?
    }

    private let clocks: any MachineClocks
    private let store: any ClockStore
    private let state: Mutex<State>

    /// A clock that remembers what `store` holds.
    ///
    /// - Parameter passed: times that signatures say have passed, in seconds since 1970 UTC: the
    ///   program's release, the configuration in force.
    public init(clocks: any MachineClocks, store: any ClockStore, passed: [UInt64]) {
        self.clocks = clocks
        self.store = store
        var keeper = ClockKeeper(remembering: store.load() ?? ClockMemory())
        for time in passed { keeper.passed(time, by: .signed) }
        state = Mutex(State(keeper: keeper))
        _ = estimate()
    }

    /// The best estimate of the time, in seconds since 1970 UTC. It does not go back but by a
    /// signed time.
    public func now() -> UInt64 { estimate().now }

    /// Where the clock stands.
    public func estimate() -> ClockEstimate {
        let reading = clocks.read()
        return state.withLock { state in
            Self.note(state.keeper.take(reading), in: &state)
            return state.keeper.estimate
        }
    }

    /// Milliseconds by the boot-time clock, for intervals.
    public func uptime() -> UInt64 { clocks.read().sinceBoot }

    /// See ``WallClock/passed(_:)``.
    public func passed(_ time: UInt64) { passed(time, by: .signed) }

    /// Takes note that a time (seconds since 1970 UTC) has passed.
    public func passed(_ time: UInt64, by source: ClockKeeper.Source) {
        state.withLock { $0.keeper.passed(time, by: source) }
    }

    /// The events since the last call, for the journal.
    public func takeEvents() -> [ClockEvent] {
        state.withLock { state in
            let events = state.events
            state.events = []
            return events
        }
    }

    /// Writes the clock file where it is due; answers with what went wrong.
    @discardableResult
    public func saveIfDue() -> ClockStoreError? {
        let reading = clocks.read()
        let due: ClockMemory? = state.withLock { state in
            if let saved = state.savedAt, reading.sinceBoot < saved + Self.savingMilliseconds {
                return nil
            }
            state.savedAt = reading.sinceBoot
            return state.keeper.memory
        }
        guard let due else { return nil }
        do {
            try store.save(due)
            return nil
        } catch { return error }
    }

    private static func note(_ events: [ClockEvent], in state: inout State) {
        guard !events.isEmpty else { return }
        // What the journal is told must also be remembered: the file is due at once.
        state.savedAt = nil
        state.events += events.prefix(max(0, maximumEvents - state.events.count))
    }
}

// The way out of a suspect clock.
extension TerminalClock {
    /// Why a signed time did not settle the clock. Nothing was changed.
    public enum Refusal: Error, Hashable, Sendable {
        /// It is no time that the hub has signed for this terminal's question.
        case message(MessageError)
        /// The text is no technician's code.
        case notACode
        /// No challenge is open: none was asked for, or it has been answered, or it is too old.
        case noChallenge
        /// It is before a time that a signature says has passed, in seconds since 1970 UTC.
        case beforeProven(at: UInt64, proven: UInt64)

        /// The stable code of the refusal in JSON.
        public var reason: String {
            switch self {
            case .message(let error): error.reason
            case .notACode: "clock-code-malformed"
            case .noChallenge: "clock-challenge-missing"
            case .beforeProven: "clock-code-too-early"
            }
        }

        /// What happened, what it means for the money, and what to do.
        public var message: String {
            switch self {
            case .message(let error):
                "\(error.description) The clock was left as it is. Ask for a new challenge with "
                    + "tillctl clock challenge, and for a new code at the hub."
            case .notACode:
                "That is no code of tillhub clock-code (it begins with "
                    + "\(SignedTime.textPrefix)). The clock was left as it is."
            case .noChallenge:
                "No challenge is open. The clock was left as it is. Run tillctl clock challenge, "
                    + "and give what it shows to tillhub clock-code within "
                    + "\(challengeMilliseconds / 60_000) minutes."
            case .beforeProven:
                "The hub signed a later time before, and both cannot be right. The clock was left "
                    + "as it is, and nothing is approved. Check the hub's own clock; if it was "
                    + "wrong before, make the code with tillhub clock-code --overrule."
            }
        }
    }

    /// Takes a time that came over the link in answer to `nonce`, which was asked at `asked`.
    public func settle(
        by message: [UInt8], signedBy hub: PublicKey, for terminal: TerminalID, nonce: [UInt8],
        asked: ClockReading
    ) throws(Refusal) {
        let time: SignedTime
        do {
            time = try SignedTime.verify(message, signedBy: hub, for: terminal, answering: nonce)
        } catch { throw .message(error) }
        // Only a person overrules what was signed, and a person comes with a challenge.
        try settle(time, asked: asked, by: .link, overruling: false)
    }

    /// The machine's clocks now, for an exchange that begins.
    public func reading() -> ClockReading { clocks.read() }

    /// Opens a challenge of 8 random bytes; it takes the place of one that was open.
    public func challenge(random: [UInt8]) -> ClockChallenge {
        let challenge = ClockChallenge(random: random)
        let reading = clocks.read()
        state.withLock { $0.challenge = (challenge, reading) }
        return challenge
    }

    /// Takes the code that a technician has carried here, in answer to the open challenge.
    public func settle(byCode text: String, signedBy hub: PublicKey, for terminal: TerminalID)
        throws(Refusal)
    {
        guard let message = SignedTime.message(in: text) else { throw .notACode }
        let now = clocks.read()
        let open = state.withLock { $0.challenge }
        guard let open, open.reading.boot == now.boot,
            now.sinceBoot < open.reading.sinceBoot + Self.challengeMilliseconds
        else { throw .noChallenge }
        let time: SignedTime
        do {
            time = try SignedTime.verify(
                message, signedBy: hub, for: terminal, answering: open.value.characters)
        } catch { throw .message(error) }
        try settle(time, asked: open.reading, by: .technician, overruling: time.overrules)
        state.withLock { $0.challenge = nil }
    }

    /// The hub signed at some moment since the question: the middle is right to within a half.
    private func settle(
        _ time: SignedTime, asked: ClockReading, by way: SettlementWay, overruling: Bool
    ) throws(Refusal) {
        let reading = clocks.read()
        let lasted = (reading.sinceBoot - min(asked.sinceBoot, reading.sinceBoot)) / 1_000
        let settlement = state.withLock { state in
            let settlement = state.keeper.settle(
                at: time.at + lasted / 2, uncertainty: lasted / 2 + 1, reading: reading, by: way,
                overruling: overruling)
            if case .settled(let events) = settlement { Self.note(events, in: &state) }
            return settlement
        }
        if case .beforeProven(let proven) = settlement {
            throw .beforeProven(at: time.at, proven: proven)
        }
        _ = saveIfDue()
    }
}
