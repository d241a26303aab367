public import HotLists
public import Vouchers

/// What a revocation is about.
public enum RevocationSubject: Hashable, Sendable {
    /// One voucher.
    case voucher(VoucherIdentity)
    /// A wallet's key, by its COSE thumbprint of 32 bytes.
    case walletKey([UInt8])
    /// An issuer's key, by its COSE thumbprint of 32 bytes.
    case issuerKey([UInt8])

    /// The kind of hot list entry that it becomes.
    public var kind: HotListEntryKind {
        switch self {
        case .voucher: .voucher
        case .walletKey: .walletKey
        case .issuerKey: .issuerKey
        }
    }
}

/// One line of the hub's book of revocations: something is revoked, or a revocation withdrawn.
public struct Revocation: Hashable, Sendable {
    /// The longest reason, in bytes of UTF-8.
    public static let maximumReasonLength = 100

    /// What it is about.
    public let subject: RevocationSubject
    /// Whether this takes an earlier revocation of the same back.
    public let isWithdrawal: Bool
    /// From when on a key is no longer good, in seconds since 1970 UTC; of a voucher when it was
    /// revoked.
    public let from: UInt64
    /// When the voucher expires by itself and need not be listed any more, in seconds since 1970
    /// UTC, where that is known.
    public let expiry: UInt64?
    /// Why, in a person's words.
    public let reason: String
    /// When it was entered, in seconds since 1970 UTC.
    public let at: UInt64

    /// A line; see the properties for units.
    public init(
        subject: RevocationSubject, isWithdrawal: Bool = false, from: UInt64, expiry: UInt64? = nil,
        reason: String, at: UInt64
    ) {
        self.subject = subject
        self.isWithdrawal = isWithdrawal
        self.from = from
        self.expiry = expiry
        self.reason = reason
        self.at = at
    }
}

/// A hot list as the hub has published it.
public struct PublishedHotList: Hashable, Sendable {
    /// So many versions are kept whole, so that deltas lead from them to the newest: a month of
    /// daily lists. A terminal that was away for longer takes the whole list.
    public static let maximumKept = 31

    /// The version, from 1 without gaps.
    public let version: UInt64
    /// When it was published, in seconds since 1970 UTC.
    public let at: UInt64
    /// The signed list.
    public let bytes: [UInt8]

    /// A published list.
    public init(version: UInt64, at: UInt64, bytes: [UInt8]) {
        self.version = version
        self.at = at
        self.bytes = bytes
    }
}

/// The hub's book of what is revoked, and the hot lists made from it. Kept beside the ledger, and
/// as there, each call is atomic and durable on return.
public protocol HotListLedger: Sendable {
    /// Adds lines to the book, all or none.
    func append(_ revocations: [Revocation]) async throws(HubLedgerError)

    /// Every line of the book, in order.
    func revocations() async throws(HubLedgerError) -> [Revocation]

    /// The line of the book that revokes this now; nil where there is none, or it was taken back.
    func revocation(of subject: RevocationSubject) async throws(HubLedgerError) -> Revocation?

    /// The hub's own vouchers whose row lies above `row`, in order, at most `limit`, with the row
    /// of the last of them; row 0 lies before all.
    func issuedIdentities(after row: UInt64, limit: Int) async throws(HubLedgerError)
        -> (vouchers: [VoucherIdentity], last: UInt64)

    /// When this voucher of the hub's own expires, in seconds since 1970 UTC; nil where the hub
    /// has issued none such.
    func expiry(of voucher: VoucherIdentity) async throws(HubLedgerError) -> UInt64?

    /// The vouchers that terminals have captured for more than they are worth.
    func overspentVouchers() async throws(HubLedgerError) -> [VoucherIdentity]

    /// The newest published list, if any.
    func latestHotList() async throws(HubLedgerError) -> PublishedHotList?

    /// The version and the digest (SHA-256, 32 bytes) of the newest published list, if any: cheaper
    /// than the list.
    func latestHotListName() async throws(HubLedgerError) -> HotListName?

    /// The published list with this version, where it is still kept.
    func hotList(version: UInt64) async throws(HubLedgerError) -> PublishedHotList?

    /// Publishes a list whose version is one above the newest, and forgets the oldest beyond
    /// ``PublishedHotList/maximumKept``; `false` where the version is taken.
    func append(_ list: PublishedHotList) async throws(HubLedgerError) -> Bool
}
