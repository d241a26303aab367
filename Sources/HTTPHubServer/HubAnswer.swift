import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// A problem document (RFC 9457); `reason` is Till's own member, stable.
private struct Problem: Encodable {
    let type = "about:blank"
    let title: String
    let status: Int
    let detail: String
    let reason: String
    let expected: UInt64?
}

/// The answers of the hub.
enum HubAnswer {
    static func message(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: HubRoutes.messageType],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func json(_ value: some Encodable) throws -> Response {
        try encoded(value, status: .ok, type: "application/json")
    }

    static func problem(
        _ status: HTTPResponse.Status, reason: String, _ detail: String, expected: UInt64? = nil
    ) throws -> Response {
        let problem = Problem(
            title: status.reasonPhrase, status: status.code, detail: detail, reason: reason,
            expected: expected)
        return try encoded(problem, status: status, type: "application/problem+json")
    }

    static func problem(_ refusal: BatchRefusal) throws -> Response {
        try problem(
            status(of: refusal.category), reason: refusal.reason, refusal.message,
            expected: refusal.expected)
    }

    static func problem(_ refusal: AuthorisationRefusal) throws -> Response {
        try problem(status(of: refusal.category), reason: refusal.reason, refusal.message)
    }

    static func problem(_ refusal: PaymentRefusal) throws -> Response {
        try problem(status(of: refusal.category), reason: refusal.reason, refusal.message)
    }

    static func problem(_ refusal: ConfirmationRefusal) throws -> Response {
        try problem(status(of: refusal.category), reason: refusal.reason, refusal.message)
    }

    private static func status(of category: BatchRefusal.Category) -> HTTPResponse.Status {
        switch category {
        case .malformed: .badRequest
        case .tooLarge: .contentTooLarge
        case .forbidden: .forbidden
        case .conflict: .conflict
        case .unavailable: .serviceUnavailable
        }
    }

    private static func encoded(
        _ value: some Encodable, status: HTTPResponse.Status, type: String
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }
}

/// Gives every refusal of the framework itself the form of ours.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = HubContext

    @concurrent func handle(
        _ request: Request, context: HubContext,
        next: @concurrent (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPError {
            let isMissing = error.status == .notFound
            return try HubAnswer.problem(
                error.status, reason: isMissing ? "no-such-route" : "request-refused",
                isMissing
                    ? "The hub has nothing under this path. Nothing was stored."
                    : "The hub cannot take this request. Nothing was stored.")
        }
    }
}
