public import COSE
public import HTTPHubLink
import Trust
import X509Certificates

extension StateFolder {
    /// By what this terminal knows its hub over TLS, and how it is known there: the keys of its trust
    /// list, and a certificate by its own. What cannot be read is thrown as
    /// ``CommandSupport/CommandFailure``.
    public func hubPeer() throws -> HubPeer {
        HubPeer(
            anchors: try Self.anchors(of: try trust().hubKeys),
            credential: try HubCertificates.terminal(try terminal(), key: try key()))
    }

    /// The certificates (X.509, DER) that stand for hubs' keys.
    public static func anchors(of hubs: [PublicKey]) throws -> [[UInt8]] {
        try hubs.map { hub throws(CertificateError) in try HubCertificates.anchor(of: hub) }
    }
}
