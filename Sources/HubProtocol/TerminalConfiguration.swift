import CBOR
public import COSE
public import Money
public import Payments
public import Vouchers

/// What the hub tells a terminal to be and to obey, signed by the hub
/// (`docs/spec/hub-protocol.md`, *Configuration*).
public struct TerminalConfiguration: Hashable, Sendable {
    /// The `typ` of a signed configuration.
    public static let type = "till-configuration/1"
    /// The longest signed configuration in bytes (64 KiB): a limit for every currency and an
    /// account for every template fit.
    public static let maximumBytes = 64 << 10

    /// Rises with every change of the terms; a terminal refuses a lower one.
    public let version: UInt64
    /// When the hub made this version, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// The hub's own key, which signs configurations and acknowledgements.
    public let hub: PublicKey
    /// The terminal that this is for.
    public let terminal: TerminalID
    /// What is the same for every terminal of the hub.
    public let terms: TerminalTerms

    /// Makes a configuration from its parts.
    public init(
        version: UInt64, issuedAt: UInt64, hub: PublicKey, terminal: TerminalID,
        terms: TerminalTerms
    ) {
        self.version = version
        self.issuedAt = issuedAt
        self.hub = hub
        self.terminal = terminal
        self.terms = terms
    }

    /// The map keys below those of ``TerminalTerms``.
    private enum Key {
        static let version: UInt64 = 1
        static let issuedAt: UInt64 = 2
        static let hub: UInt64 = 3
        static let terminal: UInt64 = 4
    }

    /// The configuration as a signed message; `key` is the private half of ``hub``.
    public func signed(by key: PrivateKey) -> [UInt8] {
        precondition(key.publicKey == hub, "A configuration is signed by the key that it names.")
        let own: [(UInt64, CBORValue)] = [
            (Key.version, .unsigned(version)), (Key.issuedAt, .unsigned(issuedAt)),
            (Key.hub, hub.coseKeyValue(compressed: false)), (Key.terminal, .text(terminal.text)),
        ]
        return SignedMessage.seal(
            .map((own + terms.fields).map { CBORPair(.unsigned($0.0), $0.1) }),
            type: Self.type, key: key)
    }

    /// Reads the configuration of `terminal` that `hub`, the key this terminal has known since
    /// its enrolment, has signed; a version below `held` is refused.
    public static func verify(
        _ bytes: [UInt8], signedBy hub: PublicKey, for terminal: TerminalID, held: UInt64
    ) throws(MessageError) -> TerminalConfiguration {
        let payload = try SignedMessage.open(
            bytes, type: type, limit: maximumBytes, key: hub)
        let configuration = try TerminalConfiguration(payload)
        guard configuration.hub == hub else { throw .shape("hub key (key 3): it is another key") }
        guard configuration.terminal == terminal else {
            throw .wrongTerminal(found: configuration.terminal)
        }
        guard configuration.version >= held else {
            throw .olderVersion(held: held, found: configuration.version)
        }
        return configuration
    }

    /// Reads the first configuration of `terminal`, which a person has carried from the hub: the
    /// hub's key is the one in it, and from now on the only one believed.
    public static func introduction(_ bytes: [UInt8], for terminal: TerminalID)
        throws(MessageError) -> TerminalConfiguration
    {
        let (object, payload) = try SignedMessage.peek(bytes, type: type, limit: maximumBytes)
        let configuration = try TerminalConfiguration(payload)
        try SignedMessage.check(object, isSignedBy: configuration.hub)
        guard configuration.terminal == terminal else {
            throw .wrongTerminal(found: configuration.terminal)
        }
        return configuration
    }

    /// Reads a configuration that was verified when it was put in force, for whichever terminal:
    /// one that a journal keeps. That it is signed by the hub that it names is checked anew.
    public static func kept(_ bytes: [UInt8]) throws(MessageError) -> TerminalConfiguration {
        let (object, payload) = try SignedMessage.peek(bytes, type: type, limit: maximumBytes)
        let configuration = try TerminalConfiguration(payload)
        try SignedMessage.check(object, isSignedBy: configuration.hub)
        return configuration
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var fields = try PayloadFields(payload, "configuration")
        version = try Payload.unsigned(
            try fields.take(Key.version, "version (key 1)"), "version (key 1)")
        guard version >= 1 else { throw .shape("version (key 1)") }
        issuedAt = try Payload.unsigned(
            try fields.take(Key.issuedAt, "time (key 2)"), "time (key 2)")
        hub = try Payload.key(try fields.take(Key.hub, "hub key (key 3)"), "hub key (key 3)")
        terminal = try Payload.terminal(
            try fields.take(Key.terminal, "terminal id (key 4)"), "terminal id (key 4)")
        terms = try TerminalTerms(&fields)
        try fields.end()
    }

    /// What the terminal may approve by itself.
    public var policy: Policy { terms.policy }
    /// The currency of a sale that names none.
    public var currency: Currency { terms.currency }
    /// The merchant as the shop QR names it.
    public var merchant: MerchantTerms { terms.merchant }
    /// Where the hub listens; nil where it is reached by other ways.
    public var hubURL: String? { terms.hubURL }
}

/// The values of a payload map, taken out one by one so that what is left over is known.
struct PayloadFields {
    private var values: [UInt64: CBORValue] = [:]
    private let name: String

    /// Reads `value`, which must be a map with unsigned keys; `name` is how errors call it.
    init(_ value: CBORValue, _ name: String) throws(MessageError) {
        guard let pairs = value.asMap else { throw .shape(name) }
        for pair in pairs {
            guard let key = pair.key.asUnsigned else { throw .shape("key of the \(name)") }
            values[key] = pair.value
        }
        self.name = name
    }

    mutating func take(_ key: UInt64, _ name: String) throws(MessageError) -> CBORValue {
        guard let value = values.removeValue(forKey: key) else { throw .shape(name) }
        return value
    }

    mutating func unsigned(_ key: UInt64, _ name: String) throws(MessageError) -> UInt64 {
        try Payload.unsigned(try take(key, name), name)
    }

    /// Leaves out a key that older programs wrote.
    mutating func drop(_ key: UInt64) { values[key] = nil }

    /// Throws where keys are left.
    func end() throws(MessageError) {
        guard values.isEmpty else { throw .shape("set of keys of the \(name)") }
    }
}
