import COSE

/// One hash of a tree: that over the `2^level` leaves from leaf `place * 2^level` on.
public struct MerkleNode: Hashable, Sendable {
    /// How high it stands; 0 for a leaf's hash.
    public let level: Int
    /// Its place among those of its level, from 0.
    public let place: UInt64

    /// Names a hash; see the properties.
    public init(level: Int, place: UInt64) {
        self.level = level
        self.place = place
    }
}

/// Hashes, and what proves something of them (RFC 9162, 2.1; the hashes are RFC 6962's).
///
/// Only hashes over whole subtrees are ever kept: they never change. Every other hash of a tree, at
/// its right edge, is made of them.
public enum MerkleTree {
    /// The length of every hash: SHA-256.
    public static let hashLength = 32
    /// The longest proof in hashes: twice the height of a tree as large as a message's numbers.
    public static let maximumProofLength = 2 * 53
    /// The hash of a tree without a leaf.
    public static var emptyRoot: [UInt8] { Hashing.sha256([]) }

    /// The hash of a leaf with this content.
    public static func leafHash(_ leaf: [UInt8]) -> [UInt8] { Hashing.sha256([0x00] + leaf) }

    /// The hash over two neighbours.
    public static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        Hashing.sha256([0x01] + left + right)
    }

    /// The whole subtrees that these leaves consist of, from left to right: those of a tree of its
    /// own, so `leaves` begins where such a subtree may.
    static func subtrees(of leaves: Range<UInt64>) -> [MerkleNode] {
        var nodes: [MerkleNode] = []
        var from = leaves.lowerBound
        while from < leaves.upperBound {
            let left = leaves.upperBound - from
            let level = UInt64.bitWidth - 1 - left.leadingZeroBitCount
            nodes.append(MerkleNode(level: level, place: from >> UInt64(level)))
            from += 1 << UInt64(level)
        }
        return nodes
    }

    /// The whole subtrees that a tree of `size` leaves consists of, from left to right.
    public static func subtrees(ofTree size: UInt64) -> [MerkleNode] { subtrees(of: 0..<size) }

    /// The hash over subtrees, from left to right as ``subtrees(ofTree:)`` names them.
    public static func root(of subtrees: [[UInt8]]) -> [UInt8] {
        guard var hash = subtrees.last else { return emptyRoot }
        for left in subtrees.dropLast().reversed() { hash = nodeHash(left, hash) }
        return hash
    }

    /// Which hashes prove that the leaf with this number, from 0, is in a tree of `size` leaves: one
    /// for each element, to be made of whole subtrees by ``root(of:)`` (RFC 9162, 2.1.3.1).
    public static func inclusion(of leaf: UInt64, in size: UInt64) -> [[MerkleNode]] {
        precondition(leaf < size, "A tree proves its own leaves alone.")
        var parts: [[MerkleNode]] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = split(range)
            if leaf < middle {
                parts.append(subtrees(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                parts.append(subtrees(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return parts.reversed()
    }

    /// Which hashes prove that a tree of `size` leaves begins with the one of `old` leaves; as in
    /// ``inclusion(of:in:)`` (RFC 9162, 2.1.4.1). None where both are of one size or the old is empty.
    public static func consistency(from old: UInt64, to size: UInt64) -> [[MerkleNode]] {
        precondition(old <= size, "A tree proves what is no longer than itself.")
        guard old > 0, old < size else { return [] }
        var parts: [[MerkleNode]] = []
        var range = 0..<size
        var isWhole = true
        while range.upperBound != old {
            let middle = split(range)
            if old <= middle {
                parts.append(subtrees(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                parts.append(subtrees(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { parts.append(subtrees(of: range)) }
        return parts.reversed()
    }

    /// Where a tree over these leaves is divided: after the largest power of two below their number.
    private static func split(_ range: Range<UInt64>) -> UInt64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound
            + 1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root of the tree of `size` leaves that has a leaf of this hash under this number, from 0,
    /// if `path` is its proof; nil where no such tree has a proof of this length (RFC 9162, 2.1.3.2).
    public static func root(
        ofLeaf hash: [UInt8], at leaf: UInt64, in size: UInt64, path: [[UInt8]]
    ) -> [UInt8]? {
        guard leaf < size else { return nil }
        var (place, last) = (leaf, size - 1)
        var root = hash
        for sibling in path {
            guard last > 0 else { return nil }
            if place & 1 == 1 || place == last {
                root = nodeHash(sibling, root)
                while place & 1 == 0 && place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                root = nodeHash(root, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 ? root : nil
    }

    /// Whether the tree of `size` leaves with this root begins with the one of `old` leaves and its
    /// root, by this proof (RFC 9162, 2.1.4.2).
    public static func isConsistent(
        old: UInt64, oldRoot: [UInt8], size: UInt64, root: [UInt8], path: [[UInt8]]
    ) -> Bool {
        guard old <= size else { return false }
        if old == size { return path.isEmpty && oldRoot == root }
        // Every tree begins with the empty one.
        if old == 0 { return path.isEmpty && oldRoot == emptyRoot }
        var rest = path[...]
        if old & (old - 1) == 0 { rest = ([oldRoot] + path)[...] }
        guard let first = rest.popFirst() else { return false }
        var (place, last) = (old - 1, size - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        var (before, after) = (first, first)
        for hash in rest {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                before = nodeHash(hash, before)
                after = nodeHash(hash, after)
                while place & 1 == 0 && place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                after = nodeHash(after, hash)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && before == oldRoot && after == root
    }
}

/// The right edge of a tree: all that is needed to add a leaf and to tell the root.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the tree has.
    public private(set) var size: UInt64
    /// The hashes of its whole subtrees (``MerkleTree/subtrees(ofTree:)``), from left to right.
    public private(set) var subtrees: [[UInt8]]

    /// The edge of an empty tree.
    public init() { (size, subtrees) = (0, []) }

    /// The edge of a tree with this many leaves, or nil where it has another number of subtrees.
    public init?(size: UInt64, subtrees: [[UInt8]]) {
        guard subtrees.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.subtrees = subtrees
    }

    /// The tree's root, 32 bytes.
    public var root: [UInt8] { MerkleTree.root(of: subtrees) }

    /// Adds the leaf with this hash, and answers with the hashes of all subtrees that it has made
    /// whole, its own first.
    @discardableResult
    public mutating func append(_ leaf: [UInt8]) -> [(node: MerkleNode, hash: [UInt8])] {
        var made = [(node: MerkleNode(level: 0, place: size), hash: leaf)]
        var (level, place, hash) = (0, size, leaf)
        while place & 1 == 1, let left = subtrees.popLast() {
            hash = MerkleTree.nodeHash(left, hash)
            (level, place) = (level + 1, place >> 1)
            made.append((MerkleNode(level: level, place: place), hash))
        }
        subtrees.append(hash)
        size += 1
        return made
    }
}
