import ControlProtocol
import Glibc
import HubProtocol
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import Payments
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
    /// The shop's rates of value-added tax, which the page offers for each item; empty: none.
    let vatRates: [VATRate]
    /// The shares of the bill, in per cent, that customers are offered as a tip; empty: nobody is asked.
    let tipPercents: [UInt64]
    /// The page's file of a name.
    let page: @Sendable (String) -> Content?
    /// Draws the customer's screen for a browser.
    let picture: @Sendable (Screen) -> Content?

    /// Puts settings together.
    public init(
        staff: any StaffDoor, refundLimit: UInt64, vatRates: [VATRate] = [],
        tipPercents: [UInt64] = [],
        page: @escaping @Sendable (String) -> Content?,
        picture: @escaping @Sendable (Screen) -> Content?
    ) {
        self.staff = staff
        self.refundLimit = refundLimit
        self.vatRates = vatRates
        self.tipPercents = tipPercents
        self.page = page
        self.picture = picture
    }
}

/// Serves the cashier's console at one door: a page, and the control API behind a log-in
/// (`docs/spec/console.md`). Each door counts its wrong PINs itself, so that who guesses on the network
/// keeps nobody at the kiosk from logging in.
public struct HTTPConsoleServer: Service {
    private let application: any ServiceLifecycle.Service

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
        application = Application(
            router: Self.router(
                terminal: terminal, settings: settings, door: door, version: version,
                screenPath: screenPath, sync: sync),
            server: try door.server(),
            configuration: .init(
                address: door.address, serverName: "tilld",
                availableConnectionsDelegate: door.isNetwork
                    ? MaximumAvailableConnections(ConsoleDoor.maximumConnections, logger: logger)
                    : nil),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger)
    }

    /// The gate, and behind it every route of the control API and of the console.
    static func router(
        terminal: PaymentTerminal, settings: ConsoleSettings, door: ConsoleDoor, version: String,
        screenPath: String?, sync: @escaping @Sendable () async -> SyncReport
    ) -> Router<ControlContext> {
        let sessions = ConsoleSessions(
            staff: settings.staff, proofsPerMinute: door.proofsPerMinute,
            seconds: monotonicSeconds)
        let router = Router(context: ControlContext.self)
        router.add(middleware: ConsoleGate(door: door))
        let routes = Routes(
            terminal: terminal, version: version, screenPath: screenPath,
            document: settings.page("openapi.json")?.bytes ?? [], sync: sync)
        routes.addDocument(to: router)
        // A group, not a look at the path: the router forgives spellings that a look would miss.
        routes.addAll(
            to: router.group().add(
                middleware: ConsoleLogin(sessions: sessions, refundLimit: settings.refundLimit)))
        ConsoleRoutes(
            terminal: terminal, console: settings, door: door, version: version,
            screenPath: screenPath, sessions: sessions
        ).add(to: router)
        return router
    }

    /// Serves until the service group shuts down.
    public func run() async throws { try await application.run() }

    /// CLOCK_BOOTTIME: sessions end in sleep too, and no clock that is set revives them.
    private static let monotonicSeconds: @Sendable () -> UInt64 = {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return UInt64(now.tv_sec)
    }
}
