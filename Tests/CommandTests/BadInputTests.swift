import Foundation
import Testing

/// What the programs say of folders and files that are not as they should be.
@Suite struct BadInputTests {
    private static let profile =
        Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"

    private func enrolled() throws -> Shell {
        let shell = try Shell()
        try shell.json("tillhub", "init")
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
        try shell.json("tillctl", "enrol", "import", "answer")
        return shell
    }

    @Test(arguments: [
        ("configuration.till", "garbage\n", "file-not-recognised"),
        ("configuration.till", "", "file-empty"),
        ("terminal.id", "garbage\n", "terminal-id-damaged"),
        ("terminal.key", "garbage\n", "key-damaged"),
        ("journal/journal.sqlite", "", "journal-damaged"),
    ])
    func endsWithDataDamaged(_ file: String, _ content: String, _ reason: String) throws {
        let shell = try enrolled()
        let handle = try #require(FileHandle(forWritingAtPath: shell.path("till/" + file)))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(content.utf8))
        try handle.close()
        let ended = try shell.run("tilld", "--json", "--profile", Self.profile)
        #expect(ended.status == 20, "\(ended)")
        #expect(try ended.json()["reason"] as? String == reason, "\(ended)")
    }

    @Test func takesNoEmptyFileForALedger() throws {
        let shell = try enrolled()
        for file in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: shell.path("hub/" + file))
        }
        try Data().write(to: URL(fileURLWithPath: shell.path("hub/ledger.sqlite")))
        for command in [["ledger"], ["serve", "--port", "0"]] {
            let ended = try shell.run(["tillhub"] + command + ["--json"])
            #expect(ended.status == 20, "\(ended)")
            #expect(try ended.json()["reason"] as? String == "ledger-damaged")
        }
    }

    @Test func refusesAnAccountOfOtherDigits() throws {
        let shell = try Shell()
        for account in ["26:\u{660}\u{660}=x", "26:0=x", "x:00=y", "26:00", "99:00=x"] {
            let ended = try shell.run("tillhub", "init", "--json", "--account", account)
            #expect(ended.status == 64, "\(account): \(ended)")
            #expect(try ended.json()["reason"] as? String != nil)
        }
    }

    /// Root passes every mode, so that these are done as nobody.
    @Test func refusesFoldersOfOtherUsersByName() throws {
        guard geteuid() == 0 else {
            print("refusesFoldersOfOtherUsersByName: skipped, only root can be a second user")
            return
        }
        let shell = try enrolled()
        chmod(shell.folder.path, 0o755)
        let cases: [([String], String)] = [
            (["tillhub", "init", "--hub", shell.path("new")], "folder-not-writable"),
            (["tillhub", "ledger"], "folder-not-readable"),
            (["tilld", "--profile", Self.profile], "folder-not-readable"),
            (["tillctl", "status"], "not-permitted"),
            (
                [
                    "tillctl", "enrol", "request", "--terminal", "till:m42/t8", "--out",
                    "/dev/null",
                    "--state", shell.path("new"),
                ], "folder-not-writable"
            ),
            (["tillwallet", "init"], "key-folder-not-accessible"),
        ]
        for (command, reason) in cases {
            let ended = try shell.run(command + ["--json"], asNobody: true)
            #expect(ended.status == 1, "\(command): \(ended)")
            #expect(try ended.json()["reason"] as? String == reason, "\(command): \(ended)")
        }
    }

    @Test func signsAndSellsNothingBeforeTheProgramWasMade() throws {
        guard let clock = Shell.clock("2020-01-01 00:00:00") else {
            print("signsAndSellsNothing…: skipped, faketime is missing (scripts/setup.sh)")
            return
        }
        let shell = try Shell()
        let ended = try shell.run(["tillhub", "init", "--json"], through: clock)
        #expect(ended.status == 1, "\(ended)")
        #expect(try ended.json()["reason"] as? String == "clock-suspect", "\(ended)")
        let counter = try CounterTests.Counter(clock: clock)
        let status = try counter.shell.json("tillctl", "status", status: 4)
        #expect(status["state"] as? String == "clock-suspect")
        let sale = try counter.shell.json("tillctl", "sale", "1.00", status: 1)
        #expect(sale["reason"] as? String == "clock-suspect")
    }
}
