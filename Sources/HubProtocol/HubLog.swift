import CBOR
public import COSE
public import Vouchers

/// Why a checkpoint of the hub's log, a proof, or what it proves is not believed
/// (`docs/spec/hub-log.md`).
public enum HubLogError: Error, Hashable, Sendable {
    /// The text or the bytes have another form; the text names the place.
    case malformed(String)
    /// Another key than the hub's has signed the checkpoint.
    case wrongSigner
    /// The hub's key is named, but the signature is not its.
    case badSignature
    /// The checkpoint is of another merchant's hub.
    case otherLog(found: String)
    /// The proof does not lead from the leaf to the checkpoint's root.
    case notIncluded
    /// The log has fewer leaves than it had: the hub was set back.
    case rolledBack(held: UInt64, found: UInt64)
    /// The log does not begin as the one that was seen before: the hub has two pasts.
    case forked(held: UInt64, found: UInt64)
    /// The hub shows its log no more.
    case withheld(held: UInt64)

    init(_ error: CheckpointError) {
        self =
            switch error {
            case .malformed(let place): .malformed("checkpoint: " + place)
            case .wrongSigner: .wrongSigner
            case .badSignature: .badSignature
            }
    }

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .malformed: "log-malformed"
        case .wrongSigner: "log-wrong-signer"
        case .badSignature: "log-signature-bad"
        case .otherLog: "log-of-other-hub"
        case .notIncluded: "log-not-included"
        case .rolledBack: "log-rolled-back"
        case .forked: "log-forked"
        case .withheld: "log-withheld"
        }
    }

    /// What is wrong and what it means for the money, as sentences.
    public var message: String {
        switch self {
        case .malformed(let place): "It has no valid \(place). It proves nothing."
        case .wrongSigner:
            "The checkpoint is signed by another key than the hub's. It proves nothing."
        case .badSignature: "The checkpoint's signature does not verify. It proves nothing."
        case .otherLog(let found): "The checkpoint is of another log (\(found))."
        case .notIncluded:
            "The batch is not in the log that the checkpoint is of: the proof leads to another root. "
                + "Keep the batch's acknowledgement; it still says that the hub has taken it."
        case .rolledBack(let held, let found):
            "The hub's log had \(held) batches and now has \(found): the hub was set back to an older "
                + "copy. Batches that it acknowledged may be missing there; this terminal has kept "
                + "them. Ask whoever runs the hub, and keep this terminal's journal."
        case .withheld(let held):
            "The hub shows no log any more, although it had one of \(held) batches: whether it has "
                + "taken back what it acknowledged cannot be seen. Ask whoever runs the hub, and keep "
                + "this terminal's journal."
        case .forked(let held, let found):
            "The hub's log of \(found) batches does not begin with the \(held) that it has signed "
                + "before: somebody has changed what the hub had acknowledged. Ask whoever runs the "
                + "hub, and keep this terminal's journal: its acknowledgements prove what was sent."
        }
    }
}

/// A leaf of the hub's log: one batch that the hub has accepted, and what it answered
/// (`docs/spec/hub-log.md`, *Leaf*).
public struct HubLogLeaf: Hashable, Sendable {
    /// The longest leaf in bytes: two digests, two names and a number come to some 120.
    public static let maximumBytes = 160

    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The batch's number within the journal.
    public let number: UInt64
    /// The SHA-256 of the signed batch, 32 bytes.
    public let batchDigest: [UInt8]
    /// The SHA-256 of the signed acknowledgement, 32 bytes.
    public let acknowledgementDigest: [UInt8]

    /// The leaf of a signed batch and its signed acknowledgement.
    public init(
        terminal: TerminalID, journal: [UInt8], number: UInt64, batch: [UInt8],
        acknowledgement: [UInt8]
    ) {
        precondition(
            journal.count == MessageLimits.journalIdentityLength,
            "A journal's identity has 8 bytes.")
        self.terminal = terminal
        self.journal = journal
        self.number = number
        batchDigest = Acknowledgement.digest(ofBatch: batch)
        acknowledgementDigest = Hashing.sha256(acknowledgement)
    }

    /// The leaf's content: deterministic CBOR, so that of one batch there is one leaf.
    public func encoded() -> [UInt8] {
        CBORValue.array([
            .unsigned(1), .text(terminal.text), .bytes(journal), .unsigned(number),
            .bytes(batchDigest), .bytes(acknowledgementDigest),
        ]).encoded()
    }

    /// The leaf's hash in the tree, 32 bytes.
    public var hash: [UInt8] { MerkleTree.leafHash(encoded()) }

    /// Reads a leaf's content.
    public init(decoding bytes: [UInt8]) throws(HubLogError) {
        guard bytes.count <= Self.maximumBytes else { throw .malformed("leaf") }
        do {
            var reader = try PayloadReader(CBORValue.decode(bytes), "leaf")
            _ = try reader.format()
            terminal = try reader.terminal("terminal id (element 1)")
            journal = try reader.bytes(
                "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
            number = try reader.unsigned("batch number (element 3)")
            batchDigest = try reader.bytes(
                "batch digest (element 4)", count: MerkleTree.hashLength)
            acknowledgementDigest = try reader.bytes(
                "acknowledgement digest (element 5)", count: MerkleTree.hashLength)
            try reader.end()
        } catch { throw .malformed("leaf") }
    }
}

/// The hub's word how many batches it has accepted, and what the log of them comes to
/// (`docs/spec/hub-log.md`, *Checkpoint*): a C2SP tlog-checkpoint.
public struct HubLogCheckpoint: Hashable, Sendable {
    /// The longest checkpoint in bytes: the longest names and numbers come to some 260.
    public static let maximumBytes = 400
    /// What the first line begins with. A hub's key signs nothing else that does.
    public static let prefix = "till-hub-log/1/"

    /// The merchant whose hub it is.
    public let merchant: MerchantID
    /// How many leaves the log has.
    public let size: UInt64
    /// The root of the tree over them, 32 bytes.
    public let root: [UInt8]
    /// When it was signed, by the hub's clock, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes a checkpoint; see the properties for units and shapes.
    public init(merchant: MerchantID, size: UInt64, root: [UInt8], at: UInt64) {
        precondition(root.count == MerkleTree.hashLength, "A root has 32 bytes.")
        self.merchant = merchant
        self.size = size
        self.root = root
        self.at = at
    }

    /// The first line, and the name of the key: which log this is about.
    public var origin: String { Self.prefix + merchant.text.dropFirst("till:".count) }

    private var body: String { "\(origin)\n\(size)\n\(Base64Text.encode(root))\n\(at)\n" }

    /// The checkpoint as a signed note, by `key`, the hub's (Ed25519).
    public func signed(by key: PrivateKey) -> [UInt8] {
        SignedNote.sign(body, name: origin, key: key)
    }

    /// Reads the checkpoint that `hub` has signed.
    public static func verify(_ bytes: [UInt8], signedBy hub: PublicKey) throws(HubLogError)
        -> HubLogCheckpoint
    {
        do throws(CheckpointError) {
            let (checkpoint, signature) = try parse(bytes)
            try SignedNote.verify(
                signature, of: checkpoint.body, name: checkpoint.origin, key: hub)
            return checkpoint
        } catch { throw HubLogError(error) }
    }

    /// What a checkpoint says that was verified when it was kept; its signature is not looked at.
    public init(unverified bytes: [UInt8]) throws(HubLogError) {
        do throws(CheckpointError) { self = try Self.parse(bytes).checkpoint } catch {
            throw HubLogError(error)
        }
    }

    private static func parse(_ bytes: [UInt8]) throws(CheckpointError)
        -> (checkpoint: HubLogCheckpoint, signature: [UInt8])
    {
        let lines = try SignedNote.lines(of: bytes, count: 4, maximumBytes: maximumBytes)
        guard lines[0].hasPrefix(prefix),
            let merchant = MerchantID("till:" + lines[0].dropFirst(prefix.count))
        else { throw .malformed("origin (line 1)") }
        guard let size = SignedNote.number(lines[1]) else { throw .malformed("size (line 2)") }
        guard let root = Base64Text.decode(lines[2]), root.count == MerkleTree.hashLength else {
            throw .malformed("root (line 3)")
        }
        guard let at = SignedNote.number(lines[3]) else { throw .malformed("time (line 4)") }
        let checkpoint = HubLogCheckpoint(merchant: merchant, size: size, root: root, at: at)
        let signature = try SignedNote.signature(
            in: lines[4], of: bytes, body: checkpoint.body, name: checkpoint.origin)
        return (checkpoint, signature)
    }
}
