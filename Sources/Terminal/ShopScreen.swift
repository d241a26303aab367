import COSE
import PaymentCodes
import Payments
import Screens
import Vouchers

/// What became of showing a sale's request.
struct ShownSymbol: Sendable {
    /// The symbol, once the terminal has read it from its own picture.
    let symbol: SymbolMatrix?
    /// Why there is none.
    let problem: String?
}

/// Makes the shop QR of a sale and reads it back from the drawn picture before it counts as
/// shown: a code that our own scanner cannot read is never put before a customer.
struct ShopScreen: Sendable {
    let terminal: TerminalID
    let merchant: MerchantProfile
    let key: PrivateKey
    let composer: ScreenComposer
    let encoder: any ShopSymbolEncoder
    let reader: any ScreenReader
    let display: any Display

    /// Shows `sale`'s request; a sale without a readable symbol is shown by its amount alone.
    func show(_ sale: Sale) -> ShownSymbol {
        let shown = symbol(for: sale)
        do {
            try display.show(composer.waiting(sale, symbol: shown.symbol))
            return shown
        } catch {
            return ShownSymbol(symbol: nil, problem: error.message)
        }
    }

    private func symbol(for sale: Sale) -> ShownSymbol {
        let request = sale.request
        guard let expiry = UInt32(exactly: request.expiry) else {
            return ShownSymbol(symbol: nil, problem: "The expiry does not fit the shop QR.")
        }
        let payload: String
        do {
            payload = try ShopQR.payload(
                for: ShopRequest(
                    terminal: terminal, amount: request.amount, reference: sale.reference.text,
                    nonce: request.nonce, expiry: expiry),
                merchant: merchant, key: key)
        } catch {
            return ShownSymbol(symbol: nil, problem: error.message)
        }
        guard let symbol = encoder.symbol(for: payload) else {
            return ShownSymbol(symbol: nil, problem: "The payload is too long for a QR code.")
        }
        do {
            let picture = try display.picture(of: composer.waiting(sale, symbol: symbol))
            guard reader.read(picture) == [[UInt8](payload.utf8)] else {
                return ShownSymbol(
                    symbol: nil, problem: "The terminal cannot read its own code on this display.")
            }
        } catch {
            return ShownSymbol(symbol: nil, problem: error.message)
        }
        return ShownSymbol(symbol: symbol, problem: nil)
    }
}
