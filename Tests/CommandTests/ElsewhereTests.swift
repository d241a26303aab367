import Foundation
import Testing

/// Two terminals of one shop, and a voucher that is shown at both.
@Suite(.serialized) struct ElsewhereTests {
    @Test("What one terminal took is known at the other once both have met the hub, also offline")
    func twoTerminals() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t8", "--out", "request2",
            "--state", "till2")
        try shell.json("tillhub", "terminal", "enrol", "request2", "--out", "answer2")
        try shell.json("tillctl", "enrol", "import", "answer2", "--state", "till2")
        // The list that names both terminals.
        try shell.json("tillhub", "trust", "publish", "--out", "list.till")
        for number in [1, 2] {
            try shell.json(
                "tillhub", "trust", "sign", "list.till", "--key", "hub-root/root-\(number).key")
        }
        try shell.json("tillhub", "trust", "import", "list.till")
        let second = try shell.start(
            "tilld", "--state", shell.path("till2"), "--hub-url", counter.url, "--sync-interval",
            "0", "--profile",
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        ) {
            [0, 4].contains(
                (try? shell.run("tillctl", "status", "--state", shell.path("till2")))?.status)
        }
        defer { shell.stop(second) }
        func sale(_ amount: String, _ picture: String, status: Int32) throws -> [String: Any] {
            try shell.json("tillctl", "sale", amount, "--state", "till2")
            let name = UUID().uuidString + ".png"
            try FileManager.default.copyItem(
                atPath: picture.hasPrefix("/") ? picture : shell.path(picture),
                toPath: shell.path("till2/camera/.part-" + name))
            try FileManager.default.moveItem(
                atPath: shell.path("till2/camera/.part-" + name),
                toPath: shell.path("till2/camera/" + name))
            let ended = try shell.json(
                "tillctl", "sale", "--wait", "--timeout", "30", "--state", "till2", status: status)
            if (ended["state"] as? String) == "open" {
                try shell.json("tillctl", "sale", "--cancel", "--state", "till2")
            }
            return CounterTests.news(ended)
        }
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        let card = try counter.issue("stored", "--amount", "20.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        #expect(try counter.sale("15.00", card)["state"] as? String == "paid")
        #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)
        let synced = try shell.json("tillctl", "sync", "--state", "till2")
        #expect(synced["complete"] as? Bool == true, "\(synced)")
        counter.stopHub()

        let spent = try sale("8.00", voucher, status: 1)
        #expect(spent["reason"] as? String == "spent-elsewhere", "\(spent)")
        #expect((spent["message"] as? String)?.contains("till:m42/t7") == true, "\(spent)")
        let part = try sale("9.00", card, status: 4)
        #expect(part["verdict"] as? String == "approved-in-part")
        #expect((part["captured"] as? [String: Any])?["amount"] as? String == "5.00")
        // The same from stored evidence alone, on any machine.
        let listed = try shell.run("tillctl", "journal", "list", "--json", "--state", "till2")
        #expect(listed.output.contains("spent-elsewhere"))
        let verified = try shell.json("tillctl", "journal", "verify", "--state", "till2")
        #expect(verified["ok"] as? Bool == true, "\(verified)")
        try checkReceipt(shell)
    }

    /// The first terminal's receipt at the second one's exit, with no hub in sight.
    private func checkReceipt(_ shell: Shell) throws {
        let receipt = try shell.json("tillctl", "receipt", "1")
        let code = try #require(receipt["receiptCode"] as? String, "\(receipt)")
        try shell.json("tillctl", "receipt", "1", "--out", "receipt.pdf")
        #expect(
            try Data(contentsOf: URL(filePath: shell.path("receipt.pdf"))).starts(
                with: Data("%PDF-".utf8)))
        let wrong = try shell.json("tillctl", "receipt", "1", "--out", "receipt.doc", status: 64)
        #expect(wrong["reason"] as? String == "format-unknown")
        func explain(_ words: String..., status: Int32 = 0) throws -> [String: Any] {
            let ended = try shell.run(
                ["tillctl", "code", "explain", "--json"] + words + ["--", code])
            #expect(ended.status == status, "\(ended)")
            return try ended.json()
        }
        let genuine = try explain("--state", "till2")
        #expect(genuine["verdict"] as? String == "receipt", "\(genuine)")
        #expect(genuine["reason"] as? String == "receipt-genuine")
        let fields = try #require(genuine["fields"] as? [String: String])
        #expect(fields["terminal"] == "till:m42/t7" && fields["amount"] == "8.00 EUR", "\(fields)")
        let out = try explain("--exit", "--state", "till2")
        #expect(out["reason"] as? String == "receipt-exit-marked", "\(out)")
        let again = try explain("--exit", "--state", "till2", status: 1)
        #expect(again["reason"] as? String == "receipt-marked-before", "\(again)")
        #expect((again["fields"] as? [String: String])?["markedAt"] != nil)
        let stranger = try explain("--state", "nowhere")
        #expect(stranger["verdict"] as? String == "refuse", "\(stranger)")
        let nowhere = try explain("--exit", "--state", "nowhere", status: 10)
        #expect(nowhere["reason"] as? String == "not-enrolled", "\(nowhere)")
        let voucher = try shell.json("tillctl", "code", "explain", "TR1:NONSENSE")
        #expect(voucher["reason"] as? String == "receipt-malformed", "\(voucher)")
    }
}
