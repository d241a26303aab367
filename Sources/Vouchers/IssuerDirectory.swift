public import COSE

/// An issuer that the terminal trusts, with every key that signs for it.
public struct Issuer: Hashable, Sendable {
    /// The issuer's entry in the trust list.
    public let id: IssuerID

    /// Its keys: several while one replaces another.
    public let keys: [PublicKey]

    /// An issuer of this name with these keys.
    public init(id: IssuerID, keys: [PublicKey]) {
        self.id = id
        self.keys = keys
    }
}

/// The issuers that the terminal trusts, found by the `kid` of a signature.
public struct IssuerDirectory: Sendable {
    /// The issuers, as handed in.
    public let issuers: [Issuer]

    private let candidatesByKeyID: [[UInt8]: [(issuer: IssuerID, key: PublicKey)]]

    /// A directory of these issuers.
    public init(_ issuers: [Issuer]) {
        self.issuers = issuers
        var candidates: [[UInt8]: [(issuer: IssuerID, key: PublicKey)]] = [:]
        for issuer in issuers {
            for key in issuer.keys {
                candidates[key.keyID, default: []].append((issuer.id, key))
                candidates[key.longKeyID, default: []].append((issuer.id, key))
            }
        }
        candidatesByKeyID = candidates
    }

    /// Every key with this `kid` of 4 or 8 bytes, in the order of the issuers: two keys may share
    /// one, and then each is tried.
    public func candidates(keyID: [UInt8]) -> [(issuer: IssuerID, key: PublicKey)] {
        candidatesByKeyID[keyID] ?? []
    }
}
