import CBOR
public import COSE
import Crypto
import Foundation
public import HubProtocol
import SwiftASN1
public import Vouchers
import X509

/// Why no certificate could be made or read.
public enum CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The library's own words.
    case failed(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .failed(let words): "The certificate could not be made or read: \(words)"
        }
    }
}

/// The certificates of a hub and its terminals, made from the keys by which they know each other
/// (`docs/spec/hub-protocol.md`, *TLS*).
///
/// A hub's key signs a certificate for a TLS key that lives as long as the process. A terminal trusts
/// exactly the keys that its trust list names as hubs': no authority, no name and no date takes part,
/// so that neither a domain, a certificate's end nor a clock that is wrong cuts a terminal off. In the
/// other direction a terminal's own key signs a certificate that names it.
public enum HubCertificates {
    /// The first instant that X.509 can write without a fraction, and *no well-defined end* (RFC 5280,
    /// 4.1.2.5: 99991231235959Z): a terminal whose clock stands at 1970 must reach its hub, which is
    /// where it gets the time.
    private static let beginning = Date(timeIntervalSince1970: 0)
    private static let end = Date(timeIntervalSince1970: 253_402_300_799)

    /// What a hub shows: a certificate for a new TLS key, and its issuer, the hub's `identity`.
    public static func hub(identity: PrivateKey) throws(CertificateError) -> TLSCredential {
        try rethrowing {
            let own = try SigningKey(identity)
            let authority = try hubName(identity.publicKey)
            let issuer = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: own.publicKey,
                notValidBefore: beginning, notValidAfter: end, issuer: authority,
                subject: authority, signatureAlgorithm: own.algorithm,
                extensions: try authorityExtensions(), issuerPrivateKey: own.key)
            return try leaf(
                named: DistinguishedName { CommonName("Till hub") }, issuedBy: authority, own,
                usage: .serverAuth, after: [issuer])
        }
    }

    /// The certificate that a terminal trusts a hub's chain by: the hub's key and nothing else. It is
    /// signed by nobody, as no verifier looks at a trust anchor's signature (RFC 5280, 6.1).
    ///
    /// - Returns: X.509 in DER.
    public static func anchor(of hub: COSE.PublicKey) throws(CertificateError) -> [UInt8] {
        try rethrowing {
            let name = try hubName(hub)
            // Nobody's key, so that the same hub's anchor is the same bytes each time.
            let nobody = try Curve25519.Signing.PrivateKey(
                rawRepresentation: [UInt8](repeating: 1, count: 32))
            return try der(
                Certificate(
                    version: .v3, serialNumber: .init(bytes: hub.longKeyID),
                    publicKey: try publicKey(hub), notValidBefore: beginning, notValidAfter: end,
                    issuer: name, subject: name, signatureAlgorithm: .ed25519,
                    extensions: try authorityExtensions(), issuerPrivateKey: .init(nobody)))
        }
    }

    /// What a terminal shows to its hub: a certificate for a new TLS key that names `terminal` and is
    /// signed by the terminal's own `key`.
    public static func terminal(_ terminal: TerminalID, key: COSE.PrivateKey)
        throws(CertificateError) -> TLSCredential
    {
        try rethrowing {
            let name = try DistinguishedName { CommonName(terminal.text) }
            return try leaf(
                named: name, issuedBy: name, try SigningKey(key), usage: .clientAuth, after: [])
        }
    }

    /// The terminal that a certificate (DER) names, which is not yet proven; nil where it names none.
    public static func terminal(namedBy certificate: [UInt8]) -> TerminalID? {
        guard let certificate = try? Certificate(derEncoded: certificate) else { return nil }
        let names = certificate.subject.flatMap { $0 }.filter {
            $0.type == .RDNAttributeType.commonName
        }
        guard names.count == 1, let name = names.first else { return nil }
        return String(name.value).flatMap(TerminalID.init)
    }

    /// Whether `key` has signed a certificate (DER) for a TLS client.
    public static func isClient(_ certificate: [UInt8], signedBy key: COSE.PublicKey) -> Bool {
        guard let certificate = try? Certificate(derEncoded: certificate),
            let key = try? publicKey(key),
            let usage = try? certificate.extensions.extendedKeyUsage, usage.contains(.clientAuth)
        else { return false }
        return key.isValidSignature(certificate.signature, for: certificate)
    }

    // MARK: - Parts

    /// A key of ours as X.509 speaks of it.
    private struct SigningKey {
        let key: Certificate.PrivateKey
        let algorithm: Certificate.SignatureAlgorithm
        let publicKey: Certificate.PublicKey

        init(_ own: COSE.PrivateKey) throws {
            switch own.algorithm {
            case .ed25519:
                key = .init(try Curve25519.Signing.PrivateKey(rawRepresentation: own.seed))
                algorithm = .ed25519
            case .ecdsaP256:
                key = .init(try P256.Signing.PrivateKey(rawRepresentation: own.seed))
                algorithm = .ecdsaWithSHA256
            }
            publicKey = key.publicKey
        }
    }

    /// The name of a hub's key, by which chain and anchor find each other: a hub may have several.
    private static func hubName(_ key: COSE.PublicKey) throws -> DistinguishedName {
        let name = key.longKeyID.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return try DistinguishedName { CommonName("Till hub key \(name.joined())") }
    }

    private static func authorityExtensions() throws -> Certificate.Extensions {
        try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true))
        }
    }

    private static func leaf(
        named name: DistinguishedName, issuedBy issuer: DistinguishedName, _ signer: SigningKey,
        usage: ExtendedKeyUsage.Usage, after issuers: [Certificate]
    ) throws -> TLSCredential {
        let key = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: beginning, notValidAfter: end, issuer: issuer, subject: name,
            signatureAlgorithm: signer.algorithm,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
            }, issuerPrivateKey: signer.key)
        return TLSCredential(
            chain: try ([certificate] + issuers).map(der), privateKey: key.pemRepresentation)
    }

    /// A key of ours in a certificate.
    private static func publicKey(_ key: COSE.PublicKey) throws -> Certificate.PublicKey {
        let value = key.coseKeyValue(compressed: false)
        let x = value[Label.x]?.asBytes ?? []
        switch key.algorithm {
        case .ed25519: return .init(try Curve25519.Signing.PublicKey(rawRepresentation: x))
        case .ecdsaP256:
            let y = value[Label.y]?.asBytes ?? []
            return .init(
                try P256.Signing.PublicKey(x963Representation: [Label.uncompressed] + x + y))
        }
    }

    /// Labels of a COSE_Key's coordinates (RFC 9053, 7.1), and the first byte of an uncompressed point
    /// (SEC 1, 2.3.3).
    private enum Label {
        static let x: Int64 = -2
        static let y: Int64 = -3
        static let uncompressed: UInt8 = 0x04
    }

    static func der(_ certificate: Certificate) throws -> [UInt8] {
        var serialiser = DER.Serializer()
        try serialiser.serialize(certificate)
        return serialiser.serializedBytes
    }

    static func rethrowing<Value>(_ body: () throws -> Value) throws(CertificateError) -> Value {
        do { return try body() } catch { throw .failed("\(error)") }
    }
}
