import CommandSupport
import Money
import PaymentCodes
import QRencodeEncoder

extension Bench {
    /// Merchant-presented payloads: read, held against standard and profiles, written; and the
    /// symbol of one.
    func paymentCodes() throws -> [Measurement] {
        guard let profile = SchemeProfile.named("pix-static") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        let values = [
            "key": "123e4567-e12b-12d1-a456-426655440000", "name": "TILL SHOP", "city": "RECIFE",
            "amount": "12.50", "reference": "S0001A7",
        ]
        let pix = try profile.payload(of: values).text
        let merchant = try MerchantProfile(
            name: "TILL SHOP", city: "BERLIN", countryCode: "DE", categoryCode: "5812",
            accounts: [MerchantAccount(id: 26, value: "0015com.example.pay0110MERCHANT42")])
        let request = ShopRequest(
            terminal: terminal, amount: Amount(minorUnits: 1_250, currency: euro),
            reference: "S0001A7", nonce: Array(1...8), expiry: UInt32(clamping: now + 300))
        let shop = try ShopQR.payload(for: request, merchant: merchant, key: terminalKey)
        let bytes = [UInt8](shop.utf8)
        return [
            Measurement(
                "EMV parse (\(pix.count) characters)",
                timed(rounds.of(10_000)) { _ in _ = try? EMVPayload(parsing: pix) }),
            Measurement(
                "EMV parse, standard and profiles",
                timed(rounds.of(5_000)) { _ in _ = PaymentCode.recognise([UInt8](pix.utf8)) }),
            Measurement(
                "EMV write (a profile, read again)",
                timed(rounds.of(5_000)) { _ in _ = try? profile.payload(of: values) }),
            Measurement(
                "shop QR write and sign (\(bytes.count) characters)",
                timed(rounds.of(2_000)) { _ in
                    _ = try? ShopQR.payload(for: request, merchant: merchant, key: terminalKey)
                }),
            Measurement(
                "QR encode of the shop QR",
                timed(rounds.of(500)) { _ in _ = try? SymbolEncoder.encode(bytes, mode: .byte) }),
        ]
    }
}
