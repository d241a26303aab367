import Clocks
import ControlProtocol
import Foundation
import Glibc
import HubProtocol
import Hummingbird
public import Logging
import Money
import NIOCore
import Payments
public import ServiceLifecycle
public import Terminal
import Trust

/// Serves the control API on a Unix socket: HTTP/1.1 and JSON (`docs/spec/control.md`).
///
/// Only root, the daemon's own user and users named at start are let in, by the kernel's word.
public struct HTTPControlServer: Service {
    /// The longest a client may wait for a change, in seconds: below every proxy's usual limit.
    static let maximumWaitSeconds: UInt64 = 30
    /// The most journal entries in one answer.
    static let maximumEntries = 500
    /// The socket's mode: the daemon's user and group.
    static let mode: mode_t = 0o660
    /// Its mode where further users are named, whose groups are not known: whoever connects, the
    /// kernel's word decides.
    static let modeForNamedUsers: mode_t = 0o666

    private let application: any ServiceLifecycle.Service

    /// Makes a server for `terminal`.
    ///
    /// - Parameters:
    ///   - socketPath: where the socket is made; one that nobody listens on is replaced.
    ///   - allowedUsers: user ids let in beside root and the daemon's own.
    ///   - version: the program's version, told by `GET /v1/status`.
    ///   - document: the description of this API in OpenAPI 3.1, as JSON.
    ///   - sync: exchanges with the hub now.
    ///   - onRunning: called once the socket listens.
    public init(
        terminal: PaymentTerminal, socketPath: String, allowedUsers: Set<UInt32>, version: String,
        screenPath: String?, document: [UInt8], logger: Logger,
        sync: @escaping @Sendable () async -> SyncReport,
        onRunning: @escaping @Sendable () async -> Void
    ) {
        let router = Router(context: ControlContext.self)
        router.add(middleware: PeerCheck(allowed: allowedUsers.union([0, geteuid()])))
        let routes = Routes(
            terminal: terminal, version: version, screenPath: screenPath, document: document,
            sync: sync
        )
        routes.addAll(to: router)
        routes.addDocument(to: router)
        application = Application(
            router: router,
            configuration: .init(
                address: .unixDomainSocket(path: socketPath), serverName: "tilld"),
            onServerRunning: { _ in
                // Whatever the umask was when the socket was made.
                chmod(socketPath, allowedUsers.isEmpty ? Self.mode : Self.modeForNamedUsers)
                await onRunning()
            }, logger: logger)
    }

    /// Serves until the service group shuts down.
    public func run() async throws { try await application.run() }
}

/// The routes of the control API.
struct Routes: Sendable {
    let terminal: PaymentTerminal
    let version: String
    let screenPath: String?
    let document: [UInt8]
    let sync: @Sendable () async -> SyncReport

    /// Every route of the control API, those of the other files too.
    func addAll(to router: some RouterMethods<ControlContext>) {
        add(to: router)
        UndoRoutes(terminal: terminal).add(to: router)
        UnconfirmedRoutes(terminal: terminal) { await message($0, told: $1) }.add(to: router)
        BeliefRoutes(terminal: terminal).add(to: router)
        JournalRoutes(terminal: terminal).add(to: router)
        HealthRoutes(terminal: terminal).add(to: router)
        RehearsalRoutes(terminal: terminal, sync: sync).add(to: router)
    }

    /// The API's description, which everybody may read.
    func addDocument(to router: some RouterMethods<ControlContext>) {
        router.get("openapi.json") { [document] _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: document)))
        }
    }

    func add(to router: some RouterMethods<ControlContext>) {
        router.get("v1/status") { _, _ in try await status() }
        router.post("v1/sales") { request, context in try await charge(request, context) }
        router.get("v1/sales/current") { request, _ in try await current(request) }
        router.delete("v1/sales/current") { request, _ in try await cancel(request) }
        router.post("v1/sales/current/codes") { request, context in
            try await type(request, context)
        }
        router.post("v1/sync") { _, _ in try Answer.json(SyncMessage(await sync())) }
        router.post("v1/trust") { request, _ in try await trust(request) }
        router.get("v1/journal") { request, _ in try await journal(request) }
        router.get("v1/decisions") { request, _ in try await explain(request) }
    }

    private func status() async throws -> Response {
        do {
            return try Answer.json(
                StatusMessage(
                    try await terminal.status(), version: version,
                    isTraining: terminal.isTraining))
        } catch let error as JournalError {
            return try Answer.problem(error)
        }
    }

    /// Takes trust documents by the same rules as from the hub.
    private func trust(_ request: Request) async throws -> Response {
        do {
            let body = try await request.body.collect(upTo: TrustOffer.maximumBytes)
            let offer = try TrustOffer(decoding: [UInt8](body.readableBytesView))
            if let refusal = try await terminal.take(offer) { throw refusal }
            return try Answer.json(TrustMessage(await terminal.trustStanding()))
        } catch let refusal as TrustRefusal {
            return try Answer.problem(
                .conflict, reason: refusal.reason,
                "\(refusal.description) \(await terminal.trustInWords) \(refusal.advice)")
        } catch let error as TrustKeepingError {
            return try Answer.problem(.serviceUnavailable, reason: error.reason, error.message)
        } catch is NIOTooManyBytesError {
            return try Answer.problem(
                .contentTooLarge, reason: "trust-too-large",
                "The documents are longer than any. What was in force stays in force.")
        }
    }

    private func charge(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let order = try await context.decoded(SaleOrderMessage.self, from: request) else {
            return try Answer.problem(
                .badRequest, reason: "order-malformed",
                "The order is no JSON object with an amount. No sale was opened.")
        }
        do {
            let bill = try await terminal.amount(order.amount, currencyCode: order.currency)
            let vat = try terminal.vat(try claims(order.vat ?? [], in: bill.currency), of: bill)
            let (total, tip) = try await terminal.amount(bill, withTip: order.tip)
            let view = try await terminal.charge(total, key: order.key, vat: vat, tip: tip)
            return try Answer.json(await message(view), status: .created)
        } catch let refusal as SaleRefusal {
            return try Answer.problem(refusal)
        }
    }

    private func claims(_ lines: [VATOrderMessage], in currency: Currency) throws(SaleRefusal)
        -> [VATClaim]
    {
        do throws(AmountError) {
            var claims: [VATClaim] = []
            for line in lines { claims.append(try line.claim(in: currency)) }
            return claims
        } catch {
            throw SaleRefusal(
                reason: error.reason, message: "A VAT line: \(error) No sale was opened.")
        }
    }

    private func type(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let typed = try await context.decoded(TypedCodeMessage.self, from: request) else {
            return try Answer.problem(
                .badRequest, reason: "code-malformed",
                "The body is no JSON object with a code. Nothing was paid.")
        }
        do {
            let (view, told) = try await terminal.type([UInt8](typed.code.utf8))
            return try Answer.json(await message(view, told: told))
        } catch let refusal as SaleRefusal {
            return try Answer.problem(refusal)
        }
    }

    private func current(_ request: Request) async throws -> Response {
        let query = Query(request)
        let limit = HTTPControlServer.maximumWaitSeconds
        let seconds = min(try query.number("wait") ?? limit, limit)
        let after = try query.number("after")
        if try query.word("verdict", among: ["next"]) != nil {
            guard let next = await terminal.nextOutcome(milliseconds: seconds * 1_000) else {
                return try noSale()
            }
            return try Answer.json(
                await message(next.view, told: next.told))
        }
        let view: SaleView?
        if let after {
            view = await terminal.change(after: after, milliseconds: seconds * 1_000)
        } else {
            view = await terminal.currentSale
        }
        guard let view else { return try noSale() }
        return try Answer.json(await message(view))
    }

    private func message(_ view: SaleView, told: UInt64? = nil) async -> SaleMessage {
        SaleMessage(
            view, screen: screenPath, told: told, meter: await terminal.exposureMeter(),
            isTraining: terminal.isTraining, calendar: terminal.calendar)
    }

    private func noSale() throws -> Response {
        try Answer.problem(
            .notFound, reason: "no-sale", "No sale has been opened since the daemon started.")
    }

    private func cancel(_ request: Request) async throws -> Response {
        do {
            let meant = request.uri.queryParameters["reference"].map(String.init)
            return try Answer.json(await message(try await terminal.cancel(meant)))
        } catch let refusal as SaleRefusal {
            return try Answer.problem(refusal)
        }
    }

    private func explain(_ request: Request) async throws -> Response {
        let query = Query(request)
        let (named, receipt) = (try query.number("sequence"), try query.number("receipt"))
        do {
            let found: (explanation: DecisionExplanation, acknowledgedThrough: UInt64)?
            if let sequence = named {
                found = try await terminal.explanation(sequence: sequence)
            } else if let receipt {
                found = try await terminal.explanation(receipt: receipt)
            } else {
                return try Answer.problem(
                    .badRequest, reason: "entry-not-named",
                    "Name the entry with receipt=N or sequence=N. Nothing was changed.")
            }
            guard let found else {
                return try Answer.problem(
                    .notFound, reason: "entry-not-found",
                    "The journal has no such entry. Look at `tillctl journal list`.")
            }
            return try Answer.json(
                ExplanationMessage(
                    found.explanation, acknowledgedThrough: found.acknowledgedThrough))
        } catch let error as JournalError {
            return try Answer.problem(error)
        }
    }

    private func journal(_ request: Request) async throws -> Response {
        let query = Query(request)
        let after = try query.number("after") ?? 0
        let most = HTTPControlServer.maximumEntries
        let limit = min(try query.number("limit", from: 1).map { Int(clamping: $0) } ?? most, most)
        do {
            let page = try await terminal.journalPage(after: after, limit: limit)
            return try Answer.json(
                page.entries.map {
                    EntryMessage($0, acknowledgedThrough: page.acknowledgedThrough)
                })
        } catch let error as JournalError {
            return try Answer.problem(error)
        }
    }
}
