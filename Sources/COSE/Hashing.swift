import Crypto

/// Digests of bytes, for modules that have no other need of a cryptography library.
public enum Hashing {
    /// The SHA-256 digest of these bytes (FIPS 180-4), 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }
}
