import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import HubProtocol
import Payments
import SQLiteJournal
import Terminal
import TerminalState

/// `tillctl explain`: why a payment was approved or declined.
struct ExplainCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell why a payment was approved or declined, from stored evidence alone.",
        discussion: """
            Takes the decision again from the journal's entry and the documents of then, and says \
            whether the same follows. A number is a receipt's; with --sequence it is the place in \
            the journal, which declines have too. Reads through the daemon where one runs, else \
            the journal itself. --journal reads the folder of any journal, --export the file that \
            `tillctl journal export` wrote, on any machine and with nothing else at hand: the file \
            is verified first.
            Exit code: 0 the same decision follows, 4 it does not or cannot be taken again, \
            10 no such entry.
            """)

    /// Entries read at a time while a receipt is looked for.
    static let pageSize = 500

    @Argument(help: ArgumentHelp("A receipt number; a sequence number with --sequence."))
    var number: UInt64
    @Flag(help: "The number is the entry's place in the journal.")
    var sequence = false
    @Option(
        help: ArgumentHelp(
            "A journal's folder, read without a daemon (a copy will do).", valueName: "dir"))
    var journal: String?
    @Option(
        help: ArgumentHelp(
            "An exported journal: the file alone is read.", valueName: "file"))
    var export: String?
    @Option(
        help: ArgumentHelp(
            "A signed policy or configuration: also tell what it would have decided.",
            valueName: "file"))
    var policy: String?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard journal == nil || export == nil else {
            throw ValidationError("Read either a journal's folder or an exported journal.")
        }
    }

    func perform() async throws {
        let explanation = try await explanation()
        if output.json { try Output.json(explanation) } else { tell(explanation) }
        if explanation.replay != "same" { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    private func explanation() async throws -> ExplanationMessage {
        let other = try policy.map(Self.readPolicy)
        if let journal { return try explain(in: journal, under: other) }
        if let export { return try explain(exported: export, under: other) }
        // Another policy is read here, and not sent to the daemon.
        do {
            let told = try await daemon.ask { client in
                try await client.explanation(of: number, isSequence: sequence)
            }
            guard other != nil else { return told }
            throw CommandFailure(
                reason: "journal-locked",
                message: "While the daemon runs, --policy needs a copy of the journal: name its "
                    + "folder with --journal. Nothing was changed.")
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let folder = StateFolder(daemon.state.folder)
            guard FileManager.default.fileExists(atPath: folder.journalPath) else { throw failure }
            Output.note("No daemon runs; this is read from the journal itself.")
            return try explain(in: folder.journalPath, under: other)
        }
    }

    private func explain(in folder: String, under other: Policy?) throws -> ExplanationMessage {
        do {
            let reader = try SQLiteJournalReader(folder: folder)
            guard let entry = try find(in: reader) else { throw notFound }
            var documents: [[UInt8]: [UInt8]] = [:]
            for digest in DecisionExplainer.documents(of: entry) {
                documents[digest] = try reader.document(digest: digest)
            }
            return ExplanationMessage(
                DecisionExplainer { documents[$0] }.explain(entry, under: other),
                acknowledgedThrough: try reader.queue().acknowledgedThrough)
        } catch let error as JournalError {
            throw StateFolder.failure(error)
        }
    }

    private func explain(exported file: String, under other: Policy?) throws -> ExplanationMessage {
        let (number, isSequence) = (number, sequence)
        let found = try ExportedEntry.find(in: file) {
            isSequence ? $0.sequence == number : $0.receipt == number
        }
        guard let found else { throw notFound }
        return ExplanationMessage(
            DecisionExplainer { found.documents[$0] }.explain(found.entry, under: other),
            acknowledgedThrough: found.acknowledgedThrough)
    }

    private func find(in reader: SQLiteJournalReader) throws -> JournalEntry? {
        if sequence {
            guard number > 0 else { return nil }
            return try reader.entries(after: number - 1, limit: 1)
                .first { $0.sequence == number }
        }
        var last: UInt64 = 0
        while true {
            let page = try reader.entries(after: last, limit: Self.pageSize)
            if let entry = page.first(where: { $0.receipt == number }) { return entry }
            guard let end = page.last else { return nil }
            last = end.sequence
        }
    }

    private var notFound: CommandFailure {
        CommandFailure(
            .notFound, reason: "entry-not-found",
            message: sequence
                ? "The journal has no entry \(number). Look at `tillctl journal list`."
                : "The journal has no receipt \(number). Declines have none: name their place "
                    + "with --sequence.")
    }

    /// A policy by itself, or the one in a configuration, as the hub signed it.
    private static func readPolicy(_ path: String) throws -> Policy {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .notFound, reason: "file-not-readable",
                message: "\(path) cannot be read. Check the path and mode.")
        }
        let bytes = [UInt8](data)
        let message = (try? MessageFile.configuration.message(in: bytes)) ?? bytes
        if let configuration = try? TerminalConfiguration.kept(message) {
            return configuration.policy
        }
        do { return try PolicyDocument.read(message).policy } catch {
            throw CommandFailure(
                reason: error.reason,
                message: "\(path) is no signed policy and no configuration: \(error.description)")
        }
    }

    private func tell(_ told: ExplanationMessage) {
        let receipt = told.entry.receipt.map { ", receipt \($0)" } ?? ""
        Output.line("Entry \(told.entry.sequence)\(receipt), \(told.entry.at): \(told.decision)")
        Output.line("  \(told.message)")
        if let voucher = told.entry.voucher { Output.line("  Voucher: \(voucher)") }
        if let key = told.issuerKey { Output.line("  Issuer's key: \(key)") }
        for document in told.documents {
            Output.line("  By \(document.kind) \(document.version) (\(document.hash.prefix(16)))")
        }
        if let clock = told.clock {
            let uncertainty =
                clock.uncertaintySeconds.map { "\($0) s" } ?? "an unknown time"
            Output.line(
                "  Clock: \(clock.now), not before \(clock.floor), uncertain by \(uncertainty)")
        }
        if let facts = told.facts, let step = told.step {
            Output.line("  Facts: \(facts.isEmpty ? "none" : facts.joined(separator: ", "))")
            Output.line("  Step: \(step)")
        }
        for (mask, names) in (told.masks ?? [:]).sorted(by: { $0.key < $1.key }) {
            Output.line("  Mask \(mask): \(names.joined(separator: ", "))")
        }
        if let draw = told.draw {
            Output.line(
                "  Draw: \(draw.value) of 1000000, selected below \(draw.threshold) "
                    + "(seed \(draw.seed))")
        }
        switch told.replay {
        case "same": Output.line("Taken again, the same decision follows.")
        default: Output.line("Taken again: \(told.replay). \(told.replayDetail ?? "")")
        }
        if let other = told.underOtherPolicy { Output.line("Under the other policy: \(other)") }
    }
}
