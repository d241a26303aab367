public import Clocks
public import HubProtocol
import Payments
public import Vouchers

/// The settling of the clock (`docs/spec/time.md`, *Signed time*).
extension PaymentTerminal {
    /// The clock is settled anew over the link after so many milliseconds of the boot-time clock:
    /// by then it may be off by a second more.
    static let settlingMilliseconds: UInt64 = 3_600_000
    /// ... or when it may be off by more than this, in seconds: a wallet's code lives for 60.
    static let settlingUncertainty: UInt64 = 10
    /// Random bytes in a question of the time.
    static let timeQuestionBytes = 16

    /// Asks the hub for the time where it is due. A hub that does not tell it is no reason to
    /// leave payments unsent: what went wrong is told, and the exchange goes on.
    func settleClock(over link: any HubLink) async -> SyncReport.Failure? {
        guard let clock = settleable, isSettlingDue(clock) else { return nil }
        let nonce = parts.random.bytes(Self.timeQuestionBytes)
        let asked = clock.reading()
        let bytes: [UInt8]?
        do {
            bytes = try await link.time(for: configuration.terminal, question: nonce)
        } catch { return SyncReport.Failure(error) }
        guard let bytes else { return nil }
        do {
            try clock.settle(
                by: bytes, signedBy: configuration.hub, for: configuration.terminal, nonce: nonce,
                asked: asked)
            settledAt = clock.uptime()
            return nil
        } catch { return SyncReport.Failure(reason: error.reason, message: error.message) }
    }

    private func isSettlingDue(_ clock: TerminalClock) -> Bool {
        let estimate = clock.estimate()
        guard estimate.standing == .settled, let settledAt else { return true }
        return (estimate.uncertainty ?? .max) > Self.settlingUncertainty
            || clock.uptime() >= settledAt + Self.settlingMilliseconds
    }

    /// The clock, where it is one that can be settled.
    var settleable: TerminalClock? { parts.clock as? TerminalClock }

    /// Takes note that a time (seconds since 1970 UTC) has passed.
    func learn(_ time: UInt64, by source: ClockKeeper.Source) async {
        if let clock = settleable {
            clock.passed(time, by: source)
            judgeClock()
        } else {
            await run(.clockFloorRaised(Self.floor(time)))
        }
    }

    /// Tells the sale machine where the clock stands. A clock that is not believed is told as one
    /// a second before its floor, so that a decision's facts say all there is to say.
    func judgeClock() {
        guard let clock = settleable else { return }
        let estimate = clock.estimate()
        _ = machine.handle(
            .clockJudged(
                floor: estimate.suspicion == nil
                    ? min(estimate.floor, estimate.now) : estimate.now + 1))
    }

    /// The clock's floor, where the clock is not believed.
    var suspectFloor: UInt64? {
        let estimate = parts.clock.estimate()
        return estimate.suspicion == nil ? nil : estimate.floor
    }

    /// What is wrong with the clock, as sentences; nil where nothing is.
    var clockTrouble: String? {
        if let suspicion = parts.clock.estimate().suspicion {
            return suspicion.sentence + " Nothing is approved. Connect the terminal to its hub "
                + "(tillctl sync), or have a technician settle the clock (tillctl clock challenge)."
        }
        guard settleable == nil, parts.clock.now() < machine.clockFloor else { return nil }
        return "The clock stands before the last entry of the journal, the hub's configuration, "
            + "or this program's release. Nothing is approved. Set the clock right."
    }

    /// Writes the clock file where it is due, and tells the journal what the clock did.
    func keepClock() async {
        guard let clock = settleable else { return }
        clock.saveIfDue()
        for event in clock.takeEvents() {
            guard let entry = Self.entry(event, clock.estimate(), wall: clock.reading().wall)
            else { continue }
            // A journal that cannot be written approves nothing; the clock is the lesser trouble.
            _ = try? await parts.journal.note(entry, at: clock.now())
        }
    }

    /// An event as the journal keeps it; nil for what it is not told: a clock that was right.
    private static func entry(_ event: ClockEvent, _ estimate: ClockEstimate, wall: UInt64)
        -> ClockEntry?
    {
        let uncertainty = estimate.uncertainty ?? 0
        switch event {
        case .stepped(let seconds):
            let found = Int64(clamping: estimate.now) + seconds
            return ClockEntry(
                kind: seconds > 0 ? .steppedForward : .steppedBack, expected: estimate.now,
                found: UInt64(max(0, found)), uncertaintySeconds: uncertainty)
        case .becameSuspect:
            return ClockEntry(
                kind: .suspect, expected: estimate.now, found: wall,
                uncertaintySeconds: uncertainty)
        case .recovered: return nil
        case .settled(let way, let moved):
            guard way == .technician || moved.magnitude > Self.settlingUncertainty else {
                return nil
            }
            let before = Int64(clamping: estimate.now) - moved
            return ClockEntry(
                kind: way == .link ? .settledByHub : .settledByTechnician,
                expected: UInt64(max(0, before)), found: estimate.now,
                uncertaintySeconds: uncertainty)
        }
    }

    /// Where the clock stands.
    public var clockEstimate: ClockEstimate { parts.clock.estimate() }

    /// This terminal's id.
    public var name: TerminalID { configuration.terminal }

    /// Opens a challenge for a technician; nil where this terminal's clock cannot be settled.
    public func clockChallenge() -> ClockChallenge? {
        settleable?.challenge(random: parts.random.bytes(ClockChallenge.length))
    }

    /// Takes the code that a technician has carried here.
    public func settleClock(byCode text: String) throws(TerminalClock.Refusal) -> ClockEstimate {
        guard let clock = settleable else { throw .noChallenge }
        try clock.settle(
            byCode: text, signedBy: configuration.hub, for: configuration.terminal)
        return clock.estimate()
    }
}
