import Foundation
import Testing

/// The terminal's private key is where it should be, and nowhere else.
@Suite(.serialized) struct KeyAtRestTests {
    /// The key's seed in the spellings in which it could slip out.
    private struct Canary {
        let spellings: [Data]

        init(keyFile: String) throws {
            let text = try String(contentsOfFile: keyFile, encoding: .utf8)
            let lines = text.split(separator: "\n")
            try #require(lines.count == 3)
            let hex = String(lines[2])
            let seed = Data(
                stride(from: 0, to: 64, by: 2).compactMap { index in
                    UInt8(hex.dropFirst(index).prefix(2), radix: 16)
                })
            try #require(seed.count == 32)
            spellings = [
                seed, Data(hex.utf8), Data(hex.uppercased().utf8),
                Data(seed.base64EncodedString().prefix(40).utf8),
            ]
        }

        func isIn(_ data: Data) -> Bool { spellings.contains { data.range(of: $0) != nil } }
    }

    /// Every file below a folder, but for those with one of these names.
    private func files(below folder: String, but names: Set<String>) throws -> [String] {
        let all = try #require(FileManager.default.enumerator(atPath: folder))
        return all.compactMap { $0 as? String }
            .filter { !names.contains(($0 as NSString).lastPathComponent) }
            .map { folder + "/" + $0 }
            .filter { path in
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                return exists && !isFolder.boolValue && !path.hasSuffix(".sock")
            }
    }

    /// A hub, and an enrolled terminal that does not run.
    private func enrolled() throws -> Shell {
        let shell = try Shell()
        try shell.run("tillhub", "init")
        try shell.json(
            "tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "request")
        try shell.json("tillhub", "terminal", "enrol", "request", "--out", "answer")
        try shell.json("tillctl", "enrol", "import", "answer")
        return shell
    }

    private func startTerminal(_ shell: Shell, through: [String] = []) throws -> Process {
        // What the daemon says goes into a file that is looked at afterwards.
        let logged = ["/bin/sh", "-c", "exec \"$0\" \"$@\" >tilld.log 2>&1"]
        return try shell.start(
            through: through + logged, "tilld", "--trace", "--sync-interval", "0", "--profile",
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        ) { [0, 4].contains((try? shell.run("tillctl", "status"))?.status) }
    }

    @Test func theKeyIsInNoLogNoFileNoArgumentAndNoEnvironment() throws {
        let shell = try enrolled()
        let canary = try Canary(keyFile: shell.path("till/terminal.key"))
        let daemon = try startTerminal(shell)
        let commands = [
            ["tillctl", "status"], ["tillctl", "sale", "1.00"], ["tillctl", "sync"],
            ["tillctl", "journal", "list"], ["tillctl", "clock", "challenge"],
            ["tillctl", "doctor"], ["tillctl", "hot-list", "show"], ["tillctl", "sale", "1.00"],
            ["tillctl", "enrol", "request", "--terminal", "till:m42/t7", "--out", "again"],
        ]
        for command in commands {
            for form in [command, command + ["--json"]] {
                let ended = try shell.run(form)
                #expect(!canary.isIn(Data((ended.output + ended.errors).utf8)), "\(form)")
            }
        }
        for file in ["environ", "cmdline"] {
            let path = "/proc/\(daemon.processIdentifier)/\(file)"
            let data = try #require(FileManager.default.contents(atPath: path))
            #expect(!data.isEmpty)
            #expect(!canary.isIn(data), "\(path)")
        }
        shell.stop(daemon)
        let looked = try files(below: shell.folder.path, but: ["terminal.key"])
        #expect(looked.contains { $0.hasSuffix("tilld.log") })
        #expect(looked.contains { $0.hasSuffix("clock.till") })
        for path in looked {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(!canary.isIn(data), "\(path) holds the terminal's key")
        }
        let key = try Data(contentsOf: URL(fileURLWithPath: shell.path("till/terminal.key")))
        #expect(canary.isIn(key), "the canary is one that would be found")
    }

    @Test func aSealedKeyOpensAsACredentialAndTheFileIsGone() throws {
        let tools = ["/usr/bin/systemd-creds", "/bin/systemd-creds"]
        guard getuid() == 0, tools.contains(where: FileManager.default.isExecutableFile) else {
            print("aSealedKey…: skipped, it needs root and systemd-creds")
            return
        }
        let shell = try enrolled()
        let canary = try Canary(keyFile: shell.path("till/terminal.key"))
        let sealed = try shell.run("tillctl", "key", "seal", "--into", "sealed", "--json")
        guard sealed.status == 0 else {
            let words = try sealed.json()
            #expect(words["reason"] as? String == "systemd-creds-failed")
            print("aSealedKey…: skipped, systemd-creds cannot seal here: \(words)")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: shell.path("till/terminal.key")))
        let path = shell.path("sealed/till.terminal-key")
        let sealedBytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(!canary.isIn(sealedBytes))
        let profile = Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        let without = try shell.run("tilld", "--profile", profile, "--json")
        #expect(without.status == 10, "\(without)")
        let again = try shell.json("tillctl", "key", "seal", "--into", "sealed", status: 10)
        #expect(again["reason"] as? String == "key-missing")

        // What systemd does at the unit's start: the key in a folder that the process is told of.
        let credentials = shell.path("credentials")
        try FileManager.default.createDirectory(
            atPath: credentials, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let opening = Process()
        opening.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        opening.arguments = [
            "systemd-creds", "decrypt", "--name=till.terminal-key", path,
            credentials + "/till.terminal-key",
        ]
        try opening.run()
        opening.waitUntilExit()
        chmod(credentials + "/till.terminal-key", 0o400)
        let daemon = try startTerminal(
            shell, through: ["/usr/bin/env", "CREDENTIALS_DIRECTORY=" + credentials])
        #expect(try shell.json("tillctl", "sale", "1.00")["state"] as? String == "open")
        shell.stop(daemon)
        chmod(credentials + "/till.terminal-key", 0o404)
        let open = try shell.run(
            ["tilld", "--profile", profile, "--json"],
            through: ["/usr/bin/env", "CREDENTIALS_DIRECTORY=" + credentials])
        #expect(try open.json()["reason"] as? String == "key-readable-by-others", "\(open)")
    }
}
