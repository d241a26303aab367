import CBOR
public import COSE
public import Vouchers

/// A run of journal entries on its way to the hub, signed by the terminal
/// (`docs/spec/hub-protocol.md`, *Batch*).
///
/// A batch is numbered from 1 without gaps within one journal, and repeated unchanged, byte for
/// byte, until the hub has answered it.
public struct Batch: Hashable, Sendable {
    /// The `typ` of a signed batch.
    public static let type = "till-batch/1"
    /// The most entries in one batch: a shop's busy day in two or three, and with entries of the
    /// largest size still below ``maximumBytes``.
    public static let maximumEntries = 500
    /// The longest signed batch in bytes (1 MiB).
    public static let maximumBytes = 1 << 20

    /// The terminal that kept the journal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The batch's number within the journal, from 1.
    public let number: UInt64
    /// The entries as the journal keeps them, in order, at least one.
    public let entries: [[UInt8]]
    /// The newest signed checkpoint of the journal, which may have more entries than this batch;
    /// nil in batches of format 1.
    public let checkpoint: [UInt8]?

    /// Makes a batch of a journal's own entries, which are not read again.
    public init(
        terminal: TerminalID, journal: [UInt8], number: UInt64, entries: [[UInt8]],
        checkpoint: [UInt8]? = nil
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(number >= 1, "Batches are numbered from 1.")
        precondition(
            (1...Self.maximumEntries).contains(entries.count), "A batch has 1 to 500 entries.")
        self.terminal = terminal
        self.journal = journal
        self.number = number
        self.entries = entries
        self.checkpoint = checkpoint
    }

    /// The batch as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedMessage.seal(
            .array(
                [
                    .unsigned(checkpoint == nil ? 1 : 2), .text(terminal.text), .bytes(journal),
                    .unsigned(number), .array(entries.map { .bytes($0) }),
                ] + (checkpoint.map { [.bytes($0)] } ?? [])), type: Self.type, key: key)
    }
}

/// A batch whose form has been checked and whose signature has not: it tells whose key to expect.
public struct UnverifiedBatch: Sendable {
    /// The terminal that it says it is from.
    public let terminal: TerminalID
    /// The journal that it says it is from, 8 bytes.
    public let journal: [UInt8]
    /// The number that it says it has.
    public let number: UInt64
    private let object: Sign1
    private let entries: [CBORValue]
    private let checkpoint: [UInt8]?

    /// Reads the outside of a batch: everything but its entries and its signature.
    public init(decoding bytes: [UInt8]) throws(MessageError) {
        let (object, payload) = try SignedMessage.peek(
            bytes, type: Batch.type, limit: Batch.maximumBytes)
        var reader = try PayloadReader(payload, "batch")
        let format = try reader.format(newest: 2)
        terminal = try reader.terminal("terminal id (element 1)")
        journal = try reader.bytes(
            "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
        number = try reader.unsigned("batch number (element 3)")
        guard number >= 1 else { throw .shape("batch number (element 3)") }
        entries = try reader.array("entries (element 4)", atMost: Batch.maximumEntries)
        guard !entries.isEmpty else { throw .shape("entries (element 4)") }
        if format == 2 {
            let bytes = try reader.next("checkpoint (element 5)").asBytes
            guard let bytes else { throw .shape("checkpoint (element 5)") }
            checkpoint = bytes
        } else {
            checkpoint = nil
        }
        try reader.end()
        self.object = object
    }

    /// The batch, once `key` turns out to have signed it and its entries continue each other.
    public func verified(signedBy key: PublicKey) throws(MessageError) -> VerifiedBatch {
        try SignedMessage.check(object, isSignedBy: key)
        var bytes: [[UInt8]] = []
        var read: [JournalEntry] = []
        var chain: (sequence: UInt64, hash: [UInt8])?
        for (index, value) in entries.enumerated() {
            guard let entryBytes = value.asBytes, entryBytes.count <= JournalEntry.maximumBytes
            else { throw .shape("entry \(index) (element 4)") }
            let entry: JournalEntry
            do { entry = try JournalEntry(decoding: entryBytes) } catch {
                throw .entry(index: index, error)
            }
            if let (sequence, hash) = chain,
                entry.sequence != sequence + 1 || entry.previousHash != hash
            {
                throw .chainBroken(sequence: entry.sequence)
            }
            let hash = JournalEntry.hash(of: entryBytes)
            chain = (entry.sequence, hash)
            bytes.append(entryBytes)
            read.append(entry)
        }
        let batch = Batch(
            terminal: terminal, journal: journal, number: number, entries: bytes,
            checkpoint: checkpoint)
        return VerifiedBatch(
            batch: batch, entries: read, checkpoint: try verifiedCheckpoint(signedBy: key))
    }

    private func verifiedCheckpoint(signedBy key: PublicKey) throws(MessageError) -> Checkpoint? {
        guard let bytes = checkpoint else { return nil }
        do throws(CheckpointError) {
            let checkpoint = try Checkpoint.verify(bytes, signedBy: key)
            guard checkpoint.terminal == terminal, checkpoint.journal == journal else {
                throw CheckpointError.malformed("origin: it is another journal's")
            }
            return checkpoint
        } catch { throw .checkpoint(error) }
    }
}

/// A batch that its terminal has signed and whose entries continue each other. Only verification
/// makes one; whether it continues what the hub has is the hub's to say.
public struct VerifiedBatch: Hashable, Sendable {
    /// The batch.
    public let batch: Batch
    /// Its entries, read, in order; at least one.
    public let entries: [JournalEntry]
    /// The newest checkpoint of the journal; nil in batches of format 1.
    public let checkpoint: Checkpoint?

    fileprivate init(batch: Batch, entries: [JournalEntry], checkpoint: Checkpoint?) {
        self.batch = batch
        self.entries = entries
        self.checkpoint = checkpoint
    }

    /// The first entry.
    public var first: JournalEntry { entries[0] }
    /// The last entry.
    public var last: JournalEntry { entries[entries.count - 1] }
    /// The hash of the last entry, 32 bytes.
    public var lastHash: [UInt8] { JournalEntry.hash(of: batch.entries[batch.entries.count - 1]) }
}
