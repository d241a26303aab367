import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import Glibc
import HubProtocol
import PaymentCodes
import Payments
import SQLiteVoucherStore
import Terminal
import TerminalState
import Trust
import Vouchers

/// `tillctl voucher`: the vouchers that are preloaded, to be paid with by reference.
struct VoucherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voucher",
        abstract: "Import voucher packs, count what is preloaded, look at one voucher.",
        subcommands: [
            VoucherImportCommand.self, VoucherCountCommand.self, VoucherShowCommand.self,
        ])
}

extension CommandFailure {
    /// What the voucher store said no with.
    init(_ error: VoucherStoreError) {
        let status: ExitStatus =
            switch error {
            case .damaged, .packDamaged: .dataDamaged
            default: .failed
            }
        self.init(status, reason: error.reason, message: error.message)
    }
}

/// A reference as it is given to a command.
enum VoucherReferenceArgument {
    /// The text itself, or one line of standard input where it is `-`: what stands on a command
    /// line, others on the machine can read.
    static func text(_ argument: String) throws -> String {
        let text = argument == "-" ? readLine() ?? "" : argument
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// `tillctl voucher import`.
struct VoucherImportCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import voucher packs into the terminal's store.",
        discussion: """
            The daemon may run. An import that was stopped, by Ctrl-C or a power cut, goes on \
            where it stopped when the same pack is imported again.
            """)

    @Argument(help: "Voucher packs, as `tillhub voucher issue --store-file` writes them.")
    var files: [String]
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let file: String
        let records: UInt64
        let doneBefore: UInt64
        let taken: UInt64
        let known: UInt64
        let refused: UInt64
    }

    func validate() throws {
        if files.isEmpty { throw ValidationError("Give at least one voucher pack.") }
    }

    func perform() async throws {
        var answers: [Answer] = []
        do {
            let store = try VoucherStoreImport(folder: StateFolder(state.folder).voucherStorePath)
            for file in files {
                var meter = ProgressMeter(name: (file as NSString).lastPathComponent)
                let report = try store.add(pack: file) { meter.show($0) }
                meter.end()
                answers.append(
                    Answer(
                        file: file, records: report.records, doneBefore: report.doneBefore,
                        taken: report.taken, known: report.known, refused: report.refused))
            }
        } catch { throw CommandFailure(error) }
        if output.json { return try Output.json(["packs": answers]) }
        for answer in answers {
            let resumed = answer.doneBefore > 0 ? ", \(answer.doneBefore) of them before" : ""
            Output.line(
                "\(answer.file): \(answer.records) records\(resumed); \(answer.taken) vouchers "
                    + "taken in, \(answer.known) were known, \(answer.refused) cannot be paid "
                    + "with by reference")
        }
    }
}

/// A line on standard error that says how far an import is, at most five times a second, where
/// somebody looks on; nothing where standard error is a file.
private struct ProgressMeter {
    private static let beat = Duration.milliseconds(200)

    private let name: String
    private let isWatched = isatty(STDERR_FILENO) == 1
    private var shown = ContinuousClock.now - ProgressMeter.beat
    private var hasShown = false

    init(name: String) { self.name = name }

    mutating func show(_ progress: VoucherStoreImport.Progress) {
        guard isWatched, ContinuousClock.now - shown >= Self.beat else { return }
        shown = .now
        hasShown = true
        let (what, done, total): (String, UInt64, UInt64) =
            switch progress {
            case .checking(let done, let total): ("checking", done, total)
            case .importing(let done, let total): ("importing", done, total)
            }
        let percent = total > 0 ? done * 100 / total : 100
        Output.write("\r\(name): \(what), \(percent) %  ", to: STDERR_FILENO)
    }

    func end() {
        if hasShown { Output.write("\r\u{1B}[K", to: STDERR_FILENO) }
    }
}

/// `tillctl voucher count`.
struct VoucherCountCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "count", abstract: "Say how many vouchers are preloaded.")

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let vouchers: UInt64
        let refused: UInt64
        let packs: UInt64
        let unfinishedPacks: UInt64
        let bytes: UInt64
    }

    func perform() async throws {
        let store = SQLiteVoucherStore(folder: StateFolder(state.folder).voucherStorePath)
        let totals: SQLiteVoucherStore.Totals
        do { totals = try await store.totals() } catch { throw CommandFailure(error) }
        if output.json {
            return try Output.json(
                Answer(
                    vouchers: totals.vouchers, refused: totals.refused, packs: totals.packs,
                    unfinishedPacks: totals.unfinishedPacks, bytes: totals.bytes))
        }
        Output.line(
            "\(totals.vouchers) vouchers from \(totals.packs) packs, \(totals.bytes) bytes")
        if totals.unfinishedPacks > 0 {
            Output.line("\(totals.unfinishedPacks) packs are unfinished: import them again.")
        }
    }
}

/// `tillctl voucher show`.
struct VoucherShowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Say what the voucher of a reference is, and whether it is good.",
        discussion: """
            The reference is the money: - reads it from standard input, where no other user of \
            the machine can read it. It is never written anywhere.
            Exit code: 0 a good voucher, 1 a refused one, 10 not in the store.
            """)

    @Argument(help: "The reference, TVR:…; - reads it from standard input.")
    var reference: String
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let verdict: String
        let reason: String
        let message: String
        let fields: [String: String]
    }

    func perform() async throws {
        let text = [UInt8](try VoucherReferenceArgument.text(reference).utf8)
        let folder = StateFolder(state.folder)
        let configuration = try folder.configuration()
        let context = VerificationContext(
            now: secondsNow(), terminal: configuration.terminal,
            issuers: IssuerDirectory(try folder.trust().list.list.issuers))
        let store = SQLiteVoucherStore(folder: folder.voucherStorePath)
        switch await ReferenceReader.read(text, from: store, in: context) {
        case .voucher(let voucher):
            try report(
                Answer(
                    verdict: "accept", reason: "accepted",
                    message: "A genuine voucher, for this terminal and in its time. What is left "
                        + "of it, the journal says when it pays.",
                    fields: VoucherFields.of(voucher)))
        case .unusable(.referenceUnknown):
            throw CommandFailure(
                .notFound, reason: DeclineReason.referenceUnknown.code,
                message: "No voucher with this reference is in the store. Import its pack.")
        case .refused(let code):
            throw CommandFailure(
                reason: code.refusal.reason.rawValue, message: code.refusal.detail)
        case .unusable(let reason):
            throw CommandFailure(reason: reason.code, message: Self.sentence(reason))
        }
    }

    private static func sentence(_ reason: DeclineReason) -> String {
        switch reason {
        case .refused(let refusal): refusal.detail
        case .referenceMalformed(_, let detail), .storeUnavailable(let detail): detail
        case .referenceAmbiguous: "Two vouchers in the store have this reference."
        default: "The reference cannot be paid with."
        }
    }

    private func report(_ answer: Answer) throws {
        if output.json { return try Output.json(answer) }
        Output.line(answer.message)
        for (name, value) in answer.fields.sorted(by: { $0.key < $1.key }) {
            Output.line("  \(name): \(value)")
        }
    }
}
