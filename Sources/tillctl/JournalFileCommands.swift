import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import Glibc
import HTTPControlClient
import HubProtocol
import JournalExport
import SQLiteJournal
import Terminal
import TerminalState
import Vouchers

/// Where the bytes of an export come from: the daemon, or the journal itself past a dead one.
struct ExportSource {
    let daemon: DaemonOptions

    /// Hands the export to `sink`, chunk by chunk.
    func read(into sink: @Sendable @escaping ([UInt8]) throws -> Void) async throws {
        do {
            try await daemon.ask { try await $0.exportJournal(to: sink) }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let folder = StateFolder(daemon.state.folder)
            guard FileManager.default.fileExists(atPath: folder.journalPath) else { throw failure }
            let identity = try folder.exportIdentity()
            let journal = try folder.readJournal()
            Output.note("No daemon runs; this is read from the journal itself.")
            if identity.seal == nil {
                Output.note("The terminal's key cannot be read; the file is not sealed.")
            }
            let now = secondsNow()
            do throws(JournalError) {
                try journal.export(as: identity, at: now, to: sink)
            } catch {
                throw StateFolder.failure(error)
            }
        }
    }
}

/// `tillctl journal export`.
struct JournalExportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything that the journal holds into one file.",
        discussion: """
            Works with the daemon dead, the disk full or read-only: write the file to a stick, or to \
            `-` for a pipe. What it holds: docs/spec/journal-export.md.
            """)

    @Option(help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
    var out: String
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let ok = true
        let file: String
        let bytes: UInt64
    }

    func perform() async throws {
        let file = try ExportFile(out)
        do {
            try await ExportSource(daemon: daemon).read { try file.write($0) }
            try file.finish()
        } catch {
            file.discard()
            throw file.problem ?? error
        }
        guard out != "-" else { return }
        if output.json { return try Output.json(Answer(file: out, bytes: file.count)) }
        Output.line(
            "\(out): \(file.count) bytes. Check it with: tillctl journal import-check \(out)")
    }
}

/// An export on its way into a file, which is there whole or not at all; or into a pipe.
final class ExportFile: @unchecked Sendable {
    // Written by one thread at a time: the journal's while it exports, the command's at the end.
    private let path: String
    private let descriptor: Int32
    private(set) var count: UInt64 = 0
    /// Why the file could not be written, if so.
    private(set) var problem: CommandFailure?

    init(_ path: String) throws {
        self.path = path
        if path == "-" {
            descriptor = STDOUT_FILENO
            guard isatty(descriptor) == 0 else {
                throw CommandFailure(
                    .usage, reason: "output-is-terminal",
                    message: "An export is no text for a screen. Nothing was changed. Name a file "
                        + "with --out, or pipe it.")
            }
            return
        }
        descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
    }

    deinit { if path != "-" { close(descriptor) } }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                let failure = Self.failure(path, errno)
                problem = failure
                throw failure
            }
            rest = rest.dropFirst(written)
            count += UInt64(written)
        }
    }

    func finish() throws {
        guard path != "-" else { return }
        guard fsync(descriptor) == 0, rename(path + ".part", path) == 0 else {
            throw Self.failure(path, errno)
        }
    }

    func discard() { if path != "-" { unlink(path + ".part") } }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            reason: "file-not-writable",
            message:
                "\(path) cannot be written (\(String(cString: strerror(code)))). The journal is "
                + "untouched. Name a file on another disk.")
    }
}

/// `tillctl journal verify`.
struct JournalVerifyCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that the journal is as it was written, and name what is not.",
        discussion: """
            With --checkpoint it is held against what has left the device, so that a journal that was \
            cut or set back as a whole is found too. Exit code: 0 right, 20 something is wrong.
            """)

    @OptionGroup var checkpoints: CheckpointOptions
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let running = RunningVerifier(try checkpoints.read())
        try await ExportSource(daemon: daemon).read { running.feed($0) }
        try VerificationReport(running.finish()).tell(output)
    }
}

/// `tillctl journal import-check`.
struct JournalImportCheckCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-check",
        abstract: "Check an exported journal, on any machine, and name what is wrong with it.",
        discussion: """
            Needs no terminal. With --checkpoint it is held against what has left the device. Exit \
            code: 0 right, 20 something is wrong.
            """)

    /// Bytes read at a time.
    static let chunkBytes = 1 << 20

    @Argument(help: ArgumentHelp("The exported journal.", valueName: "file"))
    var file: String
    @OptionGroup var checkpoints: CheckpointOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let running = RunningVerifier(try checkpoints.read())
        let handle = try InputFile.open(file)
        defer { try? handle.close() }
        while let chunk = try handle.read(upToCount: Self.chunkBytes), !chunk.isEmpty {
            running.feed([UInt8](chunk))
        }
        try VerificationReport(running.finish()).tell(output)
    }
}

/// Checkpoints that have left the device.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with a checkpoint that has left the device; may be given several times.",
            valueName: "file"))
    var checkpoint: [String] = []

    func read() throws -> [[UInt8]] {
        try checkpoint.map { path in
            guard let handle = FileHandle(forReadingAtPath: path),
                let data = try? handle.read(upToCount: Checkpoint.maximumBytes + 1)
            else {
                throw CommandFailure(
                    .notFound, reason: "file-not-readable",
                    message: "\(path) cannot be read. Check the path and mode.")
            }
            return [UInt8](data)
        }
    }
}

/// A verifier that one thread after the other feeds.
final class RunningVerifier: @unchecked Sendable {
    private var verifier: ExportVerifier

    init(_ checkpoints: [[UInt8]]) { verifier = ExportVerifier(checkpoints: checkpoints) }

    func feed(_ bytes: [UInt8]) { verifier.feed(bytes) }

    func finish() -> ExportReport { verifier.finish() }
}

/// What a verification found, for people and as JSON.
struct VerificationReport: Encodable {
    struct Finding: Encodable {
        let reason: String
        let place: String
        let message: String
    }

    let ok: Bool
    let reason: String?
    let terminal: String?
    let journal: String?
    let entries: UInt64
    let lastSequence: UInt64
    let lastReceipt: UInt64
    let lastPeriod: UInt64
    let sealed: Bool
    let findings: [Finding]

    init(_ report: ExportReport) {
        ok = report.findings.isEmpty
        reason = report.findings.first?.reason
        terminal = report.header?.terminal.text
        journal = report.header?.journal.hex
        entries = report.entries
        lastSequence = report.end.sequence
        lastReceipt = report.end.receipt
        lastPeriod = report.end.period
        sealed = report.isSealed
        findings = report.findings.map {
            Finding(reason: $0.reason, place: $0.place, message: $0.message)
        }
    }

    func tell(_ output: OutputOptions) throws {
        if output.json {
            try Output.json(self)
        } else {
            for finding in findings {
                Output.line("\(finding.place): \(finding.message) [\(finding.reason)]")
            }
            let what = terminal.map { "\($0): " } ?? ""
            Output.line(
                "\(what)\(entries) entries to \(lastSequence), receipt \(lastReceipt), "
                    + "period \(lastPeriod), \(sealed ? "sealed" : "not sealed"): "
                    + (ok ? "all as it was written." : "\(findings.count) findings."))
            if !ok {
                Output.note(
                    "Do not go on with this journal. Keep the file as it is, and compare it with "
                        + "the hub's ledger.")
            }
        }
        if !ok { throw ExitCode(ExitStatus.dataDamaged.rawValue) }
    }
}

/// `tillctl journal checkpoint`.
struct JournalCheckpointCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Sign what the journal holds now, to be kept somewhere else.",
        discussion: """
            Whoever keeps the text can tell later whether entries were changed or cut off: \
            `tillctl journal verify --checkpoint FILE`.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let answer = try await daemon.ask { try await $0.checkpoint() }
        if output.json { return try Output.json(answer) }
        Output.write(answer.checkpoint, to: STDOUT_FILENO)
    }
}

/// `tillctl journal archive`.
struct JournalArchiveCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Move old entries that the hub has into a file, and forget expired vouchers.",
        discussion: "The daemon does it by itself, once a day.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let answer = try await daemon.ask { try await $0.archive() }
        if output.json { return try Output.json(answer) }
        Output.line("Archived: \(answer.entries) entries. Forgotten: \(answer.vouchers) vouchers.")
    }
}
