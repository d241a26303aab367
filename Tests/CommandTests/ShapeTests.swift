import Foundation
import Testing

/// The members of what `--json` prints, held against `docs/spec/json`: scripts rely on them.
///
/// With `TILL_SHAPES=write` the files are written anew, for a person to read the difference of.
@Suite("JSON shapes", .serialized)
struct ShapeTests {
    /// JSON, told apart more strictly than Foundation's objects do.
    private enum Value: Decodable {
        case null, flag, number, text
        case list([Value])
        case members([String: Value])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if (try? value.decode(Bool.self)) != nil {
                self = .flag
            } else if (try? value.decode(Double.self)) != nil {
                self = .number
            } else if (try? value.decode(String.self)) != nil {
                self = .text
            } else if let list = try? value.decode([Value].self) {
                self = .list(list)
            } else {
                self = .members(try value.decode([String: Value].self))
            }
        }

        /// Each member's path and type.
        func collect(_ path: String, into shape: inout [String: Set<String>]) {
            switch self {
            case .null: shape[path, default: []].insert("null")
            case .flag: shape[path, default: []].insert("boolean")
            case .number: shape[path, default: []].insert("number")
            case .text: shape[path, default: []].insert("string")
            case .list(let values):
                if !path.isEmpty { shape[path, default: []].insert("array") }
                for value in values { value.collect(path + "[]", into: &shape) }
            case .members(let members):
                if !path.isEmpty { shape[path, default: []].insert("object") }
                for (key, value) in members {
                    value.collect(path.isEmpty ? key : path + "." + key, into: &shape)
                }
            }
        }
    }

    private static let folder = Shell.root.appendingPathComponent("docs/spec/json")

    /// What is asked, of a kiosk whose second payment waits, with its daemon running; with what is
    /// given beside it.
    private static let commands: [(command: String, options: String)] = [
        ("status", ""), ("sync status", ""), ("sync queue", ""), ("sync quarantine", ""),
        ("sync now", ""), ("journal list", ""), ("journal verify", ""), ("journal checkpoint", ""),
        ("journal export", "--out export.till"), ("journal import-check", "export.till"),
        ("shift state", ""), ("shift x", ""), ("receipt", "1"), ("explain", "1"),
        ("clock show", ""), ("trust show", ""), ("hot-list show", ""), ("voucher count", ""),
        ("profile list", "--installed none --drop-ins profiles"),
        ("profile explain", "camera --installed none --drop-ins profiles"),
        ("doctor", kiosk), ("doctor --list", kiosk), ("netcheck", kiosk),
        ("bundle --list", "--out bundle.tar " + kiosk), ("display sheet --list", ""),
        ("printer status", "--printer paper"), ("printer test", "--printer paper"),
        ("signals test", "--only short --speak en --device file:/dev/null,raw"),
        ("code explain", "TV1:X"), ("health", ""), ("shift count", "100.00"), ("shift close", ""),
        ("sale", "5.00"),
        ("scan", "till/screen/display.png"),
    ]
    private static let kiosk = "--profile profile.yaml --root root"

    @Test(
        "No member of an answer is lost or turns into something else, and a new one is written down"
    )
    func shapes() throws {
        let bench = try DoctorBench.well()
        defer { bench.stopDaemon() }
        try bench.startDaemon()
        let isWriting = ProcessInfo.processInfo.environment["TILL_SHAPES"] == "write"
        if isWriting {
            try FileManager.default.createDirectory(
                at: Self.folder, withIntermediateDirectories: true)
        }
        try bench.sh(": >paper; mkdir profiles; cp profile.yaml profiles/50-kiosk.yaml")
        for (command, options) in Self.commands {
            let words = (command + " " + options).split(separator: " ").map(String.init)
            let ended = try bench.shell.run(["tillctl"] + words + ["--json"])
            var shape: [String: Set<String>] = [:]
            for line in ended.output.split(separator: "\n") {
                let value = try JSONDecoder().decode(Value.self, from: Data(line.utf8))
                value.collect("", into: &shape)
            }
            // What was refused has these three alone, and says nothing about the answer.
            try #require(
                !shape.isEmpty && Set(shape.keys) != ["ok", "reason", "message"],
                "\(command): \(ended)")
            let version = try Self.version(of: ended)
            let lines = shape.map { "\($0.key) \($0.value.sorted().joined(separator: "|"))" }
            let text =
                (["# tillctl \(command) --json, version \(version)"] + lines.sorted())
                .joined(separator: "\n") + "\n"
            let name = command.replacingOccurrences(of: " --", with: "-")
                .replacingOccurrences(of: " ", with: "-")
            let file = Self.folder.appendingPathComponent("tillctl-\(name).txt")
            if isWriting { try Data(text.utf8).write(to: file) }
            let written = try? String(contentsOf: file, encoding: .utf8)
            let known = Set((written ?? "").split(separator: "\n"))
            let found = Set(text.split(separator: "\n"))
            #expect(known == found, "\(command): \(known.symmetricDifference(found).sorted())")
        }
    }

    /// The version that an answer bears; those that bear none are of version 1.
    private static func version(of ended: Ended) throws -> Int {
        let line = ended.output.split(separator: "\n").first ?? ""
        let answer = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return (answer as? [String: Any])?["version"] as? Int ?? 1
    }
}
