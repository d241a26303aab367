import ArgumentParser
import CommandSupport
import FileCamera
import Foundation
import ProcessScanner
import ScannerProtocol
import Terminal

/// `tillctl scan`: decodes pictures with the daemon's own scanner process, without the daemon.
struct ScanCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Decode pictures (PNG, JPEG, PGM; files or folders) as the daemon would.",
        discussion: """
            With --json one line per picture: file, symbols (type, text; bytes in hex where the \
            text is not UTF-8), milliseconds; an unreadable picture has no \
            symbols, and reason and message.
            Exit code: 0 every picture could be looked at, 1 one could not, 10 nothing is there by \
            any of the names.
            """)

    @Argument(help: "Pictures, or folders of pictures.")
    var paths: [String]
    @Option(help: ArgumentHelp("For measuring: standard, c or plain.", visibility: .hidden))
    var cascade = "standard"
    @OptionGroup var scanner: ScannerOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        guard let cascade = ScannerCascade(named: cascade) else {
            throw CommandFailure(
                .usage, reason: "cascade-unknown",
                message: "There is no cascade \(cascade.prefix(20)): standard, c or plain.")
        }
        let scanner = ProcessScanner(
            program: scanner.program,
            source: .pictures(PicturePaths(paths)), cascade: cascade)
        var pictures = 0
        var unreadable: [CameraError] = []
        loop: while true {
            let view: ScannerView
            do throws(CameraError) {
                view = try scanner.look(timeoutMilliseconds: 0)
            } catch {
                throw CommandFailure(
                    .failed, reason: error.reason, message: "\(error) Nothing more was scanned.")
            }
            switch view {
            case .looked(let symbols, let name):
                pictures += 1
                try report(
                    ScannedPicture(name, symbols, scanner.lastFacts?.microseconds ?? 0))
            case .unreadable(let error, let name):
                pictures += 1
                unreadable.append(error)
                try report(ScannedPicture(name, error))
            case .empty, .nothingNew: continue
            case .ended: break loop
            }
        }
        if pictures == 0 {
            throw CommandFailure(
                .notFound, reason: "no-pictures", message: "There is no picture at these paths.")
        }
        if unreadable.isEmpty { return }
        let missing = unreadable.count { if case .pictureMissing = $0 { true } else { false } }
        let status: ExitStatus = missing == pictures ? .notFound : .failed
        throw ExitCode(status.rawValue)
    }

    private func report(_ picture: ScannedPicture) throws {
        if output.json {
            try Output.json(picture)
        } else if let message = picture.message {
            Output.note("error: \(message)")
        } else {
            if picture.symbols.isEmpty { Output.line("\(picture.file): no code") }
            for symbol in picture.symbols {
                Output.line("\(picture.file): \(symbol.text ?? symbol.bytes ?? "")")
            }
        }
    }
}

/// What one picture holds; the keys are stable (`docs/spec/cli.md`).
private struct ScannedPicture: Encodable {
    struct Symbol: Encodable {
        let type: String
        let text: String?
        let bytes: String?
    }

    let file: String
    let symbols: [Symbol]
    let milliseconds: Double
    let reason: String?
    let message: String?

    init(_ name: String, _ found: [DecodedSymbol], _ microseconds: UInt32) {
        file = name
        milliseconds = Double(microseconds) / 1_000
        symbols = found.map { symbol in
            let text = String(validating: symbol.bytes, as: UTF8.self)
            return Symbol(
                type: symbol.kind.rawValue, text: text,
                bytes: text == nil ? symbol.bytes.hex : nil)
        }
        reason = nil
        message = nil
    }

    init(_ name: String, _ error: CameraError) {
        file = name
        symbols = []
        milliseconds = 0
        reason = error.reason
        message = error.description
    }
}

extension ScannerCascade {
    /// The cascade that commands call so.
    fileprivate init?(named name: String) {
        switch name {
        case "standard": self = .standard
        case "c": self = .c
        case "plain": self = .plain
        default: return nil
        }
    }
}
