import Foundation
import Testing

/// What leaves the shop in a bundle, and what does not.
@Suite("Bundle", .serialized)
struct BundleTests {
    /// Things that must never leave, as they might stand in a log or a file.
    private static let canaries = [
        "TV1:6BFOXN*TS0BI$ZDKIIO06", "TVR:4821-9930-1177-2054", "192.0.2.77",
        "2001:db8:0:1:2:3:4:5", "02:42:ac:11:00:02", "kassierer@beispiel.example",
        "DE89370400440532013000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "QmFzZTY0RGF0YTAxMjM0NTY3ODlBQkNERUZHSElK", "hub-of-shop.example",
        "7f3c2a10-55aa-4d7e-9b1c-0123456789ab", "canary-in-a-file-of-the-state",
    ]

    private func unpack(_ bench: DoctorBench) throws -> [String: String] {
        try bench.sh("rm -rf unpacked && mkdir unpacked && tar xf bundle.tar -C unpacked")
        let folder = bench.shell.path("unpacked/till-bundle")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try String(contentsOfFile: folder + "/" + name, encoding: .utf8))
            })
    }

    @Test("No canary leaves: not from a log, not from the state folder, in no spelling")
    func canaries() throws {
        let bench = try DoctorBench.well()
        let key = try String(contentsOfFile: bench.shell.path("till/terminal.key"), encoding: .utf8)
        let seed = try #require(key.split(separator: "\n").last).lowercased()
        let planted = Self.canaries + [seed]
        let lines = planted.map { "2026-11-26T10:00:00+00:00 tilld[7]: from \($0) again \($0)." }
        try bench.write(
            (lines + ["a call to https://hub-of-shop.example:8443/v1 by till:m42/t7"])
                .joined(separator: "\n"), "tilld.log")
        try bench.write("canary-in-a-file-of-the-state", "till/notes.txt")
        try bench.write("canary-in-a-file-of-the-state", "till/camera/DE89370400440532013000.png")
        let answer = try bench.shell.run(
            [
                "tillctl", "bundle", "--out", "bundle.tar", "--yes", "--json", "--log", "tilld.log",
                "--profile", "profile.yaml", "--root", "root",
            ]
        ).json()
        #expect(answer["written"] as? Bool == true)
        let files = try unpack(bench)
        let told = try #require(answer["files"] as? [[String: Any]])
        #expect(Set(told.compactMap { $0["file"] as? String }) == Set(files.keys))
        #expect(files.keys.contains("log-tilld.log") && files.keys.contains("doctor.json"))
        let raw = try Data(contentsOf: URL(fileURLWithPath: bench.shell.path("bundle.tar")))
        let secrets = planted.filter { $0 != "canary-in-a-file-of-the-state" }
        for canary in planted where canary != "canary-in-a-file-of-the-state" {
            #expect(raw.range(of: Data(canary.utf8)) == nil, "\(canary)")
        }
        for word in ["till:m42", "m42/t7", "Till Shop"] {
            #expect(raw.range(of: Data(word.utf8)) == nil, "\(word)")
        }
        // The log said it in so many words: that one line is text like any other. The state's file
        // is not in the bundle at all.
        for (name, text) in files where name != "log-tilld.log" {
            #expect(!text.contains("canary-in-a-file-of-the-state"), "\(name)")
            #expect(!text.contains("notes.txt"))
        }
        // What stands for what is kept at home, for its owner alone.
        let mapPath = bench.shell.path("bundle.tar.map")
        let map = try JSONSerialization.jsonObject(
            with: try Data(contentsOf: URL(fileURLWithPath: mapPath)))
        let values = Set((map as? [String: String] ?? [:]).values)
        for secret in secrets { #expect(values.contains(secret), "\(secret)") }
        let mode = try FileManager.default.attributesOfItem(atPath: mapPath)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("The same thing has the same name in every file, and another thing another")
    func consistent() throws {
        let bench = try DoctorBench.well()
        try bench.write("192.0.2.1 then 192.0.2.2 then 192.0.2.1\n", "a.log")
        try bench.write("only 192.0.2.2\n", "b.log")
        try bench.sh(
            "tillctl bundle --out bundle.tar --yes --log a.log --log b.log --profile profile.yaml")
        let files = try unpack(bench)
        let words = try #require(files["log-a.log"]).split(whereSeparator: \.isWhitespace)
        #expect(words.count == 5 && words[0] == words[4] && words[0] != words[2])
        #expect(files["log-b.log"] == "only \(words[2])\n")
    }

    @Test("Nobody is asked and nothing is written where there is nobody to ask, or only a list")
    func asking() throws {
        let bench = try DoctorBench.well()
        for options in [[], ["--list", "--yes"]] {
            let ended = try bench.shell.run(
                ["tillctl", "bundle", "--out", "bundle.tar", "--profile", "profile.yaml"] + options)
            #expect(ended.status == 0 && ended.output.contains("versions.txt"), "\(ended)")
            #expect(!FileManager.default.fileExists(atPath: bench.shell.path("bundle.tar")))
            #expect(!FileManager.default.fileExists(atPath: bench.shell.path("bundle.tar.map")))
        }
        let nowhere = try bench.shell.run(
            "tillctl", "bundle", "--out", "no/such/bundle.tar", "--yes", "--json")
        #expect(nowhere.status == 1)
        #expect(try nowhere.json()["reason"] as? String == "file-not-writable")
    }
}
