import Foundation
import Testing

/// Money that goes back by a voucher which the terminal signs.
@Suite(.serialized) struct RefundVoucherTests {
    private func publish(_ shell: Shell) throws {
        try shell.json("tillhub", "trust", "publish", "--out", "list.till")
        for number in [1, 2] {
            try shell.json(
                "tillhub", "trust", "sign", "list.till", "--key", "hub-root/root-\(number).key")
        }
        try shell.json("tillhub", "trust", "import", "list.till")
    }

    /// The voucher that a refund answers with, as a picture.
    private func picture(_ shell: Shell, _ code: String, _ name: String) throws -> String {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["qrencode", "-o", shell.path(name), "-s", "8", "-l", "M", code]
        try python.run()
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
        return name
    }

    @Test("A terminal with the right gives back by voucher, once and within its limit")
    func refunded() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        let without = try shell.json("tillctl", "refund", "1", "--to", "voucher", status: 1)
        #expect(without["reason"] as? String == "refund-voucher-not-allowed")

        let granted = try shell.json(
            "tillhub", "terminal", "refunds", "till:m42/t7", "--limit", "EUR:5.00")
        let keys = try #require(granted["keys"] as? [[String: Any]])
        #expect(keys.count == 1)
        #expect(
            keys[0]["refunds"] as? [String] == ["refund vouchers as refunds-t7, at most EUR 5.00"])
        try publish(shell)
        #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)

        let above = try shell.json("tillctl", "refund", "1", "--to", "voucher", status: 1)
        #expect(above["reason"] as? String == "above-refund-limit")
        let refund = try shell.json(
            "tillctl", "refund", "1", "5.00", "--to", "voucher")
        let code = try #require(refund["code"] as? String, "\(refund)")
        #expect(code.hasPrefix("TV1:"))
        let shown = try shell.json("tillctl", "code", "explain", code)
        #expect("\(shown)".contains("till:m42"))

        // It pays here, once, and the hub takes it.
        let name = try picture(shell, code, "refund.png")
        let sold = try counter.sale("4.00", name)
        #expect(sold["state"] as? String == "paid", "\(sold)")
        let again = CounterTests.news(try counter.sale("4.00", name, status: 1))
        #expect(again["reason"] as? String == "spent-here")
        #expect(try shell.json("tillctl", "sync")["complete"] as? Bool == true)
        let ledger = try shell.json("tillhub", "ledger")
        #expect((ledger["captures"] as? [Any])?.count == 2, "\(ledger)")
        #expect((ledger["quarantine"] as? [Any] ?? []).isEmpty, "\(ledger)")

        // Taken away, nothing that it signed is taken any more, and it signs no more.
        try shell.json("tillhub", "terminal", "refunds", "till:m42/t7", "--none")
        try publish(shell)
        try shell.json("tillctl", "sync")
        let gone = try shell.json(
            "tillctl", "refund", "1", "1.00", "--to", "voucher", status: 1)
        #expect(gone["reason"] as? String == "refund-voucher-not-allowed")
        let stranger = CounterTests.news(try counter.sale("4.00", name, status: 1))
        #expect(stranger["reason"] as? String == "issuer-unknown")
    }
}
