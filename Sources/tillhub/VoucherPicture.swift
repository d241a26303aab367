import CairoDisplay
import CommandSupport
import Foundation
import Hub
import Payments
import QRencodeEncoder
import Vouchers

/// A voucher as a picture to print, send or hold before a camera.
enum VoucherPicture {
    /// The PNG file: the code, and under it what people want to know of it.
    static func png(of code: String, _ voucher: IssuedVoucher) throws -> [UInt8] {
        do {
            let symbol = try SymbolEncoder.encode(
                Array(code.utf8), mode: .alphanumeric, level: .medium)
            return try SymbolPicture.draw(symbol, captions: captions(voucher)).png
        } catch let error as SymbolEncoderError {
            throw failure(error.reason, error.description)
        } catch {
            throw failure("picture-not-drawn", "\(error)")
        }
    }

    private static func captions(_ voucher: IssuedVoucher) -> [String] {
        let number = voucher.currencyNumber
        let terms: String
        switch voucher.value {
        case .fixed: terms = "Voucher, spent once"
        case .stored(_, let redeemed):
            terms =
                redeemed == 0
                ? "Stored value, spent in parts"
                : "Stored value, \(Shown.amount(redeemed, number)) spent"
        case .certificate(let perPayment, _):
            terms = "Wallet certificate, at most \(Shown.amount(perPayment, number)) a payment"
        }
        let end = Shown.time(voucher.expiry).replacing("T", with: " ").replacing("Z", with: " UTC")
        return [
            Shown.amount(voucher.value.ceiling, number), terms, "Valid until \(end)",
            voucher.identity.shortName,
        ]
    }

    private static func failure(_ reason: String, _ detail: String) -> CommandFailure {
        CommandFailure(
            reason: reason,
            message: "The voucher's picture could not be made: \(detail) The voucher is in "
                + "nobody's hands; issue another.")
    }
}
