public import COSE

/// A key of an issuer, with the times in which it is relied on (`docs/spec/trust.md`, *Entry*).
public struct IssuerKey: Hashable, Sendable {
    /// The key.
    public let key: PublicKey

    /// From when on it signs, in seconds since 1970 UTC.
    public let from: UInt64

    /// Until when it signs, in seconds since 1970 UTC.
    public let until: UInt64

    /// Until when what it signed in time is honoured, in seconds since 1970 UTC.
    public let honouredUntil: UInt64

    /// Since when nothing that it signed is honoured, in seconds since 1970 UTC; nil while it is.
    public let revokedSince: UInt64?

    /// What it may sign, where that is not everything.
    public let bounds: VoucherBounds?

    /// A key with its times; without any it is relied on for ever.
    public init(
        key: PublicKey, from: UInt64 = 0, until: UInt64 = .max, honouredUntil: UInt64 = .max,
        revokedSince: UInt64? = nil, bounds: VoucherBounds? = nil
    ) {
        self.key = key
        self.from = from
        self.until = until
        self.honouredUntil = honouredUntil
        self.revokedSince = revokedSince
        self.bounds = bounds
    }

    /// Why a voucher that this key has signed is not honoured at `now`, or nil where it is.
    ///
    /// - Parameter issuedAt: when the voucher says that it was issued; without that word the key
    ///   must still be signing.
    func refusal(issuedAt: UInt64?, now: UInt64) -> VoucherRefusal? {
        if let revokedSince, now >= revokedSince {
            return VoucherRefusal(
                .issuerRevoked, "The issuer's key is revoked since \(revokedSince).")
        }
        // `.max` is for ever: no moment comes after it.
        guard now < honouredUntil || honouredUntil == .max else {
            return VoucherRefusal(
                .issuerKeyExpired,
                "What the issuer's key has signed was honoured until \(honouredUntil).")
        }
        let signed = issuedAt ?? now
        let latest = signed.addingReportingOverflow(VoucherVerifier.clockSkewSeconds)
        guard latest.overflow || latest.partialValue >= from,
            signed < until || until == .max
        else {
            return VoucherRefusal(
                .issuerKeyExpired,
                "The issuer's key signs from \(from) until \(until), and this is of \(signed).")
        }
        return nil
    }
}

/// An issuer that the terminal knows, with every key that signs or has signed for it.
public struct Issuer: Hashable, Sendable {
    /// The issuer's entry in the trust list.
    public let id: IssuerID

    /// Its keys: several while one replaces another, and those that are revoked.
    public let signers: [IssuerKey]

    /// An issuer of this name with these keys.
    public init(id: IssuerID, signers: [IssuerKey]) {
        self.id = id
        self.signers = signers
    }

    /// An issuer of this name with keys that are relied on for ever.
    public init(id: IssuerID, keys: [PublicKey]) {
        self.init(id: id, signers: keys.map { IssuerKey(key: $0) })
    }

    /// Its keys without their times.
    public var keys: [PublicKey] { signers.map(\.key) }
}

/// The issuers that the terminal knows, found by the `kid` of a signature.
public struct IssuerDirectory: Sendable {
    /// The issuers, as handed in.
    public let issuers: [Issuer]

    private let candidatesByKeyID: [[UInt8]: [(issuer: IssuerID, key: IssuerKey)]]

    /// A directory of these issuers.
    public init(_ issuers: [Issuer]) {
        self.issuers = issuers
        var candidates: [[UInt8]: [(issuer: IssuerID, key: IssuerKey)]] = [:]
        for issuer in issuers {
            for signer in issuer.signers {
                candidates[signer.key.keyID, default: []].append((issuer.id, signer))
                candidates[signer.key.longKeyID, default: []].append((issuer.id, signer))
            }
        }
        candidatesByKeyID = candidates
    }

    /// Every key with this `kid` of 4 or 8 bytes, in the order of the issuers: two keys may share
    /// one, and then each is tried.
    public func candidates(keyID: [UInt8]) -> [(issuer: IssuerID, key: IssuerKey)] {
        candidatesByKeyID[keyID] ?? []
    }
}
