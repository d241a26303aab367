public import COSE
import HubProtocol
import Vouchers

/// Shows what the hub has accepted, so that nobody can take it back unseen
/// (`docs/spec/hub-log.md`): signed checkpoints of its log, and proofs that lead to them.
public struct HubLog: Sendable {
    /// What a proof was asked for gets.
    public enum Answer: Hashable, Sendable {
        /// The proof, or the checkpoint, as text.
        case proven([UInt8])
        /// The log has no such leaf.
        case noSuchLeaf
        /// The log has fewer leaves than whoever asks has seen; it has so many.
        case shorter(size: UInt64)
        /// The hub has not been initialised.
        case notInitialised
    }

    /// How often a checkpoint is signed again while batches arrive: as ``BatchAcceptor`` does.
    static let maximumAttempts = BatchAcceptor.maximumAttempts

    private let ledger: any HubLedger
    private let key: PrivateKey

    /// Makes the log of a hub; `key` is its identity.
    public init(ledger: any HubLedger, key: PrivateKey) {
        self.ledger = ledger
        self.key = key
    }

    /// The newest checkpoint. It was kept with the last batch; where there was none, or the ledger
    /// is of an older program, it is signed at `now`, in seconds since 1970 UTC, and kept.
    public func checkpoint(at now: UInt64) async throws(HubLedgerError) -> Answer {
        guard let record = try await record(at: now) else { return .notInitialised }
        return .proven(record.bytes)
    }

    /// A proof (``HubProtocol/HubLogInclusion``) that the leaf with this hash is in the log.
    public func inclusion(ofLeaf hash: [UInt8], at now: UInt64) async throws(HubLedgerError)
        -> Answer
    {
        guard let index = try await ledger.logIndex(ofLeaf: hash) else { return .noSuchLeaf }
        return try await inclusion(at: index, signedAt: now)
    }

    /// The same, of the leaf with this number, from 0.
    public func inclusion(at index: UInt64, signedAt now: UInt64) async throws(HubLedgerError)
        -> Answer
    {
        guard let leaf = try await ledger.logLeaf(at: index) else { return .noSuchLeaf }
        // Asked for after the leaf: whatever arrives meanwhile, it has the leaf.
        guard let record = try await record(at: now) else { return .notInitialised }
        let path = try await hashes(MerkleTree.inclusion(of: index, in: record.size))
        return .proven(
            HubLogInclusion(leaf: leaf, index: index, path: path, checkpoint: record.bytes)
                .encoded())
    }

    /// A proof (``HubProtocol/HubLogConsistency``) that the log begins with the one of `old` leaves.
    public func consistency(from old: UInt64, at now: UInt64) async throws(HubLedgerError) -> Answer
    {
        guard let record = try await record(at: now) else { return .notInitialised }
        guard old <= record.size else { return .shorter(size: record.size) }
        let path = try await hashes(MerkleTree.consistency(from: old, to: record.size))
        return .proven(
            HubLogConsistency(old: old, path: path, checkpoint: record.bytes).encoded())
    }

    private func hashes(_ parts: [[MerkleNode]]) async throws(HubLedgerError) -> [[UInt8]] {
        var rest = try await ledger.logHashes(of: parts.flatMap(\.self))[...]
        return parts.map { part in
            defer { rest = rest.dropFirst(part.count) }
            return MerkleTree.root(of: Array(rest.prefix(part.count)))
        }
    }

    private func record(at now: UInt64) async throws(HubLedgerError) -> LogCheckpointRecord? {
        guard let profile = try await ledger.profile() else { return nil }
        for _ in 0..<Self.maximumAttempts {
            let latest = try await ledger.latestLogCheckpoint()
            let frontier = try await ledger.logFrontier()
            if let latest, latest.size == frontier.size { return latest }
            let record = LogCheckpointRecord(
                size: frontier.size,
                bytes: Self.sign(frontier, profile: profile, at: now, key: key))
            if try await ledger.append(record) { return record }
        }
        throw .locked
    }

    static func sign(
        _ frontier: MerkleFrontier, profile: HubProfile, at now: UInt64, key: PrivateKey
    ) -> [UInt8] {
        HubLogCheckpoint(
            merchant: profile.merchant, size: frontier.size, root: frontier.root, at: now
        ).signed(by: key)
    }
}

extension BatchAcceptor {
    /// The log of what this takes.
    public var log: HubLog { HubLog(ledger: ledger, key: key) }
}
