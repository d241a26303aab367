import ControlProtocol
import Glibc
import HubProtocol
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import Screens
public import ServiceLifecycle
public import Terminal

/// What the console is made of that is not the terminal itself.
public struct ConsoleSettings: Sendable {
    /// Something to show: its media type and its bytes.
    public typealias Content = (type: String, bytes: [UInt8])

    /// Who may log in.
    let staff: any StaffDoor
    /// The most that a cashier gives back without a supervisor, in minor units.
    let refundLimit: UInt64
    /// The page's file of a name.
    let page: @Sendable (String) -> Content?
    /// Draws the customer's screen for a browser.
    let picture: @Sendable (Screen) -> Content?

    /// Puts settings together.
    public init(
        staff: any StaffDoor, refundLimit: UInt64,
        page: @escaping @Sendable (String) -> Content?,
        picture: @escaping @Sendable (Screen) -> Content?
    ) {
        self.staff = staff
        self.refundLimit = refundLimit
        self.page = page
        self.picture = picture
    }
}

/// Serves the cashier's console at one door: a page, and the control API behind a log-in
/// (`docs/spec/console.md`). Each door counts its wrong PINs itself, so that who guesses on the network
/// keeps nobody at the kiosk from logging in.
public struct HTTPConsoleServer: Service {
    /// How long after an address could not be listened on it is tried again: a network that comes up
    /// late, or another daemon that is about to end.
    static let retry = Duration.seconds(10)

    private let door: ConsoleDoor
    private let logger: Logger
    private let application: @Sendable () throws -> any ServiceLifecycle.Service

    /// Makes a server for `terminal`.
    ///
    /// - Parameters:
    ///   - door: where it is reached. Throws where its certificate cannot be used.
    ///   - sync: exchanges with the hub now.
    ///   - onRunning: called with the port once it listens.
    public init(
        terminal: PaymentTerminal, settings: ConsoleSettings, door: ConsoleDoor, version: String,
        screenPath: String?, logger: Logger, sync: @escaping @Sendable () async -> SyncReport,
        onRunning: @escaping @Sendable (Int) async -> Void
    ) throws {
        self.door = door
        self.logger = logger
        let server = try door.server()
        let router = Self.router(
            terminal: terminal, settings: settings, door: door, version: version,
            screenPath: screenPath, sync: sync)
        let responder = router.buildResponder()
        application = {
            Application(
                responder: responder, server: server,
                configuration: .init(
                    address: door.address, serverName: "tilld",
                    availableConnectionsDelegate: door.isNetwork
                        ? MaximumAvailableConnections(
                            ConsoleDoor.maximumConnections, logger: logger)
                        : nil),
                onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
                logger: logger)
        }
    }

    /// The gate, and behind it every route of the control API and of the console.
    static func router(
        terminal: PaymentTerminal, settings: ConsoleSettings, door: ConsoleDoor, version: String,
        screenPath: String?, sync: @escaping @Sendable () async -> SyncReport
    ) -> Router<ControlContext> {
        let sessions = ConsoleSessions(staff: settings.staff, seconds: monotonicSeconds)
        let router = Router(context: ControlContext.self)
        router.add(
            middleware: ConsoleGate(
                door: door, sessions: sessions, refundLimit: settings.refundLimit))
        Routes(
            terminal: terminal, version: version, screenPath: screenPath,
            document: settings.page("openapi.json")?.bytes ?? [], sync: sync
        ).addAll(to: router)
        ConsoleRoutes(
            terminal: terminal, console: settings, door: door, version: version,
            screenPath: screenPath, sessions: sessions
        ).add(to: router)
        return router
    }

    /// Serves until the service group shuts down. An address of the network that cannot be listened on
    /// is tried again: a terminal takes payments without its tablets.
    public func run() async throws {
        guard door.isNetwork else { return try await application().run() }
        while true {
            do { return try await application().run() } catch let error as IOError {
                logger.warning(
                    "console: the network's address cannot be listened on: \(error); tried again")
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.retry) }
            if Task.isShuttingDownGracefully || Task.isCancelled { return }
        }
    }

    /// CLOCK_BOOTTIME: sessions end in sleep too, and no clock that is set revives them.
    private static let monotonicSeconds: @Sendable () -> UInt64 = {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return UInt64(now.tv_sec)
    }
}
