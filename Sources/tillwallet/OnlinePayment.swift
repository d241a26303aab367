import COSE
import CommandSupport
import ControlProtocol
import HTTPHubLink
import HubProtocol
import Money
import PaymentCodes
import Screens
import Terminal
import Vouchers
import Wallet

/// What an online payment came to, in JSON.
private struct ConfirmationMessage: Encodable {
    let picture: String
    let amount: MoneyMessage
    let merchant: String
    let city: String
    let terminal: String
    let reference: String
    let expiry: String
}

extension PayCommand {
    /// Has the issuer at `url` pay the shop's request from the wallet's account, and writes the
    /// confirmation that it answers with.
    func pay(
        _ demand: ShopDemand, _ shopQR: [UInt8], key: PrivateKey, at url: String, now: UInt64
    ) async throws {
        let order = PaymentOrder(
            holder: key.publicKey, at: now, shopQR: String(decoding: shopQR, as: UTF8.self))
        let object: [UInt8]
        do {
            object = try await HTTPHubLink(url: url).pay(order: order.signed(by: key))
        } catch let error as HubURLError {
            throw CommandFailure(.usage, reason: error.reason, message: error.description)
        } catch let error as HubLinkError {
            throw failure(error)
        }
        guard Self.confirms(object, demand) else {
            throw CommandFailure(
                reason: "confirmation-unfit",
                message: "The issuer answered with something else than a confirmation of this "
                    + "request. It may have taken the money: ask it before you pay again.")
        }
        let request = demand.request
        try Pictures.write(
            VoucherText.encode(object), to: out,
            captions: [request.amount.description, "to \(request.terminal.text)"])
        let message = ConfirmationMessage(
            picture: out,
            amount: MoneyMessage(
                request.amount.minorUnits, currency: request.amount.currency.number),
            merchant: demand.merchantName, city: demand.merchantCity,
            terminal: request.terminal.text, reference: request.reference,
            expiry: UTCTime(UInt64(request.expiry)).rfc3339)
        if output.json { return try Output.json(message) }
        Output.line(
            "Paid from the account. Show \(out) to the shop before \(message.expiry); what it has not "
                + "taken by then comes back to the account.")
    }

    /// Whether an answer confirms just this request (`formats.md` 1.1). The issuer's signature is
    /// for the shop to verify: a wallet has no list of issuers' keys.
    private static func confirms(_ object: [UInt8], _ demand: ShopDemand) -> Bool {
        guard let claims = try? VoucherCode(object).claims else { return false }
        return claims.confirmationNonce == demand.request.nonce
            && claims.audience == .one(demand.request.terminal.text)
            && claims.currencyNumber == demand.request.amount.currency.number
            && claims.value == .fixed(amount: demand.request.amount.minorUnits)
    }

    private func failure(_ error: HubLinkError) -> CommandFailure {
        switch error {
        case .unreachable(let detail):
            CommandFailure(
                reason: "issuer-unreachable",
                message:
                    "The issuer does not answer (\(detail)). Whether it has paid is not known: "
                    + "run the same again, it pays once; or answer the shop offline, without --online."
            )
        case .captivePortal(let sign):
            CommandFailure(
                reason: error.reason,
                message:
                    "The network's log-in page answers in the issuer's place (\(sign)). Nothing was "
                    + "paid by it. Log in to the network and run the same again, it pays once; or "
                    + "answer the shop offline, without --online.")
        case .refused(_, let reason, let detail):
            CommandFailure(reason: reason, message: detail)
        case .badAnswer(let detail):
            CommandFailure(
                reason: "issuer-answer",
                message: "What answers is no issuer (\(detail)). Whether it has paid is not known: "
                    + "check the address, and run the same again.")
        }
    }
}
