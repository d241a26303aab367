public import COSE

/// What proves that a batch is in the hub's log, in one text: a C2SP tlog-proof
/// (`docs/spec/hub-log.md`, *Inclusion*).
public struct HubLogInclusion: Hashable, Sendable {
    /// The longest proof in bytes: its hashes, a leaf, a checkpoint.
    public static let maximumBytes = 8 << 10
    private static let firstLine = "c2sp.org/tlog-proof@v1"

    /// The batch.
    public let leaf: HubLogLeaf
    /// Its place in the log, from 0: its arrival at the hub, less one.
    public let index: UInt64
    /// The neighbours' hashes, from the leaf's up, 32 bytes each.
    public let path: [[UInt8]]
    /// The signed checkpoint of the log that it is in.
    public let checkpoint: [UInt8]

    /// Puts a proof together; see the properties.
    public init(leaf: HubLogLeaf, index: UInt64, path: [[UInt8]], checkpoint: [UInt8]) {
        self.leaf = leaf
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// The proof as text.
    public func encoded() -> [UInt8] {
        ProofText.encode(
            [Self.firstLine, "extra " + Base64Text.encode(leaf.encoded()), "index \(index)"],
            path: path, checkpoint: checkpoint)
    }

    /// Reads a proof's text; nothing of it is held against a key yet.
    public init(decoding bytes: [UInt8]) throws(HubLogError) {
        let proof = try ProofText(bytes, head: 3, maximumBytes: Self.maximumBytes)
        guard proof.head[0] == Self.firstLine else { throw .malformed("first line") }
        guard proof.head[1].hasPrefix("extra "),
            let leaf = Base64Text.decode(proof.head[1].dropFirst("extra ".count))
        else { throw .malformed("leaf (line 2)") }
        guard proof.head[2].hasPrefix("index "),
            let index = SignedNote.number(proof.head[2].dropFirst("index ".count))
        else { throw .malformed("index (line 3)") }
        self.init(
            leaf: try HubLogLeaf(decoding: leaf), index: index, path: proof.path,
            checkpoint: proof.checkpoint)
        guard encoded() == bytes else { throw .malformed("spelling") }
    }

    /// Holds the proof against the hub's key, and answers with the checkpoint.
    @discardableResult
    public func verify(signedBy hub: PublicKey) throws(HubLogError) -> HubLogCheckpoint {
        let checkpoint = try HubLogCheckpoint.verify(checkpoint, signedBy: hub)
        guard
            MerkleTree.root(ofLeaf: leaf.hash, at: index, in: checkpoint.size, path: path)
                == checkpoint.root
        else { throw .notIncluded }
        return checkpoint
    }
}

/// What proves that the hub's log has only grown, in one text, in the shape of what a C2SP
/// tlog-witness is sent (`docs/spec/hub-log.md`, *Consistency*).
public struct HubLogConsistency: Hashable, Sendable {
    /// The longest proof in bytes: its hashes, a number, a checkpoint.
    public static let maximumBytes = 8 << 10

    /// How many leaves the log had that is continued.
    public let old: UInt64
    /// The hashes of the proof, 32 bytes each.
    public let path: [[UInt8]]
    /// The signed checkpoint of the log as it is now.
    public let checkpoint: [UInt8]

    /// Puts a proof together; see the properties.
    public init(old: UInt64, path: [[UInt8]], checkpoint: [UInt8]) {
        self.old = old
        self.path = path
        self.checkpoint = checkpoint
    }

    /// The proof as text.
    public func encoded() -> [UInt8] {
        ProofText.encode(["old \(old)"], path: path, checkpoint: checkpoint)
    }

    /// Reads a proof's text; nothing of it is held against a key yet.
    public init(decoding bytes: [UInt8]) throws(HubLogError) {
        let proof = try ProofText(bytes, head: 1, maximumBytes: Self.maximumBytes)
        guard proof.head[0].hasPrefix("old "),
            let old = SignedNote.number(proof.head[0].dropFirst("old ".count))
        else { throw .malformed("old size (line 1)") }
        self.init(old: old, path: proof.path, checkpoint: proof.checkpoint)
        guard encoded() == bytes else { throw .malformed("spelling") }
    }

    /// Holds the proof against the hub's key and the checkpoint that was seen before, and answers
    /// with the new one. A log that is shorter than before is ``HubLogError/rolledBack(held:found:)``,
    /// one that begins otherwise ``HubLogError/forked(held:found:)``.
    public func verify(continuing held: HubLogCheckpoint, signedBy hub: PublicKey)
        throws(HubLogError) -> HubLogCheckpoint
    {
        let found = try HubLogCheckpoint.verify(checkpoint, signedBy: hub)
        guard found.origin == held.origin else { throw .otherLog(found: found.origin) }
        guard found.size >= held.size else {
            throw .rolledBack(held: held.size, found: found.size)
        }
        guard old == held.size,
            MerkleTree.isConsistent(
                old: held.size, oldRoot: held.root, size: found.size, root: found.root,
                path: path)
        else { throw .forked(held: held.size, found: found.size) }
        return found
    }
}

/// A proof's text: lines of a head, a hash to a line in base64, an empty line, a checkpoint.
private struct ProofText {
    let head: [Substring]
    let path: [[UInt8]]
    let checkpoint: [UInt8]

    static func encode(_ head: [String], path: [[UInt8]], checkpoint: [UInt8]) -> [UInt8] {
        let lines = head + path.map(Base64Text.encode) + ["", ""]
        return Array(lines.joined(separator: "\n").utf8) + checkpoint
    }

    init(_ bytes: [UInt8], head count: Int, maximumBytes: Int) throws(HubLogError) {
        guard bytes.count <= maximumBytes, let text = String(validating: bytes, as: UTF8.self)
        else { throw .malformed("text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: ""), end >= count,
            end - count <= MerkleTree.maximumProofLength
        else { throw .malformed("number of lines") }
        head = Array(lines[..<count])
        var path: [[UInt8]] = []
        for line in lines[count..<end] {
            guard let hash = Base64Text.decode(line), hash.count == MerkleTree.hashLength else {
                throw .malformed("hash (line \(count + path.count + 1))")
            }
            path.append(hash)
        }
        self.path = path
        checkpoint = Array(lines[(end + 1)...].joined(separator: "\n").utf8)
    }
}
