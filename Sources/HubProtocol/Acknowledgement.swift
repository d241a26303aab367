import CBOR
public import COSE
import Crypto
public import Vouchers

/// An entry that the hub keeps but does not accept as it is.
public struct QuarantinedEntry: Hashable, Sendable {
    /// The longest reason in bytes.
    public static let maximumReasonLength = 64

    /// The entry's place in the journal.
    public let sequence: UInt64
    /// The stable code of the reason.
    public let reason: String

    /// Names an entry and why it lies in quarantine.
    public init(sequence: UInt64, reason: String) {
        self.sequence = sequence
        self.reason = reason
    }
}

/// The hub's answer to a batch: it has it, for good (`docs/spec/hub-protocol.md`,
/// *Acknowledgement*).
public struct Acknowledgement: Hashable, Sendable {
    /// The `typ` of a signed acknowledgement.
    public static let type = "till-ack/1"
    /// The longest signed acknowledgement in bytes (64 KiB): room for every entry of a full batch
    /// in quarantine.
    public static let maximumBytes = 64 << 10

    /// The terminal whose batch is answered.
    public let terminal: TerminalID
    /// The journal that the batch came from, 8 bytes.
    public let journal: [UInt8]
    /// The number of the batch.
    public let number: UInt64
    /// The SHA-256 of the signed batch, 32 bytes.
    public let digest: [UInt8]
    /// The sequence number of the batch's last entry.
    public let lastSequence: UInt64
    /// The hash of the batch's last entry, 32 bytes.
    public let lastHash: [UInt8]
    /// The hub's time, in seconds since 1970 UTC.
    public let at: UInt64
    /// The entries that lie in quarantine, in ascending order.
    public let quarantined: [QuarantinedEntry]

    /// Answers `batch`, which was received as `bytes`.
    public init(
        of batch: VerifiedBatch, bytes: [UInt8], at: UInt64, quarantined: [QuarantinedEntry]
    ) {
        terminal = batch.batch.terminal
        journal = batch.batch.journal
        number = batch.batch.number
        digest = Self.digest(ofBatch: bytes)
        lastSequence = batch.last.sequence
        lastHash = batch.lastHash
        self.at = at
        self.quarantined = quarantined
    }

    /// The digest by which an acknowledgement names a signed batch: SHA-256, 32 bytes.
    public static func digest(ofBatch bytes: [UInt8]) -> [UInt8] {
        [UInt8](SHA256.hash(data: bytes))
    }

    /// The acknowledgement as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array([
                .unsigned(1), .text(terminal.text), .bytes(journal), .unsigned(number),
                .bytes(digest), .unsigned(lastSequence), .bytes(lastHash), .unsigned(at),
                .array(
                    quarantined.map { .array([.unsigned($0.sequence), .text($0.reason)]) }),
            ]), type: Self.type, key: key)
    }

    /// Reads the acknowledgement that `hub` has signed, in answer to exactly `batch`, a signed
    /// batch of this terminal's own.
    public static func verify(_ bytes: [UInt8], answering batch: [UInt8], signedBy hub: PublicKey)
        throws(MessageError) -> Acknowledgement
    {
        let answer = try read(bytes, signedBy: hub)
        let asked = try UnverifiedBatch(decoding: batch)
        guard answer.terminal == asked.terminal else {
            throw .wrongTerminal(found: answer.terminal)
        }
        guard answer.journal == asked.journal else { throw .wrongJournal }
        guard answer.number == asked.number else { throw .wrongBatch("number") }
        guard answer.digest == digest(ofBatch: batch) else { throw .wrongBatch("digest") }
        return answer
    }

    /// Reads an acknowledgement that `hub` has signed, whatever batch it answers.
    public static func read(_ bytes: [UInt8], signedBy hub: PublicKey) throws(MessageError)
        -> Acknowledgement
    {
        let payload = try SignedMessage.open(
            bytes, type: type, limit: maximumBytes, key: hub)
        return try Acknowledgement(payload)
    }

    /// Reads an acknowledgement that was verified when it was kept; its signature is not looked at
    /// again.
    public static func kept(_ bytes: [UInt8]) throws(MessageError) -> Acknowledgement {
        try Acknowledgement(
            try SignedMessage.peek(bytes, type: type, limit: maximumBytes).payload)
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "acknowledgement")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        journal = try reader.bytes(
            "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
        number = try reader.unsigned("batch number (element 3)")
        digest = try reader.bytes("batch digest (element 4)", count: JournalEntry.hashLength)
        lastSequence = try reader.unsigned("last sequence number (element 5)")
        lastHash = try reader.bytes("last hash (element 6)", count: JournalEntry.hashLength)
        at = try reader.unsigned("hub time (element 7)")
        var quarantined: [QuarantinedEntry] = []
        for value in try reader.array("quarantine (element 8)", atMost: Batch.maximumEntries) {
            var line = try PayloadReader(value, "quarantine line (element 8)")
            let sequence = try line.unsigned("quarantine sequence (element 8)")
            let reason = try line.text("quarantine reason (element 8)")
            guard reason.utf8.count <= QuarantinedEntry.maximumReasonLength,
                quarantined.last.map({ $0.sequence < sequence }) ?? true
            else { throw .shape("quarantine line (element 8)") }
            try line.end()
            quarantined.append(QuarantinedEntry(sequence: sequence, reason: reason))
        }
        self.quarantined = quarantined
        try reader.end()
    }
}
