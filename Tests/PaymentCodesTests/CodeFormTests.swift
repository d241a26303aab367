import Testing

@testable import PaymentCodes

@Suite("A form of code")
struct CodeFormTests {
    private static func make(
        _ form: String, _ values: [String: String]
    ) throws(CodeMakingError) -> MadeCode {
        guard let form = CodeForm.named(form) else { throw CodeMakingError(.formUnknown, "") }
        return try form.code(values)
    }

    @Test("has a name of its own, and parameters whose patterns and places can be read")
    func table() {
        #expect(Set(CodeForm.all.map(\.id)).count == CodeForm.all.count)
        for form in CodeForm.all {
            #expect(Set(form.parameters.map(\.name)).count == form.parameters.count, "\(form.id)")
            for parameter in form.parameters {
                #expect(ValuePattern(parameter.pattern).description == parameter.pattern)
                #expect(!parameter.place.isEmpty && !parameter.name.isEmpty)
            }
        }
        #expect(CodeForm.named("no-such-form") == nil)
    }

    @Test(
        "is written to the byte as others write it, and read as well formed",
        arguments: [
            (
                "upi",
                [
                    "payee": "shop@example", "name": "Till Test", "category": "5411",
                    "reference": "INV00042", "amount": "12.50",
                ],
                "upi",
                "upi://pay?pa=shop@example&pn=Till%20Test&mc=5411&tr=INV00042&am=12.50&cu=INR"
            ),
            (
                "upi", ["payee": "a@b", "note": "é&=?#%"], "upi",
                "upi://pay?pa=a@b&tn=%C3%A9%26%3D%3F%23%25&cu=INR"
            ),
            (
                "epc",
                [
                    "name": "Żółw Sp. z o.o.", "iban": "PL61109010140000071219812874",
                    "amount": "0.01", "text": "Zakup €",
                ],
                "epc",
                "BCD\n002\n1\nSCT\n\nŻółw Sp. z o.o.\nPL61109010140000071219812874\nEUR0.01\n\n\n"
                    + "Zakup €"
            ),
            (
                "epc", ["name": "A", "iban": "DE89370400440532013000"], "epc",
                "BCD\n002\n1\nSCT\n\nA\nDE89370400440532013000"
            ),
            (
                "swiss-qr-bill",
                [
                    "iban": "CH5800791123000889012", "name": "Robert Schneider AG",
                    "street": "Rue du Lac", "number": "1268", "postal-code": "2501",
                    "town": "Biel", "amount": "131.00", "message": "test",
                    "debtor-name": "Pia-Maria Rutschmann-Schnyder",
                    "debtor-street": "Grosse Marktgasse", "debtor-number": "28",
                    "debtor-postal-code": "9400", "debtor-town": "Rorschach",
                    "debtor-country": "CH",
                ],
                "swiss-qr-bill",
                "SPC\n0200\n1\nCH5800791123000889012\nS\nRobert Schneider AG\nRue du Lac\n1268\n2501"
                    + "\nBiel\nCH\n\n\n\n\n\n\n\n131.00\nCHF\nS\nPia-Maria Rutschmann-Schnyder\n"
                    + "Grosse Marktgasse\n28\n9400\nRorschach\nCH\nNON\n\ntest\nEPD"
            ),
            (
                "emv-consumer",
                ["application": "A0000000555555", "track-2": "1234567890123458D191220112345F"],
                "emv-consumer-presented", "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8="
            ),
            (
                "emv-consumer",
                ["application": "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF", "pan": "1234567890123458"],
                "emv-consumer-presented", "hQVDUFYwMWEcTxCgoaKjpKWmp6ipqqusra6vWggSNFZ4kBI0WA=="
            ),
        ])
    func written(form: String, values: [String: String], kind: String, text: String) throws {
        let code = try Self.make(form, values)
        #expect(code.text == text)
        let recognition = PaymentCode.recognise(Array(code.text.utf8))
        #expect(recognition.kind == kind && recognition.wellFormed, "\(recognition.problem ?? "")")
        #expect(code.bearsSwissCross == (form == "swiss-qr-bill"))
    }

    @Test("of a Swiss bill finds the kind of its reference by itself")
    func references() throws {
        let bill = [
            "name": "Robert Schneider AG", "postal-code": "2501", "town": "Biel",
        ]
        let qr = try Self.make(
            "swiss-qr-bill",
            bill.merging([
                "iban": "CH4431999123000889012", "reference": "210000000003139471430009017",
            ]) { $1 })
        #expect(qr.text.contains("\nQRR\n210000000003139471430009017\n"))
        let creditor = try Self.make(
            "swiss-qr-bill",
            bill.merging(["iban": "CH5800791123000889012", "reference": "RF18539007547034"]) { $1 })
        #expect(creditor.text.contains("\nSCOR\nRF18539007547034\n"))
    }

    @Test(
        "refuses what breaks it and says where",
        arguments: [
            ("upi", ["payee": "shop"], CodeMakingError.Reason.valueFormat, "payee"),
            ("upi", [:], .parameterMissing, "payee"),
            ("upi", ["payee": "a@b", "amount": "0.00"], .valueFormat, "am"),
            ("upi", ["payee": "a@b", "amount": "1.005"], .valueFormat, "amount"),
            ("upi", ["payee": "a@b", "currency": "USD"], .valueFormat, "currency"),
            ("epc", ["name": "A", "iban": "DE89370400440532013001"], .valueFormat, "iban"),
            (
                "epc", ["name": "A", "iban": "DE89370400440532013000", "amount": "0.00"],
                .valueFormat, "amount"
            ),
            (
                "epc",
                [
                    "name": "A", "iban": "DE89370400440532013000", "text": "x",
                    "reference": "RF18539007547034",
                ], .valueFormat, "reference"
            ),
            (
                "epc", ["name": "A", "iban": "DE89370400440532013000", "text": "a\nb"],
                .valueFormat, "text"
            ),
            (
                "epc",
                [
                    "name": String(repeating: "é", count: 70),
                    "iban": "DE89370400440532013000", "text": String(repeating: "é", count: 140),
                ], .tooLong, "length"
            ),
            (
                "swiss-qr-bill",
                [
                    "iban": "CH4431999123000889012", "name": "A", "postal-code": "1", "town": "B",
                ], .valueFormat, "reference"
            ),
            (
                "swiss-qr-bill",
                [
                    "iban": "CH5800791123000889012", "name": "A", "postal-code": "1", "town": "B",
                    "debtor-name": "C",
                ], .valueFormat, "debtor"
            ),
            ("emv-consumer", ["application": "A0000000555555"], .parameterMissing, "61/57"),
            ("emv-consumer", ["application": "A000000055555", "pan": "1"], .valueFormat, "61/4F"),
            (
                "emv-consumer", ["application": "A0000000555555", "track-2": "12"], .valueFormat,
                "61/57"
            ),
            (
                "emv-consumer", ["application": "A0000000555555", "pan": "1", "colour": "x"],
                .parameterUnknown, "colour"
            ),
        ] as [(String, [String: String], CodeMakingError.Reason, String)])
    func refused(
        form: String, values: [String: String], reason: CodeMakingError.Reason, place: String
    ) {
        let error = #expect(throws: CodeMakingError.self) { try Self.make(form, values) }
        #expect(error?.reason == reason, "\(error as Any)")
        #expect(error?.description.hasPrefix(place) == true, "\(error as Any)")
    }

    @Test("reads back what it was asked for", arguments: 1...150 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for (form, given, read) in [
            ("upi", ["payee": "shop@bank"], UPILink.values),
            ("epc", ["name": "SHOP", "iban": "DE89370400440532013000"], EPCCode.values),
            (
                "swiss-qr-bill",
                [
                    "iban": "CH5800791123000889012", "name": "AG", "postal-code": "2501",
                    "town": "Biel", "currency": "EUR",
                ], SwissBill.values
            ),
        ] as [(String, [String: String], (String) -> [String: String]?)] {
            var values = given
            for parameter in try #require(CodeForm.named(form)).parameters
            where parameter.presence == "optional" && Bool.random(using: &generator) {
                values[parameter.name] = Self.sample(parameter, &generator)
            }
            // What excludes itself, and addresses that need all their parts.
            if values["text"] != nil { values["reference"] = nil }
            if form == "swiss-qr-bill" { values["reference"] = nil }
            for name in ["name", "postal-code", "town", "country"]
            where values.keys.contains(where: { $0.hasPrefix("debtor-") }) {
                values["debtor-\(name)"] = name == "country" ? "LI" : "X1"
            }
            let code: MadeCode
            do throws(CodeMakingError) { code = try Self.make(form, values) } catch {
                // Message and bill information have 140 characters together, EPC 331 bytes.
                #expect(error.reason == .tooLong || error.description.contains("140"), "\(error)")
                continue
            }
            let back = try #require(read(code.text))
            #expect(back.merging(values) { $1 } == back, "\(form), seed \(seed)")
            for (name, value) in back where values[name] == nil {
                #expect(["INR", "CH"].contains(value), "\(form): \(name)")
            }
        }
    }

    private static func sample(
        _ parameter: CodeParameter, _ generator: inout SeededGenerator
    ) -> String {
        // No amount of nothing, and no reference whose check digits are wrong.
        switch parameter.name {
        case "amount": "12.34"
        case "reference" where parameter.place == "10": "RF18539007547034"
        case "bic": "COBADEFFXXX"
        default: ValuePattern(parameter.pattern).sample(using: &generator)
        }
    }
}

@Suite("A consumer-presented payload")
struct ConsumerPresentedTests {
    private static func objects(_ tags: [(UInt32, [UInt8])]) -> [BERObject] {
        tags.map { BERObject(tag: $0.0, value: $0.1) }
    }

    private static let name: (UInt32, [UInt8]) = (0x4F, [0xA0, 0, 0, 0, 3, 16, 16])
    private static let pan: (UInt32, [UInt8]) = (0x5A, [0x12, 0x34, 0x56, 0x78, 0x9F])

    @Test("is read as it was written, with one application, two, and what they share")
    func roundTrip() throws {
        let big = (0x63, [UInt8](repeating: 0x9F, count: 200)) as (UInt32, [UInt8])
        let huge = (0x9F10, [UInt8](repeating: 1, count: 300)) as (UInt32, [UInt8])
        for payload in [
            try ConsumerPresentedPayload(applications: [Self.objects([Self.name, Self.pan])]),
            try ConsumerPresentedPayload(
                applications: [
                    Self.objects([Self.name, (0x50, Array("VISA".utf8)), big]),
                    Self.objects([(0x4F, [0xA0, 0, 0, 0, 4, 16]), huge]),
                ],
                common: Self.objects([Self.pan, (0x5F20, Array("ANNA/B".utf8))]),
                others: Self.objects([(0xDF01, [1, 2, 3])])),
        ] {
            #expect(try ConsumerPresentedPayload(parsing: Array(payload.text.utf8)) == payload)
            #expect(payload.text.hasPrefix(ConsumerPresentedCode.prefix))
        }
    }

    @Test("takes the longer form of a length, and writes the shortest")
    func lengths() throws {
        let short = try ConsumerPresentedPayload(applications: [
            Self.objects([Self.name, Self.pan])
        ])
        let inner = short.applications[0].flatMap(\.bytes)
        let bytes = [0x85, 5] + Array("CPV01".utf8) + [0x61, 0x81, UInt8(inner.count)] + inner
        let long = Base64.paddedText(bytes)
        #expect(try ConsumerPresentedPayload(parsing: Array(long.utf8)) == short)
        #expect(long != short.text)
    }

    @Test(
        "with one fault is refused with its path",
        arguments: [
            ([(0x4F, [1, 2, 3, 4])], "61/4F", "cpm-length"),
            ([(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0x1A])], "61/5A", "cpm-value"),
            ([(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0xFF])], "61/5A", "cpm-value"),
            ([(0x4F, [1, 2, 3, 4, 5]), (0x57, [0x12, 0xD2])], "61/57", "cpm-value"),
            ([(0x4F, [1, 2, 3, 4, 5]), (0x57, [0x12, 0x34])], "61/57", "cpm-value"),
            ([(0x4F, [1, 2, 3, 4, 5])], "61/57", "cpm-object-missing"),
            ([(0x5A, [0x12])], "61/4F", "cpm-object-missing"),
            (
                [(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0x12]), (0x5A, [0x12])], "61/5A",
                "cpm-object-repeated"
            ),
            ([(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0x12]), (0x50, [7])], "61/50", "cpm-value"),
            (
                [(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0x12]), (0x9F25, [0x12])], "61/9F25",
                "cpm-length"
            ),
            (
                [(0x4F, [1, 2, 3, 4, 5]), (0x5A, [0x12]), (0x5F2D, [0x2E, 0x2E])], "61/5F2D",
                "cpm-value"
            ),
        ] as [([(UInt32, [UInt8])], String, String)])
    func refused(tags: [(UInt32, [UInt8])], path: String, code: String) {
        let error = #expect(throws: ConsumerPresentedCode.Problem.self) {
            try ConsumerPresentedPayload(applications: [Self.objects(tags)])
        }
        #expect(error?.path == path && error?.code == code, "\(error as Any)")
    }

    @Test("with what both applications have stated again for one of them is refused")
    func shared() {
        let one = Self.objects([Self.name, Self.pan])
        for (applications, common, path) in [
            ([one, one], [Self.pan], "62/5A"), ([one], [Self.pan], "62"),
            ([one, one, one], [], "61"), ([], [], "61"),
        ] as [([[BERObject]], [(UInt32, [UInt8])], String)] {
            let error = #expect(throws: ConsumerPresentedCode.Problem.self) {
                try ConsumerPresentedPayload(
                    applications: applications, common: Self.objects(common))
            }
            #expect(error?.path == path)
        }
    }

    @Test("cut anywhere is refused")
    func cut() throws {
        let payload = try ConsumerPresentedPayload(
            applications: [Self.objects([Self.name, Self.pan])])
        let bytes = payload.text
        for length in 0..<bytes.count {
            #expect(throws: ConsumerPresentedCode.Problem.self) {
                try ConsumerPresentedPayload(parsing: Array(bytes.utf8.prefix(length)))
            }
        }
    }
}
