import ArgumentParser
import CommandSupport
import FileCamera
import Foundation
import HardwareProfiles
import ProcessScanner
import ProfileHardware
import ScannerProtocol
import Terminal

/// `tillctl scan`: reads pictures, a camera, a recording or a scan engine as the daemon would, and
/// without it.
struct ScanCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Read pictures, a camera, a recording or a scan engine as the daemon would.",
        discussion: """
            Pictures are PNG, JPEG or PGM, files or folders. With --json one line per picture: file, symbols (type, text; bytes in hex where the \
            text is not UTF-8), milliseconds; an unreadable picture has no \
            symbols, and reason and message.
            With --camera (a device, a pipe or file of frames, a folder that `tillctl camera record` \
            wrote) or --scan-engine (that of the hardware profile) one line for each sighting, as \
            the daemon would have it: a code held up is one. The daemon must not use the device.
            Exit code: 0 every picture could be looked at, or there was a sighting; 1 one could \
            not, or there was none; 10 nothing is there by any of the names.
            """)

    @Argument(help: "Pictures, or folders of pictures.")
    var paths: [String] = []
    @Option(
        name: .customLong("camera"),
        help: ArgumentHelp("Look through this instead of at pictures.", valueName: "path"))
    var cameraPath: String?
    @Flag(
        name: .customLong("scan-engine"),
        help: "Listen to the hardware profile's scan engine instead.")
    var scanEngine = false
    @Option(
        help: ArgumentHelp(
            "For how long, of a camera or scan engine (default: until it ends, or Control-C).",
            valueName: "seconds"))
    var seconds: Int?
    @Option(help: ArgumentHelp("For measuring: standard, c or plain.", visibility: .hidden))
    var cascade = "standard"
    @OptionGroup var profile: ProfileChoice
    @OptionGroup var camera: CameraOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let ways = [!paths.isEmpty, cameraPath != nil, scanEngine].count { $0 }
        guard ways == 1 else {
            throw CommandFailure(
                .usage, reason: "scan-what",
                message: "Name pictures, or a --camera, or say --scan-engine: one of these.")
        }
        if scanEngine {
            guard let engine = try profile.load().scanEngine else {
                throw CommandFailure(
                    .notFound, reason: "scan-engine-missing",
                    message: "The hardware profile names no scan engine.")
            }
            return try SightingWatch(seconds: seconds, json: output.json).run(engine.scanner())
        }
        if let cameraPath {
            let source = try camera.source(cameraPath, profile)
            return try SightingWatch(
                seconds: seconds, json: output.json,
                // A file's frames come as fast as they are read: their own time is their number.
                framesPerSecond: FrameSource.isFile(source.path) ? camera.rate : nil
            ).run(source.scanner(program: camera.scanner.program))
        }
        try scanPictures()
    }

    private func scanPictures() throws {
        guard let cascade = ScannerCascade(named: cascade) else {
            throw CommandFailure(
                .usage, reason: "cascade-unknown",
                message: "There is no cascade \(cascade.prefix(20)): standard, c or plain.")
        }
        let scanner = ProcessScanner(
            program: camera.scanner.program,
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
