import COSE
import CairoDisplay
import CommandSupport
import Foundation
import Money
import PaymentCodes
import QRencodeEncoder
import Vouchers

/// Shop QRs of requests by chance, as pictures, for the readers of others (`scripts/shop_qr_proof.py`).
///
/// Each sample is a line `PAYLOAD-BYTES WIDTH HEIGHT`, the payload, and the grey picture row by row.
struct ShopQRSamples {
    /// The smallest module that the customer's screen shows, in pixels.
    private static let modulePixels = 3
    /// A request's life is not what is tried here.
    private static let expiry: UInt32 = 1_900_000_000

    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed) }

    /// Writes so many samples.
    mutating func write(_ count: Int, to output: FileHandle) throws {
        for _ in 0..<count {
            let payload = [UInt8](try payload().utf8)
            // What the terminal shows first: byte mode, level M.
            let symbol = try SymbolEncoder.encode(payload, mode: .byte)
            let picture = try SymbolPicture.draw(symbol, modulePixels: Self.modulePixels)
            var bytes = Data("\(payload.count) \(picture.width) \(picture.height)\n".utf8)
            bytes += payload
            bytes += picture.luma
            try output.write(contentsOf: bytes)
        }
    }

    /// The payload of a request, or, one time in eight, of a static code.
    private mutating func payload() throws -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ ")
        let account =
            "0015com.example.pay" + "02" + text(8...30, Array("0123456789ABCDEFGH"), led: 2)
        let merchant = try MerchantProfile(
            name: "A" + text(0...23, letters) + "Z", city: "B" + text(0...12, letters) + "Y",
            countryCode: "DE", categoryCode: "5812",
            accounts: [MerchantAccount(id: 26, value: account)])
        let codes = ["EUR", "JPY", "KWD", "CHF"]
        guard let currency = Currency(code: codes[Int(random.next() % 4)]),
            let terminal = TerminalID("till:m\(random.next() % 100_000)/t\(random.next() % 1_000)")
        else { throw CommandFailure(reason: "bench", message: "The proof's constants are wrong.") }
        if random.next() % 8 == 0 {
            return try ShopQR.staticPayload(merchant: merchant, currency: currency)
        }
        let key = try PrivateKey(algorithm: .ed25519, seed: bytes(32))
        return try ShopQR.payload(
            for: ShopRequest(
                terminal: terminal,
                amount: Amount(minorUnits: random.next() % 99_999_999 + 1, currency: currency),
                reference: text(1...12, Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")),
                nonce: bytes(8), expiry: Self.expiry), merchant: merchant, key: key)
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    /// A text by chance; `led`: with its length before it, in so many digits.
    private mutating func text(
        _ lengths: ClosedRange<Int>, _ letters: [Character], led digits: Int = 0
    ) -> String {
        let count = lengths.lowerBound + Int(random.next() % UInt64(lengths.count))
        let text = String(
            (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
        guard digits > 0 else { return text }
        let length = String(count)
        return String(repeating: "0", count: max(0, digits - length.count)) + length + text
    }
}
