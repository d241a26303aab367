/// Tells the time from clocks that can be set, stand still and jump (`docs/spec/time.md`).
///
/// A value and a machine: readings and signed times go in, estimates and events come out. It knows
/// no clock and no file. Four things make up its answer:
/// - a *floor*: times that are known to have passed;
/// - an *anchor*: a time that the hub signed in this run of the machine. From there on the
///   boot-time clock, which nobody can set, tells the time, whatever the wall clock does;
/// - without an anchor the *wall clock*, as long as nothing speaks against it;
/// - else the clock is *suspect*: nothing is approved, and a signed time settles it.
public struct ClockKeeper: Hashable, Sendable {
    /// A clock may stand so far before the floor and be believed, in seconds: time servers set
    /// clocks back by seconds, people by hours. The estimate itself does not go back.
    public static let backwardToleranceSeconds: UInt64 = 120
    /// A clock may jump ahead by so much and be believed, in seconds: what a time server corrects
    /// after months without one. People set clocks by hours.
    public static let forwardToleranceSeconds: UInt64 = 900
    /// A terminal may be left switched off for so long, in seconds (60 days: a season's closing).
    /// A clock that claims more needs a signed time.
    public static let longestAbsenceSeconds: UInt64 = 60 * 86_400
    /// How far the boot-time clock may run wrong, in parts of a million: twice a bad crystal's
    /// error, 17 seconds in a day.
    public static let driftPartsPerMillion: UInt64 = 200
    /// The wall clock agrees with an anchor when it is no further off than the anchor's own
    /// uncertainty and so many seconds: rounding and a leap second.
    static let agreementSeconds: UInt64 = 2
    /// Signed claims may be later than a settled clock's latest time by so much, in seconds.
    static let claimToleranceSeconds: UInt64 = 300

    /// What is to be remembered over a restart.
    public private(set) var memory: ClockMemory
    /// The estimate of the last reading.
    public private(set) var estimate: ClockEstimate
    /// Whether there was a reading yet: before it nothing can change.
    private var hasRead = false
    /// Whether the wall clock agreed with where the boot-time clock had it.
    private var isInStep = true

    /// A keeper that remembers; it tells the floor until it gets a reading.
    public init(remembering memory: ClockMemory = ClockMemory()) {
        self.memory = memory
        estimate = ClockEstimate(
            now: memory.floor, floor: memory.floor, uncertainty: nil,
            standing: .suspect(.behind(floor: memory.floor)))
    }

    /// What kind of source says that a time has passed.
    public enum Source: Hashable, Sendable {
        /// Something signed: the trust list, the configuration, the hub's answers; or the build.
        case signed
        /// The terminal's own clock at the time: its journal.
        case own
    }

    /// Takes note that a time (seconds since 1970 UTC) has passed. A claim that a signed time has
    /// refuted, or that a settled clock refutes, changes nothing.
    public mutating func passed(_ time: UInt64, by source: Source) {
        let isRefuted = time <= memory.refuted && time > memory.floor
        let isFuture =
            estimate.standing == .settled
            && time > (estimate.latest ?? .max) + Self.claimToleranceSeconds
        guard !isRefuted, !isFuture else { return }
        switch source {
        case .signed: memory.proven = max(memory.proven, time)
        case .own: memory.observed = max(memory.observed, time)
        }
    }

    /// Takes a reading; afterwards ``estimate`` is of this moment.
    public mutating func take(_ reading: ClockReading) -> [ClockEvent] {
        let old = hasRead ? estimate : nil
        hasRead = true
        let wasInStep = isInStep
        let difference: Int64
        if let anchor = memory.anchor, let elapsed = reading.seconds(since: anchor.reading) {
            difference = takeAnchored(reading, anchor, elapsed)
        } else {
            difference = takeUnanchored(reading)
        }
        return events(from: old, wasInStep: wasInStep, difference: difference)
    }

    /// The boot-time clock tells the time; the wall clock refines it where it agrees.
    private mutating func takeAnchored(
        _ reading: ClockReading, _ anchor: ClockMemory.Anchor, _ elapsed: UInt64
    ) -> Int64 {
        let centre = anchor.time + elapsed
        let uncertainty =
            anchor.uncertainty + elapsed * Self.driftPartsPerMillion / 1_000_000
        isInStep = Self.distance(reading.wall, centre) <= uncertainty + Self.agreementSeconds
        let now = max(isInStep ? reading.wall : centre, memory.floor)
        memory.observed = max(memory.observed, now)
        let isWrong =
            Self.distance(reading.wall, centre) > uncertainty + Self.backwardToleranceSeconds
        memory.wrong = isWrong ? reading : nil
        // The wall clock too was seen to stand where it stood: no honest start is before that.
        let shown = isWrong ? now : max(now, reading.wall)
        memory.seen = ClockReading(
            wall: shown, sinceBoot: reading.sinceBoot, boot: reading.boot)
        estimate = ClockEstimate(
            now: now, floor: memory.floor, uncertainty: uncertainty + Self.distance(now, centre),
            standing: .settled)
        return Int64(clamping: reading.wall) - Int64(clamping: centre)
    }

    /// The wall clock tells the time, where nothing speaks against it.
    private mutating func takeUnanchored(_ reading: ClockReading) -> Int64 {
        var expected: UInt64?
        if let base = memory.base, let elapsed = reading.seconds(since: base) {
            expected = base.wall + elapsed
        }
        let difference =
            expected.map { Int64(clamping: reading.wall) - Int64(clamping: $0) } ?? 0
        isInStep = difference.magnitude <= Self.agreementSeconds
        if let suspicion = suspicion(of: reading, expected: expected) {
            memory.wrong = reading
            let floor = memory.floor
            estimate = ClockEstimate(
                now: max(expected ?? floor, floor), floor: floor, uncertainty: nil,
                standing: .suspect(suspicion))
            return difference
        }
        let now = max(reading.wall, memory.floor)
        memory.observed = now
        if expected == nil { memory.base = reading }
        memory.wrong = nil
        memory.seen = ClockReading(wall: now, sinceBoot: reading.sinceBoot, boot: reading.boot)
        estimate = ClockEstimate(
            now: now, floor: now, uncertainty: nil, standing: .unsettled)
        return difference
    }

    private func suspicion(of reading: ClockReading, expected: UInt64?) -> ClockSuspicion? {
        // Steps back add up: a clock set back by a little again and again stands still in the end.
        let floor = max(memory.floor, expected ?? 0)
        if reading.wall + Self.backwardToleranceSeconds < floor { return .behind(floor: floor) }
        if let expected {
            if reading.wall > expected + Self.forwardToleranceSeconds {
                return .jumpedAhead(seconds: reading.wall - expected)
            }
        } else if memory.wrong != nil {
            return .notSettled
        } else if let seen = memory.seen {
            // The last run was seen alive then, so this one began later.
            let began = reading.wall - min(reading.wall, reading.sinceBoot / 1_000)
            if began < seen.wall { return .stoodStill(lastSeen: seen.wall) }
        }
        if reading.wall > memory.floor + Self.longestAbsenceSeconds {
            return .farAhead(lastKnown: memory.floor)
        }
        return nil
    }

    private func events(from old: ClockEstimate?, wasInStep: Bool, difference: Int64)
        -> [ClockEvent]
    {
        var events: [ClockEvent] = []
        if wasInStep, !isInStep, difference.magnitude > Self.backwardToleranceSeconds {
            events.append(.stepped(seconds: difference))
        }
        switch (old?.suspicion, estimate.suspicion) {
        case (nil, let suspicion?): events.append(.becameSuspect(suspicion))
        case (_?, nil): events.append(.recovered)
        default: break
        }
        return events
    }

    /// What came of a signed time.
    public enum Settlement: Hashable, Sendable {
        /// The clock is settled.
        case settled([ClockEvent])
        /// The time is before one that a signature says has passed: the hub contradicts itself.
        case beforeProven(proven: UInt64)
    }

    /// Takes a signed time.
    ///
    /// - Parameters:
    ///   - time: the time in the middle of the exchange, in seconds since 1970 UTC.
    ///   - uncertainty: half the length of the exchange, in seconds, rounded up.
    ///   - reading: the machine's clocks now.
    ///   - overruling: whether times that signatures say have passed may be overruled: a person
    ///     says that they were wrong.
    public mutating func settle(
        at time: UInt64, uncertainty: UInt64, reading: ClockReading, by way: SettlementWay,
        overruling: Bool
    ) -> Settlement {
        let latest = time + uncertainty
        if latest + Self.claimToleranceSeconds < memory.proven, !overruling {
            return .beforeProven(proven: memory.proven)
        }
        let before = take(reading)
        let old = estimate.now
        let earliest = time - min(time, uncertainty)
        if latest < memory.floor {
            memory.refuted = max(memory.refuted, memory.floor)
            memory.proven = min(memory.proven, earliest)
            memory.observed = earliest
        }
        memory.proven = max(memory.proven, earliest)
        memory.anchor = ClockMemory.Anchor(
            time: time, uncertainty: uncertainty, reading: reading)
        _ = take(reading)
        let moved = Int64(clamping: estimate.now) - Int64(clamping: old)
        return .settled(before + [.settled(way, movedSeconds: moved)])
    }

    private static func distance(_ left: UInt64, _ right: UInt64) -> UInt64 {
        left > right ? left - right : right - left
    }
}
