/// Why a clock is not believed. Nothing is approved meanwhile.
public enum ClockSuspicion: Hashable, Sendable {
    /// The wall clock stands before a time that is known to have passed.
    case behind(floor: UInt64)
    /// By the wall clock this run of the machine began before the last one ended: the clock has
    /// stood still, or gone back, while the machine was off.
    case stoodStill(lastSeen: UInt64)
    /// The wall clock was found wrong, and the machine has been started anew since: whether it is
    /// right now, only a signed time can tell.
    case notSettled
    /// The wall clock stands further after the last time known than a terminal is left switched
    /// off.
    case farAhead(lastKnown: UInt64)
    /// The wall clock has jumped ahead by so many seconds while the terminal ran.
    case jumpedAhead(seconds: UInt64)

    /// The stable code of this suspicion in JSON.
    public var reason: String {
        switch self {
        case .behind: "clock-behind"
        case .stoodStill: "clock-stood-still"
        case .notSettled: "clock-not-settled"
        case .farAhead: "clock-far-ahead"
        case .jumpedAhead: "clock-jumped"
        }
    }

    /// What is wrong, as a sentence.
    public var sentence: String {
        switch self {
        case .behind: "The clock stands before a time that is known to have passed."
        case .stoodStill: "The clock has stood still while the machine was off."
        case .notSettled:
            "The clock was wrong before, and no signed time has come since that would show it to "
                + "be right."
        case .farAhead:
            "The clock stands more than \(ClockKeeper.longestAbsenceSeconds / 86_400) days after "
                + "the last time known."
        case .jumpedAhead(let seconds):
            "The clock has jumped ahead by \(seconds) seconds while the terminal ran."
        }
    }
}

/// Where a terminal stands in time.
public struct ClockEstimate: Hashable, Sendable {
    /// What the estimate rests on.
    public enum Standing: Hashable, Sendable {
        /// A time that the hub signed in this run of the machine, and the boot-time clock since.
        case settled
        /// The wall clock, which nothing speaks against.
        case unsettled
        /// Nothing that can be believed.
        case suspect(ClockSuspicion)
    }

    /// The best estimate, in seconds since 1970 UTC; never before ``floor``.
    public let now: UInt64
    /// A time that has certainly passed, as far as the terminal knows; it never goes back but by
    /// a signed time that shows it to be wrong.
    public let floor: UInt64
    /// How far `now` may be off either way, in seconds; nil where nothing bounds it.
    public let uncertainty: UInt64?
    /// What it rests on.
    public let standing: Standing

    /// An estimate; see the properties for units.
    public init(now: UInt64, floor: UInt64, uncertainty: UInt64?, standing: Standing) {
        self.now = now
        self.floor = floor
        self.uncertainty = uncertainty
        self.standing = standing
    }

    /// The latest that it can be, in seconds since 1970 UTC; nil where nothing bounds it.
    public var latest: UInt64? { uncertainty.map { now + $0 } }

    /// Why the clock is not believed, if it is not.
    public var suspicion: ClockSuspicion? {
        if case .suspect(let suspicion) = standing { suspicion } else { nil }
    }
}

/// Something about the clock that the journal is to know.
public enum ClockEvent: Hashable, Sendable {
    /// The wall clock was found so many seconds away from where the boot-time clock had it;
    /// positive where it has gone ahead.
    case stepped(seconds: Int64)
    /// The clock is no longer believed.
    case becameSuspect(ClockSuspicion)
    /// The clock is believed again, without anybody's signature.
    case recovered
    /// A signed time has settled the clock; the estimate moved by so many seconds.
    case settled(SettlementWay, movedSeconds: Int64)
}

/// By which way a signed time has come.
public enum SettlementWay: UInt8, Hashable, Sendable, CaseIterable {
    /// Over the link to the hub.
    case link = 1
    /// Carried by a technician.
    case technician = 2

    /// The stable word for this way in JSON.
    public var name: String {
        switch self {
        case .link: "hub"
        case .technician: "technician"
        }
    }
}
