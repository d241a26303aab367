import CBOR
public import COSE
public import Vouchers

/// A terminal's wish to be known to a hub, signed by its own key as a proof that it has it
/// (`docs/spec/hub-protocol.md`, *Enrolment request*).
public struct EnrolmentRequest: Hashable, Sendable {
    /// The `typ` of a signed enrolment request.
    public static let type = "till-enrolment-request/1"
    /// The longest signed enrolment request in bytes.
    public static let maximumBytes = 1_024

    /// The terminal.
    public let terminal: TerminalID
    /// The terminal's public key, Ed25519 (`formats.md` 3: wallets learn no other kind).
    public let key: PublicKey
    /// The identity of the terminal's journal, 8 bytes.
    public let journal: [UInt8]

    /// Makes the request of `terminal` with `journal` and signs it by the terminal's own key.
    public static func signed(terminal: TerminalID, journal: [UInt8], by key: PrivateKey) -> [UInt8]
    {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(key.publicKey.algorithm == .ed25519, "A terminal's key is an Ed25519 key.")
        return SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), key.publicKey.coseKeyValue(compressed: false),
                .bytes(journal),
            ]), type: type, key: key)
    }

    /// Reads a request that the key named in it has signed.
    public static func verify(_ bytes: [UInt8]) throws(MessageError) -> EnrolmentRequest {
        let (object, payload) = try SignedMessage.peek(bytes, type: type, limit: maximumBytes)
        let request = try EnrolmentRequest(payload)
        try SignedMessage.check(object, isSignedBy: request.key)
        return request
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "enrolment request")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        key = try Payload.key(try reader.next("key (element 2)"), "key (element 2)")
        guard key.algorithm == .ed25519 else {
            throw .shape("key (element 2): a terminal's key is an Ed25519 key")
        }
        journal = try reader.bytes(
            "journal identity (element 3)", count: MessageLimits.journalIdentityLength)
        try reader.end()
    }
}
