import Crypto
import FoundationEssentials

/// A private key that signs: Ed25519, or ECDSA on P-256 with SHA-256.
///
/// Its description never shows the seed.
public struct PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// What the key signs with.
    public let algorithm: KeyAlgorithm

    /// The 32 bytes that the key is made of. A secret: only a key store may keep it.
    public let seed: [UInt8]

    /// The key that verifies what this one signs.
    public let publicKey: PublicKey

    private let key: Key

    private enum Key: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case ecdsaP256(P256.Signing.PrivateKey)
    }

    /// The key that grows from 32 random bytes, which are handed in. For P-256 they are the scalar,
    /// big-endian, from 1 to the order less 1: of random bytes all but one in 2^32 are.
    public init(algorithm: KeyAlgorithm, seed: [UInt8]) throws(KeyError) {
        guard seed.count == 32 else { throw .seed }
        self.algorithm = algorithm
        self.seed = seed
        switch algorithm {
        case .ed25519:
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
                throw .seed
            }
            self.key = .ed25519(key)
            publicKey = PublicKey(
                ed25519: key.publicKey, encoding: Array(key.publicKey.rawRepresentation))
        case .ecdsaP256:
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: seed) else {
                throw .seed
            }
            self.key = .ecdsaP256(key)
            publicKey = PublicKey(p256: key.publicKey)
        }
    }

    /// The signature of the message, 64 bytes; Ed25519 always the same for the same message, ECDSA
    /// (r||s) another each time.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        do {
            switch key {
            case .ed25519(let key): return Array(try key.signature(for: message))
            case .ecdsaP256(let key):
                return Array(try key.signature(for: message).rawRepresentation)
            }
        } catch {
            // BoringSSL fails here only without memory or without randomness from the kernel.
            preconditionFailure("a private key that was made can sign: \(error)")
        }
    }

    /// The algorithm and the public key's id, not the secret.
    public var description: String { "PrivateKey(\(algorithm.rawValue))" }

    /// Shows no stored property: a dump must not hold the seed.
    public var customMirror: Mirror { Mirror(self, children: ["algorithm": algorithm.rawValue]) }
}
