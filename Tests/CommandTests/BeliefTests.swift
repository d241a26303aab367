import Foundation
import Testing

/// What a terminal believes, driven by the commands alone: hot list, clock, policy, key at rest.
@Suite(.serialized) struct BeliefTests {
    @Test func aRevokedVoucherIsHotListedAfterTheNextExchangeOrFromAFile() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        let issued = try shell.json(
            "tillhub", "voucher", "issue", "fixed", "--amount", "8.00", "--show-code", "--out",
            "vouchers")
        let code = try #require(issued["code"] as? String)
        let picture = try #require(issued["picture"] as? String)
        let missing = try shell.json("tillctl", "hot-list", "show", status: 10)
        #expect(missing["reason"] as? String == "hot-list-missing")

        try shell.json("tillhub", "hot-list", "add", "--voucher", code, "--reason", "lost")
        let published = try shell.json("tillhub", "hot-list", "publish")
        #expect(published["version"] as? Int == 1)
        #expect(published["vouchers"] as? Int == 1)
        try shell.json("tillctl", "sync")
        let held = try shell.json("tillctl", "hot-list", "show")
        #expect(held["digest"] as? String == published["digest"] as? String)
        // Issued within the last minute, the voucher is younger than the list knows its issuer's.
        let declined = CounterTests.news(try counter.sale("8.00", picture, status: 1))
        let reason = declined["reason"] as? String
        #expect(["hot-listed", "may-be-hot-listed"].contains(reason), "\(declined)")

        try shell.json("tillhub", "hot-list", "withdraw", "--voucher", code)
        try shell.json("tillhub", "hot-list", "publish")
        try shell.json("tillhub", "hot-list", "export", "--out", "list.cose")
        let verified = try shell.json("tillctl", "hot-list", "verify", "list.cose")
        #expect(verified["version"] as? Int == 2)
        let taken = try shell.json("tillctl", "hot-list", "import", "list.cose")
        #expect(taken["taken"] as? Bool == true)
        #expect(try counter.sale("8.00", picture)["state"] as? String == "paid")

        // Past the daemon, when it is dead: the same rules.
        counter.stopTerminal()
        let again = try shell.json("tillctl", "hot-list", "import", "list.cose")
        #expect(again["taken"] as? Bool == false)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: shell.path("list.cose")))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: shell.path("forged.cose")))
        let forged = try shell.json("tillctl", "hot-list", "import", "forged.cose", status: 1)
        #expect(forged["reason"] as? String == "signature-bad")
        let shown = try shell.json("tillctl", "hot-list", "show")
        #expect(shown["version"] as? Int == 2)
    }

    @Test func aTechniciansCodeSettlesAClockThatStandsBefore2021() throws {
        guard let clock = Shell.clock("2020-01-01 00:00:00") else {
            print("aTechniciansCode…: skipped, libfaketime is missing (scripts/setup.sh)")
            return
        }
        let counter = try CounterTests.Counter(clock: clock)
        let shell = counter.shell
        let before = try shell.json("tillctl", "clock", "show", status: 4)
        #expect(before["state"] as? String == "suspect")
        #expect(before["reason"] as? String == "clock-behind")
        let challenge = try shell.json("tillctl", "clock", "challenge")
        let text = try #require(challenge["challenge"] as? String)
        let code = try shell.json(
            "tillhub", "clock-code", "till:m42/t7", text, "--out", "code.png")
        try shell.json("tillctl", "clock", "settle", "TCT1:FOO", status: 1)
        try shell.json("tillctl", "clock", "settle", "--picture", "code.png")
        let again = try shell.json(
            "tillctl", "clock", "settle", try #require(code["code"] as? String), status: 1)
        #expect(again["reason"] as? String == "clock-challenge-missing")
        let after = try shell.json("tillctl", "clock", "show")
        #expect(after["state"] as? String == "settled")
        let now = try #require(after["now"] as? Int)
        #expect(abs(Double(now) - Date().timeIntervalSince1970) < 60)
        let voucher = try counter.issue("fixed", "--amount", "1.00")
        #expect(try counter.sale("1.00", voucher)["state"] as? String == "paid")
    }

    @Test func theHubSettlesASuspectClockWithTheNextExchange() throws {
        guard let clock = Shell.clock("2020-01-01 00:00:00") else { return }
        let counter = try CounterTests.Counter(clock: clock)
        try counter.shell.json("tillctl", "sync")
        let after = try counter.shell.json("tillctl", "clock", "show")
        #expect(after["state"] as? String == "settled")
        let status = try counter.shell.json("tillctl", "status")
        #expect(status["state"] as? String == "ready")
    }

    @Test func aPolicyFileIsCheckedLineByLineAndComesBackFromTheHub() throws {
        let shell = try Shell()
        let standard = Shell.root.path + "/policies/standard.yaml"
        let good = try shell.json("tillhub", "policy", "check", standard)
        #expect(good["currencies"] as? [String] == ["EUR"])
        try "policy: 1\ncurrencies:\n  EUR:\n    per-payment: 20\nmasks: {denial: [nonsense]}\n"
            .write(toFile: shell.path("bad.yaml"), atomically: true, encoding: .utf8)
        let bad = try shell.run("tillhub", "policy", "check", "bad.yaml")
        #expect(bad.status == 1)
        #expect(bad.errors.contains("bad.yaml:4: EUR.outstanding is missing."), "\(bad)")
        #expect(bad.errors.contains("bad.yaml:5: masks.denial has \"nonsense\""), "\(bad)")
        try shell.run("tillhub", "init")
        try """
        policy: 1
        currencies:
          EUR: {per-payment: 75.00, outstanding: 300.00, velocity: [{within: 1h, count: 3}]}
          JPY: {per-payment: 9000, outstanding: 90000}
        bands: {last-sync: {ageing: 12h, stale: 24h, stopped: 36h}}
        """.write(toFile: shell.path("own.yaml"), atomically: true, encoding: .utf8)
        try shell.json("tillhub", "policy", "publish", "own.yaml")
        let shown = try shell.run("tillhub", "policy", "show", "--yaml")
        #expect(shown.output.contains("per-payment: 75.00"))
        try shown.output.write(
            toFile: shell.path("shown.yaml"), atomically: true, encoding: .utf8)
        let again = try shell.json("tillhub", "policy", "publish", "shown.yaml")
        #expect(again["changed"] as? Bool == false, "what is shown reads back as the same policy")
        let refused = try shell.run("tillhub", "policy", "publish", "bad.yaml")
        #expect(refused.status == 1)
    }
}
