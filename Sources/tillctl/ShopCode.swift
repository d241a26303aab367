import CommandSupport
import HubProtocol
import Money
import PaymentCodes
import Terminal
import TerminalState

/// The static shop QR of the merchant that this terminal was enrolled for: printed and hung up,
/// for wallets that are online.
struct ShopCode {
    let state: StateOptions

    /// Of `values` only `currency` may be given; else it is the terminal's own.
    func code(_ values: [String: String]) throws -> MadeCode {
        if let name = values.keys.sorted().first(where: { $0 != "currency" }) {
            throw CommandFailure(
                .usage, reason: "code-parameter-unknown",
                message: "\(name.prefix(40)): the form shop takes currency= alone; the rest is "
                    + "the hub's configuration. Nothing was written.")
        }
        let configuration = try StateFolder(state.folder).configuration()
        var currency = configuration.currency
        if let code = values["currency"] {
            guard let known = Currency(code: code) else {
                throw CommandFailure(
                    reason: "currency-unknown",
                    message: "\(code.prefix(8)) is no currency of ISO 4217. Nothing was written.")
            }
            currency = known
        }
        do {
            let merchant = try MerchantProfile(configuration.merchant)
            return MadeCode(text: try ShopQR.staticPayload(merchant: merchant, currency: currency))
        } catch let error as MerchantProfileError {
            throw CommandFailure(
                reason: error.reason.rawValue, message: "\(error) Nothing was written.")
        } catch let error as ShopQRError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was written.")
        }
    }
}
