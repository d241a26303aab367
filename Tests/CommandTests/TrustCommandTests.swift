import Foundation
import Testing

/// Root keys, lists and statements, as people move them about.
@Suite("Trust by the commands alone")
struct TrustCommandTests {
    private func enrolled() throws -> Shell {
        let shell = try Shell()
        try shell.json("tillhub", "init")
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
        try shell.json("tillctl", "enrol", "import", "answer")
        return shell
    }

    /// Publishes the next list, signed by two root keys, and carries everything away as `out`.
    private func publish(_ shell: Shell, out: String = "trust.till") throws {
        try shell.json("tillhub", "trust", "publish", "--out", "list.till")
        for number in [1, 2] {
            try shell.json(
                "tillhub", "trust", "sign", "list.till", "--key", "hub-root/root-\(number).key")
        }
        try shell.json("tillhub", "trust", "import", "list.till")
        try shell.json("tillhub", "trust", "export", "--out", out)
    }

    @Test("A list is drafted, signed by two keys apart from the hub, put in force and carried")
    func published() throws {
        let shell = try enrolled()
        let before = try shell.json("tillctl", "trust", "show")
        #expect(before["listVersion"] as? Int == 1 && before["terminals"] as? Int == 0)
        try shell.json("tillhub", "trust", "publish", "--out", "list.till")
        let key = "hub-root/root-1.key"
        try shell.json("tillhub", "trust", "sign", "list.till", "--key", key)
        let alone = try shell.json("tillhub", "trust", "import", "list.till", status: 1)
        #expect(alone["reason"] as? String == "trust-threshold-not-met")
        let twice = try shell.json("tillhub", "trust", "sign", "list.till", "--key", key)
        #expect(twice["signatures"] as? Int == 1, "a key signs once")
        try publish(shell)
        let verified = try shell.json("tillctl", "trust", "verify", "trust.till")
        #expect(verified["changed"] as? Bool == true)
        #expect(try shell.json("tillctl", "trust", "show")["listVersion"] as? Int == 1)
        try shell.json("tillctl", "trust", "import", "trust.till")
        let after = try shell.json("tillctl", "trust", "show")
        #expect(after["listVersion"] as? Int == 2 && after["terminals"] as? Int == 1)
        #expect(after["rootFingerprint"] as? String == before["rootFingerprint"] as? String)
        try shell.json("tillwallet", "init")
        let wallet = try shell.json("tillwallet", "trust", "import", "trust.till")
        #expect(wallet["terminals"] as? Int == 1)
    }

    @Test("A hub of an older program gets its first root and list by one command")
    func begun() throws {
        let shell = try Shell()
        try shell.json("tillhub", "init")
        // What an older program has left: its ledger, and no root keys anywhere.
        for name in [
            "hub/ledger.sqlite", "hub/ledger.sqlite-wal", "hub/ledger.sqlite-shm", "hub-root",
        ] { try? FileManager.default.removeItem(atPath: shell.path(name)) }
        try FileManager.default.copyItem(
            atPath: Shell.root.path + "/Tests/Vectors/ledgers/schema-1/ledger.sqlite",
            toPath: shell.path("hub/ledger.sqlite"))
        let missing = try shell.json("tillhub", "trust", "show", status: 1)
        #expect(missing["reason"] as? String == "no-trust-list")
        #expect((missing["message"] as? String)?.contains("tillhub trust begin") == true)
        let begun = try shell.json("tillhub", "trust", "begin")
        let keys = try #require(begun["keys"] as? [[String: Any]])
        #expect(keys.map { $0["role"] as? String } == ["issuer", "hub", "terminal"])
        #expect(keys.last?["subject"] as? String == "till:m42/t7")
        let twice = try shell.json("tillhub", "trust", "begin", status: 1)
        #expect(twice["reason"] as? String == "trust-begun")
        // From here on it is as any other: another terminal is enrolled, a list is published.
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t8", "--out", "request")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
        try shell.json("tillctl", "enrol", "import", "answer")
        try publish(shell)
        try shell.json("tillctl", "trust", "import", "trust.till")
        #expect(try shell.json("tillctl", "trust", "show")["listVersion"] as? Int == 2)
    }

    @Test("Each bad file has its own refusal, and the old list stays in force")
    func badFiles() throws {
        let shell = try enrolled()
        try publish(shell, out: "two.till")
        try publish(shell, out: "three.till")
        try shell.json("tillctl", "trust", "import", "three.till")
        func refused(_ file: String, _ program: String = "tillctl") throws -> String? {
            try shell.json(program, "trust", "import", file, status: 1)["reason"] as? String
        }
        #expect(try refused("two.till") == "trust-rolled-back")
        let whole = try String(contentsOfFile: shell.path("three.till"), encoding: .utf8)
        let lines = whole.split(separator: "\n").dropLast(3).joined(separator: "\n")
        try (lines + "\n").write(toFile: shell.path("cut"), atomically: true, encoding: .utf8)
        #expect(try refused("cut") == "trust-cut")
        // Two gigabytes that take no room on the disk.
        _ = FileManager.default.createFile(atPath: shell.path("huge"), contents: Data("TILL".utf8))
        truncate(shell.path("huge"), 2 << 30)
        #expect(try refused("huge") == "file-too-long")
        let other = try Shell()
        try other.json("tillhub", "init")
        try other.json("tillhub", "trust", "export", "--out", "theirs.till")
        try FileManager.default.copyItem(
            atPath: other.path("theirs.till"), toPath: shell.path("theirs.till"))
        #expect(try refused("theirs.till") == "trust-version-reused")
        // A stranger's list alone: a machine elsewhere has signed it with keys of its own.
        try other.json("tillhub", "trust", "publish", "--out", "list.till")
        for number in [1, 2] {
            try other.json(
                "tillhub", "trust", "sign", "list.till", "--key", "hub-root/root-\(number).key")
        }
        try FileManager.default.copyItem(
            atPath: other.path("list.till"), toPath: shell.path("strangers.till"))
        let stranger = try shell.json(
            "tillctl", "trust", "import", "strangers.till", status: 1)
        #expect(stranger["reason"] as? String == "trust-signed-by-stranger")
        #expect(
            (stranger["message"] as? String)?.contains(
                "Trust list 3, last confirmed 0 minutes ago, stays in force.") == true)
        // A list of tomorrow: signed by the right keys on a machine whose clock is ahead.
        // Two days, as faketime reads a time of this machine's zone.
        let ahead = Date(timeIntervalSinceNow: 2 * 86_400).formatted(.iso8601)
            .replacing("T", with: " ").replacing("Z", with: "")
        if let clock = Shell.clock(ahead) {
            let drafted = try shell.run(
                ["tillhub", "trust", "publish", "--out", "tomorrow.till"], through: clock)
            #expect(drafted.status == 0, "\(drafted)")
            for number in [1, 2] {
                try shell.json(
                    "tillhub", "trust", "sign", "tomorrow.till", "--key",
                    "hub-root/root-\(number).key")
            }
            #expect(try refused("tomorrow.till") == "trust-from-future")
        }
        let shown = try shell.json("tillctl", "trust", "show")
        #expect(shown["listVersion"] as? Int == 3)
        #expect((shown["ageSeconds"] as? Int).map { $0 < 600 } == true)
        // Not even where the documents are gone: the floors remember.
        try FileManager.default.removeItem(atPath: shell.path("till/trust.cbor"))
        #expect(try refused("two.till") == "trust-rolled-back")
        try shell.json("tillctl", "trust", "import", "three.till")
        try shell.json("tillwallet", "init")
        try shell.json("tillwallet", "trust", "import", "three.till")
        #expect(try refused("two.till", "tillwallet") == "trust-rolled-back")
    }

    @Test("A terminal is enrolled by QR codes alone, there and back")
    func byCodes() throws {
        let shell = try Shell()
        try shell.json("tillhub", "init")
        let asked = try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--pictures", "shown")
        let request = try #require(asked["pictures"] as? [String])
        #expect(request.count == 1)
        let enrolled = try shell.json(
            "tillhub", "terminal", "enrol", request[0], "--out", "answer", "--pictures", "shown")
        let answer = try #require(enrolled["pictures"] as? [String])
        #expect(answer.count > 1)
        func take(_ pictures: [String]) throws -> Ended {
            try shell.run(["tillctl", "enrol", "import", "--json"] + pictures)
        }
        let part = try take(Array(answer.dropLast()))
        #expect(part.status == 1)
        #expect(try part.json()["reason"] as? String == "symbol-missing")
        let other = try take(request)
        #expect(try other.json()["reason"] as? String == "symbol-other-kind")
        // As a scanner that types would have them, and as pictures in any order.
        let scanned = try shell.run(["tillctl", "scan", "--json"] + answer).lines()
        let texts = scanned.compactMap {
            ($0["symbols"] as? [[String: Any]])?.first?["text"] as? String
        }
        try texts.joined(separator: "\r\n").write(
            toFile: shell.path("typed"), atomically: true, encoding: .utf8)
        let typed = try take(["typed"])
        #expect(typed.status == 0, "\(typed)")
        let shown = try take(answer.reversed())
        #expect(shown.status == 0, "\(shown)")
        #expect(try shell.json("tillctl", "trust", "show")["listVersion"] as? Int == 1)
    }

    @Test("A running terminal takes a list through its daemon, and tells how old it is")
    func throughTheDaemon() throws {
        let shell = try enrolled()
        try publish(shell)
        let daemon = try shell.start(
            "tilld", "--profile",
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml",
            "--sync-interval", "0"
        ) { FileManager.default.fileExists(atPath: shell.path("till/tilld.sock")) }
        try shell.json("tillctl", "trust", "import", "trust.till")
        let status = try shell.json("tillctl", "status")
        let trust = try #require(status["trust"] as? [String: Any])
        #expect(trust["listVersion"] as? Int == 2)
        #expect(trust["listed"] as? Bool == true)
        #expect((trust["ageSeconds"] as? Int).map { $0 < 600 } == true)
        shell.stop(daemon)
        #expect(try shell.json("tillctl", "trust", "show")["listVersion"] as? Int == 2)
    }

    @Test("A root key is replaced: the old and the new sign, and lists follow the new")
    func rotated() throws {
        let shell = try enrolled()
        let shown = try shell.json("tillhub", "root", "show")
        let keys = try #require(shown["keys"] as? [String])
        let next = try shell.json(
            "tillhub", "root", "rotate", "--keys", "hub-root", "--replace", keys[2])
        let file = try #require(next["file"] as? String)
        try shell.json("tillhub", "trust", "import", file)
        #expect(try shell.json("tillhub", "root", "show")["version"] as? Int == 2)
        try shell.json("tillhub", "trust", "publish", "--out", "list.till")
        let signers = try FileManager.default.contentsOfDirectory(atPath: shell.path("hub-root"))
            .filter { $0.hasSuffix(".key") }.sorted()
        #expect(signers.count == 4)
        for name in signers {
            try shell.json(
                "tillhub", "trust", "sign", "list.till", "--key", "hub-root/\(name)")
        }
        try shell.json("tillhub", "trust", "import", "list.till")
        try shell.json("tillhub", "trust", "export")
        try shell.json("tillctl", "trust", "import", "trust.till")
        #expect(try shell.json("tillctl", "trust", "show")["rootVersion"] as? Int == 2)
    }

    @Test("A terminal's key is replaced, and a lost one too")
    func terminalKeys() throws {
        let shell = try enrolled()
        func request(_ more: String...) throws -> String? {
            let ended = try shell.run(
                [
                    "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "next",
                    "--new-key", "--json",
                ] + more)
            return try ended.json()["publicKey"] as? String
        }
        let second = try #require(try request())
        try shell.json("tillhub", "terminal", "enrol", "next", "--out", "answer")
        #expect(
            try shell.json("tillctl", "enrol", "import", "answer")["keyReplaced"] as? Bool == true)
        try FileManager.default.removeItem(atPath: shell.path("till/terminal.key"))
        let third = try #require(try request("--key-lost"))
        #expect(second != third)
        let refused = try shell.json(
            "tillhub", "terminal", "enrol", "next", "--out", "answer", status: 1)
        #expect(refused["reason"] as? String == "journal-has-other-key")
        try shell.json(
            "tillhub", "terminal", "enrol", "next", "--out", "answer", "--key-lost")
        try shell.json("tillctl", "enrol", "import", "answer")
        let listed = try shell.json("tillhub", "terminal", "list")
        let lines = try #require(listed["terminals"] as? [[String: Any]])
        #expect(lines.map { $0["key"] as? String } == [third])
        #expect(lines.map { $0["epoch"] as? Int } == [1])
    }

    @Test("An issuer's key is rotated and revoked, and an honest holder gets another voucher")
    func issuerKeys() throws {
        let shell = try enrolled()
        let issuers = try shell.json("tillhub", "issuer", "list")
        let own = try #require((issuers["issuers"] as? [[String: Any]])?.first)
        let key = try #require((own["keys"] as? [[String: Any]])?.first?["key"] as? String)
        let voucher = try shell.json(
            "tillhub", "voucher", "issue", "fixed", "--amount", "12.50", "--out", "v")
        let text = try #require(voucher["text"] as? String)
        let honoured = try shell.json("tillhub", "voucher", "reissue", text, status: 1)
        #expect(honoured["reason"] as? String == "issuer-key-honoured")
        try shell.json("tillhub", "issuer", "revoke", key)
        try shell.json("tillhub", "issuer", "rotate")
        try publish(shell)
        let reissued = try shell.json("tillhub", "voucher", "reissue", text, "--out", "v")
        #expect((reissued["amount"] as? [String: Any])?["amount"] as? String == "12.50")
        let again = try shell.json("tillhub", "voucher", "reissue", text, status: 1)
        #expect(again["reason"] as? String == "voucher-replaced-before")
    }

    @Test("The drill of a stolen key comes out as it must")
    func drill() throws {
        let shell = try Shell()
        let result = try shell.json(
            "tillhub", "drill", "key-compromise", "--terminals", "3", "--interval", "1")
        #expect((result["steps"] as? [[String: Any]])?.count == 6)
        #expect(result["secondsUntilEveryTerminalRefuses"] as? Double != nil)
    }
}
