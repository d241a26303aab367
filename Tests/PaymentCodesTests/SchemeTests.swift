import Money
import Testing

@testable import PaymentCodes

@Suite("A scheme's profile")
struct SchemeTests {
    /// What it takes to write one code of each form, beside the merchant's name and city.
    static let examples: [(form: String, values: [String: String])] = [
        ("pix-static", ["key": "123e4567-e12b-12d1-a456-426655440000"]),
        ("pix-dynamic", ["location": "pix.example.com/8b3da2f39a4140d1a91abd93113bd441"]),
        ("cemac", ["account": "1245825993000001", "member": "10031", "country": "CG"]),
        ("uemoa", ["alias": "111c3e1b-4312-49ec-b75e-4c8c74c10fd7", "country": "CI"]),
        (
            "sgqr",
            [
                "sgqr-id": "200804000001", "sgqr-version": "01.0001", "26/00": "SG.PAYNOW",
                "26/01": "2", "26/02": "201234567W",
            ]
        ),
        ("paynow", ["proxy-type": "2", "proxy": "201234567W"]),
        ("promptpay", ["mobile": "0066801234567"]),
        ("promptpay-customer", ["national-id": "1234567890123"]),
        ("promptpay-bill", ["biller": "099400016550100", "reference-1": "CUSTOMER001"]),
        (
            "qris",
            [
                "nmid": "ID1020012345678", "guid": "COM.GO-JEK.WWW", "pan": "936009141234567890",
                "postal-code": "10110",
            ]
        ),
        (
            "khqr-merchant",
            [
                "bakong-account": "shop@bank", "merchant-id": "123", "bank": "BANK",
                "currency": "USD", "timestamp": "1735689600000",
            ]
        ),
        ("khqr-individual", ["bakong-account": "anna@bank", "currency": "KHR"]),
        ("vietqr", ["bin": "970403", "account": "0011012345678"]),
        ("bharat-qr", ["vpa": "shop@bank", "postal-code": "560001"]),
        ("fps", ["fps-id": "1234567", "currency": "HKD"]),
        ("emv", ["26/00": "com.example.pay", "26/01": "M42", "currency": "EUR", "country": "DE"]),
    ]

    /// With a merchant's name and city where the form has them and the example has not.
    static func complete(_ values: [String: String]) -> [String: String] {
        values.merging(["name": "TILL TEST SHOP", "city": "TOWN"]) { given, _ in given }
    }

    static func profile(_ id: String) throws -> SchemeProfile {
        try #require(id == "emv" ? SchemeTable.own : SchemeProfile.named(id))
    }

    @Test("has a stable name, and a place and a name for each of its values")
    func table() throws {
        #expect(Set(SchemeProfile.all.map(\.id)).count == SchemeProfile.all.count)
        for profile in SchemeProfile.all {
            #expect(
                profile.id.utf8.allSatisfy {
                    "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0)
                })
            let names = profile.objects.map(\.name).filter { !$0.isEmpty }
            #expect(Set(names).count == names.count, "\(profile.id)")
            #expect(Set(profile.objects.map(\.path)).count == profile.objects.count)
            #expect(Self.examples.contains { $0.form == profile.id }, "\(profile.id) is tested")
        }
    }

    @Test("reads what it writes, and writes what a reader of EMVCo takes", arguments: examples)
    func written(_ example: (form: String, values: [String: String])) throws {
        let profile = try Self.profile(example.form)
        let values = Self.complete(example.values)
        let payload = try profile.payload(of: values)
        let reading = payload.reading(as: profile)
        #expect(reading.problem == nil)
        for value in reading.values where values[value.name] != nil && value.name != "currency" {
            #expect(value.value == values[value.name], "\(value.name)")
        }
        let names = Set(reading.values.map(\.name))
        #expect(names.isSuperset(of: values.keys.filter { !$0.contains("/") }))
        #expect(try EMVPayload(parsing: payload.text) == payload)
        let recognition = PaymentCode.recognise(Array(payload.text.utf8))
        #expect(recognition.wellFormed && recognition.kind == "emv-merchant-presented")
        guard example.form != "emv" else { return }
        let schemes = recognition.fields.first { $0.name == "schemes" }?.value
        #expect(schemes?.split(separator: " ").contains { $0 == example.form } == true)
        #expect(!recognition.fields.contains { $0.name.hasPrefix("problem-") })
    }

    @Test(
        "writes the examples that the schemes published, to the byte",
        arguments: [
            (
                "pix-static",
                [
                    "key": "123e4567-e12b-12d1-a456-426655440000", "name": "Fulano de Tal",
                    "city": "BRASILIA",
                ],
                "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
                    + "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
            ),
            (
                "pix-static",
                [
                    "key": "123e4567-e12b-12d1-a456-426655440000", "name": "Fulano de Tal",
                    "city": "BRASILIA", "amount": "100.50",
                    "recurrence": "pix.example.com/rec/2353c790eefb11eaadc10242ac120002",
                ],
                "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
                    + "52040000530398654" + "06100.505802BR5913Fulano de Tal6008BRASILIA62070503***"
                    + "80740014br.gov.bcb.pix2552pix.example.com/rec/2353c790eefb11eaadc10242ac120002"
                    + "63042875"
            ),
            (
                "vietqr",
                [
                    "bin": "970403", "account": "0011012345678", "amount": "180000",
                    "bill": "NPS6869", "purpose": "thanh toan don hang",
                ],
                "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
                    + "530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E"
            ),
        ])
    func published(form: String, values: [String: String], text: String) throws {
        #expect(try Self.profile(form).payload(of: values).text == text)
    }

    private struct Vectors: Decodable {
        struct Vector: Decodable {
            let id: String
            let payload: String
            let profile: String
        }
        let vectors: [Vector]
    }

    @Test("finds its codes among those of third parties, and no fault with them")
    func foreignVectors() throws {
        guard
            let file = try VectorFiles.foreign(
                "emv-merchant-presented-valid.json", as: Vectors.self)
        else { return }
        let expected = [
            "pix-static": "pix-static", "pix-composite": "pix-", "pix-dynamic": "pix-dynamic",
            "br-code": "pix-static", "promptpay": "promptpay", "promptpay-bill": "promptpay-bill",
            "qris": "qris", "uemoa": "uemoa", "bceao-pi-spi": "uemoa", "cemac": "cemac",
        ]
        for vector in file.vectors {
            let schemes = try EMVPayload(parsing: vector.payload).schemes
            guard let name = expected[vector.profile] else {
                #expect(schemes.isEmpty, "\(vector.id)")
                continue
            }
            let reading = try #require(
                schemes.first { $0.profile.id.hasPrefix(name) }, "\(vector.id)")
            // The CEMAC norm's own example has the franc of the other central bank.
            let problem = vector.profile == "cemac" ? "53" : nil
            #expect(reading.problem?.path == problem, "\(vector.id): \(reading.problem as Any)")
        }
    }

    @Test(
        "names the object that breaks it",
        arguments: [
            ("pix-static", ["key": "not a key"], "26/01", CodeMakingError.Reason.valueFormat),
            ("pix-static", [:], "26/01", .parameterMissing),
            ("pix-static", ["key": "12345678901", "currency": "EUR"], "53", .valueFormat),
            ("pix-static", ["key": "12345678901", "reference": "a-b"], "62/05", .valueFormat),
            ("pix-static", ["key": "12345678901", "amount": "1.5"], "54", .valueFormat),
            ("pix-static", ["key": "12345678901", "amount": "0.00"], "54", .valueFormat),
            (
                "pix-dynamic", ["location": "x.example/1", "amount": "1.00"], "54",
                .parameterConflict
            ),
            ("paynow", ["proxy-type": "1", "proxy": "201234567W"], "26/01", .valueFormat),
            ("promptpay", [:], "29/01", .parameterMissing),
            (
                "promptpay", ["mobile": "0066801234567", "national-id": "1234567890123"], "29/02",
                .parameterConflict
            ),
            ("cemac", ["member": "1", "country": "FR", "account": "1"], "58", .valueFormat),
            ("fps", ["fps-id": "1234567", "currency": "EUR"], "53", .valueFormat),
            (
                "paynow", ["proxy-type": "2", "proxy": "201234567W", "colour": "1"], "colour",
                .parameterUnknown
            ),
            ("emv", ["currency": "EUR", "country": "DE"], "02-51", .parameterMissing),
            (
                "emv", ["26/01": "M42", "currency": "EUR", "country": "DE"], "26/00",
                .parameterMissing
            ),
            (
                "emv", ["26": "x", "26/01": "M42", "currency": "EUR", "country": "DE"], "26",
                .parameterConflict
            ),
            ("emv", ["63": "0000", "currency": "EUR", "country": "DE"], "63", .parameterUnknown),
            ("emv", ["26/00": "", "currency": "EUR", "country": "DE"], "26/00", .valueFormat),
        ] as [(String, [String: String], String, CodeMakingError.Reason)])
    func refused(
        form: String, values: [String: String], path: String, reason: CodeMakingError.Reason
    ) throws {
        let profile = try Self.profile(form)
        let error = #expect(throws: CodeMakingError.self) {
            try profile.payload(of: Self.complete(values))
        }
        #expect(error?.path == path && error?.reason == reason, "\(error as Any)")
    }

    @Test("that cannot share a symbol with a terminal's request says so by its name")
    func shopQR() throws {
        for profile in SchemeProfile.all {
            guard case .unfit = profile.shopQR else { continue }
            let example = try #require(Self.examples.first { $0.form == profile.id })
            let error = #expect(throws: CodeMakingError.self) {
                try profile.accounts(of: example.values)
            }
            #expect(error?.description.contains(profile.name) == true)
        }
        let unfit = SchemeProfile.all.filter { $0.shopQR != .fits }.map(\.id)
        #expect(
            unfit == [
                "pix-dynamic", "cemac", "promptpay-customer", "khqr-merchant", "khqr-individual",
            ])
    }

    @Test("makes an account that a shop QR takes, where it can share one")
    func accounts() throws {
        let values = [
            "pix-static": ["key": "12345678901"], "uemoa": ["alias": "x"],
            "paynow": ["proxy-type": "2", "proxy": "201234567W"],
            "promptpay": ["mobile": "0066801234567"], "fps": ["fps-id": "1234567"],
            "vietqr": ["bin": "970403", "account": "0011012345678"],
            "bharat-qr": ["vpa": "shop@bank"],
            "qris": ["nmid": "ID1020012345678", "guid": "COM.GO-JEK.WWW", "pan": "936009141"],
        ]
        for (id, values) in values {
            let accounts = try Self.profile(id).accounts(of: values)
            let merchant = try MerchantProfile(
                name: "SHOP", city: "TOWN", countryCode: "DE", categoryCode: "5812",
                accounts: accounts)
            let text = try ShopQR.staticPayload(
                merchant: merchant, currency: try #require(Currency(code: "EUR")))
            #expect(try EMVPayload(parsing: text).schemes.map(\.profile.id) == [id])
        }
    }
}
