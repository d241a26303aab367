import CBOR
public import COSE
public import Trust
public import Vouchers

/// The hub's answer to an enrolment request: the terminal's identity, whom it is to trust, and how
/// it is configured (`docs/spec/hub-protocol.md`, *Enrolment answer*).
public struct EnrolmentAnswer: Hashable, Sendable {
    /// The `typ` of a signed answer.
    public static let type = "till-enrolment-answer/1"
    /// The longest signed answer in bytes: its parts at their longest.
    public static let maximumBytes =
        TrustOffer.maximumBytes + TerminalConfiguration.maximumBytes + 4_096

    /// The terminal.
    public let terminal: TerminalID
    /// The key that the terminal asked to be known by.
    public let key: PublicKey
    /// The terminal's journal, 8 bytes.
    public let journal: [UInt8]
    /// Which journal of the terminal it is, from 1: receipt numbers are unique within it.
    public let epoch: UInt64
    /// The number of the first period that this journal closes: Z numbers go on where the
    /// terminal's former journals can have left them, and never begin again.
    public let firstZNumber: UInt64
    /// When the hub answered, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// The hub's signed configuration of the terminal.
    public let configuration: [UInt8]
    /// Root, trust list and freshness statement.
    public let trust: TrustOffer

    /// Makes an answer from its parts.
    public init(
        terminal: TerminalID, key: PublicKey, journal: [UInt8], epoch: UInt64,
        firstZNumber: UInt64, issuedAt: UInt64, configuration: [UInt8], trust: TrustOffer
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(epoch >= 1 && firstZNumber >= 1, "Epochs and Z numbers count from 1.")
        self.terminal = terminal
        self.key = key
        self.journal = journal
        self.epoch = epoch
        self.firstZNumber = firstZNumber
        self.issuedAt = issuedAt
        self.configuration = configuration
        self.trust = trust
    }

    /// The answer as a message signed by the hub's online key.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), self.key.coseKeyValue(compressed: false),
                .bytes(journal), .unsigned(epoch), .unsigned(firstZNumber), .unsigned(issuedAt),
                .bytes(configuration), .bytes(trust.encoded()),
            ]), type: Self.type, key: key)
    }

    /// Reads an answer that one of `hubKeys` has signed. Those come from the trust list that the
    /// answer itself carries, once that has been verified: see ``trustOffered(in:)``.
    public static func verify(_ bytes: [UInt8], signedByOneOf hubKeys: [PublicKey])
        throws(MessageError) -> (answer: EnrolmentAnswer, hub: PublicKey)
    {
        let (object, payload) = try SignedMessage.peek(bytes, type: type, limit: maximumBytes)
        guard let hub = hubKeys.first(where: { $0.longKeyID == object.keyID }) else {
            throw .wrongSigner
        }
        try SignedMessage.check(object, isSignedBy: hub)
        return (try EnrolmentAnswer(payload), hub)
    }

    /// What a terminal is offered to trust by an answer whose signature nobody has looked at yet.
    public static func trustOffered(in bytes: [UInt8]) throws(MessageError) -> TrustOffer {
        try EnrolmentAnswer(
            SignedMessage.peek(bytes, type: type, limit: maximumBytes).payload
        ).trust
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "enrolment answer")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        key = try Payload.key(try reader.next("key (element 2)"), "key (element 2)")
        journal = try reader.bytes(
            "journal identity (element 3)", count: MessageLimits.journalIdentityLength)
        epoch = try reader.unsigned("epoch (element 4)")
        firstZNumber = try reader.unsigned("first Z number (element 5)")
        guard epoch >= 1, firstZNumber >= 1 else { throw .shape("epoch or Z number: from 1") }
        issuedAt = try reader.unsigned("time (element 6)")
        guard let configuration = try reader.next("configuration (element 7)").asBytes,
            configuration.count <= TerminalConfiguration.maximumBytes
        else { throw .shape("configuration (element 7)") }
        self.configuration = configuration
        guard let offer = try reader.next("trust (element 8)").asBytes else {
            throw .shape("trust (element 8)")
        }
        do { trust = try TrustOffer(decoding: offer) } catch {
            throw .shape("trust (element 8): \(error.description)")
        }
        try reader.end()
    }
}
