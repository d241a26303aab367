import Foundation
import PseudoTerminal
import Testing

/// Codes that come by other ways than pictures: a scan engine, a stream, a recording.
@Suite(.serialized) struct EyesTests {
    static let recording = Shell.root.appendingPathComponent("Tests/Recordings/two-codes").path

    /// A running terminal whose only eye is a scan engine on a line that can be pulled out.
    private final class EngineCounter {
        let counter: CounterTests.Counter
        private(set) var line: PseudoTerminal
        private let link: String

        init() throws {
            counter = try CounterTests.Counter()
            line = try #require(PseudoTerminal())
            link = counter.shell.path("engine")
            try plug()
            counter.stopTerminal()
            // A link of our own in place of udev's, spelt so that it lies below /dev.
            let profile = """
                profile: 1
                camera: {kind: none}
                display: {kind: none}
                scan-engine:
                  kind: serial
                  path: /dev/..\(link)
                  baud: 115200
                  trigger-on: "16 54 0D"
                  trigger-off: "16 55 0D"
                """
            try Data(profile.utf8).write(to: URL(fileURLWithPath: counter.shell.path("p.yaml")))
            _ = try counter.shell.start(
                "tilld", "--hub-url", counter.url, "--sync-interval", "0", "--profile", "p.yaml"
            ) { [0, 4].contains((try? counter.shell.run("tillctl", "status"))?.status) }
        }

        private func plug() throws {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: line.path)
        }

        func unplug() throws {
            try FileManager.default.removeItem(atPath: link)
            line.unplug()
        }

        func replug() throws {
            line = try #require(PseudoTerminal())
            try plug()
        }

        /// Waits until the engine has been told to look.
        func isTriggered() -> Bool {
            for _ in 0..<40 {
                let heard = line.heard(waitingMilliseconds: 1_000)
                if heard.suffix(3) == [0x16, 0x54, 0x0D] { return true }
            }
            return false
        }

        func code(_ options: String...) throws -> String {
            let ended = try counter.shell.run(
                ["tillhub", "voucher", "issue", "fixed", "--json", "--out", "vouchers"] + options)
            let file = try #require(try ended.json()["text"] as? String, "\(ended)")
            return try String(
                contentsOfFile: counter.shell.path(file), encoding: .utf8
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// The reason of the terminal's eyes, once it is this or the time is up.
        func trouble(is reason: String?) throws -> Bool {
            for _ in 0..<200 {
                let status = try counter.shell.json("tillctl", "status")
                if (status["camera"] as? [String: Any])?["reason"] as? String == reason {
                    return true
                }
                Thread.sleep(forTimeInterval: 0.05)
            }
            return false
        }
    }

    @Test func aSerialScanEngineTakesPaymentsAndIsReplugged() throws {
        let desk = try EngineCounter()
        let shell = desk.counter.shell
        let first = try desk.code("--amount", "5.00")
        let second = try desk.code("--amount", "5.00")

        // Before a sale is open a code is none.
        #expect(desk.line.send(first + "\r"))
        Thread.sleep(forTimeInterval: 0.5)
        try shell.json("tillctl", "sale", "5.00")
        #expect(desk.isTriggered())
        #expect(desk.line.send(first + "\r"))
        let paid = try shell.json("tillctl", "sale", "--wait", "--timeout", "30")
        #expect(paid["state"] as? String == "paid", "\(paid)")

        // Two codes told at once are refused.
        try shell.json("tillctl", "sale", "5.00")
        #expect(desk.isTriggered())
        #expect(desk.line.send(second + "\r" + first + "\r"))
        let several = CounterTests.news(
            try shell.json("tillctl", "sale", "--wait", "--timeout", "30", status: 1))
        #expect(several["reason"] as? String == "several-codes", "\(several)")

        // A code that is cut off by the plug is gone, and the next engine's is read.
        #expect(desk.line.send(String(second.prefix(20))))
        try desk.unplug()
        #expect(try desk.trouble(is: "scan-engine-missing"))
        try desk.replug()
        #expect(desk.isTriggered())
        // For a quiet period after several codes none of them alone counts.
        Thread.sleep(forTimeInterval: 2)
        #expect(desk.line.send(second + "\r"))
        let next = try shell.json("tillctl", "sale", "--wait", "--timeout", "30")
        #expect(next["state"] as? String == "paid", "\(next)")
        #expect(try desk.trouble(is: nil))
    }

    @Test func aRecordingIsLookedAtAsACameraIs() throws {
        let shell = try Shell()
        let seen = try shell.run(
            "tillctl", "scan", "--camera", Self.recording, "--rate", "4", "--json")
        #expect(seen.status == 0, "\(seen)")
        let lines = try seen.lines()
        #expect(
            lines.map { $0["text"] as? String } == ["TILL RECORDING 1", "TILL RECORDING 2"])
        // The second code comes with the tenth frame: a quarter of a second each.
        #expect(lines.last?["milliseconds"] as? Int == 2_250)

        let trial = try shell.json("tillctl", "camera", "test", Self.recording)
        #expect(trial["frames"] as? Int == 13, "\(trial)")
        let read = try #require(trial["framesRead"] as? Int)
        #expect((5...9).contains(read))
        let rate = try #require(trial["readRate"] as? Double)
        #expect(abs(rate - Double(read) / 13) < 0.001)
        let module = try #require(trial["smallestModulePixels"] as? Double, "\(trial)")
        #expect((1.5...3).contains(module))
        for key in ["decodeMilliseconds95", "readMillisecondsMedian", "sharpness", "brightness"] {
            #expect((trial[key] as? Double ?? 0) > 0, "\(key)")
        }
    }

    @Test func framesAreKeptAndReplayedAsTheyWere() throws {
        let shell = try Shell()
        let frames = Self.recording + "/frames.y4m"
        let kept = try shell.json(
            "tillctl", "camera", "record", frames, "--out", "copy", "--rate", "15")
        #expect(kept["frames"] as? Int == 13, "\(kept)")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: shell.path("copy/frames.y4m"))).drop {
                $0 != 10
            }
                == Data(contentsOf: URL(fileURLWithPath: frames)).drop { $0 != 10 })
        // The profile that made them is one that the daemon would take.
        for folder in ["copy", Self.recording] {
            let check = try shell.run("tillctl", "profile", "check", folder + "/camera.yaml")
            #expect(check.status == 0, "\(check)")
        }
        let again = try shell.run("tillctl", "camera", "record", frames, "--out", "copy", "--json")
        #expect(try again.json()["reason"] as? String == "folder-not-writable")

        try shell.json("tillctl", "camera", "snap", Self.recording, "--out", "first.png")
        let snapped = try shell.run("tillctl", "scan", "first.png", "--json")
        #expect(snapped.status == 0)
        #expect(try snapped.lines().count == 1, "\(snapped)")
    }

    @Test func tellsWhatCannotBeLookedThrough() throws {
        let shell = try Shell()
        func reason(_ command: String...) throws -> String? {
            try shell.run(command + ["--json"]).json()["reason"] as? String
        }
        #expect(try reason("tillctl", "scan") == "scan-what")
        #expect(try reason("tillctl", "scan", "a.png", "--scan-engine") == "scan-what")
        #expect(try reason("tillctl", "camera", "snap", "none", "--out", "x") == "camera-missing")
        #expect(
            try reason("tillctl", "camera", "record", "/dev/null", "--out", "x")
                == "camera-unusable")
        #expect(try reason("tillctl", "camera", "test", "/etc/hostname") == "stream-header-bad")
        let folder = Shell.root.path + "/hardware-profiles/50-folder-camera-png-display.yaml"
        #expect(
            try reason("tillctl", "camera", "test", "--profile", folder) == "camera-not-named")
        #expect(
            try reason("tillctl", "scan", "--scan-engine", "--profile", folder)
                == "scan-engine-missing")
    }
}
