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
    }
}
