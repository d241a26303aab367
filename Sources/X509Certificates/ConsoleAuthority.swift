import Crypto
import Foundation
public import HubProtocol
import SwiftASN1
import X509

/// A shop's own certificate authority: what a tablet is told once to trust, so that a console that is
/// reached over the shop's network is known to be the kiosk's (`docs/spec/console.md`).
///
/// It is constrained to names and addresses of private networks (RFC 5280, 4.2.1.10): who steals its
/// key can pass off as no site on the internet.
public struct ConsoleAuthority: Sendable {
    /// How long an authority lasts, in seconds (10 years): a kiosk's life, as a tablet must be told of
    /// each new one by hand.
    static let authoritySeconds: TimeInterval = 3_652 * 86_400
    /// How long a console's certificate lasts, in seconds (397 days): some browsers refuse longer ones.
    /// It is made anew at each start.
    static let leafSeconds: TimeInterval = 397 * 86_400
    /// How far back certificates begin, in seconds (a day): a tablet's clock may be behind.
    static let backSeconds: TimeInterval = 86_400

    /// The domains that are nobody's on the internet: multicast DNS (RFC 6762), home networks (RFC
    /// 8375), private use (ICANN 2024, `internal`), the machine itself (RFC 6761), and what many
    /// routers call theirs (not delegated). Not the kiosk's bare name: `shop` is a domain of the
    /// internet.
    static let privateDomains = ["local", "home.arpa", "internal", "localhost", "lan"]

    /// Address and mask of the private networks: RFC 1918, loopback and link-local of IPv4 (RFC 6890);
    /// unique local, link-local and loopback of IPv6 (RFC 4193, 4291).
    private static let privateNetworks: [(address: [UInt8], prefix: Int)] = [
        ([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16), ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([0xFC] + [UInt8](repeating: 0, count: 15), 7),
        ([0xFE, 0x80] + [UInt8](repeating: 0, count: 14), 10),
        ([UInt8](repeating: 0, count: 15) + [1], 128),
    ]

    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Makes a new authority for the kiosk called `host` (a name without a domain); `now` is in seconds
    /// since 1970 UTC.
    public init(host: String, now: UInt64) throws(CertificateError) {
        let now = Date(timeIntervalSince1970: TimeInterval(now))
        let key = P256.Signing.PrivateKey()
        self.key = key
        certificate = try HubCertificates.rethrowing {
            let name = try DistinguishedName {
                CommonName("Till console of \(host.prefix(40))")
            }
            let ranges = Self.privateNetworks.map { network in
                GeneralName.ipAddress(
                    ASN1OctetString(
                        contentBytes: (network.address
                            + Self.mask(network.prefix, bytes: network.address.count))[...]))
            }
            let names = Self.privateDomains.map(GeneralName.dnsName)
            return try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
                notValidBefore: now - Self.backSeconds, notValidAfter: now + Self.authoritySeconds,
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true))
                    Critical(NameConstraints(permittedSubtrees: names + ranges))
                    // For servers alone, so that it vouches for no mail and no program.
                    try ExtendedKeyUsage([.serverAuth])
                }, issuerPrivateKey: .init(key))
        }
    }

    /// Reads an authority from its key and its certificate, both in PEM (RFC 7468).
    public init(pem: String) throws(CertificateError) {
        (key, certificate) = try HubCertificates.rethrowing {
            let documents = try PEMDocument.parseMultiple(pemString: pem)
            guard documents.count == 2 else {
                throw CertificateError.failed("the file holds no key and certificate")
            }
            return (
                try P256.Signing.PrivateKey(pemRepresentation: documents[0].pemString),
                try Certificate(pemDocument: documents[1])
            )
        }
    }

    /// The authority with its key, in PEM: a secret.
    public var pem: String { key.pemRepresentation + "\n" + certificatePEM }

    /// What a tablet is told to trust, in PEM.
    public var certificatePEM: String {
        PEMDocument(type: "CERTIFICATE", derBytes: (try? HubCertificates.der(certificate)) ?? [])
            .pemString + "\n"
    }

    /// SHA-256 of the certificate as browsers show it: pairs of capital hexadecimal digits with colons.
    public var fingerprint: String {
        SHA256.hash(data: (try? HubCertificates.der(certificate)) ?? []).map {
            let digits = String($0, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }

    /// Whether such an authority may vouch for a name or an address.
    public static func permits(_ name: String) -> Bool {
        if let address = address(name) {
            return privateNetworks.contains { network in
                guard network.address.count == address.count else { return false }
                let mask = mask(network.prefix, bytes: address.count)
                return zip(zip(address, mask), network.address).allSatisfy { $0.0 & $0.1 == $1 }
            }
        }
        return privateDomains.contains {
            name == $0 && $0 == "localhost" || name.hasSuffix("." + $0)
        }
    }

    /// What the console shows to tablets under these names and addresses, all of them permitted; `now`
    /// is in seconds since 1970 UTC.
    public func credential(names: [String], now: UInt64) throws(CertificateError) -> TLSCredential {
        let now = Date(timeIntervalSince1970: TimeInterval(now))
        return try HubCertificates.rethrowing {
            let own = P256.Signing.PrivateKey()
            let alternatives = names.map { name in
                Self.address(name).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
                    ?? GeneralName.dnsName(name)
            }
            let leaf = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(own.publicKey),
                notValidBefore: now - Self.backSeconds, notValidAfter: now + Self.leafSeconds,
                issuer: certificate.subject,
                subject: try DistinguishedName { CommonName("Till console") },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(alternatives)
                }, issuerPrivateKey: .init(key))
            return TLSCredential(
                chain: try [leaf, certificate].map(HubCertificates.der),
                privateKey: own.pemRepresentation)
        }
    }

    private static func mask(_ prefix: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { byte in
            let bits = min(max(prefix - byte * 8, 0), 8)
            return UInt8(truncatingIfNeeded: 0xFF00 >> bits)
        }
    }

    /// The bytes of an address that is written in numbers; nil for a name.
    static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            return withUnsafeBytes(of: &four) { Array($0) }
        }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 {
            return withUnsafeBytes(of: &six) { Array($0) }
        }
        return nil
    }
}
