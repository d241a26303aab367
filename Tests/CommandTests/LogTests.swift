import Foundation
import Testing

/// `tillhub log`: what the hub has accepted is proven, and held against what was kept elsewhere.
@Suite(.serialized) struct LogTests {
    private func text(_ shell: Shell, _ file: String) throws -> String {
        try String(contentsOfFile: shell.path(file), encoding: .utf8)
    }

    @Test("A batch is proven to who has no hub; a hub that is set back or edited is found out")
    func proofs() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        let empty = try shell.json("tillhub", "log", "checkpoint", "--out", "first")
        #expect(empty["origin"] as? String == "till-hub-log/1/m42")
        for amount in ["8.00", "9.00"] {
            let voucher = try counter.issue("fixed", "--amount", amount)
            #expect(try counter.sale(amount, voucher)["state"] as? String == "paid")
            #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)
        }
        let size = try #require(try shell.json("tillhub", "log", "checkpoint")["size"] as? Int)
        #expect(size > (empty["size"] as? Int ?? 99))
        #expect(
            try shell.run("tillhub", "log", "checkpoint").output.hasPrefix("till-hub-log/1/m42\n"))
        _ = try shell.json("tillhub", "log", "checkpoint", "--out", "second")

        // A proof stands alone, beside the hub's key.
        _ = try shell.json("tillhub", "log", "prove", "till:m42/t7", "1", "--out", "proof")
        #expect(try text(shell, "proof").hasPrefix("c2sp.org/tlog-proof@v1\nextra "))
        let key = try python(
            "import json, sys, urllib.request as r; "
                + "print(json.load(r.urlopen(sys.argv[1]))['key'], end='')",
            counter.url + "/v1/identity")
        let proven = try shell.json(
            "tillhub", "log", "verify", "--proof", "proof", "--key", key, "--hub", "nowhere")
        #expect(proven["terminal"] as? String == "till:m42/t7")
        #expect(proven["batch"] as? Int == 1)
        let changed = try text(shell, "proof").replacing("index 0", with: "index 1")
        try changed.write(toFile: shell.path("lie"), atomically: true, encoding: .utf8)
        let lie = try shell.json("tillhub", "log", "verify", "--proof", "lie", status: 20)
        #expect(lie["reason"] as? String == "log-not-included")
        let missing = try shell.json("tillhub", "log", "prove", "till:m42/t7", "99", status: 10)
        #expect(missing["reason"] as? String == "no-such-leaf")
        let journal = try shell.json(
            "tillhub", "log", "prove", "till:m42/t7", "1", "--journal", "xy", status: 64)
        #expect(journal["reason"] as? String == "journal-malformed")

        for held in ["first", "second"] {
            #expect(
                try shell.json("tillhub", "log", "verify", "--since", held)["size"] as? Int == size)
        }
        #expect(try shell.json("tillhub", "log", "verify")["size"] as? Int == size)

        // The same hub's keys over an older ledger.
        counter.stopHub()
        counter.stopTerminal()
        let files = FileManager.default
        try files.copyItem(atPath: shell.path("hub"), toPath: shell.path("older"))
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            try? files.removeItem(atPath: shell.path("older/" + name))
        }
        try files.copyItem(
            atPath: Shell.root.path + "/Tests/Vectors/ledgers/schema-1/ledger.sqlite",
            toPath: shell.path("older/ledger.sqlite"))
        try python(
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])",
            shell.path("hub/ledger.sqlite"),
            """
            DROP TRIGGER log_nodes_no_update;
            UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND place = 0;
            """)
        let edited = try shell.json("tillhub", "log", "verify", status: 20)
        #expect(edited["reason"] as? String == "ledger-damaged")
        let forked = try shell.json(
            "tillhub", "log", "verify", "--since", "second", "--hub", "older", status: 20)
        let reason = forked["reason"] as? String
        #expect(reason == (size > 3 ? "log-rolled-back" : "log-forked"))
    }

    @discardableResult
    private func python(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }
}
