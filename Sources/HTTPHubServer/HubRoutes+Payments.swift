import HTTPTypes
import Hub
import HubProtocol
import Hummingbird
import Logging
import Vouchers

extension HubRoutes {
    /// A wallet pays a shop's request from its account (`docs/spec/online-payment.md`).
    func pay(_ request: Request) async throws -> Response {
        guard let accounts = parts.accounts else {
            return try HubAnswer.problem(
                .notFound, reason: "no-accounts", "This hub keeps no accounts. Nothing was paid.")
        }
        guard Self.isMessage(request.headers[.contentType]) else {
            return try HubAnswer.problem(
                .unsupportedMediaType, reason: "media-type-unsupported",
                "An order is sent as \(Self.messageType). Nothing was paid.")
        }
        let limit = PaymentOrder.maximumBytes
        let bytes: [UInt8]
        switch try await body(of: request, limit: limit) {
        case .bytes(let body): bytes = body
        case .tooLong:
            return try HubAnswer.problem(
                PaymentRefusal.message(Self.tooLong(request, limit: limit)))
        case .tooSlow:
            return try HubAnswer.problem(
                .requestTimeout, reason: "request-too-slow",
                "The order was not there after \(HTTPHubServer.bodySeconds) seconds. Nothing was "
                    + "paid.")
        }
        var generator = SystemRandomNumberGenerator()
        let cti = (0..<VoucherIssuer.ctiLength).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        let reply: PaymentReply
        do { reply = try await accounts.pay(bytes, cti: cti, at: parts.clock()) } catch {
            return try fault(error)
        }
        switch reply {
        case .confirmed(let payment, let repeated):
            parts.logger.info(
                "payment confirmed",
                metadata: [
                    "terminal": "\(payment.terminal.text)", "amount": "\(payment.amount)",
                    "repeated": "\(repeated)",
                ])
            guard let object = try? VoucherText.decode(Array(payment.code.utf8)) else {
                return try fault(.damaged("a confirmation that was given cannot be read"))
            }
            return HubAnswer.message(object)
        case .refused(let refusal):
            parts.logger.warning("payment refused", metadata: ["reason": "\(refusal.reason)"])
            return try HubAnswer.problem(refusal)
        }
    }
}
