import Foundation
import Testing

/// The journal as a technician sees it: beside a running terminal, past a dead one, and elsewhere.
@Suite(.serialized) struct JournalTests {
    private static func findings(_ answer: [String: Any]) -> [String] {
        (answer["findings"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
    }

    @Test("A running terminal closes its period, and its journal is exported and checked beside it")
    func running() throws {
        let counter = try CounterTests.Counter()
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        let period = try counter.shell.json("tillctl", "period", "close")
        #expect(period["number"] as? Int == 1)
        try (period["checkpoint"] as? String ?? "").write(
            toFile: counter.shell.path("closing"), atomically: true, encoding: .utf8)
        #expect(try counter.shell.json("tillctl", "period", "show")["number"] as? Int == 2)
        let again = try counter.shell.json("tillctl", "period", "show", "1")
        #expect(again["closedBy"] as? Int == period["closedBy"] as? Int)

        let verified = try counter.shell.json("tillctl", "journal", "verify")
        #expect(verified["ok"] as? Bool == true && verified["sealed"] as? Bool == true)
        try counter.shell.json("tillctl", "journal", "export", "--out", "export")
        let checked = try counter.shell.json(
            "tillctl", "journal", "import-check", "export", "--checkpoint", "closing")
        #expect(checked["ok"] as? Bool == true)
        #expect(checked["lastReceipt"] as? Int == 1 && checked["lastPeriod"] as? Int == 1)

        // A period is not closed over an open sale.
        try counter.shell.json("tillctl", "sale", "5.00")
        let refused = try counter.shell.json("tillctl", "period", "close", status: 1)
        #expect(refused["reason"] as? String == "sale-open")
    }

    @Test("Past a dead daemon the same file is written, and a change in it is named")
    func dead() throws {
        let counter = try CounterTests.Counter()
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        _ = try counter.sale("8.00", voucher)
        let checkpoint = try counter.shell.run("tillctl", "journal", "checkpoint")
        try checkpoint.output.write(
            toFile: counter.shell.path("checkpoint"), atomically: true, encoding: .utf8)
        counter.stopTerminal()
        try counter.shell.json("tillctl", "journal", "export", "--out", "export")
        let verified = try counter.shell.json(
            "tillctl", "journal", "verify", "--checkpoint", "checkpoint")
        #expect(verified["ok"] as? Bool == true)

        var bytes = try Data(contentsOf: URL(fileURLWithPath: counter.shell.path("export")))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: counter.shell.path("changed")))
        let changed = try counter.shell.json(
            "tillctl", "journal", "import-check", "changed", status: 20)
        #expect(changed["ok"] as? Bool == false)
        #expect(!Self.findings(changed).isEmpty)
    }

    @Test("The second verifier, in another language, says the same of a terminal's own export")
    func secondVerifier() throws {
        let counter = try CounterTests.Counter()
        let card = try counter.issue("stored", "--amount", "20.00")
        for amount in ["8.00", "7.00"] { _ = try counter.sale(amount, card) }
        try counter.shell.json("tillctl", "sync")
        try counter.shell.json("tillctl", "shift", "count", "93.00")
        try counter.shell.json("tillctl", "period", "close")
        try counter.shell.json("tillctl", "journal", "export", "--out", "export")
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", "-B", Shell.root.path + "/scripts/verify_journal.py",
            counter.shell.path("export"),
        ]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
    }
}
