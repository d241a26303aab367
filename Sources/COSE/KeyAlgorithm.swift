/// The two signature algorithms of our formats, each with the one key type that it goes with.
public enum KeyAlgorithm: String, Sendable, CaseIterable {
    /// Ed25519 (RFC 8032): an OKP key on curve 6.
    case ed25519

    /// ECDSA on P-256 with SHA-256, the signature as r||s: an EC2 key on curve 1.
    case ecdsaP256

    /// The COSE algorithm number that we write: the fully specified one (RFC 9864).
    public var coseAlgorithm: Int64 {
        switch self {
        case .ed25519: -19
        case .ecdsaP256: -9
        }
    }

    /// The older, polymorphic number that we accept too (RFC 9053: EdDSA and ES256).
    public var legacyCOSEAlgorithm: Int64 {
        switch self {
        case .ed25519: -8
        case .ecdsaP256: -7
        }
    }

    /// The algorithm that this COSE number names in either spelling, or nil for all others.
    public init?(coseAlgorithm number: Int64) {
        let match = Self.allCases.first {
            $0.coseAlgorithm == number || $0.legacyCOSEAlgorithm == number
        }
        guard let match else { return nil }
        self = match
    }
}
