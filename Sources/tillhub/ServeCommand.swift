import ArgumentParser
import COSE
import CommandSupport
import Foundation
import HTTPHubServer
import HotLists
import Hub
import Logging
import ServiceLifecycle
import SystemdNotifier
import UnixSignals
import X509Certificates

/// `tillhub serve`: answers the terminals until it is told to stop.
struct ServeCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer the terminals over HTTP until SIGTERM.",
        discussion: """
            On another address than the loopback the hub speaks TLS 1.3 (https://): terminals know it \
            by the key that they were enrolled with, no certificate needs to be bought or renewed. \
            Behind a proxy that speaks TLS itself, serve on the loopback.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port; 0 for one that is free.")
    var port = 8480
    @Option(help: "A file to write the port to, once the hub listens.")
    var portFile: String?
    @Flag(
        inversion: .prefixedNo,
        help: "Speak TLS (default: on every address but the loopback).")
    var tls: Bool?
    @Option(
        help: ArgumentHelp(
            "How many requests a minute one address may go on making; 0 for any number (default: "
                + "1200, and any number on the loopback).", valueName: "n"))
    var requestsPerMinute: Int?
    @OptionGroup var statements: StatementOptions
    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is a number from 0 to 65535.")
        }
        guard requestsPerMinute.map({ (0...Self.maximumRequestsPerMinute).contains($0) }) ?? true
        else { throw ValidationError("--requests-per-minute is a number from 0 to 1000000.") }
    }

    /// What one address may go on asking in a minute: a shop of 20 terminals at their busiest, four
    /// times over.
    static let usualRequestsPerMinute = 1_200
    /// More than one hub can answer.
    static let maximumRequestsPerMinute = 1_000_000

    /// Whether nobody but this machine reaches the address.
    private var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    func perform() async throws {
        _ = try Clock.believable()
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let identity = try folder.identity()
        let registrar = HubRegistrar(ledger: ledger, key: identity)
        let hotLists: HotListPublisher
        do {
            guard let profile = try await ledger.profile() else {
                throw CommandFailure(.notInitialised)
            }
            hotLists = HotListPublisher(ledger: ledger, key: identity, issuer: profile.issuer)
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        var logger = Logger(label: "tillhub") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        let key = identity.publicKey.coseKey.hex
        let issuer = VoucherIssuer(ledger: ledger, keys: try hub.folder.issuers())
        let speaksTLS = tls ?? !isLoopback
        let limit = requestsPerMinute ?? (isLoopback ? 0 : Self.usualRequestsPerMinute)
        let announcement = Announcement(
            scheme: speaksTLS ? "https" : "http", host: host, portFile: portFile, json: output.json)
        let server: HTTPHubServer
        do {
            server = try HTTPHubServer(
                HTTPHubServer.Parts(
                    acceptor: BatchAcceptor(ledger: ledger, key: identity),
                    authoriser: OnlineAuthoriser(ledger: ledger, key: identity),
                    registrar: registrar,
                    accounts: AccountKeeper(ledger: ledger, issuer: issuer),
                    confirmations: ConfirmationDesk(
                        ledger: ledger,
                        schemes: [AccountConfirmation(ledger: ledger)]
                            + (try statements.sources()).map {
                                StatementConfirmation(
                                    scheme: $0.scheme, source: $0.source, ledger: ledger,
                                    issuer: issuer)
                            }),
                    hotLists: hotLists, identity: identity.publicKey, clock: { Clock.seconds() },
                    logger: logger),
                host: host, port: port,
                tls: speaksTLS ? try Self.tls(identity, registrar) : nil,
                requestsPerMinute: limit == 0 ? nil : limit,
                onListening: { port in announcement.make(port: port, key: key) })
        } catch let error as HubServerError {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server),
                    .init(service: WatchdogService(ledger: ledger, logger: logger)),
                    .init(service: HotListService(publisher: hotLists, logger: logger)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do { try await group.run() } catch let error as HubServerError {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        if let portFile { try? FileManager.default.removeItem(atPath: portFile) }
    }

    /// TLS by the hub's identity, and terminals by the keys that the ledger has of them.
    private static func tls(_ identity: PrivateKey, _ registrar: HubRegistrar) throws -> HubTLS {
        HubTLS(
            credential: try HubCertificates.hub(identity: identity),
            terminal: { (certificate) throws(HubLedgerError) in
                guard let terminal = HubCertificates.terminal(namedBy: certificate) else {
                    return nil
                }
                let keys = try await registrar.keys(of: terminal)
                return keys.contains { HubCertificates.isClient(certificate, signedBy: $0) }
                    ? terminal : nil
            })
    }
}

/// Tells whoever waits that the hub listens: the file last of all, as scripts wait for it.
private struct Announcement: Sendable {
    private struct Listening: Encodable {
        let scheme: String
        let host: String
        let port: Int
        let key: String
    }

    let scheme: String
    let host: String
    let portFile: String?
    let json: Bool

    func make(port: Int, key: String) {
        if json {
            try? Output.json(Listening(scheme: scheme, host: host, port: port, key: key))
        } else {
            Output.line("Listening on \(scheme)://\(host):\(port)")
        }
        if let portFile {
            do {
                try Data("\(port)\n".utf8).write(
                    to: URL(fileURLWithPath: portFile), options: .atomic)
            } catch {
                Output.note("The port file \(portFile) could not be written: \(error)")
            }
        }
        SystemdNotifier.notify(SystemdNotifier.ready)
    }
}

/// Publishes the hot list anew before it ages, once there is one.
private struct HotListService: Service {
    /// How old a list becomes, in seconds (20 hours): terminals begin to shrink their limits when
    /// a daily list is missing.
    static let lifeSeconds: UInt64 = 20 * 3_600
    /// How often its age is looked at.
    static let beat = Duration.seconds(900)

    let publisher: HotListPublisher
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await publishIfDue()
                try? await Task.sleep(for: Self.beat)
            }
        }
    }

    private func publishIfDue() async {
        guard let now = try? Clock.believable() else { return }
        do {
            let publication = try await publisher.publishIfOlder(
                than: Self.lifeSeconds, at: now
            ) { Random.bytes(HotListFingerprint.saltLength) }
            switch publication {
            case .published(let list, _):
                logger.info("hot list published", metadata: ["version": "\(list.list.version)"])
            case .refused(let refusal):
                logger.warning("hot list not published", metadata: ["reason": "\(refusal.reason)"])
            case nil: break
            }
        } catch {
            logger.error("ledger: \(error.message)", metadata: ["reason": "\(error.reason)"])
        }
    }
}

/// Tells systemd's watchdog that the ledger answers.
private struct WatchdogService: Service {
    let ledger: any HubLedger
    let logger: Logger

    func run() async throws {
        let interval = SystemdNotifier.watchdogInterval()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Twice in an interval, so that one late answer is no death.
                try? await Task.sleep(for: interval.map { $0 / 2 } ?? .seconds(3_600))
                guard interval != nil, !Task.isCancelled else { continue }
                do {
                    _ = try await ledger.profile()
                    SystemdNotifier.notify(SystemdNotifier.alive)
                } catch {
                    logger.error("The ledger does not answer: \(error)")
                }
            }
        }
        SystemdNotifier.notify(SystemdNotifier.stopping)
    }
}
