import CBOR
public import COSE
public import Payments

/// A policy as it travels by itself, signed (`docs/spec/policy.md`, *Document*).
public struct PolicyDocument: Hashable, Sendable {
    /// The `typ` of a signed policy.
    public static let type = "till-policy/1"
    /// The longest signed policy in bytes (64 KiB): a line for every currency fits.
    public static let maximumBytes = 64 << 10

    /// Rises with every change; a terminal refuses a lower one.
    public let version: UInt64
    /// When this version was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// What terminals may approve by themselves.
    public let policy: Policy

    /// Makes a document from its parts.
    public init(version: UInt64, issuedAt: UInt64, policy: Policy) {
        self.version = version
        self.issuedAt = issuedAt
        self.policy = policy
    }

    private enum Key {
        static let version: UInt64 = 1
        static let issuedAt: UInt64 = 2
        static let policy: UInt64 = 3
    }

    /// The document as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .map([
                CBORPair(.unsigned(Key.version), .unsigned(version)),
                CBORPair(.unsigned(Key.issuedAt), .unsigned(issuedAt)),
                CBORPair(.unsigned(Key.policy), PolicyCodec.encode(policy)),
            ]), type: Self.type, key: key)
    }

    /// Reads the policy that `key` has signed; a version below `held` is refused.
    public static func verify(_ bytes: [UInt8], signedBy key: PublicKey, held: UInt64)
        throws(MessageError) -> PolicyDocument
    {
        let payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: key)
        let document = try PolicyDocument(payload)
        guard document.version >= held else {
            throw .olderVersion(held: held, found: document.version)
        }
        return document
    }

    /// Reads a policy without looking at its signature: one that was verified when it was put in
    /// force, and is told apart since by its hash.
    public static func read(_ bytes: [UInt8]) throws(MessageError) -> PolicyDocument {
        try PolicyDocument(
            try SignedMessage.peek(bytes, type: type, limit: maximumBytes).payload)
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var fields = try PayloadFields(payload, "policy document")
        version = try fields.unsigned(Key.version, "version (key 1)")
        guard version >= 1 else { throw .shape("version (key 1)") }
        issuedAt = try fields.unsigned(Key.issuedAt, "time (key 2)")
        policy = try PolicyCodec.decode(try fields.take(Key.policy, "policy (key 3)"))
        try fields.end()
    }
}
