import HTTPTypes
import Hub
import HubProtocol
import Hummingbird
import Logging
import Vouchers

extension HubRoutes {
    /// A terminal asks whether a scheme's wallet has paid a request of its own
    /// (`docs/spec/hub-protocol.md`, *Confirmations*).
    func confirm(_ request: Request) async throws -> Response {
        guard let desk = parts.confirmations else { return Response(status: .noContent) }
        let bytes: [UInt8]
        switch try await message(
            of: request, "request", limit: ConfirmationRequest.maximumBytes,
            end: "No word was given.",
            tooLong: { try HubAnswer.problem(ConfirmationRefusal.message($0)) })
        {
        case .bytes(let body): bytes = body
        case .refused(let response): return response
        }
        let reply: ConfirmationReply
        do {
            reply = try await desk.answer(bytes, cti: Self.randomCTI(), at: parts.clock())
        } catch { return try fault(error) }
        switch reply {
        case .noWord: return Response(status: .noContent)
        case .confirmed(let code, let scheme, let repeated):
            parts.logger.info(
                "request confirmed",
                metadata: ["scheme": "\(scheme)", "repeated": "\(repeated)"])
            return try confirmation(code)
        case .refused(let refusal):
            parts.logger.warning(
                "confirmation refused",
                metadata: ["reason": "\(refusal.reason)", "detail": "\(refusal.message)"])
            return try HubAnswer.problem(refusal)
        }
    }
}
