import Foundation
import Testing

/// A terminal that was set up anew: no number of its former journal is used twice.
@Suite(.serialized) struct EpochTests {
    @Test("The second journal's Z numbers begin where the hub says, and its export verifies")
    func secondJournal() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        #expect(try shell.json("tillctl", "period", "close")["number"] as? Int == 1)
        counter.stopTerminal()
        try FileManager.default.removeItem(atPath: shell.path("till"))
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
        let refused = try shell.json(
            "tillhub", "terminal", "enrol", "request", "--out", "answer", status: 1)
        #expect(refused["reason"] as? String == "terminal-enrolled-otherwise")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer", "--replace")
        #expect(try shell.json("tillctl", "enrol", "import", "answer")["epoch"] as? Int == 2)

        let daemon = try CounterTests.Counter.start(shell, counter.url)
        #expect(try shell.json("tillctl", "period", "show")["number"] as? Int == 100_001)
        let before = try shell.run("tillctl", "journal", "checkpoint")
        try before.output.write(
            toFile: shell.path("before"), atomically: true, encoding: .utf8)
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        #expect(try shell.json("tillctl", "period", "close")["number"] as? Int == 100_001)
        #expect(try shell.json("tillctl", "period", "close")["number"] as? Int == 100_002)
        #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)
        let verified = try shell.json("tillctl", "journal", "verify", "--checkpoint", "before")
        #expect(verified["ok"] as? Bool == true, "\(verified)")
        #expect(verified["lastPeriod"] as? Int == 100_002)
        try shell.json("tillctl", "journal", "export", "--out", "export")
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", "-B", Shell.root.path + "/scripts/verify_journal.py",
            shell.path("export"),
        ]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        shell.stop(daemon)
    }
}
