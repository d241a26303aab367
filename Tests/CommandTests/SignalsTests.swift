import Foundation
import Testing

/// What a real terminal is heard to say, through alsa-lib's own file plug-in.
@Suite struct SignalsTests {
    /// How many tones stand in a file of samples, parted by 50 ms of silence and more.
    private static func tones(in path: String) throws -> Int {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let window = 2_400
        let samples = stride(from: 0, to: data.count - 1, by: 2).map {
            Int16(truncatingIfNeeded: Int(data[$0]) | Int(data[$0 + 1]) << 8)
        }
        let loud = stride(from: 0, to: samples.count, by: window).map { start in
            samples[start..<min(start + window, samples.count)].contains { abs(Int($0)) > 500 }
        }
        return zip([false] + loud, loud).count { !$0 && $1 }
    }

    @Test("A payment is heard, and the same code a second time is heard otherwise")
    func payments() throws {
        let counter = try CounterTests.Counter()
        let shell = counter.shell
        counter.stopTerminal()
        let heard = shell.path("heard.raw")
        let profile = """
            profile: 1
            camera: {kind: folder, path: camera}
            display: {kind: png, path: screen/display.png, width: 800, height: 600}
            sound: {kind: alsa, device: "file:'\(heard)',raw"}
            """
        try Data(profile.utf8).write(to: URL(fileURLWithPath: shell.path("p.yaml")))
        _ = try shell.start(
            "tilld", "--hub-url", counter.url, "--sync-interval", "0", "--profile", "p.yaml"
        ) { [0, 4].contains((try? shell.run("tillctl", "status"))?.status) }
        let picture = try counter.issue("fixed", "--amount", "5.00")
        for (number, count) in [(1, 3), (2, 3)] {
            try? FileManager.default.removeItem(atPath: heard)
            try shell.json("tillctl", "sale", "5.00")
            try counter.show(picture)
            _ = try shell.run("tillctl", "sale", "--wait", "--timeout", "30")
            // The signal is given beside the answer.
            for _ in 0..<200 where (try? Self.tones(in: heard)) != count {
                Thread.sleep(forTimeInterval: 0.05)
            }
            #expect(try Self.tones(in: heard) == count)
            // Three long enough, but not the same three: paid ends in a long one.
            let size = try Data(contentsOf: URL(fileURLWithPath: heard)).count / 96
            #expect(number == 1 ? size > 900 : size < 700, "\(size) ms")
            _ = try shell.run("tillctl", "sale", "--cancel")
        }
    }

    @Test("A test names what gives no sound, and a profile without parts is told")
    func trial() throws {
        let shell = try Shell()
        let away = try shell.json(
            "tillctl", "signals", "test", "--device", "plughw:31,7", "--only", "short", status: 1)
        let parts = try #require(away["parts"] as? [[String: Any]])
        #expect(parts.map { $0["reason"] as? String } == ["sound-unusable"])
        let profile =
            Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        let none = try shell.json(
            "tillctl", "signals", "test", "--profile", profile, status: 10)
        #expect(none["reason"] as? String == "signals-missing")
        for (option, value, reason) in [
            ("--only", "loud", "signal-unknown"), ("--volume", "101", "volume-out-of-range"),
            ("--speak", "xx", "language-unknown"),
        ] {
            let refused = try shell.json(
                "tillctl", "signals", "test", option, value, "--profile", profile, status: 64)
            #expect(refused["reason"] as? String == reason)
        }
    }
}
