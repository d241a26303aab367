import Foundation
import Glibc
import Testing

/// Training beside the real thing, by the commands alone: what the one takes the other refuses.
@Suite(.serialized) struct TrainingTests {
    private typealias Counter = CounterTests.Counter

    /// A terminal in training in the folder of a shell, with its hub.
    private final class Practice {
        let shell: Shell
        let port: Int
        private var running: [Process] = []

        init(_ shell: Shell) throws {
            self.shell = shell
            port = try Self.freePort()
            try shell.json("tillhub", "training", "--state", "practice", "--hub-port", "\(port)")
            try start()
        }

        func start() throws {
            try? FileManager.default.removeItem(atPath: shell.path("practice-port"))
            let hub = try shell.start(
                "tillhub", "serve", "--hub", "practice/hub", "--port", "\(port)", "--port-file",
                "practice-port"
            ) { [shell] in
                FileManager.default.contents(atPath: shell.path("practice-port"))?.isEmpty == false
            }
            let terminal = try shell.start(
                "tilld", "--training", "--state", "practice", "--sync-interval", "0", "--profile",
                Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
            ) { [shell] in
                let ended = try? shell.run("tillctl", "status", "--state", "practice")
                return [0, 4].contains(ended?.status)
            }
            running = [terminal, hub]
        }

        func stop() {
            running.forEach(shell.stop)
            running = []
        }

        /// A port that is free now: the hub's address is signed before the hub listens.
        private static func freePort() throws -> Int {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            try #require(bound)
            return Int(UInt16(bigEndian: address.sin_port))
        }

        /// A whole sale at the terminal in training.
        func sale(_ amount: String, _ picture: String, status: Int32) throws -> [String: Any] {
            try shell.json("tillctl", "sale", amount, "--state", "practice")
            let name = UUID().uuidString + ".png"
            try FileManager.default.copyItem(
                atPath: shell.path(picture), toPath: shell.path("practice/camera/.part-" + name))
            try FileManager.default.moveItem(
                atPath: shell.path("practice/camera/.part-" + name),
                toPath: shell.path("practice/camera/" + name))
            return try shell.json(
                "tillctl", "sale", "--wait", "--timeout", "60", "--state", "practice",
                status: status)
        }
    }

    private static func reason(_ ended: Ended) throws -> String? {
        try ended.json()["reason"] as? String
    }

    @Test func sellsWithItsOwnVouchersAndTakesNobodyElses() throws {
        let counter = try Counter()
        let shell = counter.shell
        let practice = try Practice(shell)
        defer { practice.stop() }
        let gift = try counter.issue("fixed", "--amount", "12.50")

        // The live voucher is money, and stays it.
        let wrong = CounterTests.news(try practice.sale("12.50", gift, status: 1))
        #expect(wrong["reason"] as? String == "not-for-training", "\(wrong)")
        #expect(
            try shell.json("tillctl", "sale", "--cancel", "--state", "practice")["state"] != nil)
        #expect(try counter.sale("12.50", gift)["state"] as? String == "paid")

        // The training voucher pays there, and only there.
        let own = "practice/vouchers/fixed-12.50.png"
        let paid = try practice.sale("12.50", own, status: 0)
        #expect(paid["state"] as? String == "paid" && paid["training"] as? Bool == true, "\(paid)")
        let stranger = CounterTests.news(try counter.sale("12.50", own, status: 1))
        #expect(stranger["reason"] as? String == "training-voucher", "\(stranger)")

        // Every receipt and every answer says what it is.
        let receipt = try shell.json("tillctl", "receipt", "1", "--state", "practice")
        let lines = try #require(receipt["receiptText"] as? [String])
        #expect(lines.first == lines.last && lines.first?.contains("TRAINING") == true, "\(lines)")
        let copy = try shell.json("tillctl", "receipt", "1")["receiptText"] as? [String]
        #expect(copy?.contains { $0.contains("TRAINING") } == false, "\(copy ?? [])")
        let status = try shell.run("tillctl", "status", "--state", "practice")
        #expect(status.output.hasPrefix("TRAINING"), "\(status)")
        #expect(try shell.json("tillctl", "status")["training"] == nil)
        let back = try shell.json(
            "tillctl", "refund", "1", "2.50", "--to", "cash", "--state", "practice")
        #expect((back["receiptText"] as? [String])?.last?.contains("TRAINING") == true, "\(back)")

        // Cut off on purpose, it sells by the offline rules; mended, it settles.
        let cut = try shell.json(
            "tillctl", "simulate", "offline", "--minutes", "5", "--state", "practice")
        #expect(cut["offline"] as? Bool == true, "\(cut)")
        #expect((cut["secondsLeft"] as? Int).map { (290...300).contains($0) } == true, "\(cut)")
        #expect(
            try shell.json("tillctl", "status", "--state", "practice")["networkStatus"] as? String
                == "offline")
        let refused = try shell.json("tillctl", "sync", "--state", "practice", status: 4)
        #expect(refused["reason"] as? String == "hub-unreachable", "\(refused)")
        let alone = try practice.sale("5.00", "practice/vouchers/stored-50.00.png", status: 0)
        #expect(CounterTests.news(alone)["online"] as? String == "no-connection", "\(alone)")
        let mended = try shell.json("tillctl", "simulate", "online", "--state", "practice")
        #expect(mended["offline"] as? Bool == false, "\(mended)")
        // Where money is taken nobody is cut off.
        let earnest = try shell.run("tillctl", "simulate", "offline", "--json")
        #expect(earnest.status == 1, "\(earnest)")
        #expect(try Self.reason(earnest) == "not-training", "\(earnest)")

        // It settles with its own hub, and the shop's knows nothing of it.
        let report = try shell.json("tillctl", "sync", "--state", "practice")
        #expect(report["complete"] as? Bool == true, "\(report)")
        try shell.json("tillctl", "sync")
        let ledger = try shell.json("tillhub", "ledger")
        #expect((ledger["captures"] as? [Any])?.count == 1, "\(ledger)")
    }

    @Test func noFolderAndNoHubIsTakenForTheOthers() throws {
        let counter = try Counter()
        let shell = counter.shell
        // What broke off half-way is known for training's, and made anew.
        let broken = try shell.run(
            "tillhub", "training", "--state", "astray", "--city", "A city of far too many letters")
        #expect(broken.status == 64, "\(broken)")
        // Its hub's address is the shop's: nothing of it is taken there.
        let livePort = try #require(counter.url.split(separator: ":").last.map(String.init))
        try shell.json(
            "tillhub", "training", "--state", "astray", "--hub-port", livePort, "--fresh")
        counter.stopTerminal()
        for (arguments, reason) in [
            (["tilld", "--state", "astray"], "training-apart"),
            (["tilld", "--training", "--state", "till"], "not-training"),
            (
                ["tilld", "--training", "--state", "astray", "--hub-url", counter.url],
                "training-apart"
            ),
            (["tillhub", "init", "--hub", "other", "--merchant", "training.x"], "training-name"),
            (["tillhub", "init", "--hub", "other", "--issuer", "training.x"], "training-name"),
        ] {
            let ended = try shell.run(arguments + ["--json"])
            #expect(ended.status == 64, "\(arguments): \(ended)")
            #expect(try Self.reason(ended) == reason, "\(arguments): \(ended)")
        }
        let request = try shell.run(
            "tillctl", "enrol", "request", "--terminal", "till:training.m42/t1", "--state",
            "astray",
            "--out", "astray-request")
        #expect(request.status == 0, "\(request)")
        let refused = try shell.run("tillhub", "terminal", "enrol", "astray-request", "--json")
        #expect(try Self.reason(refused) == "other-merchant", "\(refused)")

        let terminal = try shell.start(
            "tilld", "--training", "--state", "astray", "--sync-interval", "0", "--profile",
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        ) { [0, 4].contains((try? shell.run("tillctl", "status", "--state", "astray"))?.status) }
        try shell.json("tillctl", "sale", "5.00", "--state", "astray")
        try FileManager.default.copyItem(
            atPath: shell.path("astray/vouchers/fixed-5.00.png"),
            toPath: shell.path("astray/camera/five.png"))
        try shell.json(
            "tillctl", "sale", "--wait", "--timeout", "60", "--state", "astray")
        let report = try shell.json("tillctl", "sync", "--state", "astray", status: 4)
        #expect(report["reason"] as? String == "hub-identity", "\(report)")
        #expect((report["queuedEntries"] as? Int ?? 0) > 0, "\(report)")
        let ledger = try shell.json("tillhub", "ledger")
        #expect((ledger["captures"] as? [Any])?.isEmpty == true, "\(ledger)")

        // Made anew only where no daemon runs on it, and who may log in stays.
        let running = try shell.run("tillhub", "training", "--state", "astray", "--fresh", "--json")
        #expect(try Self.reason(running) == "journal-locked", "\(running)")
        shell.stop(terminal)
        let there = try shell.run("tillhub", "training", "--state", "astray", "--json")
        #expect(try Self.reason(there) == "training-exists", "\(there)")
        let live = try shell.run("tillhub", "training", "--state", "till", "--fresh", "--json")
        #expect(try Self.reason(live) == "other-terminal", "\(live)")
        let staff = try shell.run(
            ["tillctl", "staff", "add", "Ada", "--role", "supervisor", "--state", "astray"],
            input: Data("470815\n".utf8))
        #expect(staff.status == 0, "\(staff)")
        try shell.json("tillhub", "training", "--state", "astray", "--fresh")
        let names = try shell.run("tillctl", "staff", "list", "--state", "astray")
        #expect(names.output.contains("Ada"), "\(names)")
        let journal = try shell.run("tillctl", "journal", "list", "--state", "astray", "--json")
        #expect(!journal.output.contains("capture"), "\(journal)")
    }
}
