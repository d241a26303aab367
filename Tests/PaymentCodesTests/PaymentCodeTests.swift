import Testing

@testable import PaymentCodes

@Suite("A code of any scheme")
struct PaymentCodeTests {
    private func recognise(_ text: String) -> CodeRecognition {
        PaymentCode.recognise(Array(text.utf8))
    }

    @Test(
        "is named by what it is",
        arguments: [
            ("TV1:6BF5$%", "till-voucher", true), ("TV1:6BF5", "till-voucher", false),
            ("tv1:6BF5$%", "till-voucher", false), ("TV1:", "till-voucher", false),
            ("TV1:6bf", "till-voucher", false), ("TV1:6B \n", "till-voucher", true),
            ("TV1:6B \r\n", "till-voucher", false),
            ("TVR:0000000000000014U", "till-reference", true),
            ("tvr:oooo-0000-0000-0014-u", "till-reference", true),
            ("TVR:00000000000000140", "till-reference", false),
            ("000201", "emv-merchant-presented", false),
            ("000202", "emv-merchant-presented", false),
            ("hQVDUFY", "emv-consumer-presented", false),
            ("weixin://wxpay/bizpayurl?pr=AbCdEfG", "wechat-pay-merchant", true),
            ("weixin://wxpay/bizpayurl/up?pr=AbC&groupid=7", "wechat-pay-merchant", true),
            ("weixin://wxpay/bizpayurl?pr=", "wechat-pay-merchant", false),
            ("weixin://dl/chat", "wechat-pay-merchant", false),
            ("https://qr.alipay.com/fkx01234567890", "alipay-merchant", true),
            ("https://qr.alipay.com/", "alipay-merchant", false),
            ("https://pay.example/281003040123456789", "alipay-plus-merchant", true),
            ("https://pay.example/281003050123456789", "url", true),
            ("HC1:6BF5$%", "health-certificate", true), ("HC1:", "health-certificate", false),
            ("shc:/5676290952432060", "smart-health-card", true),
            ("shc:/1/2/5676", "smart-health-card", true),
            ("shc:/567", "smart-health-card", false),
            ("cashuBo2F0gqJhaUgA", "cashu", true), ("cashuAeyJ0b2tlbiI6W10=", "cashu", true),
            ("cashu:cashuBo2F0", "cashu", true), ("cashuB", "cashu", false),
            ("cashuB*", "cashu", false),
            ("taler://pay-push/exchange.example/KEY", "taler", true),
            ("taler+http://pay/host/x", "taler", true), ("taler://", "taler", false),
            ("https://shop.example/a?b=c", "url", true), ("http://", "url", false),
            ("https://shop.example/ a", "url", false),
            ("4006381333931", "gtin", true), ("96385074", "gtin", true),
            ("036000291452", "gtin", true), ("10614141000415", "gtin", true),
            ("4006381333932", "text", true), ("hello", "text", true),
            ("cashuC", "text", true), ("", "unreadable", false),
        ])
    func named(text: String, kind: String, wellFormed: Bool) {
        let recognition = recognise(text)
        #expect(recognition.kind == kind, "\(text)")
        #expect(recognition.wellFormed == wellFormed, "\(text): \(recognition.problem ?? "-")")
        #expect((recognition.problemCode == nil) == wellFormed)
    }

    private struct CustomerCodes: Decodable {
        struct Sample: Decodable {
            let text: String
            let expect: String
        }
        let samples: [Sample]
    }

    @Test("of the vectors of customer codes is the scheme's that they say, and masked")
    func customerCodes() throws {
        guard
            let file = try VectorFiles.foreign("customer-codes.json", as: CustomerCodes.self)
        else { return }
        let kinds = [
            "wechatpay": "wechat-pay", "alipay-cn": "alipay", "alipayplus": "alipay-plus",
            "unionpay": "unionpay", "none": "text",
        ]
        for sample in file.samples {
            let scheme = String(sample.expect.prefix { $0 != " " })
            let recognition = recognise(sample.text)
            #expect(recognition.kind == kinds[scheme], "\(sample.text)")
            #expect(!recognition.masked.contains(sample.text.prefix(4)), "\(recognition.masked)")
        }
    }

    @Test("of a Chinese wallet is told by length and first digits, of ASCII digits alone")
    func digits() {
        func digits(_ first: String, _ count: Int) -> String {
            first + String(repeating: "0", count: count - first.count)
        }
        for first in 10...15 { #expect(recognise(digits("\(first)", 18)).kind == "wechat-pay") }
        for count in 16...23 { #expect(recognise(digits("25", count)).kind == "alipay") }
        #expect(recognise(digits("30", 16)).kind == "alipay")
        #expect(recognise(digits("31", 16)).kind == "text")
        #expect(recognise(digits("25", 15)).kind == "text")
        #expect(recognise(digits("251001", 24)).kind == "alipay-plus")
        #expect(recognise(digits("62", 19)).kind == "unionpay")
        #expect(recognise(digits("62", 18)).kind == "text")
        #expect(recognise("１" + digits("", 17)).kind == "text")
        #expect(recognise(digits("10", 17) + "٠").kind == "text")
    }

    private struct Links: Decodable {
        struct Link: Decodable {
            let text: String
            let note: String?
        }
        let valid: [Link]
        let invalid: [Link]
    }

    @Test("of UPI is well formed or not as the vectors say")
    func upi() throws {
        guard let file = try VectorFiles.foreign("upi.json", as: Links.self) else { return }
        for link in file.valid {
            let recognition = recognise(link.text)
            #expect(recognition.kind == "upi")
            // One is listed as a legal address whose parameter names are to be refused.
            let good = link.note?.contains("reject PA") != true
            #expect(recognition.wellFormed == good, "\(link.text): \(recognition.problem ?? "-")")
        }
        for link in file.invalid {
            let recognition = recognise(link.text)
            #expect(recognition.kind == "upi" && !recognition.wellFormed, "\(link.text)")
        }
    }

    @Test(
        "of UPI that is wrong says in which parameter",
        arguments: [
            ("upi://pay?pa=a@b&sign=x&am=1", "upi-sign"), ("upi://pay?pa=a@b@c", "upi-payee"),
            ("upi://pay?pa=%zz@b", "upi-encoding"), ("upi://pay?pa=%ff@b", "upi-encoding"),
            ("upi://pay?pa=a@b&mc=12", "upi-category"), ("upi://pay", "upi-payee"),
            ("upi://", "upi-host"), ("upi://pay?pa=a@b&am=.", "upi-amount"),
        ])
    func upiProblems(text: String, code: String) {
        #expect(recognise(text).problemCode == code)
    }

    private struct ConsumerPresented: Decodable {
        struct Valid: Decodable {
            let id: String
            let base64: String
        }
        struct Invalid: Decodable {
            let id: String
            let text: String
        }
        let valid: [Valid]
        let invalid: [Invalid]
    }

    @Test("of a consumer-presented wallet is well formed or not as the vectors say")
    func consumerPresented() throws {
        var files = [try VectorFiles.own("emv-consumer-presented.json", as: ConsumerPresented.self)]
        if let file = try VectorFiles.foreign(
            "emv-consumer-presented.json", as: ConsumerPresented.self)
        {
            files.append(file)
        }
        for file in files {
            for vector in file.valid {
                let recognition = recognise(vector.base64)
                #expect(recognition.kind == "emv-consumer-presented", "\(vector.id)")
                #expect(recognition.wellFormed, "\(vector.id): \(recognition.problem ?? "-")")
                // The card number is in every one of them and in no answer.
                #expect(!"\(recognition)".contains("1234567890123458"), "\(vector.id)")
            }
            for vector in file.invalid {
                let recognition = recognise(vector.text)
                #expect(recognition.kind == "emv-consumer-presented", "\(vector.id)")
                #expect(!recognition.wellFormed, "\(vector.id)")
            }
        }
    }

    private struct Bills: Decodable {
        struct EPC: Decodable {
            let id: String
            let bytes_hex: String
        }
        struct Swiss: Decodable {
            let id: String
            let payload: String
        }
        let epc: [EPC]
        let swiss: [Swiss]
    }

    @Test("of SEPA or Switzerland is well formed, and with one fault is not")
    func bills() throws {
        guard let file = try VectorFiles.foreign("sepa_swiss.json", as: Bills.self) else { return }
        for vector in file.epc {
            let digits = Array(vector.bytes_hex.utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { place in
                ASCII.hexDigit(digits[place]).flatMap { high in
                    ASCII.hexDigit(digits[place + 1]).map { high << 4 | $0 }
                }
            }
            let recognition = PaymentCode.recognise(bytes)
            #expect(recognition.kind == "epc", "\(vector.id)")
            #expect(recognition.wellFormed, "\(vector.id): \(recognition.problem ?? "-")")
        }
        for vector in file.swiss {
            let recognition = recognise(vector.payload)
            #expect(recognition.kind == "swiss-qr-bill", "\(vector.id)")
            #expect(recognition.wellFormed, "\(vector.id): \(recognition.problem ?? "-")")
            for (from, to) in [
                ("\r\nS\r\n", "\r\nK\r\n"), ("0200", "0100"), ("EPD", "EPX"), ("CHF", "USD"),
                ("\r\nCH\r\n", "\r\nch\r\n"), ("23000889012", "23000889013"),
            ] {
                let bad = vector.payload.replacing(from, with: to)
                #expect(bad != vector.payload && !recognise(bad).wellFormed, "\(from) to \(to)")
            }
        }
    }

    @Test(
        "of SEPA that is wrong says in which line",
        arguments: [
            ("003", "SCT", "DE89370400440532013000", "EUR1", "", "epc-version"),
            ("002", "SDD", "DE89370400440532013000", "EUR1", "", "epc-identification"),
            ("002", "SCT", "DE89370400440532013001", "EUR1", "", "epc-iban"),
            ("002", "SCT", "DE89370400440532013000", "EUR0.00", "", "epc-amount"),
            ("002", "SCT", "DE89370400440532013000", "USD1", "", "epc-amount"),
            ("002", "SCT", "DE89370400440532013000", "EUR1.005", "", "epc-amount"),
            ("002", "SCT", "DE89370400440532013000", "EUR1", "both", "epc-reference"),
            ("001", "SCT", "DE89370400440532013000", "EUR1", "", "epc-bic"),
        ])
    func epcProblems(
        version: String, tag: String, iban: String, amount: String, text: String, code: String
    ) {
        let bill =
            "BCD\n\(version)\n1\n\(tag)\n\nSHOP\n\(iban)\n\(amount)\n\nRF18539007547034\n\(text)"
        #expect(recognise(bill).problemCode == code)
    }

    private static let prefixes = [
        "", "TV1:", "tv1:", "TVR:", "000201", "0002", "hQVDUFYwMWEa", "upi://pay?pa=a@b&",
        "BCD\n", "BCD\n002\n1\nSCT\n", "SPC\r\n", "HC1:", "shc:/", "cashuA", "cashu:", "taler://",
        "weixin://wxpay/bizpayurl?", "https://qr.alipay.com/", "https://", "http://", "62", "25",
        "13", "00020101021226",
    ]

    @Test("of any bytes gets a bounded answer", arguments: 1...40 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for prefix in Self.prefixes {
            for alphabet in [
                "", "0123456789", "0123456789ABC $%*+-./:=&?\r\n", "\0\u{7F}é\u{202E}",
            ] {
                let letters = Array(alphabet.utf8)
                let count = Int.random(in: 0...400, using: &generator)
                let tail = (0..<count).map { _ in
                    letters.randomElement(using: &generator)
                        ?? UInt8.random(in: .min ... .max, using: &generator)
                }
                check(Array(prefix.utf8) + tail)
            }
        }
    }

    private func check(_ bytes: [UInt8]) {
        let recognition = PaymentCode.recognise(bytes)
        #expect(CodeKind(rawValue: recognition.kind) != nil)
        #expect(recognition.fields.count <= CodeRecognition.maximumFields)
        let names = recognition.fields.map(\.name)
        #expect(Set(names).count == names.count, "\(names)")
        #expect((recognition.problem ?? "").utf8.count <= 200)
        #expect(recognition.masked.utf8.count <= 400)
        for field in recognition.fields {
            #expect(field.value.unicodeScalars.count <= SafeText.maximumCharacters + 1)
        }
        let shown =
            [recognition.masked, recognition.problem ?? ""]
            + recognition.fields.flatMap { [$0.name, $0.value] }
        for text in shown {
            #expect(
                text.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory != .control
                        && $0.properties.generalCategory != .format
                }, "\(recognition.kind)")
        }
    }

    @Test("that spends money is masked: four characters of its secret are in no log")
    func masked() {
        for text in [
            "TV1:6BFOXN%TSMAHN-H6SK", "TVR:7ZZZXXXXYYYYWWWWS", "135112298638468293",
            "6212345678901234567", "289431869362714645", "251001020123456789012345",
            "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=", "cashuBo2F0gqJhaUgA2vPRSN",
            "taler://pay-push/exchange.example/SECRETKEY",
        ] {
            let recognition = recognise(text)
            #expect(recognition.spendsMoney && recognition.isPaymentCode, "\(text)")
            let secret = Array(text.utf8.dropFirst(text.hasPrefix("hQ") ? 7 : 4))
            for start in 0...(secret.count - 4) where !text.hasPrefix("taler") || start > 8 {
                let part = String(decoding: secret[start..<start + 4], as: UTF8.self)
                #expect(!recognition.masked.contains(part), "\(recognition.masked)")
            }
        }
    }

    @Test("that is longer than any symbol is refused at once")
    func long() {
        let recognition = PaymentCode.recognise(Array(repeating: 0x30, count: 1_000_000))
        #expect(recognition.kind == "unreadable" && recognition.problemCode == "code-too-long")
        #expect(PaymentCode.recognise(Array(repeating: 0x30, count: 7_089)).kind == "text")
    }

    @Test("with a host before the @ is named by the host behind it")
    func host() {
        let recognition = recognise("https://bank.example@evil.example/pay")
        #expect(recognition.fields.first?.value == "evil.example")
    }
}
