import Foundation
import Testing

@Suite struct ProgramTests {
    static let programs = [
        "tilld", "tillctl", "tillhub", "tillwallet", "till-bench", "till-scanner",
    ]

    @Test(arguments: programs) func tellsWhatItIs(_ program: String) throws {
        let shell = try Shell()
        let help = try shell.run(program, "--help")
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("OVERVIEW: "), "\(help)")
        #expect(try shell.run(program, "--version").output == "0.1.0\n")
        let unknown = try shell.run(program, "--no-such-option")
        #expect(unknown.status == 64, "\(unknown)")
    }

    @Test func saysWhereNoDaemonRuns() throws {
        let shell = try Shell()
        let ended = try shell.run("tillctl", "status", "--json")
        #expect(ended.status == 8)
        #expect(try ended.json()["reason"] as? String == "daemon-not-running")
        let words = try shell.run("tillctl", "status")
        #expect(words.errors.hasPrefix("error: No daemon answers on "))
        #expect(words.output.isEmpty)
    }

    @Test func refusesAStateWithoutATerminal() throws {
        let shell = try Shell()
        let ended = try shell.run(
            "tilld", "--json", "--profile",
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml")
        #expect(ended.status == 10, "\(ended)")
        #expect(try ended.json()["reason"] as? String == "not-enrolled")
    }

    @Test func namesTheLineOfABadProfile() throws {
        let shell = try Shell()
        try Data("profile: 1\ncamera:\n  kind: folder\n  lens: 50\n".utf8)
            .write(to: shell.folder.appendingPathComponent("bad.yaml"))
        let ended = try shell.run("tilld", "--json", "--profile", "bad.yaml")
        let failure = try ended.json()
        #expect(failure["reason"] as? String == "profile-invalid")
        #expect((failure["message"] as? String)?.contains("bad.yaml:4") == true, "\(ended)")
    }
}
