public import HubProtocol
import NIOSSL
import Synchronization

/// By what a hub is known over TLS, and how it knows this end (`docs/spec/hub-protocol.md`, *TLS*).
///
/// What it trusts can be changed while connections stand: a hub's next key is announced before it is
/// used.
public final class HubPeer: Sendable {
    private struct State {
        var anchors: [[UInt8]]
        var configuration: TLSConfiguration?
    }

    private let state: Mutex<State>
    private let credential: TLSCredential?

    /// - Parameters:
    ///   - anchors: certificates (X.509, DER) of the keys that count as the hub's, and no others.
    ///   - credential: what this end shows; nil for nothing.
    public init(anchors: [[UInt8]], credential: TLSCredential?) {
        state = Mutex(State(anchors: anchors))
        self.credential = credential
    }

    /// Trusts these keys' certificates from the next request on.
    public func trust(anchors: [[UInt8]]) {
        state.withLock { state in
            guard state.anchors != anchors else { return }
            state = State(anchors: anchors)
        }
    }

    /// TLS 1.3 alone (RFC 8446) with exactly these anchors. No name is compared: the key says who it
    /// is, and the address may be a number.
    func configuration() throws -> TLSConfiguration {
        try state.withLock { state in
            if let made = state.configuration { return made }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv13
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try state.anchors.map { try NIOSSLCertificate(bytes: $0, format: .der) })
            if let credential {
                configuration.certificateChain = try credential.chain.map {
                    .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
                }
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(credential.privateKey.utf8), format: .pem))
            }
            state.configuration = configuration
            return configuration
        }
    }

    /// What a failed handshake means, in the words of a technician; nil for another error.
    static func words(_ error: any Error) -> String? {
        guard let error = error as? NIOSSLError else { return nil }
        guard case .handshakeFailed(let cause) = error else { return "TLS failed: \(error)" }
        return "\(cause)".contains("CERTIFICATE_VERIFY_FAILED")
            ? "who answers there is not the hub of this terminal: its certificate is another's. "
                + "A network that wants a log-in first answers so, and so does who stands in between"
            : "no TLS 1.3 is spoken there: \(cause)"
    }
}
