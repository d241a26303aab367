import Foundation
import Hummingbird
import NIOCore

/// What a request to the control socket carries along.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection, for its peer's credentials.
    let channel: any Channel
    /// What whoever logged in at the console may do; nil at the control socket, whose peers may do
    /// everything.
    var rights: ConsoleRights?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The largest request body: an order is some 200 bytes.
    var maxUploadSize: Int { 16 * 1024 }

    /// What a request's body says in JSON; nil where it says something else.
    func decoded<Body: Decodable>(_ type: Body.Type, from request: Request) async throws -> Body? {
        let body = try await request.body.collect(upTo: maxUploadSize)
        return try? JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }
}

/// Lets in root, the daemon's own user, and the users that were named; nobody else.
struct PeerCheck: RouterMiddleware {
    typealias Context = ControlContext

    let allowed: Set<UInt32>

    @concurrent func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard let peer = await PeerCredentials(of: context.channel), allowed.contains(peer.user)
        else {
            return try Answer.problem(
                .forbidden, reason: "not-permitted",
                "This user may not drive the terminal. Nothing was changed. "
                    + "Run tillctl as the daemon's user, or start tilld with --allow-user.")
        }
        return try await next(request, context)
    }
}
