import HTTPTypes
import Hub
import HubProtocol
import Hummingbird
import Logging
import Vouchers

extension HubRoutes {
    /// The random name of a voucher that may be made.
    static func randomCTI() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<VoucherIssuer.ctiLength).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
    }

    /// A payment confirmation that the ledger has as text, as its object.
    func confirmation(_ code: String) throws -> Response {
        guard let object = try? VoucherText.decode(Array(code.utf8)) else {
            return try fault(.damaged("a confirmation that was given cannot be read"))
        }
        return HubAnswer.message(object)
    }

    /// A wallet pays a shop's request from its account (`docs/spec/online-payment.md`).
    func pay(_ request: Request) async throws -> Response {
        guard let accounts = parts.accounts else {
            return try HubAnswer.problem(
                .notFound, reason: "no-accounts", "This hub keeps no accounts. Nothing was paid.")
        }
        let bytes: [UInt8]
        switch try await message(
            of: request, "order", limit: PaymentOrder.maximumBytes, end: "Nothing was paid.",
            tooLong: { try HubAnswer.problem(PaymentRefusal.message($0)) })
        {
        case .bytes(let body): bytes = body
        case .refused(let response): return response
        }
        let reply: PaymentReply
        do {
            reply = try await accounts.pay(bytes, cti: Self.randomCTI(), at: parts.clock())
        } catch {
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
            return try confirmation(payment.code)
        case .refused(let refusal):
            parts.logger.warning("payment refused", metadata: ["reason": "\(refusal.reason)"])
            return try HubAnswer.problem(refusal)
        }
    }
}
