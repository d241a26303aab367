public import COSE
import Dispatch
import Foundation
import HTTPTypes
public import Hub
import HubProtocol
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Vouchers

/// Why the server does not listen.
public enum HubServerError: Error, Hashable, Sendable {
    /// Another program listens on the port.
    case portTaken(host: String, port: Int)
    /// The system refused to listen there; its own words.
    case cannotListen(host: String, port: Int, String)
    /// The certificate or key for TLS cannot be used; the library's own words.
    case cannotEncrypt(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .portTaken: "port-taken"
        case .cannotListen: "cannot-listen"
        case .cannotEncrypt: "cannot-encrypt"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .portTaken(let host, let port):
            "Another program listens on \(host) port \(port). The hub was not started; the "
                + "terminals keep their batches. Stop the other program or choose another --port."
        case .cannotListen(let host, let port, let detail):
            "The hub cannot listen on \(host) port \(port) (\(detail)). It was not started; the "
                + "terminals keep their batches. Choose an address of this machine and a port "
                + "that this user may open."
        case .cannotEncrypt(let detail):
            "The hub cannot speak TLS (\(detail)). It was not started; the terminals keep their "
                + "batches. Look whether the hub's key is whole, or serve on the loopback without TLS."
        }
    }
}

/// Serves the hub to its terminals: HTTP/1.1, signed messages in and out
/// (`docs/spec/hub-protocol.md`, *HTTP*).
///
/// Signatures, not connections, say who speaks: whatever stands between terminal and hub can
/// delay a message but neither change nor forge one.
public struct HTTPHubServer: Service {
    /// A connection on which nothing moves for so long is closed, in seconds: longer than the
    /// pauses of a mobile network.
    static let idleSeconds: Int64 = 30
    /// A request's body must be there after so many seconds: 1 MiB over a slow modem line needs
    /// most of it, and nobody can hold a connection by sending a byte now and then.
    static let bodySeconds: Int64 = 60
    /// So many connections are open at once; others wait in the backlog. Above any shop's number
    /// of terminals, below the usual limit of open files.
    static let maximumConnections = 512

    /// What the server is made of.
    public struct Parts: Sendable {
        let acceptor: BatchAcceptor
        let authoriser: OnlineAuthoriser
        let registrar: HubRegistrar
        let accounts: AccountKeeper?
        let confirmations: ConfirmationDesk?
        let hotLists: HotListPublisher?
        let identity: PublicKey
        let clock: @Sendable () -> UInt64
        let logger: Logger

        /// Gathers the parts; `clock` tells seconds since 1970 UTC, `identity` is the hub's key.
        public init(
            acceptor: BatchAcceptor, authoriser: OnlineAuthoriser, registrar: HubRegistrar,
            accounts: AccountKeeper? = nil, confirmations: ConfirmationDesk? = nil,
            hotLists: HotListPublisher? = nil, identity: PublicKey,
            clock: @escaping @Sendable () -> UInt64, logger: Logger
        ) {
            self.acceptor = acceptor
            self.authoriser = authoriser
            self.registrar = registrar
            self.accounts = accounts
            self.confirmations = confirmations
            self.hotLists = hotLists
            self.identity = identity
            self.clock = clock
            self.logger = logger
        }
    }

    private let application: any Service
    private let host: String
    private let port: Int

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - host: the address to listen on, a name or a number.
    ///   - port: the port; 0 for one that is free.
    ///   - tls: how it speaks TLS; nil for plain HTTP.
    ///   - requestsPerMinute: how many requests an address may go on making; nil for any number.
    ///   - onListening: called with the port once the socket listens.
    public init(
        _ parts: Parts, host: String, port: Int, tls: HubTLS? = nil,
        requestsPerMinute: Int? = nil, onListening: @escaping @Sendable (Int) async -> Void
    ) throws(HubServerError) {
        let router = Router(context: HubContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(
            middleware: RequestLimit(
                limiter: requestsPerMinute.map { limit in
                    RequestLimiter(perMinute: limit, now: { DispatchTime.now().uptimeNanoseconds })
                }))
        HubRoutes(parts: parts).add(to: router, gate: ClientGate(tls: tls))
        let http = HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .seconds(Self.idleSeconds)))
        application = Application(
            router: router, server: try tls?.server(http) ?? http,
            configuration: .init(
                address: .hostname(host, port: port), serverName: "tillhub",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Self.maximumConnections, logger: parts.logger)),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? port)
            }, logger: parts.logger)
        self.host = host
        self.port = port
    }

    /// Serves until the service group shuts down; answers under way are finished first.
    public func run() async throws {
        do { try await application.run() } catch let error as IOError {
            throw error.errnoCode == EADDRINUSE
                ? HubServerError.portTaken(host: host, port: port)
                : HubServerError.cannotListen(
                    host: host, port: port, String(cString: strerror(error.errnoCode)))
        } catch is SocketAddressError.UnknownHost {
            throw HubServerError.cannotListen(
                host: host, port: port, "The name is not known")
        }
    }
}
