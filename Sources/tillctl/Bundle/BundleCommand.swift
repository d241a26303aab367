import ArgumentParser
import CommandSupport
import Foundation
import Glibc

/// `tillctl bundle`: what a developer needs to see of a kiosk, and nothing that is nobody's but the
/// shop's.
struct BundleCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Gather what a developer needs to see, without what is only the shop's.",
        discussion: """
            A fixed list of files, each made for it: versions, the doctor's findings, sizes and modes \
            in the state folder, counts of the journal, ages of the trust documents, the hardware \
            profile, the daemon's state and log. No key, voucher, amount of a payment or entry is in \
            it. Addresses, ids, hosts, names and everything that looks like a key or a code are \
            replaced by invented names, the same thing by the same one everywhere. What stands for \
            what is written to FILE.map, which stays with you. The files are shown first; without \
            --yes a person is asked.
            """)

    @Option(help: ArgumentHelp("The archive (tar) to write.", valueName: "file"))
    var out: String
    @Option(
        help: ArgumentHelp(
            "A log to take in, its last 4 MiB, redacted too; may be given several times.",
            valueName: "file"))
    var log: [String] = []
    @Flag(help: "Show what would be in it, and write nothing.")
    var list = false
    @Flag(help: "Write it without asking.")
    var yes = false
    @OptionGroup var kiosk: KioskOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let file: String
        let bytes: Int
    }

    private struct Answer: Encodable {
        let version = 1
        let written: Bool
        let archive: String?
        let map: String?
        let replaced: Int
        let files: [Line]
    }

    func perform() async throws {
        let contents = BundleContents(kiosk: kiosk.kiosk, logs: log)
        var redactor = Redactor(words: contents.words)
        let texts = try await contents.files()
        for file in texts { redactor.learn(from: file.text) }
        let files = texts.map { file in
            BundleContents.File(name: redactor.redact(file.name), text: redactor.redact(file.text))
        }
        let lines = files.map { Line(file: $0.name, bytes: $0.text.utf8.count) }
        if !output.json {
            for line in lines { Output.line("\(line.file)  \(line.bytes) bytes") }
            Output.line("\(redactor.map.count) things were replaced by invented names.")
        }
        let isWanted = !list && (yes || asked())
        if isWanted {
            try write(files)
            try writeMap(redactor.map)
        }
        let answer = Answer(
            written: isWanted, archive: isWanted ? out : nil, map: isWanted ? out + ".map" : nil,
            replaced: redactor.map.count, files: lines)
        if output.json { return try Output.json(answer) }
        guard isWanted else { return Output.line("Nothing was written.") }
        Output.line("\(out): send this. \(out).map: keep this; it says what stands for what.")
    }

    /// Whether a person at a terminal says yes.
    private func asked() -> Bool {
        guard isatty(STDIN_FILENO) == 1, !output.json else { return false }
        Output.write("Write \(out)? [y/N] ", to: STDOUT_FILENO)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }

    private static func failure(_ path: String, _ why: String) -> CommandFailure {
        CommandFailure(
            reason: "file-not-writable",
            message: "\(path) cannot be written: \(why) No bundle was made. Name a file on "
                + "another disk or a stick.")
    }

    /// The archive, by tar(1), from a folder beside it: the kiosk's own disk may be full.
    private func write(_ files: [BundleContents.File]) throws {
        let folder = out + ".part-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            for path in [folder, folder + "/till-bundle"] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
            }
            for file in files {
                try Data(file.text.utf8).write(
                    to: URL(fileURLWithPath: folder + "/till-bundle/" + file.name))
            }
        } catch { throw Self.failure(out, error.localizedDescription) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "tar", "--create", "--file=" + folder + "/archive", "--directory=" + folder,
            "--owner=0", "--group=0", "--numeric-owner", "till-bundle",
        ]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0, rename(folder + "/archive", out) == 0 else {
            throw Self.failure(out, "tar failed.")
        }
    }

    private func writeMap(_ map: [String: String]) throws {
        let path = out + ".map"
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        Output.write(try Output.jsonText(map) + "\n", to: descriptor)
    }
}
