public import Hub
public import HubProtocol
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL
public import Vouchers

/// How a hub speaks TLS itself (`docs/spec/hub-protocol.md`, *TLS*).
public struct HubTLS: Sendable {
    let credential: TLSCredential
    let terminal: @Sendable ([UInt8]) async throws(HubLedgerError) -> TerminalID?

    /// - Parameters:
    ///   - credential: what the hub shows.
    ///   - terminal: the enrolled terminal to which a client's certificate (X.509, DER) belongs; nil
    ///     where it belongs to none.
    public init(
        credential: TLSCredential,
        terminal: @escaping @Sendable ([UInt8]) async throws(HubLedgerError) -> TerminalID?
    ) {
        self.credential = credential
        self.terminal = terminal
    }

    /// A server that speaks TLS 1.3 alone (RFC 8446), and asks for a certificate without insisting:
    /// wallets have none. Whose one is, is judged where a route needs to know (``ClientGate``), so that
    /// a terminal that is refused is told why, in words instead of an alert.
    func server(_ base: HTTPServerBuilder) throws(HubServerError) -> HTTPServerBuilder {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try credential.chain.map {
                    .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
                },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(credential.privateKey.utf8), format: .pem)))
            configuration.minimumTLSVersion = .tlsv13
            configuration.certificateVerification = .optionalVerification
            configuration.applicationProtocols = ["http/1.1"]
            return try .tls(
                base,
                configuration: TLSChannelConfiguration(
                    tlsConfiguration: configuration,
                    customVerificationCallback: { _, verdict in
                        verdict.succeed(.certificateVerified)
                    }))
        } catch { throw .cannotEncrypt("\(error)") }
    }
}

/// What a request to the hub carries along.
struct HubContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection, for its address and its certificate.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The certificate that the other end has proven to have the key of, in DER; nil where it showed
    /// none or the connection is plain.
    func certificate() async -> [UInt8]? {
        try? await channel.nioSSL_peerCertificate().get()?.toDERBytes()
    }
}

/// Stands before the routes that are terminals' alone, where the hub speaks TLS itself: lets through
/// whose certificate is an enrolled terminal's, and each to what is its own.
///
/// Messages are signed, and judged by that alone; the gate keeps what is downloaded and who asks from
/// strangers, and work from being made by them.
struct ClientGate: RouterMiddleware {
    typealias Context = HubContext

    let tls: HubTLS?

    @concurrent func handle(
        _ request: Request, context: HubContext,
        next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        guard let tls else { return try await next(request, context) }
        guard let certificate = await context.certificate() else {
            return try HubAnswer.problem(
                .forbidden, reason: "client-certificate-missing",
                "This route is for terminals, and the connection showed no terminal's certificate. "
                    + "Nothing was stored; payments wait at the terminal. Let it reach the hub "
                    + "without a proxy that ends TLS, with a tilld that shows its certificate.")
        }
        let terminal: TerminalID?
        do { terminal = try await tls.terminal(certificate) } catch {
            return try HubAnswer.problem(
                .serviceUnavailable, reason: error.reason, error.message)
        }
        guard let terminal else {
            return try HubAnswer.problem(
                .forbidden, reason: "unknown-terminal",
                "The connection's certificate is no enrolled terminal's. "
                    + "Nothing was stored; payments wait at the terminal. Enrol it with "
                    + "tillhub terminal enrol.")
        }
        if let merchant = context.parameters.get("merchant"),
            let name = context.parameters.get("terminal"),
            terminal.text != "till:\(merchant)/\(name)"
        {
            return try HubAnswer.problem(
                .forbidden, reason: "other-terminal",
                "The connection is \(terminal.text)'s, who may not ask for another terminal's. "
                    + "Nothing was answered.")
        }
        return try await next(request, context)
    }
}
