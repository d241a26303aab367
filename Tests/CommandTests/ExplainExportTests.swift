import Foundation
import Testing

/// Why a payment was decided so, on a machine that has nothing but the exported journal.
@Suite(.serialized) struct ExplainExportTests {
    @Test("An export alone explains what the terminal explains, and a changed one nothing")
    func elsewhere() throws {
        let counter = try CounterTests.Counter()
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        _ = try counter.sale("8.00", voucher, status: 1)
        let paid = try counter.shell.json("tillctl", "explain", "1")
        let place = try #require((paid["entry"] as? [String: Any])?["sequence"] as? Int)
        let next = "\(place + 1)"
        let declined = try counter.shell.json("tillctl", "explain", "--sequence", next)
        #expect(declined["decision"] as? String == "spent-here")
        try counter.shell.json("tillctl", "journal", "export", "--out", "export")

        // Another machine: nothing of the terminal is there.
        let elsewhere = try Shell()
        try FileManager.default.copyItem(
            atPath: counter.shell.path("export"), toPath: elsewhere.path("export"))
        let told = try elsewhere.json("tillctl", "explain", "1", "--export", "export")
        #expect(told as NSDictionary == paid as NSDictionary)
        #expect(told["replay"] as? String == "same")
        let why = try elsewhere.json(
            "tillctl", "explain", "--sequence", next, "--export", "export")
        #expect(why as NSDictionary == declined as NSDictionary)
        let missing = try elsewhere.json(
            "tillctl", "explain", "9", "--export", "export", status: 10)
        #expect(missing["reason"] as? String == "entry-not-found")

        var bytes = try Data(contentsOf: URL(fileURLWithPath: elsewhere.path("export")))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: elsewhere.path("export")))
        let changed = try elsewhere.json(
            "tillctl", "explain", "1", "--export", "export", status: 20)
        #expect(changed["message"] as? String != nil)
    }
}
