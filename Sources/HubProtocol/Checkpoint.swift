public import COSE
public import Vouchers

/// Why bytes are no signed checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
    /// They have another form; the text names the line.
    case malformed(String)
    /// Another key has signed it.
    case wrongSigner
    /// The right key is named, but the signature is not its.
    case badSignature

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .malformed: "checkpoint-malformed"
        case .wrongSigner: "checkpoint-wrong-signer"
        case .badSignature: "checkpoint-signature-bad"
        }
    }

    /// What is wrong, as a sentence.
    public var description: String {
        switch self {
        case .malformed(let place): "The checkpoint has no valid \(place)."
        case .wrongSigner: "The checkpoint is signed by another key than this terminal's."
        case .badSignature: "The checkpoint's signature does not verify."
        }
    }
}

/// The terminal's word that its journal had so many entries, and which hash the last one had
/// (`docs/spec/journal.md`, *Checkpoints*).
///
/// A text in the shape of C2SP's tlog-checkpoint and signed-note, for it leaves the device in
/// batches, on paper and as a QR code: whoever holds one can tell a journal that was cut, edited or
/// set back from one that has only grown. Where a tree has its root hash this has the chain's.
public struct Checkpoint: Hashable, Sendable {
    /// The longest checkpoint in bytes: the longest names and numbers come to some 300.
    public static let maximumBytes = 400
    /// What the first line begins with. A terminal's key signs nothing else that does.
    public static let prefix = "till-journal/1/"

    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// How many entries the journal has; 0 for an empty one.
    public let size: UInt64
    /// The hash of the last entry, 32 bytes; 32 zero bytes for an empty journal.
    public let hash: [UInt8]
    /// When it was signed, in seconds since 1970 UTC.
    public let at: UInt64
    /// The highest receipt number up to there; 0 if none.
    public let receipt: UInt64
    /// The number of the last closed period; 0 if none.
    public let period: UInt64

    /// Makes a checkpoint; see the properties for units and shapes.
    public init(
        terminal: TerminalID, journal: [UInt8], size: UInt64, hash: [UInt8], at: UInt64,
        receipt: UInt64, period: UInt64
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        precondition(hash.count == JournalEntry.hashLength, "A SHA-256 hash has 32 bytes.")
        self.terminal = terminal
        self.journal = journal
        self.size = size
        self.hash = hash
        self.at = at
        self.receipt = receipt
        self.period = period
    }

    /// The first line, and the name of the key: which log this is about.
    public var origin: String {
        let name = terminal.text.dropFirst("till:".count)
        return Self.prefix + name + "/" + Hex.text(of: journal)
    }

    /// What is signed: the lines down to the empty one.
    private var body: String {
        "\(origin)\n\(size)\n\(Base64Text.encode(hash))\n\(at) \(receipt) \(period)\n"
    }

    /// The checkpoint as a signed note, by `key`, the terminal's (Ed25519).
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedNote.sign(body, name: origin, key: key)
    }

    /// Reads the checkpoint that `key` has signed.
    public static func verify(_ bytes: [UInt8], signedBy key: PublicKey) throws(CheckpointError)
        -> Checkpoint
    {
        let (checkpoint, signature) = try parse(bytes)
        try SignedNote.verify(
            signature, of: checkpoint.body, name: checkpoint.origin, key: key)
        return checkpoint
    }

    /// What a checkpoint says whose signature nobody has looked at.
    public init(unverified bytes: [UInt8]) throws(CheckpointError) {
        self = try Self.parse(bytes).checkpoint
    }

    private static func parse(_ bytes: [UInt8]) throws(CheckpointError)
        -> (checkpoint: Checkpoint, signature: [UInt8])
    {
        let lines = try SignedNote.lines(of: bytes, count: 4, maximumBytes: maximumBytes)
        let names = lines[0].split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 5, lines[0].hasPrefix(prefix),
            let terminal = TerminalID("till:" + names[2] + "/" + names[3]),
            let journal = Hex.bytes(of: names[4]),
            journal.count == MessageLimits.journalIdentityLength
        else { throw .malformed("origin (line 1)") }
        guard let size = SignedNote.number(lines[1]) else { throw .malformed("size (line 2)") }
        guard let hash = Base64Text.decode(lines[2]), hash.count == JournalEntry.hashLength else {
            throw .malformed("hash (line 3)")
        }
        let numbers = lines[3].split(separator: " ", omittingEmptySubsequences: false)
            .map(SignedNote.number)
        guard numbers.count == 3, let at = numbers[0], let receipt = numbers[1],
            let period = numbers[2]
        else { throw .malformed("time, receipt and period (line 4)") }
        let checkpoint = Checkpoint(
            terminal: terminal, journal: journal, size: size, hash: hash, at: at,
            receipt: receipt, period: period)
        let signature = try SignedNote.signature(
            in: lines[4], of: bytes, body: checkpoint.body, name: checkpoint.origin)
        return (checkpoint, signature)
    }
}
