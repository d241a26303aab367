import Foundation
import Testing

@Suite struct CodeMakeTests {
    private static let forms: [(form: String, parameters: [String], kind: String)] = [
        (
            "pix-static", ["key=12345678901", "name=LOJA", "city=RECIFE", "amount=12.50"],
            "emv-merchant-presented"
        ),
        ("upi", ["payee=shop@example", "amount=12.50"], "upi"),
        ("epc", ["name=Żółw", "iban=PL61109010140000071219812874"], "epc"),
        (
            "swiss-qr-bill",
            ["iban=CH5800791123000889012", "name=AG", "postal-code=2501", "town=Biel"],
            "swiss-qr-bill"
        ),
        (
            "emv-consumer", ["application=A0000000555555", "pan=1234567890123458"],
            "emv-consumer-presented"
        ),
        ("text", ["any text"], "text"),
    ]

    @Test(arguments: forms)
    func writesACodeThatExplainAndScanRead(
        _ example: (form: String, parameters: [String], kind: String)
    ) throws {
        let shell = try Shell()
        let made = try shell.run(
            ["tillctl", "code", "make", example.form] + example.parameters
                + ["--out", "code.png", "--json"])
        #expect(made.status == 0, "\(made)")
        let answer = try made.json()
        let text = try #require(answer["text"] as? String)
        #expect(answer["kind"] as? String == example.kind)
        let plain = try shell.run(["tillctl", "code", "make", example.form] + example.parameters)
        #expect(plain.output == text + "\n")
        let explained = try shell.run(["tillctl", "code", "explain", "--json", "--", text]).json()
        #expect(explained["kind"] as? String == example.kind)
        #expect(explained["wellFormed"] as? Bool == true)
        let scanned = try shell.run("tillctl", "scan", "--json", "code.png").json()
        let symbols = scanned["symbols"] as? [[String: Any]]
        #expect(symbols?.first?["text"] as? String == text, "the picture reads back")
        let svg = try shell.run(
            ["tillctl", "code", "make", example.form] + example.parameters + ["--format", "svg"])
        #expect(svg.output.hasPrefix("<?xml") && svg.output.hasSuffix("</svg>\n"))
        #expect(svg.output.contains("<rect x=") == (example.form == "swiss-qr-bill"))
    }

    @Test func refusesByNameAndWritesNothing() throws {
        let shell = try Shell()
        let cases: [([String], Int32, String, String)] = [
            (["pix-static", "key=x", "name=L", "city=R"], 1, "code-value-format", "26/01: "),
            (["pix-static", "name=L", "city=R"], 1, "code-parameter-missing", "26/01: "),
            (["no-such-form"], 64, "code-form-unknown", ""),
            (["upi", "payee"], 64, "code-parameter-malformed", ""),
            (["upi", "payee=a@b", "payee=c@d"], 64, "code-parameter-conflict", ""),
            (["epc", "name=A", "iban=DE00"], 1, "code-value-format", "iban: "),
            (["text", "a", "--format", "png"], 64, "out-missing", ""),
            (["text", "a", "--out", "x.gif"], 64, "format-unknown", ""),
            (["text", "a", "--out", "/no/such/folder/x.png"], 1, "drawing-not-writable", ""),
            (
                ["text", String(repeating: "a", count: 3_000), "--out", "x.png"], 1,
                "symbol-too-long", ""
            ),
            (["shop"], 10, "not-enrolled", ""),
        ]
        for (arguments, status, reason, start) in cases {
            let ended = try shell.run(["tillctl", "code", "make"] + arguments + ["--json"])
            #expect(ended.status == status, "\(arguments): \(ended)")
            let answer = try ended.json()
            #expect(answer["reason"] as? String == reason, "\(arguments): \(ended)")
            #expect((answer["message"] as? String)?.hasPrefix(start) == true, "\(ended)")
        }
        #expect(!FileManager.default.fileExists(atPath: shell.path("x.png")))
        #expect(try shell.run("tillctl", "code", "make").status == 64)
    }

    @Test func makesACodeForEachLine() throws {
        let shell = try Shell()
        let lines = [
            #"{"form":"upi","payee":"a@b"}"#, #"{"form":"upi"}"#, "nonsense", #"{"payee":"a@b"}"#,
            #"{"form":"x"}"#,
        ]
        let ended = try shell.run(
            ["tillctl", "code", "make", "-"], input: Data(lines.joined(separator: "\n").utf8))
        let answers = try ended.lines()
        #expect(answers[0]["text"] as? String == "upi://pay?pa=a@b&cu=INR")
        #expect(
            answers.map { $0["reason"] as? String } == [
                nil, "code-parameter-missing", "line-malformed", "line-malformed",
                "code-form-unknown",
            ])
    }

    @Test func tellsTheFormsAndTheirParameters() throws {
        let shell = try Shell()
        let forms = try shell.run("tillctl", "code", "make", "--list", "--json").lines()
        let names = Set(forms.compactMap { $0["form"] as? String })
        #expect(
            names.isSuperset(of: [
                "pix-static", "pix-dynamic", "paynow", "sgqr", "promptpay", "qris", "bharat-qr",
                "fps", "khqr-merchant", "vietqr", "cemac", "uemoa", "upi", "epc", "swiss-qr-bill",
                "emv-consumer", "emv", "shop", "text",
            ]))
        for name in names {
            let one = try shell.run("tillctl", "code", "make", name, "--list", "--json").json()
            #expect(one["parameters"] as? [[String: Any]] != nil, "\(name)")
        }
    }

    @Test func makesTheStaticShopQROfTheMerchant() throws {
        let shell = try Shell()
        try shell.json(
            "tillhub", "init", "--currency", "EUR", "--currency", "BRL", "--postal-code", "10115",
            "--scheme", "pix-static:key=12345678901")
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
        try shell.json("tillctl", "enrol", "import", "answer")
        let made = try shell.json(
            "tillctl", "code", "make", "shop", "currency=BRL", "--out", "shop.svg")
        let text = try #require(made["text"] as? String)
        #expect(text.hasPrefix("000201010211" + "2633" + "0014br.gov.bcb.pix011112345678901"))
        #expect(text.contains("5303986") && text.contains("610510115"))
        for (name, head) in [("poster.pdf", "%PDF-"), ("poster.svg", "<?xml")] {
            let poster = try shell.json(
                "tillctl", "code", "make", "shop", "currency=BRL", "--poster", name, "--language",
                "es")
            #expect(poster["text"] as? String == text)
            // Two quiet zones of 4 and the symbol, within 128 mm.
            let side = try #require(poster["moduleMillimetres"] as? Double)
            #expect(side >= 1.5 && side * 53 <= 128)
            let page = try String(contentsOfFile: shell.path(name), encoding: .isoLatin1)
            #expect(page.hasPrefix(head))
        }
        let wrong = try shell.json(
            "tillctl", "code", "make", "shop", "--poster", "poster.doc", status: 64)
        #expect(wrong["reason"] as? String == "format-unknown")
        let other = try shell.run("tillctl", "code", "make", "text", "a", "--poster", "a.pdf")
        #expect(other.status == 64, "a poster has a merchant")
        let explained = try shell.run("tillctl", "code", "explain", "--json", text).json()
        let fields = try #require(explained["fields"] as? [String: String])
        #expect(fields["schemes"] == "pix-static" && fields["initiation"] == "static")
    }

    @Test(arguments: [
        ("khqr-merchant:bakong-account=a@b;merchant-id=1;bank=B", "KHR", "code-parameter-conflict"),
        ("pix-dynamic:location=x.example/1", "BRL", "code-parameter-conflict"),
        ("cemac:member=1", "XAF", "code-parameter-conflict"),
        ("pix-static:key=12345678901", "EUR", "scheme-currency"),
        ("pix-static:key=x", "BRL", "code-value-format"),
        ("pix-static:key", "BRL", "scheme-malformed"), ("nopay:a=b", "EUR", "scheme-unknown"),
    ])
    func refusesASchemeThatASaleCannotShow(
        _ scheme: String, _ currency: String, _ reason: String
    ) throws {
        let shell = try Shell()
        let ended = try shell.run(
            "tillhub", "init", "--json", "--currency", currency, "--scheme", scheme)
        #expect(ended.status == 64, "\(ended)")
        #expect(try ended.json()["reason"] as? String == reason, "\(ended)")
    }
}
