import Foundation
import Testing

/// A hub and an enrolled, running terminal, driven by the commands alone.
@Suite(.serialized) struct CounterTests {
    /// What runs at one counter.
    final class Counter {
        let shell: Shell
        private(set) var hub: Process
        private(set) var terminal: Process
        let url: String

        /// `clock` stands before the terminal's program (``Shell/clock(_:)``); the hub's is right.
        init(currencies: [String] = ["EUR"], clock: [String] = []) throws {
            let shell = try Shell()
            self.shell = shell
            try shell.run(["tillhub", "init"] + currencies.flatMap { ["--currency", $0] })
            hub = try shell.start("tillhub", "serve", "--port", "0", "--port-file", "port") {
                FileManager.default.contents(atPath: shell.path("port"))?.isEmpty == false
            }
            let port = try String(contentsOfFile: shell.path("port"), encoding: .utf8)
            url = "http://127.0.0.1:" + port.trimmingCharacters(in: .whitespacesAndNewlines)
            try shell.json(
                "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
            try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
            try shell.json("tillctl", "enrol", "import", "answer")
            terminal = try Self.start(shell, url, clock: clock)
        }

        static func start(
            _ shell: Shell, _ url: String, clock: [String] = [], every seconds: UInt64 = 0
        ) throws -> Process {
            try shell.start(
                through: clock, "tilld", "--hub-url", url, "--sync-interval", "\(seconds)",
                "--profile",
                Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
            ) { [0, 4].contains((try? shell.run("tillctl", "status"))?.status) }
        }

        func restart() throws {
            kill(terminal.processIdentifier, SIGKILL)
            terminal.waitUntilExit()
            terminal = try Self.start(shell, url)
        }

        func stopHub() { shell.stop(hub) }
        func stopTerminal() { shell.stop(terminal) }

        /// Has a voucher issued and answers with its picture.
        func issue(_ kind: String, _ options: String...) throws -> String {
            let ended = try shell.run(
                ["tillhub", "voucher", "issue", kind, "--json", "--out", "vouchers"] + options)
            return try #require(try ended.json()["picture"] as? String, "\(ended)")
        }

        /// Holds a picture before the camera.
        func show(_ picture: String) throws {
            let name = UUID().uuidString + ".png"
            let source = picture.hasPrefix("/") ? picture : shell.path(picture)
            try FileManager.default.copyItem(
                atPath: source, toPath: shell.path("till/camera/.part-" + name))
            try FileManager.default.moveItem(
                atPath: shell.path("till/camera/.part-" + name),
                toPath: shell.path("till/camera/" + name))
        }

        /// A whole sale; answers with how it ended.
        func sale(_ amount: String, _ picture: String, status: Int32 = 0) throws -> [String: Any] {
            try shell.json("tillctl", "sale", amount)
            try show(picture)
            return try shell.json("tillctl", "sale", "--wait", "--timeout", "30", status: status)
        }
    }

    static func news(_ sale: [String: Any]) -> [String: Any] {
        sale["news"] as? [String: Any] ?? [:]
    }

    @Test func sellsDeclinesAndSettles() throws {
        let counter = try Counter()
        let voucher = try counter.issue("fixed", "--amount", "8.00")
        #expect(try counter.sale("8.00", voucher)["state"] as? String == "paid")
        let again = Self.news(try counter.sale("8.00", voucher, status: 1))
        #expect(again["reason"] as? String == "spent-here")
        #expect((again["spent"] as? [String: Any])?["receipt"] as? Int == 1)
        let two = ScanTests.pictures.path + "/two-codes.png"
        if FileManager.default.fileExists(atPath: two) {
            let several = Self.news(try counter.sale("8.00", two, status: 1))
            #expect(several["reason"] as? String == "several-codes")
        }
        let card = try counter.issue("stored", "--amount", "5.00")
        let part = try counter.sale("8.00", card, status: 4)
        #expect(Self.news(part)["verdict"] as? String == "approved-in-part")
        #expect(
            try counter.shell.json("tillctl", "sale", "--cancel")["state"] as? String
                == "partly-paid")
        let report = try counter.shell.json("tillctl", "sync")
        #expect(report["complete"] as? Bool == true)
        let ledger = try counter.shell.json("tillhub", "ledger")
        #expect((ledger["captures"] as? [Any])?.count == 2)
    }

    @Test func tellsAPictureThatItCannotLookAt() throws {
        let counter = try Counter()
        try counter.shell.json("tillctl", "sale", "1.00")
        let cases = [
            ("truncated.png", "picture-damaged"), ("zero-bytes.png", "picture-empty"),
            ("text.png", "picture-format-unknown"), ("huge-header.png", "picture-too-many-pixels"),
        ]
        for (picture, reason) in cases {
            try counter.show(ScanTests.pictures.path + "/" + picture)
            let end = Date().addingTimeInterval(10)
            var told: String?
            while told != reason, Date() < end {
                let status = try counter.shell.json("tillctl", "status")
                told = (status["camera"] as? [String: Any])?["reason"] as? String
            }
            #expect(told == reason, "\(picture)")
        }
        try counter.show(ScanTests.pictures.path + "/hello.png")
        let sale = try counter.shell.json("tillctl", "sale", "--wait", "--timeout", "30", status: 1)
        #expect(Self.news(sale)["reason"] as? String == "not-a-payment-code")
        #expect(try counter.shell.json("tillctl", "status")["camera"] == nil)
    }

    @Test func cancelsAndRefundsByReceipt() throws {
        let counter = try Counter()
        let shell = counter.shell
        let gift = try counter.issue("fixed", "--amount", "8.00")
        let first = Self.news(try counter.sale("8.00", gift))
        #expect(first["online"] as? String == "online-approved", "\(first)")
        let cancelled = try shell.json("tillctl", "cancel", "1", "--key", "c1", "--reason", "typo")
        #expect(cancelled["receipt"] as? Int == 2)
        #expect(cancelled["payment"] as? Int == 1)
        #expect(
            try shell.json("tillctl", "cancel", "1", "--key", "c1")["repeated"] as? Bool == true)
        #expect(try counter.sale("8.00", gift)["state"] as? String == "paid")
        let way = try shell.run("tillctl", "refund", "3", "--json")
        #expect(way.status == 1)
        #expect(try way.json()["reason"] as? String == "way-needed")
        let part = try shell.json("tillctl", "refund", "3", "2.50", "--to", "cash")
        #expect((part["refundable"] as? [String: Any])?["amount"] as? String == "5.50")
        for (arguments, reason, status) in [
            (["refund", "3", "5.51", "--to", "cash"], "more-than-paid", 1),
            (["refund", "3", "1.00", "--to", "stored-value"], "fixed-voucher", 1),
            (["refund", "3", "1.00", "--to", "voucher"], "refund-voucher-not-allowed", 1),
            (["refund", "3", "1.0", "--to", "cash"], "amount-wrong-decimals", 1),
            (["refund", "3", "-1.00", "--to", "cash"], "amount-negative", 1),
            (["refund", "3", "1.00", "--to", "moon"], "way-unknown", 1),
            (["refund", "99", "--to", "cash"], "receipt-unknown", 10),
            (["cancel", "2"], "not-a-payment", 1), (["cancel", "1"], "already-cancelled", 1),
            (["cancel", "3"], "refunded-in-part", 1), (["reverse", "1"], "already-cancelled", 1),
        ] as [([String], String, Int32)] {
            let ended = try shell.run(["tillctl"] + arguments + ["--json"])
            #expect(ended.status == status, "\(arguments): \(ended)")
            #expect(try ended.json()["reason"] as? String == reason, "\(arguments): \(ended)")
        }
        let payment = try shell.json("tillctl", "receipt", "3")
        #expect(payment["standing"] as? String == "refunded-in-part")
        let report = try shell.json("tillctl", "sync")
        #expect(report["complete"] as? Bool == true)
        #expect((report["quarantined"] as? [Any])?.isEmpty == true, "\(report)")
        let ledger = try shell.json("tillhub", "ledger")
        let kinds = (ledger["undoings"] as? [[String: Any]])?.compactMap { $0["kind"] as? String }
        #expect(kinds == ["cancellation", "refund"])
        counter.stopHub()
        let offline = try counter.issue("stored", "--amount", "5.00")
        let paid = Self.news(try counter.sale("5.00", offline))
        #expect(paid["online"] as? String == "hub-unreachable", "\(paid)")
        let back = try shell.json("tillctl", "refund", "5")
        #expect(back["to"] as? String == "stored-value", "a refund needs no network")
    }

    @Test func survivesAKillWithTheSaleOpen() throws {
        let counter = try Counter()
        let first = try counter.shell.json("tillctl", "sale", "3.00", "--key", "k")
        try counter.restart()
        let second = try counter.shell.json("tillctl", "sale", "3.00", "--key", "k")
        #expect(first["reference"] as? String == second["reference"] as? String)
        let picture = try counter.issue("fixed", "--amount", "3.00")
        try counter.show(picture)
        let paid = try counter.shell.json("tillctl", "sale", "--wait", "--timeout", "30")
        #expect(paid["state"] as? String == "paid")
    }

    @Test func refusesAmountsByName() throws {
        let counter = try Counter(currencies: ["EUR", "JPY"])
        let cases: [([String], String)] = [
            (["12.50", "--currency", "JPY"], "amount-wrong-decimals"),
            (["0"], "amount-zero"), (["-1.00"], "amount-negative"),
            (["12,50"], "amount-not-a-number"), (["1e3"], "amount-not-a-number"),
            (["5.00", "--currency", "XXQ"], "currency-unknown"),
            (["5.00", "--currency", "USD"], "currency-not-accepted"),
            (["250.01"], "above-floor-limit"),
        ]
        for (arguments, reason) in cases {
            let ended = try counter.shell.run(["tillctl", "sale", "--json"] + arguments)
            #expect(ended.status == 1, "\(arguments): \(ended)")
            #expect(try ended.json()["reason"] as? String == reason, "\(arguments): \(ended)")
        }
        let noVerdict = try counter.shell.run(
            "tillctl", "sale", "1.00", "--wait", "--timeout", "1", "--json")
        #expect(noVerdict.status == 3)
        #expect(try noVerdict.json()["reason"] as? String == "no-verdict")
        let second = try counter.shell.run("tillctl", "sale", "1.00", "--json")
        #expect(try second.json()["reason"] as? String == "sale-open")
    }

    @Test func keepsTheQueueWhileTheHubIsAwayOrAnother() throws {
        let counter = try Counter()
        let voucher = try counter.issue("fixed", "--amount", "2.00")
        _ = try counter.sale("2.00", voucher)
        counter.stopHub()
        let away = try counter.shell.json("tillctl", "sync", status: 4)
        #expect(away["reason"] as? String == "hub-unreachable")
        let queued = try #require(away["queuedEntries"] as? Int)
        #expect(queued >= 1)
        let status = try counter.shell.json("tillctl", "status")
        #expect(status["networkStatus"] as? String == "offline")
        try counter.shell.json("tillhub", "init", "--hub", "other")
        let port = try #require(counter.url.split(separator: ":").last)
        _ = try counter.shell.start(
            "tillhub", "serve", "--hub", "other", "--port", String(port), "--port-file", "port2"
        ) { FileManager.default.fileExists(atPath: counter.shell.path("port2")) }
        let other = try counter.shell.json("tillctl", "sync", status: 4)
        #expect(other["reason"] as? String == "hub-identity", "\(other)")
        #expect(other["queuedEntries"] as? Int == queued)
        let taken = try counter.shell.run(
            "tillhub", "serve", "--port", String(port), "--json")
        #expect(taken.status == 1)
        #expect(try taken.json()["reason"] as? String == "port-taken", "\(taken)")
    }

    @Test func refusesASecondDaemonAndADamagedJournal() throws {
        let counter = try Counter()
        let profile = Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        let second = try counter.shell.run(
            "tilld", "--json", "--profile", profile, "--socket", counter.shell.path("other.sock"))
        #expect(try second.json()["reason"] as? String == "journal-locked", "\(second)")
        counter.stopTerminal()
        let past = try counter.shell.run("tillctl", "journal", "list", "--json")
        #expect(past.status == 0, "read past the dead daemon: \(past)")
        let file = counter.shell.path("till/journal/journal.sqlite")
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.seek(toOffset: 20)
        try handle.write(contentsOf: Data(repeating: 0xAA, count: 3_000))
        try handle.close()
        let damaged = try counter.shell.run("tilld", "--json", "--profile", profile)
        #expect(damaged.status == 20, "\(damaged)")
        #expect(try damaged.json()["reason"] as? String == "journal-damaged")
    }

    @Test func letsNoOtherUserDriveTheTerminal() throws {
        guard geteuid() == 0 else {
            print("letsNoOtherUserDriveTheTerminal: skipped, only root can be a second user")
            return
        }
        let counter = try Counter()
        for path in ["", "till", "till/tilld.sock"] { chmod(counter.shell.path(path), 0o777) }
        let setpriv = Process()
        setpriv.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        setpriv.arguments = [
            "--reuid", "65534", "--regid", "65534", "--clear-groups",
            "/usr/bin/python3", "-c",
            "import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
                + "s.sendall(b'GET /v1/status HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')\n"
                + "sys.exit(0 if b' 403 ' in s.recv(4096).split(b'\\r\\n')[0] else 1)",
            counter.shell.path("till/tilld.sock"),
        ]
        try setpriv.run()
        setpriv.waitUntilExit()
        #expect(setpriv.terminationStatus == 0, "a stranger is answered with 403")
    }
}
