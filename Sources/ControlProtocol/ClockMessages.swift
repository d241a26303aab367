/// Where the clock stands, as JSON (`docs/spec/control.md`, *Clock*).
public struct ClockMessage: Codable, Sendable {
    /// `settled`, `unsettled` or `suspect`.
    public let state: String
    /// The stable code of why it is suspect; nil where it is not.
    public let reason: String?
    /// The same as a sentence.
    public let problem: String?
    /// The best estimate, in seconds since 1970 UTC.
    public let now: UInt64
    /// A time that has certainly passed, in seconds since 1970 UTC.
    public let floor: UInt64
    /// How far `now` may be off, in seconds; nil where nothing bounds it.
    public let uncertaintySeconds: UInt64?

    /// A message; see the properties.
    public init(
        state: String, reason: String?, problem: String?, now: UInt64, floor: UInt64,
        uncertaintySeconds: UInt64?
    ) {
        self.state = state
        self.reason = reason
        self.problem = problem
        self.now = now
        self.floor = floor
        self.uncertaintySeconds = uncertaintySeconds
    }
}

/// A challenge for a technician, as JSON.
public struct ClockChallengeMessage: Codable, Sendable {
    /// The terminal that asks.
    public let terminal: String
    /// The characters to be given to the hub.
    public let challenge: String

    /// A challenge of this terminal.
    public init(terminal: String, challenge: String) {
        self.terminal = terminal
        self.challenge = challenge
    }
}

/// A technician's code, as JSON.
public struct ClockCodeMessage: Codable, Sendable {
    /// The text that the hub made.
    public let code: String

    /// A message with this code.
    public init(code: String) { self.code = code }
}

/// The hot list in force, as JSON (`docs/spec/control.md`, *Hot list*).
public struct HotListMessage: Codable, Sendable {
    /// Its version.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// Its age by the terminal's clock, in seconds.
    public let ageSeconds: UInt64?
    /// The SHA-256 of the signed message, in hexadecimal.
    public let digest: String
    /// The length of the signed message.
    public let bytes: Int
    /// How many vouchers are listed.
    public let vouchers: Int
    /// How many keys of wallets.
    public let walletKeys: Int
    /// How many keys of issuers.
    public let issuerKeys: Int
    /// Whether it has just been put in force.
    public let taken: Bool?

    /// A message; see the properties.
    public init(
        version: UInt64, issuedAt: UInt64, ageSeconds: UInt64?, digest: String, bytes: Int,
        vouchers: Int, walletKeys: Int, issuerKeys: Int, taken: Bool?
    ) {
        self.version = version
        self.issuedAt = issuedAt
        self.ageSeconds = ageSeconds
        self.digest = digest
        self.bytes = bytes
        self.vouchers = vouchers
        self.walletKeys = walletKeys
        self.issuerKeys = issuerKeys
        self.taken = taken
    }
}
