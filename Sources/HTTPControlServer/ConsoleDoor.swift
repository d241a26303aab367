public import HubProtocol
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

/// Where the console is reached (`docs/spec/console.md`, *Doors*).
public enum ConsoleDoor: Sendable {
    /// On 127.0.0.1, in plain HTTP: between the kiosk's browser and the daemon there is nobody.
    case loopback(port: Int)
    /// On an address of the shop's network, over TLS, under the names and addresses of its certificate
    /// and no others. `authority` is what a tablet is told to trust, in PEM.
    case network(
        host: String, port: Int, names: [String], credential: TLSCredential, authority: String)

    /// A connection from the network on which nothing moves for so long is closed, in seconds. A page's
    /// events come every 2 seconds.
    static let idleSeconds: Int64 = 60
    /// So many connections from the network are open at once: a browser has six, a shop a few tablets.
    static let maximumConnections = 64

    /// How many PINs are tried in a minute at most: each costs the kiosk a good part of a second of a
    /// core (scrypt), which payments need. Nil on the loopback, where who guesses stands at the kiosk.
    var proofsPerMinute: Int? { isNetwork ? 30 : nil }

    /// Where it listens.
    var address: BindAddress {
        switch self {
        case .loopback(let port): .hostname("127.0.0.1", port: port)
        case .network(let host, let port, _, _, _): .hostname(host, port: port)
        }
    }

    /// What stands before the host in a page's own origin (RFC 6454, 4).
    var scheme: String { isNetwork ? "https" : "http" }

    /// Whether others than this machine's own people may stand before it.
    var isNetwork: Bool { if case .network = self { true } else { false } }

    /// What a tablet is told to trust, in PEM; nil where there is nothing to trust.
    var authority: String? {
        if case .network(_, _, _, _, let authority) = self { authority } else { nil }
    }

    /// Whether the console answers under a `Host` (RFC 9110, 7.2): against names that others have
    /// pointed here.
    func answers(to authority: String) -> Bool {
        let name =
            authority.lastIndex(of: ":").map {
                authority[$0...].dropFirst().allSatisfy(\.isNumber)
                    ? authority[..<$0] : authority[...]
            } ?? authority[...]
        switch self {
        case .loopback: return ["127.0.0.1", "localhost", "[::1]"].contains(name)
        case .network(_, _, let names, _, _):
            return names.contains { known in
                name.lowercased() == (known.contains(":") ? "[\(known)]" : known)
            }
        }
    }

    /// How it speaks: TLS 1.3 on the network, for a browser of the last years.
    func server() throws -> HTTPServerBuilder {
        guard case .network(_, _, _, let credential, _) = self else { return .http1() }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try credential.chain.map {
                .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
            },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(credential.privateKey.utf8), format: .pem)))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["http/1.1"]
        return try .tls(
            .http1(configuration: .init(idleTimeout: .seconds(Self.idleSeconds))),
            tlsConfiguration: configuration)
    }
}
