import Money
import Testing

@testable import PaymentCodes

@Suite("A merchant's profile")
struct MerchantProfileTests {
    private func error(
        name: String = "SHOP", city: String = "PARIS", country: String = "FR",
        category: String = "5411", postal: String? = nil,
        accounts: [(Int, String)] = [(26, "0015com.example.pay")]
    ) -> MerchantProfileError? {
        do throws(MerchantProfileError) {
            _ = try MerchantProfile(
                name: name, city: city, countryCode: country, categoryCode: category,
                postalCode: postal,
                accounts: accounts.map { account throws(MerchantProfileError) in
                    try MerchantAccount(id: account.0, value: account.1)
                })
            return nil
        } catch {
            return error
        }
    }

    @Test("of each scheme that a shop QR can carry is taken")
    func schemes() {
        #expect(error() == nil)
        #expect(
            error(category: "0000", accounts: [(26, "0014br.gov.bcb.pix0111+5511900000")]) == nil)
        #expect(error(accounts: [(26, "0009SG.PAYNOW010120210201234567W03010")]) == nil)
        #expect(error(accounts: [(29, "0016A00000067701011101130066800000000")]) == nil)
        #expect(
            error(
                postal: "10110",
                accounts: [
                    (26, "0014COM.GO-JEK.WWW01199360091412345678901"),
                    (51, "0014ID.CO.QRIS.WWW0215ID1020012345678"),
                ]) == nil)
        #expect(error(accounts: [(2, "4000123456789012"), (26, "0015com.example.pay")]) == nil)
    }

    @Test("that itself uses 90 or 91 is refused by that name", arguments: [90, 91])
    func reserved(id: Int) {
        #expect(error(accounts: [(id, "0013internal.till")])?.reason == .reservedObject)
        #expect(error(accounts: [(id, "0013internal.till")])?.path == "\(id)")
    }

    @Test("whose scheme forbids amount and reference is refused by that name")
    func dynamicPIX() {
        let pix = "0014BR.GOV.BCB.PIX2528pix.example.com/8b3da2f39a41"
        #expect(error(accounts: [(26, pix)])?.reason == .schemeForbids)
        #expect(error(accounts: [(26, "0014br.gov.bcb.pix")])?.path == "26/01")
    }

    @Test("that could pass 512 characters at a sale is refused before any sale")
    func tooLong() {
        let long = "0015com.example.pay01" + "76" + String(repeating: "x", count: 76)
        #expect(error(accounts: [(26, long)]) == nil)
        #expect(error(accounts: [(26, long), (27, long), (28, long)])?.reason == .tooLong)
    }

    @Test("with a wrong value is refused with the object's path")
    func values() {
        #expect(error(accounts: [])?.reason == .noAccount)
        #expect(error(accounts: [(52, "5411")])?.reason == .notAnAccount)
        #expect(error(accounts: [(1, "11")])?.reason == .notAnAccount)
        #expect(error(accounts: [(100, "x")])?.reason == .notAnAccount)
        #expect(
            error(accounts: [(26, "0001a"), (26, "0001b")])?.reason == .accountRepeated)
        #expect(error(accounts: [(26, "")])?.path == "26")
        #expect(error(accounts: [(26, "0009short")])?.path == "26/00")
        #expect(error(accounts: [(26, "0101x")])?.path == "26/00")
        #expect(error(name: "")?.path == "59")
        #expect(error(name: String(repeating: "A", count: 26))?.path == "59")
        #expect(error(name: "BÄCKEREI")?.path == "59")
        #expect(error(city: String(repeating: "A", count: 16))?.path == "60")
        #expect(error(country: "F")?.path == "58")
        #expect(error(country: "12")?.path == "58")
        #expect(error(category: "541")?.path == "52")
        #expect(error(category: "ABCD")?.path == "52")
        #expect(error(postal: "12345678901")?.path == "61")
    }

    @Test("with a PIX account writes *** as the reference of its static shop QR")
    func staticPIX() throws {
        let merchant = try MerchantProfile(
            name: "FULANO", city: "BRASILIA", countryCode: "BR", categoryCode: "0000",
            accounts: [MerchantAccount(id: 26, value: "0014br.gov.bcb.pix0111+5511900000")])
        let text = try ShopQR.staticPayload(
            merchant: merchant, currency: try #require(Currency(code: "BRL")))
        #expect(try EMVPayload(parsing: text)["62", "05"] == "***")
    }
}
