import Foundation
import Testing

/// What a program said and how it ended.
struct Ended: CustomStringConvertible {
    let status: Int32
    let output: String
    let errors: String

    var description: String { "exit \(status)\n\(output)\(errors)" }

    /// The one JSON object on standard output.
    func json() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(value as? [String: Any], "\(self)")
    }

    /// The JSON object on each line of standard output.
    func lines() throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(value as? [String: Any], "\(line)")
        }
    }
}

/// A folder of its own in which the built programs are run, as a person would at a prompt.
final class Shell {
    let folder: URL
    private var running: [Process] = []

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("till-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        for process in running where process.isRunning { Self.end(process, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// The folder of the built programs: the test bundle lies in it.
    static let programs: URL = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.isExecutableFile(
                atPath: folder.appendingPathComponent("tillctl").path)
            {
                return folder
            }
            folder.deleteLastPathComponent()
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../.build/debug")
    }()

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A second user's id, which root may take (setpriv, Debian's nobody).
    private static let nobody = [
        "/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
    ]

    /// What stands before a program whose clock is to begin at `time`; nil where faketime is
    /// missing. (Its library alone, preloaded, calls setenv before Swift has found the arguments.)
    static func clock(_ time: String) -> [String]? {
        let faketime = "/usr/bin/faketime"
        guard FileManager.default.isExecutableFile(atPath: faketime) else { return nil }
        return [faketime, "-f", "@\(time)"]
    }

    /// Ends a process; where faketime runs it, the program itself.
    private static func end(_ process: Process, _ signal: Int32) {
        let pid = process.processIdentifier
        let list = "/proc/\(pid)/task/\(pid)/children"
        let isWrapper = process.executableURL?.lastPathComponent == "faketime"
        let children = isWrapper ? try? String(contentsOfFile: list, encoding: .utf8) : nil
        let programs = (children ?? "").split(separator: " ").compactMap { pid_t($0) }
        for program in programs.isEmpty ? [pid] : programs { kill(program, signal) }
        process.waitUntilExit()
    }

    /// A process of one of our programs, started `through` another one where that is not empty.
    private func process(_ command: [String], through: [String]) -> Process {
        let process = Process()
        let program = Self.programs.appendingPathComponent(command[0]).path
        let words = through + [program] + command.dropFirst()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path,
            "TILL_STATE": path("till"), "TILL_HUB": path("hub"), "TILL_WALLET": path("wallet"),
        ]
        return process
    }

    /// Runs a program to its end; its standard input is `input`.
    @discardableResult
    func run(
        _ command: [String], input: Data = Data(), through: [String] = [], asNobody: Bool = false
    ) throws -> Ended {
        let process = process(command, through: (asNobody ? Self.nobody : []) + through)
        let files = try ["in", "out", "err"].map { name in
            let url = folder.appendingPathComponent(".\(name)-\(UUID().uuidString)")
            try (name == "in" ? input : Data()).write(to: url)
            return url
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Ended(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }

    /// Runs a program at a prompt.
    @discardableResult
    func run(_ command: String...) throws -> Ended { try run(command) }

    /// Runs a program that must end with `status`, and reads its JSON.
    @discardableResult
    func json(_ command: String..., status: Int32 = 0) throws -> [String: Any] {
        let ended = try run(command + ["--json"])
        try #require(ended.status == status, "\(command): \(ended)")
        return try ended.json()
    }

    /// Starts a program that goes on, until `isReady`.
    func start(
        through: [String] = [], _ command: String..., isReady: () -> Bool
    ) throws -> Process {
        try start(through: through, command, isReady: isReady)
    }

    /// The same with a command that is made somewhere else.
    func start(
        through: [String] = [], _ command: [String], isReady: () -> Bool
    ) throws -> Process {
        let process = process(command, through: through)
        let log = folder.appendingPathComponent(".log-\(UUID().uuidString)")
        try Data().write(to: log)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        running.append(process)
        let end = Date().addingTimeInterval(90)
        while !isReady() {
            guard process.isRunning, Date() < end else {
                let said = try String(contentsOf: log, encoding: .utf8)
                try #require(Bool(false), "\(command) has not become ready: \(said)")
                return process
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return process
    }

    func stop(_ process: Process) { Self.end(process, SIGTERM) }
}
