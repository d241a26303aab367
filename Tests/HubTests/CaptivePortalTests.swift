import HTTPHubLink
import HTTPTypes
import HubProtocol
import Hummingbird
import Synchronization
import Terminal
import Testing
import Vouchers

/// A network's log-in page that answers in the hub's place.
@Suite("A captive portal")
struct CaptivePortalTests {
    /// How a portal answers everything.
    enum Manner: String, CaseIterable, Sendable {
        case redirects, redirectsAlways, wantsLogin, page, pageAsIfMade
        // No portals: a proxy before a hub that is away, a hub that has moved, rubbish.
        case proxy, moved, text, relative

        var isPortal: Bool {
            switch self {
            case .redirects, .redirectsAlways, .wantsLogin, .page, .pageAsIfMade: true
            case .proxy, .moved, .text, .relative: false
            }
        }

        var response: Response {
            let html = ResponseBody(
                byteBuffer: .init(string: "<html><form action=\"/login\">PIN</form></html>"))
            let page: HTTPFields = [.contentType: "Text/HTML; charset=utf-8"]
            switch self {
            case .redirects:
                return Response(
                    status: .found, headers: [.location: "http://login.hotel.example/?to=hub"])
            case .redirectsAlways:
                return Response(
                    status: .permanentRedirect, headers: [.location: "//login.hotel.example/"])
            case .wantsLogin:
                return Response(
                    status: .init(code: 511), headers: page, body: html)
            case .page: return Response(status: .ok, headers: page, body: html)
            case .pageAsIfMade: return Response(status: .created, headers: page, body: html)
            case .proxy: return Response(status: .badGateway, headers: page, body: html)
            case .moved:
                return Response(
                    status: .movedPermanently, headers: [.location: "https://127.0.0.1/v1/"])
            case .text:
                return Response(status: .ok, headers: [.contentType: "text/plain"], body: html)
            case .relative: return Response(status: .found, headers: [.location: "/login"])
            }
        }
    }

    /// Answers whatever is asked, by every method, in one manner.
    private struct Responder: HTTPResponder {
        let manner: Manner

        @concurrent func respond(to request: Request, context: BasicRequestContext) async throws
            -> Response
        { manner.response }
    }

    private func errors(_ manner: Manner, scheme: String = "http") async throws -> [HubLinkError?] {
        try await withService { onListening in
            Application(
                responder: Responder(manner: manner),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { await onListening($0.localAddress?.port ?? 0) })
        } _: { port in
            let link = try HTTPHubLink(url: "\(scheme)://127.0.0.1:\(port)")
            let terminal = TerminalID("till:m42/t7")!
            func asked(_ ask: () async throws(HubLinkError) -> [UInt8]?) async -> HubLinkError? {
                // A machine with much else to do may not answer within the link's own limits.
                for _ in 0..<5 {
                    do throws(HubLinkError) {
                        let answer = try await ask()
                        Issue.record("\(manner) was believed: \(answer?.count ?? 0) bytes")
                        return nil
                    } catch {
                        if case .unreachable = error, scheme == "http" { continue }
                        return error
                    }
                }
                return nil
            }
            #expect(await link.identity() == nil, "a page says nobody's name")
            return [
                await asked { () throws(HubLinkError) in try await link.deliver(batch: [1]) },
                await asked { () throws(HubLinkError) in try await link.root(after: 0) },
                await asked { () throws(HubLinkError) in
                    try await link.document(.freshness, held: nil)
                },
                await asked { () throws(HubLinkError) in
                    try await link.configuration(for: terminal, newerThan: 0)
                },
                await asked { () throws(HubLinkError) in
                    try await link.time(for: terminal, question: [UInt8](repeating: 1, count: 16))
                },
                await asked { () throws(HubLinkError) in
                    try await link.hotList(newerThan: 0, digest: nil)
                },
                await asked { () throws(HubLinkError) in
                    try await link.authorise(request: [1], milliseconds: 5_000)
                },
            ]
        }
    }

    @Test("It is told from a hub, a proxy and a hub that has moved", arguments: Manner.allCases)
    func recognised(manner: Manner) async throws {
        for error in try await errors(manner) {
            #expect(
                error?.reason == (manner.isPortal ? "captive-portal" : "hub-bad-answer"),
                "\(String(describing: error))")
        }
    }

    @Test("Who answers everything with nothing is no hub: it has the time, and answers batches")
    func nothing() async throws {
        let reasons = try await withService { onListening in
            Application(
                responder: CallbackResponder { (_: Request, _: BasicRequestContext) in
                    Response(status: .noContent)
                },
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { await onListening($0.localAddress?.port ?? 0) })
        } _: { port in
            let link = try HTTPHubLink(url: "http://127.0.0.1:\(port)")
            let terminal = TerminalID("till:m42/t7")!
            var reasons: [String] = []
            do throws(HubLinkError) {
                _ = try await link.time(for: terminal, question: [UInt8](repeating: 1, count: 16))
            } catch { reasons.append(error.reason) }
            do throws(HubLinkError) { _ = try await link.deliver(batch: [1]) } catch {
                reasons.append(error.reason)
            }
            return reasons
        }
        #expect(reasons == ["hub-bad-answer", "hub-bad-answer"])
    }

    @Test("It says where it leads, in characters that can be shown")
    func words() async throws {
        let errors = try await errors(.redirects)
        #expect(errors.first == .captivePortal("it leads to login.hotel.example"))
    }

    @Test("One that speaks without TLS where the hub has it is known by that")
    func plain() async throws {
        for error in try await errors(.page, scheme: "https") {
            #expect(error == .captivePortal("it speaks without TLS where the hub has it"))
        }
    }
}
