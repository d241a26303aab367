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
    /// What the display shows, if it works.
    var screen: Screen?
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
    func show(_ sale: Sale, at now: UInt64) -> ShownSymbol {
        var shown = symbol(for: sale, at: now)
        let screen = waiting(sale, symbol: shown.symbol, at: now)
        do {
            try display.show(screen)
            shown.screen = screen
            return shown
        } catch {
            return ShownSymbol(symbol: nil, problem: error.message)
        }
    }

    /// The screen of a sale whose request is shown.
    func waiting(
        _ sale: Sale, symbol: SymbolMatrix?, at now: UInt64, hint: AimHint? = nil
    ) -> Screen {
        let expiry = sale.request.expiry
        return composer.waiting(
            sale, symbol: symbol, secondsLeft: expiry > now ? expiry - now : 0, hint: hint)
    }

    private func symbol(for sale: Sale, at now: UInt64) -> ShownSymbol {
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
        // The first problem is told: it is that of the symbol that customers' phones like best.
        var problem: String?
        for symbol in encoder.symbols(for: payload) {
            do {
                let picture = try display.picture(of: waiting(sale, symbol: symbol, at: now))
                if reader.read(picture) == [[UInt8](payload.utf8)] {
                    return ShownSymbol(symbol: symbol, problem: nil)
                }
                problem =
                    problem ?? "The terminal cannot read its own code on this display."
            } catch {
                problem = problem ?? error.message
            }
        }
        return ShownSymbol(
            symbol: nil, problem: problem ?? "The payload is too long for a QR code.")
    }
}
