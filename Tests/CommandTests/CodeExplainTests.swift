import Foundation
import Testing

@Suite struct CodeExplainTests {
    struct Vectors: Decodable {
        struct Vector: Decodable {
            let id: String
            let text: String
            let at: UInt64
            let terminal: String
            let nonce: String?
            let expect: String
        }
        let issuer_keys: [String]
        let vectors: [Vector]
    }

    static func vectors() throws -> Vectors {
        try JSONDecoder().decode(
            Vectors.self,
            from: Data(
                contentsOf: Shell.root.appendingPathComponent("Tests/Vectors/vouchers.json")))
    }

    @Test func judgesEveryVector() throws {
        let shell = try Shell()
        let vectors = try Self.vectors()
        let keys = vectors.issuer_keys.flatMap { ["--issuer-key", $0] }
        for vector in vectors.vectors {
            let nonce = vector.nonce.map { ["--nonce", $0] } ?? []
            let ended = try shell.run(
                ["tillctl", "code", "explain", "--json"] + keys
                    + ["--at", "\(vector.at)", "--terminal", vector.terminal] + nonce
                    + ["--", vector.text])
            let answer = try ended.json()
            let accepts = vector.expect == "accept"
            #expect(
                answer["verdict"] as? String == (accepts ? "accept" : "refuse"),
                "\(vector.id): \(ended)")
            #expect(answer["kind"] as? String != nil)
            #expect(answer["wellFormed"] as? Bool != nil)
            #expect((answer["reason"] as? String == "accepted") == accepts)
            #expect(answer["message"] as? String != nil)
            #expect(answer["fields"] as? [String: Any] != nil)
        }
    }

    @Test func answersALineOfAnyBytes() throws {
        let shell = try Shell()
        var generator = SystemRandomNumberGenerator()
        var input = Data("\n".utf8)
        for _ in 0..<500 {
            let count = Int.random(in: 0...80, using: &generator)
            let line = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            input += line.filter { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")]
        }
        input += [UInt8](repeating: UInt8(ascii: "9"), count: 100_000)
        let ended = try shell.run(["tillctl", "code", "explain", "-"], input: input)
        #expect(ended.status == 0)
        let answers = try ended.lines()
        #expect(answers.count == 502)
        #expect(answers.allSatisfy { $0["verdict"] as? String == "refuse" })
        let controls = ended.output.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" }
        #expect(controls.isEmpty, "no control character reaches a terminal")
    }

    @Test func namesWhatIsWrongWithACode() throws {
        let shell = try Shell()
        let long = "TV1:" + String(repeating: "A", count: 1_000_000)
        let codes = ["", long, "tvr:0000", "00020101021126", "upi://pay?pa=x", "a\u{7}b", "12"]
        let input = Data(codes.joined(separator: "\n").utf8) + Data([0x0A, 0xFF, 0xFE])
        let answers = try shell.run(["tillctl", "code", "explain", "-"], input: input).lines()
        #expect(
            answers.map { $0["reason"] as? String } == [
                "code-empty", "text-too-long", "reference-length", "emv-cut-off", "upi-payee",
                "not-a-payment-code", "not-a-payment-code", "code-not-text",
            ])
        #expect(answers[1]["kind"] as? String == "till-voucher")
    }

    @Test func takesAnArgumentOfAnyBytes() throws {
        let shell = try Shell()
        // A SEPA code in ISO 8859-1: Process hands over UTF-8 alone, so a shell writes the byte.
        let script = Process()
        script.executableURL = URL(fileURLWithPath: "/bin/bash")
        let code =
            #"BCD\n002\n2\nSCT\n\nFran\xe7ois\nFR1420041010050500013M02606\nEUR12.3"#
        script.arguments = [
            "-c", "exec \"$0\" code explain --json $'\(code)'",
            Shell.programs.appendingPathComponent("tillctl").path,
        ]
        let output = Pipe()
        script.standardOutput = output
        try script.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        script.waitUntilExit()
        let answer = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect((answer["fields"] as? [String: String])?["name"] == "François")
        _ = shell
    }

    @Test func keepsTheOrderOfTheLines() throws {
        let shell = try Shell()
        let codes = ["135112298638468293", "upi://pay?pa=shop@example", "hello", "HC1:6BF"]
        let input = Data((0..<3_000).map { codes[$0 % 4] }.joined(separator: "\n").utf8)
        let answers = try shell.run(["tillctl", "code", "explain", "-"], input: input).lines()
        let kinds = answers.compactMap { $0["kind"] as? String }
        #expect(kinds.count == 3_000)
        #expect(Set(kinds.prefix(4)).count == 4)
        #expect((4..<3_000).allSatisfy { kinds[$0] == kinds[$0 - 4] })
    }

    @Test(arguments: [
        (["--issuer-key", "zz"], "issuer-key-malformed"),
        (["--issuer-key", "a0"], "issuer-key-refused"),
        (
            [
                "--issuer-key",
                "a3010120062158200100000000000000" + String(repeating: "0", count: 48),
            ],
            "issuer-key-refused"
        ),
        (["--terminal", "m42"], "terminal-id-malformed"),
        (["--nonce", "01"], "nonce-malformed"),
    ])
    func refusesABadOption(_ options: [String], _ reason: String) throws {
        let shell = try Shell()
        let ended = try shell.run(["tillctl", "code", "explain", "--json"] + options + ["x"])
        #expect(ended.status == 64)
        #expect(try ended.json()["reason"] as? String == reason)
    }
}
