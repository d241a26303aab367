import ArgumentParser
import CommandSupport
import Foundation
import ProcessScanner
import ScannerProtocol
import Terminal
import V4L2Camera

/// `tillctl camera`: the machine's cameras, for whoever sets up a kiosk.
struct CameraCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camera",
        abstract: "List cameras, tell their controls, and try how well they read.",
        subcommands: [
            CameraListCommand.self, CameraControlsCommand.self, CameraTestCommand.self,
        ])
}

/// `tillctl camera list`.
struct CameraListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the cameras, by the names that hardware profiles should use.",
        discussion: "Exit code: 0 there is one, 10 there is none.")

    @OptionGroup var output: OutputOptions

    private struct Camera: Encodable {
        let path: String
        let name: String
        let driver: String
        let formats: [String]
    }

    func perform() async throws {
        let cameras = CameraListing.all().map { entry in
            Camera(
                path: entry.path, name: entry.name, driver: entry.driver, formats: entry.formats)
        }
        guard !cameras.isEmpty else {
            throw CommandFailure(
                .notFound, reason: "camera-missing",
                message: "There is no camera that this user may open. Plug one in, or add the "
                    + "user to the group video.")
        }
        for camera in cameras {
            if output.json {
                try Output.json(camera)
            } else {
                Output.line(camera.path)
                Output.line(
                    "  \(camera.name), \(camera.driver), \(camera.formats.joined(separator: " "))")
            }
        }
    }
}

/// `tillctl camera controls`.
struct CameraControlsCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "controls",
        abstract: "Tell a camera's controls: id, range, value.",
        discussion: "The ids are what `camera.controls` of a hardware profile takes.")

    @Argument(help: "The camera's path, as `tillctl camera list` tells it.")
    var path: String
    @OptionGroup var output: OutputOptions

    private struct Control: Encodable {
        let id: String
        let name: String
        let minimum: Int32
        let maximum: Int32
        let step: Int32
        let preset: Int32
        let value: Int32
        let inactive: Bool
    }

    func perform() async throws {
        guard let controls = CameraControls.list(path: path) else {
            let why = String(cString: strerror(errno))
            throw CommandFailure(
                .notFound, reason: "camera-missing",
                message: "The camera \(path) cannot be opened: \(why).")
        }
        for control in controls {
            let hex = String(control.id, radix: 16)
            let told = Control(
                id: "0x" + String(repeating: "0", count: max(0, 8 - hex.count)) + hex,
                name: control.name, minimum: control.range.lowerBound,
                maximum: control.range.upperBound, step: control.step, preset: control.preset,
                value: control.value, inactive: control.isInactive)
            if output.json {
                try Output.json(told)
            } else {
                Output.line(
                    "\(told.id)  \(told.name): \(told.value) of \(told.minimum) to "
                        + "\(told.maximum), preset \(told.preset)"
                        + (told.inactive ? ", inactive" : ""))
            }
        }
    }
}

/// `tillctl camera test`: how a code held before a camera is read.
struct CameraTestCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Look through a camera for some seconds and tell how well it reads.",
        discussion: """
            Hold a code before the camera. Told are the frames that came and those in which a code \
            was read, the processor time of a frame (median and 95th percentile), and brightness, \
            glare and sharpness of the picture, each 0 to 255. The daemon must not use the camera.
            Exit code: 0 a code was read, 1 none was.
            """)

    @Argument(help: "The camera's path, as `tillctl camera list` tells it.")
    var path: String
    @Option(help: ArgumentHelp("For how long.", valueName: "seconds"))
    var seconds = 10
    @OptionGroup var camera: CameraOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        guard (1...3_600).contains(seconds) else {
            throw CommandFailure(
                .usage, reason: "seconds-out-of-range", message: "--seconds is 1 to 3600.")
        }
        let scanner = try camera.scanner(path)
        var trial = CameraTrial()
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            do throws(CameraError) {
                let view = try scanner.look(timeoutMilliseconds: 200)
                trial.note(view, scanner.lastFacts)
            } catch {
                throw CommandFailure(.failed, reason: error.reason, message: "\(error)")
            }
        }
        let result = trial.result(opened: scanner.opened)
        if output.json { try Output.json(result) } else { result.describe() }
        if result.framesRead == 0 { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// What a trial of a camera gathers.
private struct CameraTrial {
    private var frames = 0
    private var framesRead = 0
    private var lost = 0
    private var milliseconds: [Double] = []
    private var facts: FrameFacts?

    mutating func note(_ view: ScannerView, _ facts: FrameFacts?) {
        switch view {
        case .looked(let symbols, _):
            frames += 1
            if !symbols.isEmpty { framesRead += 1 }
            if let facts {
                self.facts = facts
                if !facts.isUnchanged { milliseconds.append(Double(facts.microseconds) / 1_000) }
            }
        case .unreadable: lost += 1
        case .empty, .nothingNew, .ended: break
        }
    }

    func result(opened: OpenedCamera?) -> CameraTrialResult {
        let sorted = milliseconds.sorted()
        func quantile(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
        }
        return CameraTrialResult(
            width: opened?.width ?? 0, height: opened?.height ?? 0,
            format: opened?.format?.name, frames: frames, framesRead: framesRead,
            framesLost: lost, decodeMillisecondsMedian: quantile(0.5),
            decodeMilliseconds95: quantile(0.95), brightness: facts?.brightness ?? 0,
            glare: facts?.glare ?? 0, sharpness: facts?.sharpness ?? 0)
    }
}

/// What a trial of a camera found; the keys are stable.
private struct CameraTrialResult: Encodable {
    let width: Int
    let height: Int
    let format: String?
    let frames: Int
    let framesRead: Int
    let framesLost: Int
    let decodeMillisecondsMedian: Double
    let decodeMilliseconds95: Double
    let brightness: UInt8
    let glare: UInt8
    let sharpness: UInt8

    func describe() {
        Output.line("\(width) x \(height) \(format ?? "")")
        Output.line("frames: \(frames), a code read in \(framesRead), lost \(framesLost)")
        Output.line("decoding: \(decodeMillisecondsMedian) ms, 95 %: \(decodeMilliseconds95) ms")
        Output.line("brightness \(brightness), glare \(glare), sharpness \(sharpness) of 255")
    }
}
