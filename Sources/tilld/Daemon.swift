import Clocks
import CommandSupport
import ConsolePage
import Foundation
import Glibc
import HTTPControlServer
import HTTPHubLink
import HardwareProfiles
import HubProtocol
import LinuxClocks
import Logging
import PaymentCodes
import Payments
import ProcessScanner
import ProfileHardware
import SQLiteJournal
import SQLiteStandingShelf
import SQLiteVoucherStore
import Screens
import ServiceLifecycle
import SystemdNotifier
import Terminal
import TerminalState
import UnixSignals
import Vouchers

/// Everything of one running terminal, composed: the only place that names all adapters.
struct Daemon {
    private let logger = Logger(label: "tilld")
    private let terminal: PaymentTerminal
    private let hardware: Hardware
    private let socketPath: String
    private let allowedUsers: Set<UInt32>
    private let syncInterval: UInt64
    private let exchange: Exchange
    private let console: (settings: ConsoleSettings, choice: ConsoleChoice)?
    private let state: StateFolder
    private let check: SelfCheck

    init(
        state: StateFolder, profilePath: String?, socket: String?, hubURL: String?,
        syncInterval: UInt64, allowedUsers: Set<UInt32>, trace: Bool, scannerProgram: String,
        limits: ScannerLimits, language: ScreenLanguage, calendar: ShopCalendar,
        signals: SignalChoice, linkBudget: LinkBudget?,
        console: ConsoleChoice?
    ) async throws {
        let profile = try Self.profile(profilePath)
        let configuration = try state.configuration()
        let merchant: MerchantProfile
        do { merchant = try MerchantProfile(configuration.merchant) } catch {
            throw CommandFailure(
                reason: "merchant-invalid",
                message: "The hub's merchant data cannot be used: \(error)")
        }
        hardware = try Hardware(
            profile.resolved(in: state.path), signals: signals, scannerProgram: scannerProgram,
            limits: limits)
        let standings: SQLiteStandingShelf
        do { standings = try SQLiteStandingShelf(path: state.standingsPath) } catch {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        let rehearsal = configuration.terminal.isTraining ? OfflineRehearsal() : nil
        let peer = try state.hubPeer()
        let clock = try Self.clock(state, configuration: configuration)
        let meter = LinkMeter(
            budget: linkBudget, kept: state.linkUse, calendar: calendar, now: { clock.now() },
            keep: { state.keepLinkUse($0) })
        let link = try Self.link(to: hubURL ?? configuration.hubURL, as: peer).map { link in
            let counted = meter.over(link)
            return rehearsal?.over(counted) ?? counted
        }
        let journal = try Self.journal(of: state)
        check = SelfCheck(journal: journal, pulse: ScannerPulse(), isLive: hardware.isLive)
        let quiet: @Sendable (PaymentTerminal.Moment) -> Void = { _ in }
        terminal = PaymentTerminal(
            PaymentTerminal.Parts(
                configuration: configuration, merchant: merchant, key: try state.key(),
                trust: try state.trust(), trustKeeper: state.trustKeeper,
                journal: journal, display: hardware.display, signals: hardware.signals,
                encoder: ShopEncoder(), reader: ZBarScreenReader(),
                clock: clock,
                random: SystemRandom(), buildTime: releaseTime, hub: link,
                configurationMessage: try state.configurationMessage(),
                store: SQLiteVoucherStore(folder: state.voucherStorePath),
                lastContact: state.lastContact,
                contacted: { state.keepContact(at: $0) },
                hotList: HotListFile(path: state.hotListPath), standings: standings,
                hubLog: HubLogFile(path: state.hubLogPath),
                language: language, calendar: calendar, rehearsal: rehearsal, meter: meter,
                trace: trace ? Trace.write : quiet))
        socketPath = socket ?? state.socketPath
        self.state = state
        self.allowedUsers = allowedUsers
        self.syncInterval = syncInterval
        exchange = Exchange(terminal: terminal, state: state, link: link, peer: peer)
        self.console =
            if let console {
                (
                    try await console.settings(
                        state: state, terminal: terminal, theme: hardware.theme),
                    console
                )
            } else { nil }
    }

    private static func profile(_ path: String?) throws -> HardwareProfile {
        do throws(ProfileError) { return try HardwareProfile.holding(at: path) } catch {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
    }

    /// How often a journal that somebody has is tried, and microseconds between: 5 seconds. Whoever
    /// reads it past a dead daemon (`tillctl status`, `doctor`) has it for a moment, and must not
    /// keep the next from starting. No clock is asked: it may be the one that is wrong.
    private static let attempts = 50
    private static let pauseMicroseconds: UInt32 = 100_000

    private static func journal(of state: StateFolder) throws -> SQLiteJournal {
        for _ in 1..<attempts {
            do { return try state.openJournal() } catch let failure as CommandFailure
                where failure.reason == JournalError.locked.reason
            { usleep(pauseMicroseconds) }
        }
        return try state.openJournal()
    }

    /// The terminal's clock: it believes the machine's own only as far as it must.
    private static func clock(_ state: StateFolder, configuration: TerminalConfiguration) throws
        -> any WallClock
    {
        guard let clocks = LinuxClocks(credentials: StateFolder.credentials) else {
            throw CommandFailure(
                reason: "boot-id-missing",
                message: "The machine does not tell its boot id (/proc/sys/kernel/random/boot_id): "
                    + "without it a clock that was set cannot be found out. No payments can be "
                    + "taken. Let tilld read it, as its systemd unit does.")
        }
        return TerminalClock(
            clocks: clocks, store: FileClockStore(path: state.clockPath),
            passed: [releaseTime, configuration.issuedAt])
    }

    private static func link(to url: String?, as peer: HubPeer) throws -> (any HubLink)? {
        guard let url else { return nil }
        do { return try HTTPHubLink(url: url, peer: peer) } catch {
            throw CommandFailure(
                .usage, reason: "hub-url-malformed",
                message: "The hub's address cannot be used: \(error)")
        }
    }

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        try prepareSocket()
        do { try await terminal.start() } catch {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
        let logger = logger
        let terminal = terminal
        let server = HTTPControlServer(
            terminal: terminal, socketPath: socketPath, allowedUsers: allowedUsers,
            version: tillVersion, screenPath: hardware.display.path,
            document: ConsolePage.file(named: "openapi.json")?.bytes ?? [], logger: logger,
            sync: { [exchange] in await exchange.run() },
            onRunning: {
                SystemdNotifier.notify(SystemdNotifier.ready)
                logger.info("ready")
            })
        let console = try consoleServices()
        let scanner = ScannerService(
            terminal: terminal, hardware: hardware, pulse: check.pulse, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server), .init(service: scanner),
                    .init(
                        service: ClockService(terminal: terminal, check: check, logger: logger)),
                    .init(service: AuditService(terminal: terminal, logger: logger)),
                    .init(
                        service: SyncService(
                            exchange: exchange, seconds: syncInterval, logger: logger)),
                ] + console,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try? FileManager.default.removeItem(atPath: socketPath)
    }

    /// The console's servers, one for each of its doors.
    private func consoleServices() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let (settings, choice) = console else { return [] }
        let server: @Sendable (ConsoleDoor) throws -> HTTPConsoleServer = {
            [terminal, exchange, logger, path = hardware.display.path] door in
            try HTTPConsoleServer(
                terminal: terminal, settings: settings, door: door, version: tillVersion,
                screenPath: path, logger: logger, sync: { await exchange.run() },
                onRunning: { port in
                    for address in door.addresses(port: port) {
                        logger.info("console: \(address)")
                    }
                    guard case .loopback = door, let portFile = choice.portFile else { return }
                    try? Data("\(port)\n".utf8).write(
                        to: URL(fileURLWithPath: portFile), options: .atomic)
                })
        }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let port = choice.port {
            services.append(.init(service: try server(.loopback(port: port))))
        }
        if let network = choice.network {
            services.append(
                .init(
                    service: NetworkConsoleService(
                        console: network, state: state, logger: logger, server: server)))
        }
        return services
    }

    /// A socket that a killed daemon left behind is removed: the journal's lock has just proved
    /// that no other daemon runs on this state.
    private func prepareSocket() throws {
        guard FileManager.default.fileExists(atPath: socketPath) else { return }
        do { try FileManager.default.removeItem(atPath: socketPath) } catch {
            throw CommandFailure(
                reason: "socket-not-removable",
                message: "The old socket \(socketPath) cannot be removed. Check the folder's "
                    + "owner and mode.")
        }
    }
}

/// Exchanges with the hub, for the timer and for `tillctl sync` alike.
struct Exchange: Sendable {
    let terminal: PaymentTerminal
    let state: StateFolder
    let link: (any HubLink)?
    let peer: HubPeer

    func run() async -> SyncReport {
        guard let link else { return await terminal.syncWithoutLink() }
        // A hub's next key is in the trust list before the hub shows it.
        if let anchors = try? StateFolder.anchors(of: await terminal.hubKeys) {
            peer.trust(anchors: anchors)
        }
        return await terminal.sync(over: link) { [state] message in try state.keep(message) }
    }
}
