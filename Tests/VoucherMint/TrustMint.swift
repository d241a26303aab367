public import COSE
public import Trust
public import Vouchers

/// Makes trust documents for tests the only way there is: by signing them with root keys.
public struct TrustMint: Sendable {
    /// The merchant whose terminals they are for.
    public let merchant: MerchantID
    /// The hub's online key.
    public let hub: PrivateKey
    /// The root keys; two of three sign.
    public let roots: [PrivateKey]
    /// When everything is issued, in seconds since 1970 UTC.
    public let now: UInt64

    /// A mint for this merchant and hub.
    public init(merchant: MerchantID, hub: PrivateKey, now: UInt64) {
        self.merchant = merchant
        self.hub = hub
        self.now = now
        roots = (201...203).map { VoucherMint.key(UInt8($0)) }
    }

    /// How long everything lasts, in seconds.
    private static let lifeSeconds: UInt64 = 90 * 86_400

    /// An issuer's entry.
    public func issuer(_ id: IssuerID, _ key: PublicKey, status: TrustStatus = .active)
        -> TrustEntry
    {
        TrustEntry(
            subject: .issuer(id), key: key, from: now - 86_400, until: now + Self.lifeSeconds,
            honouredUntil: now + 2 * Self.lifeSeconds, status: status)
    }

    /// The hub's entry.
    public func hubEntry(_ key: PublicKey? = nil) -> TrustEntry {
        TrustEntry(
            subject: .hub(merchant), key: key ?? hub.publicKey, from: now - 86_400,
            until: now + 8 * Self.lifeSeconds)
    }

    /// The document, signed by two root keys.
    public func sign(_ draft: Sign) -> [UInt8] {
        roots.prefix(2).reduce(draft) { $0.adding(signatureBy: $1) ?? $0 }.encoded()
    }

    /// A signed root.
    public func root(_ version: UInt64 = 1) -> [UInt8] {
        sign(
            Root(
                merchant: merchant, generation: 1, version: version, issuedAt: now - 86_400,
                expiresAt: now + 8 * Self.lifeSeconds, threshold: 2, keys: roots.map(\.publicKey)
            ).draft())
    }

    /// A signed list of the hub's entry and these.
    public func list(_ version: UInt64 = 1, _ entries: [TrustEntry]) -> [UInt8] {
        sign(
            TrustList(
                merchant: merchant, generation: 1, version: version, issuedAt: now - 100,
                expiresAt: now + Self.lifeSeconds,
                entries: entries.contains { $0.subject.role == .hub }
                    ? entries : entries + [hubEntry()]
            ).draft())
    }

    /// A statement that a list is the newest.
    public func freshness(_ version: UInt64 = 1, list bytes: [UInt8], number: UInt64)
        -> [UInt8]
    {
        Freshness(
            merchant: merchant, version: version, issuedAt: now - 10,
            expiresAt: now + TrustDefaults.freshnessLifeSeconds - 10,
            names: [
                DocumentName(
                    kind: .trustList, version: number, digest: Hashing.sha256(bytes))
            ]
        ).signed(by: hub)
    }

    /// Root, list and statement for a terminal that is enrolled now.
    public func offer(_ version: UInt64 = 1, _ entries: [TrustEntry]) -> TrustOffer {
        let list = list(version, entries)
        return TrustOffer(
            roots: [root()], list: list,
            freshness: freshness(version, list: list, number: version))
    }
}
