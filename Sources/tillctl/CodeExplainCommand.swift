import ArgumentParser
import COSE
import CommandSupport
import Foundation
import TerminalState
import Vouchers

/// `tillctl code explain`: what a code is, and what this terminal would do with it.
struct CodeExplainCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a code is, whether it is well formed, and what a terminal would do.",
        discussion: """
            Works without the daemon. TEXT is a code as the scanner reads it; `-` reads one code \
            per line from standard input and writes one JSON line per code, whatever the bytes.
            Each answer has: kind, wellFormed, verdict (accept, refuse, receipt or health), reason, \
            message, fields. A receipt's and a health report's code are verified by the trust list of \
            --state, offline.
            What depends on the terminal's store or on the sale (spent, amounts, limits) is not \
            judged here.
              tillctl code explain TR1:…          is this receipt genuine, of which terminal, how much?
              tillctl code explain --exit TR1:…   the same, and it leaves: once, and never twice here
            Exit code: 0 whatever the verdict; with --exit 1 where the receipt may not leave.
            """)

    @Option(
        name: .customLong("issuer-key"),
        help: ArgumentHelp(
            "A trusted issuer's public COSE_Key in CBOR, hex; may be repeated.", valueName: "hex"))
    var issuerKeys: [String] = []
    @Option(
        help: ArgumentHelp(
            "The terminal's clock, seconds since 1970 UTC (default: now).",
            valueName: "seconds"))
    var at: UInt64?
    @Option(help: ArgumentHelp("The terminal's id.", valueName: "till:m42/t7"))
    var terminal: String?
    @Option(help: ArgumentHelp("The nonce of the open request, 8 bytes in hex.", valueName: "hex"))
    var nonce: String?
    @Flag(help: "Mark a genuine receipt as having left, on this terminal, once.")
    var exit = false
    @OptionGroup var state: StateOptions
    @Argument(help: "Codes, or - for standard input.")
    var text: [String]
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !exit || (text.count == 1 && text != ["-"]) else {
            throw ValidationError("--exit takes one receipt at a time.")
        }
    }

    func perform() async throws {
        let explainer = CodeExplainer(
            context: try context(),
            desk: try ReceiptDesk(
                StateFolder(state.folder), letsOut: exit, at: at ?? secondsNow()))
        for code in RawArguments.bytes(of: text) {
            if code == [UInt8(ascii: "-")] {
                try LineExplainer(explainer: explainer).run()
            } else {
                let explanation = explainer.explain(code)
                if output.json {
                    try Output.json(explanation)
                } else {
                    describe(explanation)
                }
                if exit, explanation.verdict != ReceiptDesk.verdict {
                    throw ExitCode(ExitStatus.failed.rawValue)
                }
            }
        }
    }

    private func describe(_ explanation: CodeExplanation) {
        Output.line("\(explanation.verdict): \(explanation.message) [\(explanation.reason)]")
        Output.line("  kind: \(explanation.kind)")
        for (name, value) in explanation.fields.sorted(by: { $0.key < $1.key }) {
            Output.line("  \(name): \(value)")
        }
    }

    private func context() throws -> VerificationContext {
        var issuers: [Issuer] = []
        for (index, hex) in issuerKeys.enumerated() {
            guard let bytes = [UInt8](hex: hex), let id = IssuerID("issuer-key-\(index + 1)") else {
                throw Self.usage("issuer-key-malformed", "--issuer-key \(index + 1) is not hex.")
            }
            do {
                issuers.append(Issuer(id: id, keys: [try PublicKey(coseKey: bytes)]))
            } catch {
                throw Self.usage(
                    "issuer-key-refused", "--issuer-key \(index + 1) is refused: \(error).")
            }
        }
        var id: TerminalID?
        if let terminal {
            guard let parsed = TerminalID(terminal) else {
                throw Self.usage(
                    "terminal-id-malformed",
                    "--terminal is till:MERCHANT/TERMINAL, at most 25 "
                        + "characters of A-Z, a-z, 0-9, '.', '_', '-'.")
            }
            id = parsed
        }
        var open: [UInt8]?
        if let nonce {
            guard let bytes = [UInt8](hex: nonce), (8...16).contains(bytes.count) else {
                throw Self.usage("nonce-malformed", "--nonce is 8 to 16 bytes in hex.")
            }
            open = bytes
        }
        return VerificationContext(
            now: at ?? secondsNow(), terminal: id, openNonce: open,
            confirmableNonces: Set(open.map { [$0] } ?? []), issuers: IssuerDirectory(issuers))
    }

    private static func usage(_ reason: String, _ message: String) -> CommandFailure {
        CommandFailure(.usage, reason: reason, message: message)
    }
}

/// Explains standard input line by line, on all cores, answers in the order of the lines.
private struct LineExplainer {
    /// Lines taken together: enough to keep the cores busy, few enough that answers flow.
    static let linesAtOnce = 2_048
    /// Bytes read at once.
    static let chunkBytes = 1 << 16
    /// The longest line that is kept; of a longer one the rest is dropped, for it is refused by
    /// its length anyway.
    static let maximumLineBytes = 1 << 16

    let explainer: CodeExplainer

    func run() throws {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        while let chunk = try FileHandle.standardInput.read(upToCount: Self.chunkBytes),
            !chunk.isEmpty
        {
            for byte in chunk {
                if byte == UInt8(ascii: "\n") {
                    lines.append(line)
                    line.removeAll(keepingCapacity: true)
                    if lines.count == Self.linesAtOnce {
                        try answer(lines)
                        lines.removeAll(keepingCapacity: true)
                    }
                } else if line.count < Self.maximumLineBytes {
                    line.append(byte)
                }
            }
        }
        if !line.isEmpty { lines.append(line) }
        try answer(lines)
    }

    private func answer(_ lines: [[UInt8]]) throws {
        guard !lines.isEmpty else { return }
        let workers = max(1, min(ProcessInfo.processInfo.activeProcessorCount, lines.count))
        let parts = ParallelText(count: workers)
        let explainer = explainer
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let range = (lines.count * worker / workers)..<(lines.count * (worker + 1) / workers)
            var text = ""
            for line in lines[range] {
                text += CodeExplainer.json(explainer.explain(line))
                text += "\n"
            }
            parts.set(worker, text)
        }
        Output.write(parts.joined(), to: FileHandle.standardOutput.fileDescriptor)
    }
}
