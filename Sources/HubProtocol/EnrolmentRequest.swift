import CBOR
public import COSE
public import Vouchers

/// A terminal's wish to be known to a hub, signed by its own key as a proof that it has it
/// (`docs/spec/hub-protocol.md`, *Enrolment request*).
///
/// With a handover it asks for another key for a journal that the hub knows: the former key has
/// signed that too, unless it is lost.
public struct EnrolmentRequest: Hashable, Sendable {
    /// The `typ` of a signed enrolment request.
    public static let type = "till-enrolment-request/1"
    /// The `typ` of a former key's word for the new one.
    public static let handoverType = "till-key-handover/1"
    /// The longest signed enrolment request in bytes.
    public static let maximumBytes = 2_048

    /// The terminal.
    public let terminal: TerminalID
    /// The terminal's public key, Ed25519 (`formats.md` 3: wallets learn no other kind).
    public let key: PublicKey
    /// The identity of the terminal's journal, 8 bytes.
    public let journal: [UInt8]
    /// The former key's signed word for this one, where the key is to be replaced.
    public let handover: [UInt8]?

    /// Makes the request of `terminal` with `journal` and signs it by the terminal's own key.
    ///
    /// - Parameter former: the key that the journal's batches were signed with so far, where it is
    ///   to be replaced and is not lost.
    public static func signed(
        terminal: TerminalID, journal: [UInt8], by key: PrivateKey,
        replacing former: PrivateKey? = nil
    ) -> [UInt8] {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(key.publicKey.algorithm == .ed25519, "A terminal's key is an Ed25519 key.")
        let subject: [CBORValue] = [
            .unsigned(1), .text(terminal.text), key.publicKey.coseKeyValue(compressed: false),
            .bytes(journal),
        ]
        let handover = former.map {
            CBORValue.bytes(
                SignedMessage.seal(.array(subject), type: handoverType, key: $0))
        }
        return SignedMessage.seal(
            .array(subject + (handover.map { [$0] } ?? [])), type: type, key: key)
    }

    /// Reads a request that the key named in it has signed.
    public static func verify(_ bytes: [UInt8]) throws(MessageError) -> EnrolmentRequest {
        let (object, payload) = try SignedMessage.peek(bytes, type: type, limit: maximumBytes)
        let request = try EnrolmentRequest(payload)
        try SignedMessage.check(object, isSignedBy: request.key)
        return request
    }

    /// Whether this former key has signed that the new one takes its place in this journal.
    public func isHandedOver(by former: PublicKey) -> Bool {
        guard let handover,
            let payload = try? SignedMessage.open(
                handover, type: Self.handoverType, limit: Self.maximumBytes, key: former),
            let word = try? EnrolmentRequest(payload)
        else { return false }
        return word.terminal == terminal && word.key == key && word.journal == journal
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
        if reader.count > 0 {
            guard let word = try reader.next("handover (element 4)").asBytes else {
                throw .shape("handover (element 4)")
            }
            handover = word
        } else {
            handover = nil
        }
        try reader.end()
    }
}
