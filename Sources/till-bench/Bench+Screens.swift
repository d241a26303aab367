import CairoDisplay
import CommandSupport
import Money
import PaymentCodes
import Payments
import QRencodeEncoder
import Screens

extension Bench {
    /// The customer's screen at 1280 by 800: drawn for a panel and for a browser, and the tick of its
    /// countdown.
    func screens() throws -> [Measurement] {
        let (width, height) = (1_280, 800)
        let composer = ScreenComposer(merchant: "Till Shop", language: .german)
        guard let reference = SaleReference("0001A7") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        let amount = Amount(minorUnits: 1_250, currency: euro)
        let sale = Sale(
            reference: reference, key: nil, total: amount,
            request: PaymentRequest(
                nonce: [UInt8](repeating: 7, count: PaymentRequest.nonceLength), amount: amount,
                expiry: now + 300), openedAt: now)
        // As long as a typical shop QR: version 14 at level M.
        let payload = Array(String(repeating: "0002010102122633", count: 21).utf8)
        let symbol = try SymbolEncoder.encode(payload, mode: .byte)
        func waiting(_ secondsLeft: Int) -> Screen {
            composer.waiting(sale, symbol: symbol, secondsLeft: UInt64(secondsLeft))
        }
        let display = PNGDisplay(file: folder + "/screen.png", width: width, height: height)
        return [
            Measurement(
                "screen drawn (1280 x 800, shop QR)",
                try timed(rounds.of(100)) { _ in _ = try display.picture(of: waiting(99)) }),
            Measurement(
                "countdown tick (composed, drawn, PNG written)",
                try timed(rounds.of(50)) { round in try display.show(waiting(round % 10)) }),
            Measurement(
                "screen as SVG",
                try timed(rounds.of(50)) { _ in
                    _ = try ScreenDrawing.svg(waiting(99), width: width, height: height)
                }),
        ]
    }
}
