/// What the hot list says to a voucher, its holder's key and its issuer's key.
public enum HotListAnswer: UInt8, Hashable, Sendable, CaseIterable {
    /// The terminal holds no hot list.
    case notHeld = 0
    /// Certainly not on it.
    case clear = 1
    /// Perhaps on it: only a network can tell.
    case mayBeListed = 2
    /// The voucher or its holder's key is on it.
    case listed = 3
    /// The issuer's key was revoked before it signed the voucher.
    case issuerRevoked = 4
}

/// What is known of the hub's word on one payment.
public enum OnlineAnswer: Hashable, Sendable {
    /// It can be asked, and has not been.
    case notAsked
    /// It cannot be asked: there is no connection.
    case unavailable
    /// It was asked and did not answer in time.
    case unanswered
    /// It allows the payment.
    case approved
    /// It does not, and why: a stable code, `[a-z0-9-]+`.
    case declined(String)
}

/// A signed document that a decision relied on.
public struct DocumentReference: Hashable, Sendable {
    /// Its version.
    public let version: UInt64
    /// The SHA-256 by which the journal's documents keep it, 32 bytes.
    public let hash: [UInt8]

    /// Makes a reference.
    public init(version: UInt64, hash: [UInt8]) {
        self.version = version
        self.hash = hash
    }
}

/// The documents in force; what is nil is not held.
public struct DocumentsInForce: Hashable, Sendable {
    /// Where the policy stands.
    public let policy: DocumentReference?
    /// Where the issuers' keys stand.
    public let trustList: DocumentReference?
    /// Where the hot list stands.
    public let hotList: DocumentReference?

    /// Names documents.
    public init(
        policy: DocumentReference? = nil, trustList: DocumentReference? = nil,
        hotList: DocumentReference? = nil
    ) {
        self.policy = policy
        self.trustList = trustList
        self.hotList = hotList
    }
}

/// What the terminal knows about itself that bears on a decision. An age that is nil is not known.
public struct TerminalFacts: Hashable, Sendable {
    /// The terminal's time, in seconds since 1970 UTC.
    public private(set) var now: UInt64
    /// No honest clock stands before this, in seconds since 1970 UTC.
    public let clockFloor: UInt64
    /// How far the clock may be off, in seconds.
    public let clockUncertainty: UInt64?
    /// The age of the trust list, in seconds.
    public let trustListAge: UInt64?
    /// The age of the hot list, in seconds.
    public let hotListAge: UInt64?
    /// The time since the hub last answered, in seconds.
    public let lastSyncAge: UInt64?
    /// What the hot list says.
    public let hotList: HotListAnswer
    /// What the hub says.
    public private(set) var online: OnlineAnswer
    /// What the trust list lets be accepted; nil where it limits nothing.
    public private(set) var agreed: AgreedLimits?
    /// The documents that all of this comes from.
    public let documents: DocumentsInForce

    /// Gathers facts; what is not given is not known, and approves nothing that it should not.
    public init(
        now: UInt64, clockFloor: UInt64, clockUncertainty: UInt64? = nil,
        trustListAge: UInt64? = nil, hotListAge: UInt64? = nil, lastSyncAge: UInt64? = nil,
        hotList: HotListAnswer = .notHeld, online: OnlineAnswer = .unavailable,
        agreed: AgreedLimits? = nil, documents: DocumentsInForce = DocumentsInForce()
    ) {
        self.now = now
        self.clockFloor = clockFloor
        self.clockUncertainty = clockUncertainty
        self.trustListAge = trustListAge
        self.hotListAge = hotListAge
        self.lastSyncAge = lastSyncAge
        self.hotList = hotList
        self.online = online
        self.agreed = agreed
        self.documents = documents
    }

    /// The same facts with what the trust list lets be accepted.
    public func limited(by agreed: AgreedLimits) -> TerminalFacts {
        var facts = self
        facts.agreed = agreed
        return facts
    }

    /// The same facts after the hub has been asked, or found out of reach.
    public func answered(_ online: OnlineAnswer, at now: UInt64) -> TerminalFacts {
        var facts = self
        facts.online = online
        facts.now = now
        return facts
    }
}

/// One draw for the random selection: it follows from its seed, so that it can be drawn again.
public struct Draw: Hashable, Sendable {
    /// The seed's length in bytes.
    public static let seedLength = 8
    /// Draws lie in 0..<1,000,000.
    public static let range: UInt64 = 1_000_000

    /// The seed, from the terminal's random source.
    public let seed: UInt64

    /// A draw of this seed.
    public init(seed: UInt64) { self.seed = seed }

    /// A draw whose seed are 8 random bytes, the first the highest.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == Self.seedLength, "A draw's seed has 8 bytes.")
        seed = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The seed as 8 bytes, the first the highest.
    public var bytes: [UInt8] {
        (0..<Self.seedLength).map { UInt8(truncatingIfNeeded: seed >> (56 - 8 * UInt64($0))) }
    }

    /// The number drawn, in millionths: SplitMix64's first output (Steele, Lea and Flood, 2014),
    /// scaled down by its high half.
    public var value: UInt64 {
        var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return mixed.multipliedFullWidth(by: Self.range).high
    }
}
