import COSE
public import Vouchers

/// A key that is no longer good, from a date on.
public struct RevokedKey: Hashable, Sendable {
    /// The key's COSE thumbprint (RFC 9679, SHA-256), 32 bytes.
    public let thumbprint: [UInt8]
    /// From when on nothing that the key signs is taken, in seconds since 1970 UTC.
    public let from: UInt64

    /// A key with this thumbprint of 32 bytes, revoked from this second on.
    public init(thumbprint: [UInt8], from: UInt64) {
        precondition(thumbprint.count == Self.thumbprintLength, "A thumbprint has 32 bytes.")
        self.thumbprint = thumbprint
        self.from = from
    }

    /// The length of a thumbprint in bytes (SHA-256).
    public static let thumbprintLength = 32
}

/// An issuer all of whose vouchers the hub knows, up to a time: of these the list is exact.
public struct SettledIssuer: Hashable, Sendable {
    /// The issuer.
    public let issuer: IssuerID
    /// Vouchers issued until then (seconds since 1970 UTC) are settled.
    public let through: UInt64

    /// An issuer whose vouchers are settled through a time.
    public init(issuer: IssuerID, through: UInt64) {
        self.issuer = issuer
        self.through = through
    }
}

/// What a hot list says of a voucher.
public enum HotListFinding: Hashable, Sendable {
    /// It is not on the list.
    case clear
    /// It is, for certain: the voucher itself, or a key, revoked from this second on.
    case listed(HotListEntryKind, from: UInt64?)
    /// It may be: a foreign issuer's voucher, or one younger than the list knows its issuer's.
    /// Only the hub can tell, so this is never called hot-listed.
    case mayBeListed
}

/// What an entry of a hot list revokes.
public enum HotListEntryKind: UInt8, Hashable, Sendable, CaseIterable {
    /// One voucher.
    case voucher = 1
    /// A wallet's key, whatever vouchers it holds.
    case walletKey = 2
    /// A key of an issuer, whatever it has signed.
    case issuerKey = 3

    /// The stable word for this kind in JSON and in options.
    public var name: String {
        switch self {
        case .voucher: "voucher"
        case .walletKey: "wallet-key"
        case .issuerKey: "issuer-key"
        }
    }
}

/// The hot list: what is no longer good, though it verifies (`docs/spec/hot-list.md`).
///
/// Revoked vouchers are a sorted set of cut-down fingerprints, so that a million of them cross the
/// wire in less than 2 MB and a day's change is a fraction of that (ADR 0013). A fingerprint may
/// also be that of an honest voucher, at most once in ten thousand. Of the issuers that the hub
/// itself speaks for it knows every voucher, finds these few, and lists them as *exceptions*: for
/// them the list is exact.
public struct HotList: Hashable, Sendable {
    /// At most one honest voucher in so many has the fingerprint of a revoked one.
    public static let honestVouchersPerHit: UInt64 = 10_000
    /// The most revoked vouchers: three and a half times what a large fleet was planned with.
    public static let maximumVouchers = 3_500_000
    /// The most exceptions: what 3.5 million revoked ones cause among a billion.
    public static let maximumExceptions = 100_000
    /// The most revoked keys of wallets. A voucher can be revoked instead, which takes less room.
    public static let maximumWalletKeys = 20_000
    /// The most revoked keys of issuers: as many as a trust list can have.
    public static let maximumIssuerKeys = 1_600
    /// The most settled issuers.
    public static let maximumSettledIssuers = 200
    /// The fewest and the most bits of a fingerprint.
    public static let fingerprintBits = 24...56

    /// The version, from 1; it only rises.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let issuedAt: UInt64
    /// The salt of the fingerprints, 16 bytes.
    public let salt: [UInt8]
    /// How many bits of a fingerprint are kept.
    public let bits: Int
    /// The fingerprints of revoked vouchers, ascending, each below 2^bits.
    public let vouchers: [UInt64]
    /// The issuers for which the list is exact.
    public let settled: [SettledIssuer]
    /// The second fingerprints of honest vouchers of settled issuers whose first is on the list,
    /// ascending.
    public let exceptions: [UInt64]
    /// The revoked keys of wallets, ascending by thumbprint.
    public let walletKeys: [RevokedKey]
    /// The revoked keys of issuers, ascending by thumbprint.
    public let issuerKeys: [RevokedKey]

    /// A list of these parts, each in the order and within the limits that the properties name.
    init(
        version: UInt64, issuedAt: UInt64, salt: [UInt8], bits: Int, vouchers: [UInt64],
        settled: [SettledIssuer], exceptions: [UInt64], walletKeys: [RevokedKey],
        issuerKeys: [RevokedKey]
    ) {
        self.version = version
        self.issuedAt = issuedAt
        self.salt = salt
        self.bits = bits
        self.vouchers = vouchers
        self.settled = settled
        self.exceptions = exceptions
        self.walletKeys = walletKeys
        self.issuerKeys = issuerKeys
    }

    /// Whether this list says the same of everything as another: all but version and times.
    public func lists(theSameAs other: HotList) -> Bool {
        salt == other.salt && bits == other.bits && vouchers == other.vouchers
            && exceptions == other.exceptions && walletKeys == other.walletKeys
            && issuerKeys == other.issuerKeys
    }

    /// Whether so many revoked vouchers may stand in a list of this many bits.
    static func isSparse(_ count: Int, bits: Int) -> Bool {
        UInt64(count) * honestVouchersPerHit <= 1 << UInt64(bits)
    }

    /// What the list says of a verified voucher at `now`, in seconds since 1970 UTC: first of the
    /// key that signed it, then of its holder's key, then of itself.
    public func finding(on voucher: Voucher, at now: UInt64) -> HotListFinding {
        if let key = Self.key(voucher.issuerKeyThumbprint, in: issuerKeys), key.from <= now {
            return .listed(.issuerKey, from: key.from)
        }
        if let holder = voucher.holder?.thumbprint,
            let key = Self.key(holder, in: walletKeys), key.from <= now
        {
            return .listed(.walletKey, from: key.from)
        }
        return finding(on: voucher.identity, issuedAt: voucher.issuedAt)
    }

    /// What the list says of a voucher by itself; `issuedAt` is when it was signed, in seconds
    /// since 1970 UTC, or nil where it does not say.
    public func finding(on voucher: VoucherIdentity, issuedAt: UInt64?) -> HotListFinding {
        guard !vouchers.isEmpty else { return .clear }
        let fingerprint = HotListFingerprint(voucher, salt: salt)
        guard Self.contains(vouchers, fingerprint.first(bits: bits)) else { return .clear }
        guard let issuer = settled.first(where: { $0.issuer == voucher.issuer }),
            let issuedAt, issuedAt <= issuer.through
        else { return .mayBeListed }
        return Self.contains(exceptions, fingerprint.second)
            ? .clear : .listed(.voucher, from: nil)
    }

    /// The revoked key with this thumbprint, if it is there.
    static func key(_ thumbprint: [UInt8], in keys: [RevokedKey]) -> RevokedKey? {
        let index = partition(keys.count) { keys[$0].thumbprint.precedes(thumbprint) }
        guard index < keys.count, keys[index].thumbprint == thumbprint else { return nil }
        return keys[index]
    }

    static func contains(_ values: [UInt64], _ value: UInt64) -> Bool {
        let index = partition(values.count) { values[$0] < value }
        return index < values.count && values[index] == value
    }

    /// The first of `count` positions for which `isBefore` is false, found by halving.
    private static func partition(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [UInt8] {
    /// Whether these bytes come before others, byte by byte.
    func precedes(_ other: [UInt8]) -> Bool { lexicographicallyPrecedes(other) }
}
