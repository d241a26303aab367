import ControlProtocol
import HTTPTypes
import Hummingbird
import NIOCore
import Terminal

/// Stands before every route of the console: right host, right origin.
///
/// A page of another site that the cashier's browser has open may reach a loopback port. It is kept
/// out three times over: the `Host` must be this one (against rebound names), an `Origin` must be
/// the console's own (Fetch Standard, 3.2), and the session's cookie is `SameSite=Strict`
/// (RFC 6265bis, 5.2), so that it never comes along.
struct ConsoleGate: RouterMiddleware {
    typealias Context = ControlContext

    static let cookie = "till-session"
    static let grantField = HTTPField.Name("till-grant")!

    let door: ConsoleDoor

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var response = try await judge(request, context, next)
        for (name, value) in Self.headers { response.headers[name] = value }
        return response
    }

    /// What every answer carries: nothing is fetched from elsewhere, nothing is framed, nothing is
    /// kept by the browser (Content Security Policy Level 3).
    private static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
        (HTTPField.Name("referrer-policy")!, "no-referrer"),
        (HTTPField.Name("cross-origin-opener-policy")!, "same-origin"),
        (.cacheControl, "no-store"),
    ]

    private func judge(
        _ request: Request, _ context: ControlContext,
        _ next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard let host = request.head.authority, door.answers(to: host) else {
            return try Answer.problem(
                .misdirectedRequest, reason: "host-unknown",
                door.isNetwork
                    ? "The console does not answer under this name. Nothing was changed. Use a name or "
                        + "address that tilld has told in its log, or add one with --console-name."
                    : "The console answers under 127.0.0.1 and localhost alone. Nothing was changed."
            )
        }
        if let origin = request.headers[.origin], origin != "\(door.scheme)://\(host)" {
            return try Answer.problem(
                .forbidden, reason: "origin-foreign",
                "A page of another site may not drive the terminal. Nothing was changed.")
        }
        do { return try await next(request, context) } catch let error as HTTPError
            where error.status == .notFound
        { return try Self.noRoute() }
    }

    /// The answer to a path under which the console has nothing.
    static func noRoute() throws -> Response {
        try Answer.problem(
            .notFound, reason: "not-at-console",
            "The console has no such route. Nothing was changed. Use tillctl.")
    }

    /// The session's token, where a cookie carries one.
    static func token(of request: Request) -> String? {
        request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .map { $0.drop { $0 == " " } }
            .first { $0.hasPrefix("\(cookie)=") }
            .map { String($0.dropFirst(cookie.count + 1)) }
    }
}

/// Stands before every route of the control API at the console: somebody logged in who may, or nobody.
struct ConsoleLogin: RouterMiddleware {
    typealias Context = ControlContext

    let sessions: ConsoleSessions
    let refundLimit: UInt64

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard let needed = ConsoleRights.needed(request.method, request.uri.path) else {
            return try ConsoleGate.noRoute()
        }
        let token = ConsoleGate.token(of: request)
        let member: StaffMember?
        let voucher: StaffMember?
        do throws(StaffError) {
            member = try token.flatMap { (token) throws(StaffError) in
                try sessions.member(of: token)
            }
            voucher = try request.headers[ConsoleGate.grantField].flatMap {
                (grant) throws(StaffError) in try sessions.take(grant: grant, by: token)
            }
        } catch { return try Answer.problem(error) }
        guard let member else {
            return try Answer.problem(
                .unauthorized, reason: "not-logged-in",
                "Nobody is logged in, or for too long. Nothing was changed. Log in with your PIN.")
        }
        let answerable = voucher.map { $0.role > member.role ? $0 : member } ?? member
        guard answerable.role >= needed else {
            return try Answer.problem(
                .forbidden, reason: needed == .supervisor ? "supervisor-needed" : "role-too-low",
                "This needs a \(needed.rawValue)'s PIN. Nothing was changed.")
        }
        var context = context
        context.rights = ConsoleRights(member: answerable, refundLimit: refundLimit)
        return try await next(request, context)
    }
}
