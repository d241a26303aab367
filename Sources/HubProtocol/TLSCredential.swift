/// What one end of a TLS connection shows of itself, and the key that proves it (RFC 8446, 4.4).
///
/// Its description never shows the key.
public struct TLSCredential: Sendable, CustomStringConvertible, CustomReflectable {
    /// The certificates (X.509, RFC 5280) in DER, the end's own first, its issuer's after it.
    public let chain: [[UInt8]]

    /// The key of the first certificate, as PKCS #8 in PEM (RFC 5958, RFC 7468). A secret.
    public let privateKey: String

    /// Puts a chain and the key of its first certificate together.
    public init(chain: [[UInt8]], privateKey: String) {
        self.chain = chain
        self.privateKey = privateKey
    }

    /// How many certificates there are, not the secret.
    public var description: String { "TLSCredential(\(chain.count) certificates)" }

    /// Shows no stored property: a dump must not hold the key.
    public var customMirror: Mirror { Mirror(self, children: ["certificates": chain.count]) }
}
