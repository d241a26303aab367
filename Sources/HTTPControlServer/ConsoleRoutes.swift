import Clocks
import ControlProtocol
import Foundation
import HTTPTypes
import Hummingbird
import Money
import NIOCore
import Payments
import Screens
import ServiceLifecycle
import Terminal
import Vouchers

/// The console's own routes: its page, the log-in, and the events that keep a page true.
struct ConsoleRoutes: Sendable {
    /// The longest between two events, in milliseconds: a page that has heard nothing for some
    /// times as long says that the terminal does not answer.
    static let eventMilliseconds: UInt64 = 2_000

    let terminal: PaymentTerminal
    let console: ConsoleSettings
    let door: ConsoleDoor
    let version: String
    let screenPath: String?
    let sessions: ConsoleSessions

    func add(to router: Router<ControlContext>) {
        router.get("/") { _, _ in page("console.html") }
        router.get("display") { request, _ in
            mayWatch(request)
                ? page("display.html") : Response(status: .seeOther, headers: [.location: "/"])
        }
        router.get("console/page/:file") { _, context in page(context.parameters.get("file") ?? "")
        }
        router.get("console/session") { request, _ in
            try await answering { try await session(request) }
        }
        router.post("console/login") { request, context in
            try await answering { try await logIn(request, context) }
        }
        router.post("console/logout") { request, _ in
            if let token = ConsoleGate.token(of: request) { sessions.leave(token) }
            return Response(status: .noContent, headers: [.setCookie: setCookie("", age: 0)])
        }
        router.post("console/grants") { request, context in
            try await answering { try await vouch(request, context) }
        }
        router.get("console/events") { request, _ in
            try await answering {
                guard let token = ConsoleGate.token(of: request),
                    try sessions.member(of: token) != nil
                else { return try Self.notLoggedIn() }
                return events {
                    guard (try? sessions.holds(token)) == true else { return nil }
                    return await self.event()
                }
            }
        }
        router.get("console/authority") { _, _ in authority() }
        router.get("display/events") { request, _ in
            // Asked each time: who logs out, or is removed, sees no more.
            events { await self.displayEvent(mayWatch: mayWatch(request)) }
        }
        router.get("display/picture") { request, _ in
            mayWatch(request) ? await picture() : try Self.notLoggedIn()
        }
        TipRoutes(
            terminal: terminal, percents: console.tipPercents, sessions: sessions,
            mayAnswer: mayWatch
        ).add(to: router)
    }

    /// What a tablet is told to trust (RFC 5280 in PEM), to be compared with the fingerprint that the
    /// kiosk tells.
    private func authority() -> Response {
        guard let pem = door.authority else { return Response(status: .notFound) }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-x509-ca-cert",
                .contentDisposition: "attachment; filename=\"till-console.crt\"",
            ], body: .init(byteBuffer: ByteBuffer(string: pem)))
    }

    private func page(_ name: String) -> Response {
        guard let page = console.page(name) else { return Response(status: .notFound) }
        return Response(
            status: .ok, headers: [.contentType: page.type],
            body: .init(byteBuffer: ByteBuffer(bytes: page.bytes)))
    }

    /// The customer's screen, drawn anew: the page shows it too where the display is a panel.
    private func picture() async -> Response {
        guard let screen = await terminal.customerScreen, let picture = console.picture(screen)
        else { return Response(status: .notFound) }
        return Response(
            status: .ok, headers: [.contentType: picture.type],
            body: .init(byteBuffer: ByteBuffer(bytes: picture.bytes)))
    }

    private func answering(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as StaffError {
            return try Answer.problem(error)
        }
    }

    private func session(_ request: Request) async throws -> Response {
        let member = try ConsoleGate.token(of: request).flatMap { try sessions.member(of: $0) }
        let currency = await terminal.currency
        // On the network names are told to nobody who has not logged in.
        let isAsked = door.isNetwork && member == nil
        return try Answer.json(
            SessionMessage(
                member: member.map { StaffMessage(name: $0.name, role: $0.role.rawValue) },
                staff: isAsked
                    ? []
                    : try sessions.members().map {
                        StaffMessage(name: $0.name, role: $0.role.rawValue)
                    }, asksForName: isAsked ? true : nil, terminal: await terminal.name.text,
                merchant: await terminal.merchantName,
                currency: currency.code, decimals: currency.exponent,
                timeZone: terminal.calendar.zone, version: version,
                training: terminal.isTraining ? true : nil,
                vatRates: console.vatRates.isEmpty
                    ? nil
                    : console.vatRates.map { VATRateMessage(code: $0.code, rate: $0.rate) },
                tips: console.tipPercents.isEmpty ? nil : console.tipPercents))
    }

    private func login(_ request: Request, _ context: ControlContext) async -> LoginMessage? {
        try? await context.decoded(LoginMessage.self, from: request)
    }

    private func logIn(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let login = await login(request, context) else { return try Self.malformed() }
        switch try sessions.enter(name: login.name, pin: login.pin) {
        case .entered(let token, let member):
            var response = try Answer.json(
                StaffMessage(name: member.name, role: member.role.rawValue), status: .created)
            response.headers[.setCookie] = setCookie(
                token, age: ConsoleSessions.longestSeconds)
            return response
        case let other: return try Self.refusal(other)
        }
    }

    private func vouch(_ request: Request, _ context: ControlContext) async throws -> Response {
        guard let token = ConsoleGate.token(of: request), try sessions.member(of: token) != nil
        else { return try Self.notLoggedIn() }
        guard let login = await login(request, context) else { return try Self.malformed() }
        switch try sessions.vouch(name: login.name, pin: login.pin, for: token) {
        case .entered(let grant, _):
            return try Answer.json(GrantMessage(grant: grant), status: .created)
        case let other: return try Self.refusal(other)
        }
    }

    private static func refusal(_ entry: ConsoleSessions.Entry) throws -> Response {
        if case .waits(let seconds) = entry {
            var response = try Answer.problem(
                .tooManyRequests, reason: "pin-wait",
                "Too many wrong PINs for this name. It can be tried again in \(seconds) seconds; "
                    + "others can log in meanwhile.")
            response.headers[.retryAfter] = String(seconds)
            return response
        }
        return try Answer.problem(
            .unauthorized, reason: "pin-wrong", "Name and PIN do not belong together. Try again.")
    }

    private static func malformed() throws -> Response {
        try Answer.problem(
            .badRequest, reason: "login-malformed",
            "The request is no JSON object with a name and a PIN. Nobody was logged in.")
    }

    static func notLoggedIn() throws -> Response {
        try Answer.problem(
            .unauthorized, reason: "not-logged-in",
            "Nobody is logged in, or for too long. Log in with your PIN.")
    }

    private func setCookie(_ token: String, age: UInt64) -> String {
        "\(ConsoleGate.cookie)=\(token); HttpOnly; SameSite=Strict; Path=/; Max-Age=\(age)"
            + (door.isNetwork ? "; Secure" : "")
    }
}

extension ConsoleRoutes {
    /// Events as they come (HTML Standard, 9.2): one at once, then one for each change, and one
    /// every ``eventMilliseconds`` in any case, until the page goes, the daemon ends, or `event` has
    /// nothing more for this page.
    private func events(_ event: @escaping @Sendable () async -> (text: String, version: UInt64)?)
        -> Response
    {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: .init { writer in
                // The browser comes back by itself, soon.
                try await writer.write(ByteBuffer(string: "retry: 500\n\n"))
                while !Task.isShuttingDownGracefully, !Task.isCancelled,
                    let now = await event()
                {
                    try await writer.write(ByteBuffer(string: "data: \(now.text)\n\n"))
                    _ = await terminal.change(
                        after: now.version, milliseconds: Self.eventMilliseconds)
                }
                try await writer.finish(nil)
            })
    }

    private func event() async -> (text: String, version: UInt64) {
        let view = await terminal.currentSale
        let meter = await terminal.exposureMeter()
        var status: StatusMessage?
        var problem: ProblemMessage?
        do {
            status = StatusMessage(
                try await terminal.status(), version: version, isTraining: terminal.isTraining)
        } catch {
            problem = ProblemMessage(reason: error.reason, detail: error.message)
        }
        let message = ConsoleEventMessage(
            sale: view.map {
                SaleMessage(
                    $0, screen: screenPath, meter: meter, isTraining: terminal.isTraining,
                    calendar: terminal.calendar)
            }, status: status, problem: problem,
            tip: await terminal.currentTipQuestion().map(TipQuestionMessage.init))
        return (Self.line(message), view?.version ?? .max)
    }

    /// What customers see is for who stands in the shop, not for all of its network: there it wants a
    /// log-in.
    private func mayWatch(_ request: Request) -> Bool {
        guard door.isNetwork else { return true }
        return ConsoleGate.token(of: request).map { (try? sessions.holds($0)) == true } ?? false
    }

    /// Who may not watch hears that the daemon lives, and no more.
    private func displayEvent(mayWatch: Bool) async -> (text: String, version: UInt64) {
        let version = await terminal.currentSale?.version
        let screen = mayWatch ? await terminal.customerScreen : nil
        let words = screen.map {
            ([$0.headline, $0.amount ?? ""] + $0.lines).filter { !$0.isEmpty }
        }
        return (
            Self.line(
                DisplayEvent(
                    version: version ?? 0, words: words ?? [],
                    tip: mayWatch ? await tipEvent() : nil)),
            version ?? .max
        )
    }

    /// What the customer's page is told: its words are for who cannot see the picture.
    private struct DisplayEvent: Encodable {
        let version: UInt64
        let words: [String]
        let tip: TipEvent?
    }

    /// The question for a tip in the customer's language, and what its buttons say.
    private struct TipEvent: Encodable {
        struct Choice: Encodable {
            let percent: UInt64
            let words: String
        }

        let id: UInt64
        let question: String
        let choices: [Choice]
    }

    private func tipEvent() async -> TipEvent? {
        guard let question = await terminal.currentTipQuestion(), question.answer == nil else {
            return nil
        }
        let composer = await terminal.screenComposer
        let choices = question.choices.map {
            TipEvent.Choice(percent: $0.percent, words: composer.words(for: $0))
        }
        return TipEvent(
            id: question.id, question: composer.tipQuestion(on: question.bill),
            choices: [TipEvent.Choice(percent: 0, words: composer.noTip)] + choices)
    }

    /// JSON on one line: an event ends at an empty one.
    private static func line(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(value) else { return "{}" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
