public import HubProtocol
public import Vouchers

/// A signed checkpoint of the hub's log, as it is kept.
public struct LogCheckpointRecord: Hashable, Sendable {
    /// How many leaves the log had.
    public let size: UInt64
    /// The signed checkpoint (``HubProtocol/HubLogCheckpoint``).
    public let bytes: [UInt8]

    /// Makes a record.
    public init(size: UInt64, bytes: [UInt8]) {
        self.size = size
        self.bytes = bytes
    }
}

/// The hub's Merkle log of what it has accepted (`docs/spec/hub-log.md`): the batch of arrival *n* is
/// leaf *n* - 1. A leaf comes with its batch, in the same transaction, and is never changed.
public protocol LogLedger: Sendable {
    /// The right edge of the log's tree.
    func logFrontier() async throws(HubLedgerError) -> MerkleFrontier

    /// The hashes of whole subtrees, in the order asked for; one that is not there is damage.
    func logHashes(of nodes: [MerkleNode]) async throws(HubLedgerError) -> [[UInt8]]

    /// Under which number, from 0, the log has the leaf with this hash, if it has.
    func logIndex(ofLeaf hash: [UInt8]) async throws(HubLedgerError) -> UInt64?

    /// The leaf with this number, from 0, made of its batch; nil where the log is shorter.
    func logLeaf(at index: UInt64) async throws(HubLedgerError) -> HubLogLeaf?

    /// Under which number, from 0, a terminal's batch is in the log, if it is.
    func logIndex(of terminal: TerminalID, journal: [UInt8], batch number: UInt64)
        async throws(HubLedgerError) -> UInt64?

    /// The checkpoint with most leaves, if any was signed.
    func latestLogCheckpoint() async throws(HubLedgerError) -> LogCheckpointRecord?

    /// Keeps a checkpoint of the log as it is; `false` where the log has another size, or a
    /// checkpoint of this one is kept.
    func append(_ checkpoint: LogCheckpointRecord) async throws(HubLedgerError) -> Bool
}
