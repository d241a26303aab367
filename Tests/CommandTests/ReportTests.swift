import Foundation
import Testing

/// What the shop's back office sees of its terminals, and how payments get there by themselves.
@Suite(.serialized) struct ReportTests {
    @Test func showsPeriodsAndTerminals() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        try shell.json("tillctl", "refund", "1", "3.00", "--to", "cash")
        try shell.json("tillctl", "period", "close")
        #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)
        let table = try shell.run("tillhub", "report")
        #expect(table.status == 0)
        #expect(table.output.contains("Z 1"), "\(table)")
        #expect(table.output.contains("net 5.00 EUR"), "\(table)")
        #expect(!table.output.contains("DIFFERS"))
        let csv = try shell.run("tillhub", "report", "--csv").output.split(separator: "\n")
        #expect(csv.count == 2)
        #expect(csv.first?.split(separator: ",").count == 17)
        #expect(
            csv.last?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                .suffix(13) == [
                    "EUR", "1", "8.00", "1", "3.00", "5.00", "0", "0.00", "0", "0.00", "yes",
                    "0", "0.00",
                ])
        let none = try shell.run("tillhub", "report", "--terminal", "till:m42/none", "--csv")
        #expect(none.output.split(separator: "\n").count == 1)

        let terminals = try shell.run("tillhub", "terminals")
        #expect(terminals.status == 0 && terminals.output.contains("last heard of"))
        sleep(1)
        let silent = try shell.run("tillhub", "terminals", "--silent-after", "0")
        #expect(silent.status == 4 && silent.output.contains("SILENT"))
    }

    /// Waits until nothing waits for the hub.
    private func drained(_ shell: Shell, within seconds: Double) throws -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            if try shell.json("tillctl", "status")["queuedEntries"] as? Int == 0 { return true }
            usleep(200_000)
        }
        return false
    }

    @Test("What is paid goes out by itself, and so does what waited once the hub is back")
    func goesOutByItself() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        counter.stopTerminal()
        // So rarely that only news can be the reason of an exchange.
        let daemon = try CounterTests.Counter.start(shell, counter.url, every: 86_400)
        defer { shell.stop(daemon) }
        #expect(try drained(shell, within: 60), "the first exchange is made at once")
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        #expect(try drained(shell, within: 60))

        counter.stopHub()
        let later = try counter.issue("fixed", "--amount", "2.00")
        #expect(try counter.sale("2.00", later)["state"] as? String == "paid")
        #expect(try shell.json("tillctl", "status")["queuedEntries"] as? Int != 0)
        let port = try #require(counter.url.split(separator: ":").last)
        try? FileManager.default.removeItem(atPath: shell.path("port"))
        let hub = try shell.start(
            "tillhub", "serve", "--port", String(port), "--port-file", "port"
        ) { FileManager.default.contents(atPath: shell.path("port"))?.isEmpty == false }
        defer { shell.stop(hub) }
        #expect(try drained(shell, within: 180))
    }
}
