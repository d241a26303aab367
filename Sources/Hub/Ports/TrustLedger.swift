public import COSE
public import Trust
public import Vouchers

/// A key as the hub knows it, for the next trust list. A later record of the same key takes the
/// place of an earlier one; nothing is ever removed.
public struct TrustKey: Hashable, Sendable {
    /// The entry that the next list will have.
    public let entry: TrustEntry
    /// When the hub came to know it, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes a record.
    public init(entry: TrustEntry, at: UInt64) {
        self.entry = entry
        self.at = at
    }
}

/// The kinds of signed document that a hub keeps every version of. The numbers are those under
/// which a journal keeps what a terminal has put in force.
public enum HubDocumentKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A trust list.
    case trustList = 2
    /// A policy.
    case policy = 3
    /// A hot list.
    case hotList = 4
    /// A freshness statement.
    case freshness = 5
    /// A root.
    case root = 6
}

/// A signed document, as the hub serves it.
public struct HubDocument: Hashable, Sendable {
    /// What document.
    public let kind: HubDocumentKind
    /// Its version.
    public let version: UInt64
    /// When it was put in force here, in seconds since 1970 UTC.
    public let at: UInt64
    /// The SHA-256 of its bytes, 32 bytes.
    public let digest: [UInt8]
    /// The document.
    public let bytes: [UInt8]

    /// Makes a document; its digest is taken here.
    public init(kind: HubDocumentKind, version: UInt64, at: UInt64, bytes: [UInt8]) {
        self.kind = kind
        self.version = version
        self.at = at
        self.digest = Hashing.sha256(bytes)
        self.bytes = bytes
    }
}

/// A key that signs the batches of one journal beside the key it was enrolled with.
public struct JournalKey: Hashable, Sendable {
    /// The terminal.
    public let terminal: TerminalID
    /// The journal's identity, 8 bytes.
    public let journal: [UInt8]
    /// The key.
    public let key: PublicKey
    /// When it was made known, in seconds since 1970 UTC.
    public let at: UInt64
    /// Whether the key before it has signed the change; where not, a person has vouched for it.
    public let isHandedOver: Bool

    /// Makes a record.
    public init(
        terminal: TerminalID, journal: [UInt8], key: PublicKey, at: UInt64, isHandedOver: Bool
    ) {
        self.terminal = terminal
        self.journal = journal
        self.key = key
        self.at = at
        self.isHandedOver = isHandedOver
    }
}

/// A voucher that took the place of one whose issuer's key was revoked.
public struct Reissue: Hashable, Sendable {
    /// The voucher that lost its worth.
    public let old: VoucherIdentity
    /// The voucher that has what was left.
    public let new: VoucherIdentity
    /// When, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes a record.
    public init(old: VoucherIdentity, new: VoucherIdentity, at: UInt64) {
        self.old = old
        self.new = new
        self.at = at
    }
}

/// What the hub keeps of keys and signed documents. All that is in it is only ever added; each
/// call is atomic and, where it writes, durable on return.
public protocol TrustLedger: Sendable {
    /// The records of keys, in the order of their making.
    func trustKeys() async throws(HubLedgerError) -> [TrustKey]

    /// Adds records of keys, all or none.
    func append(_ keys: [TrustKey]) async throws(HubLedgerError)

    /// The newest document of a kind.
    func latestDocument(_ kind: HubDocumentKind) async throws(HubLedgerError) -> HubDocument?

    /// The digest of the newest document of a kind: cheaper than the document.
    func latestDigest(_ kind: HubDocumentKind) async throws(HubLedgerError) -> [UInt8]?

    /// The newest document of a kind that has this version.
    func document(_ kind: HubDocumentKind, version: UInt64) async throws(HubLedgerError)
        -> HubDocument?

    /// Adds a document as the newest of its kind; `false` where another was added since the one
    /// with the digest `after` (nil: none) was the newest.
    func append(_ document: HubDocument, after: [UInt8]?) async throws(HubLedgerError) -> Bool

    /// The keys that journals have got beside the one they were enrolled with, in the order of
    /// their coming.
    func journalKeys() async throws(HubLedgerError) -> [JournalKey]

    /// Adds a key of a journal; `false` where the journal has it already.
    func append(_ key: JournalKey) async throws(HubLedgerError) -> Bool

    /// The voucher that took the place of this one.
    func reissue(of old: VoucherIdentity) async throws(HubLedgerError) -> Reissue?

    /// Adds a voucher together with the record that it takes the place of another; `false` where
    /// that one has been replaced before.
    func append(_ voucher: IssuedVoucher, replacing reissue: Reissue) async throws(HubLedgerError)
        -> Bool
}
