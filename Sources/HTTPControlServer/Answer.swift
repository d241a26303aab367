import ControlProtocol
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Terminal

/// Answers of the control API: JSON, or a problem document (RFC 9457).
enum Answer {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response
    {
        try body(value, status: status, type: "application/json")
    }

    static func problem(_ status: HTTPResponse.Status, reason: String, _ detail: String) throws
        -> Response
    {
        try body(
            ProblemMessage(reason: reason, detail: detail), status: status,
            type: "application/problem+json")
    }

    static func problem(_ refusal: SaleRefusal) throws -> Response {
        try problem(.conflict, reason: refusal.reason, refusal.message)
    }

    static func problem(_ error: JournalError) throws -> Response {
        try problem(.serviceUnavailable, reason: error.reason, error.message)
    }

    static func problem(_ error: StaffError) throws -> Response {
        try problem(.serviceUnavailable, reason: error.reason, error.message)
    }

    private static func body(
        _ value: some Encodable, status: HTTPResponse.Status, type: String
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: status, headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }
}
