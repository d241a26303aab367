import COSE
import Foundation
import HubProtocol
import Testing
import Vouchers

/// `hub-log.json`: trees, proofs and checkpoints by an independent implementation of RFC 9162.
private struct HubLogVectors: Decodable {
    struct Proof: Decodable {
        let number: UInt64
        let path: [[UInt8]]

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            number = try list.decode(UInt64.self)
            path = try list.decode([String].self).map(MessageVectors.bytes)
        }
    }

    struct Tree: Decodable {
        let size: UInt64
        let root: String
        let inclusion: [Proof]
        let consistency: [Proof]
    }

    let leaves: [String]
    let trees: [Tree]
    let batches: [String]
    let checkpoints: [String]
    let inclusion: [String]
    let consistency: [String]

    static let file: HubLogVectors = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/hub-log.json")
        do {
            return try JSONDecoder().decode(HubLogVectors.self, from: Data(contentsOf: file))
        } catch {
            preconditionFailure("Tests/Vectors/hub-log.json is not what is expected: \(error)")
        }
    }()
}

/// A tree that keeps the hashes of whole subtrees, as a ledger does.
private struct KeptTree {
    var frontier = MerkleFrontier()
    var hashes: [MerkleNode: [UInt8]] = [:]

    init(_ leaves: some Sequence<[UInt8]>) {
        for leaf in leaves {
            for (node, hash) in frontier.append(MerkleTree.leafHash(leaf)) { hashes[node] = hash }
        }
    }

    func path(_ parts: [[MerkleNode]]) -> [[UInt8]] {
        parts.map { part in MerkleTree.root(of: part.map { hashes[$0] ?? [] }) }
    }
}

@Suite("The hub's log")
struct HubLogTests {
    private let vectors = HubLogVectors.file
    private let hub = Samples.key(2).publicKey

    /// A copy with one bit of one byte turned.
    private func turned(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        var bytes = bytes
        bytes[place] ^= 1
        return bytes
    }

    @Test("Roots and proofs of trees of all shapes are those of another implementation")
    func trees() {
        let leaves = vectors.leaves.map(MessageVectors.bytes)
        for tree in vectors.trees {
            let kept = KeptTree(leaves.prefix(Int(tree.size)))
            let root = MessageVectors.bytes(tree.root)
            #expect(kept.frontier.root == root)
            #expect(
                MerkleFrontier(size: tree.size, subtrees: kept.frontier.subtrees) == kept.frontier)
            for proof in tree.inclusion {
                let path = kept.path(MerkleTree.inclusion(of: proof.number, in: tree.size))
                #expect(path == proof.path, "leaf \(proof.number) of \(tree.size)")
            }
            for proof in tree.consistency {
                let path = kept.path(MerkleTree.consistency(from: proof.number, to: tree.size))
                #expect(path == proof.path, "\(proof.number) of \(tree.size)")
            }
        }
    }

    @Test("A proof of a leaf holds for that leaf, place, size and root, and for nothing else")
    func inclusion() {
        let leaves = vectors.leaves.map(MessageVectors.bytes)
        for tree in vectors.trees {
            let root = MessageVectors.bytes(tree.root)
            for proof in tree.inclusion {
                let hash = MerkleTree.leafHash(leaves[Int(proof.number)])
                func reached(
                    _ hash: [UInt8], _ leaf: UInt64, _ size: UInt64, _ path: [[UInt8]]
                ) -> [UInt8]? { MerkleTree.root(ofLeaf: hash, at: leaf, in: size, path: path) }
                #expect(reached(hash, proof.number, tree.size, proof.path) == root)
                #expect(reached(turned(hash, at: 31), proof.number, tree.size, proof.path) != root)
                #expect(reached(hash, tree.size, tree.size, proof.path) == nil)
                #expect(reached(hash, proof.number, tree.size, proof.path + [root]) == nil)
                guard let last = proof.path.last else { continue }
                #expect(reached(hash, proof.number, tree.size, proof.path.dropLast()) != root)
                #expect(
                    reached(
                        hash, proof.number, tree.size, proof.path.dropLast() + [turned(last, at: 0)]
                    )
                        != root)
                #expect(reached(hash, proof.number ^ 1, tree.size, proof.path) != root)
            }
        }
    }

    @Test("A proof that a tree has grown holds for those two trees, and for nothing else")
    func consistency() {
        let roots = Dictionary(
            uniqueKeysWithValues: vectors.trees.map { ($0.size, MessageVectors.bytes($0.root)) })
        for tree in vectors.trees {
            let root = MessageVectors.bytes(tree.root)
            for proof in tree.consistency {
                guard let old = roots[proof.number] else { continue }
                func holds(
                    _ size: UInt64, _ oldRoot: [UInt8], _ root: [UInt8], _ path: [[UInt8]]
                ) -> Bool {
                    MerkleTree.isConsistent(
                        old: size, oldRoot: oldRoot, size: tree.size, root: root, path: path)
                }
                #expect(holds(proof.number, old, root, proof.path))
                #expect(!holds(proof.number, turned(old, at: 3), root, proof.path))
                #expect(!holds(proof.number, old, turned(root, at: 3), proof.path))
                #expect(!holds(proof.number, old, root, proof.path + [root]))
                #expect(!holds(tree.size + 1, old, root, proof.path))
                for place in proof.path.indices {
                    var path = proof.path
                    path[place] = turned(path[place], at: 9)
                    #expect(!holds(proof.number, old, root, path))
                    path.remove(at: place)
                    #expect(!holds(proof.number, old, root, path))
                }
            }
            #expect(
                MerkleTree.isConsistent(
                    old: 0, oldRoot: MerkleTree.emptyRoot, size: tree.size, root: root, path: []))
        }
    }

    @Test("Leaves, checkpoints and proofs of another implementation are read, and written again")
    func texts() throws {
        let leaves = try vectors.batches.map { try HubLogLeaf(decoding: MessageVectors.bytes($0)) }
        #expect(leaves.map { $0.encoded() } == vectors.batches.map(MessageVectors.bytes))
        #expect(leaves[4].terminal.text == "till:m42/t1")
        #expect(leaves[4].number == 2)
        var frontier = MerkleFrontier()
        for (size, text) in vectors.checkpoints.enumerated() {
            let checkpoint = try HubLogCheckpoint.verify(Array(text.utf8), signedBy: hub)
            #expect(checkpoint.size == UInt64(size))
            #expect(checkpoint.root == frontier.root)
            #expect(checkpoint.merchant == MerchantID("till:m42"))
            #expect(checkpoint.signed(by: Samples.key(2)) == Array(text.utf8))
            if size < leaves.count { frontier.append(leaves[size].hash) }
        }
        for (index, text) in vectors.inclusion.enumerated() {
            let proof = try HubLogInclusion(decoding: Array(text.utf8))
            #expect(proof.leaf == leaves[index])
            #expect(try proof.verify(signedBy: hub).size == 7)
            #expect(proof.encoded() == Array(text.utf8))
        }
        for (old, text) in vectors.consistency.enumerated() {
            let proof = try HubLogConsistency(decoding: Array(text.utf8))
            let held = try HubLogCheckpoint.verify(
                Array(vectors.checkpoints[old].utf8), signedBy: hub)
            #expect(try proof.verify(continuing: held, signedBy: hub).size == 7)
            #expect(proof.encoded() == Array(text.utf8))
        }
    }

    @Test("A checkpoint with any byte changed, of another key, or longer, is refused")
    func checkpoints() throws {
        let bytes = Array(vectors.checkpoints[5].utf8)
        for place in bytes.indices {
            #expect(throws: HubLogError.self, "byte \(place)") {
                try HubLogCheckpoint.verify(turned(bytes, at: place), signedBy: hub)
            }
        }
        #expect(throws: HubLogError.wrongSigner) {
            try HubLogCheckpoint.verify(bytes, signedBy: Samples.key(3).publicKey)
        }
        #expect(throws: HubLogError.malformed("checkpoint: text")) {
            try HubLogCheckpoint.verify(
                bytes + [UInt8](repeating: 0x41, count: 400), signedBy: hub)
        }
        // Base64 has a few spellings of the same bytes.
        let text = vectors.checkpoints[5].replacing("\n5\n", with: "\n05\n")
        #expect(throws: HubLogError.malformed("checkpoint: size (line 2)")) {
            try HubLogCheckpoint.verify(Array(text.utf8), signedBy: hub)
        }
    }

    @Test("A proof with any byte changed is refused, whatever is changed")
    func proofs() throws {
        let held = try HubLogCheckpoint.verify(
            Array(vectors.checkpoints[3].utf8), signedBy: hub)
        let inclusion = Array(vectors.inclusion[3].utf8)
        for place in inclusion.indices {
            #expect(throws: HubLogError.self, "byte \(place)") {
                try HubLogInclusion(decoding: turned(inclusion, at: place)).verify(signedBy: hub)
            }
        }
        let consistency = Array(vectors.consistency[3].utf8)
        for place in consistency.indices {
            #expect(throws: HubLogError.self, "byte \(place)") {
                try HubLogConsistency(decoding: turned(consistency, at: place))
                    .verify(continuing: held, signedBy: hub)
            }
        }
        #expect(throws: HubLogError.self) { try HubLogConsistency(decoding: []) }
        #expect(throws: HubLogError.self) { try HubLogInclusion(decoding: [0xFF]) }
    }

    @Test("A hub that is set back, or has another past, is named so")
    func others() throws {
        func held(_ leaves: Int, _ change: String = "") throws -> HubLogCheckpoint {
            var frontier = MerkleFrontier()
            for leaf in 0..<leaves {
                frontier.append(MerkleTree.leafHash(Array("\(leaf)\(change)".utf8)))
            }
            return HubLogCheckpoint(
                merchant: MerchantID("till:m42")!, size: UInt64(leaves), root: frontier.root, at: 5)
        }
        let proof = try HubLogConsistency(decoding: Array(vectors.consistency[3].utf8))
        #expect(throws: HubLogError.rolledBack(held: 9, found: 7)) {
            try proof.verify(continuing: try held(9), signedBy: hub)
        }
        #expect(throws: HubLogError.forked(held: 3, found: 7)) {
            try proof.verify(continuing: try held(3, "x"), signedBy: hub)
        }
        let other = HubLogCheckpoint(
            merchant: MerchantID("till:m43")!, size: 3, root: MerkleTree.emptyRoot, at: 5)
        #expect(throws: HubLogError.otherLog(found: "till-hub-log/1/m42")) {
            try proof.verify(continuing: other, signedBy: hub)
        }
        #expect(
            HubLogError.forked(held: 3, found: 7).message.contains("begin")
                && HubLogError.rolledBack(held: 9, found: 7).message.contains("set back"))
    }
}
