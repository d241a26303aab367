import ArgumentParser
import CommandSupport
import Foundation
import ProcessScanner
import ScannerProtocol
import Screens
import Terminal
import V4L2Camera

/// `tillctl camera test`: how a code held before a camera is read.
struct CameraTestCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Look through a camera for some seconds and tell how well it reads.",
        discussion: """
            Hold a code before the camera: a device, a pipe or file of frames, or a folder that \
            `tillctl camera record` wrote; without one it is that of the hardware profile. Told are \
            the frames that came and those in which a code was read; the processor time of a frame, \
            of all and of those (median and 95th percentile); medians of brightness, glare and \
            sharpness, each 0 to 255; the exposure, where the camera has one to tell (in 100 µs); the \
            size of the smallest module that was read, in pixels; and the hint that stood longest. \
            The daemon must not use the camera.
            Exit code: 0 a code was read, 1 none was.
            """)

    /// `V4L2_CID_EXPOSURE_ABSOLUTE` (linux/v4l2-controls.h).
    private static let exposure: UInt32 = 0x009A_0902

    @Argument(help: "The camera's path, as `tillctl camera list` tells it.")
    var path: String?
    @Option(help: ArgumentHelp("For how long.", valueName: "seconds"))
    var seconds = 10
    @OptionGroup var profile: ProfileChoice
    @OptionGroup var camera: CameraOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        guard (1...3_600).contains(seconds) else {
            throw CommandFailure(
                .usage, reason: "seconds-out-of-range", message: "--seconds is 1 to 3600.")
        }
        let source = try camera.source(path, profile)
        let scanner = source.scanner(program: camera.scanner.program)
        var trial = CameraTrial()
        let end = ContinuousClock.now + .seconds(seconds)
        var opened: OpenedCamera?
        looks: while ContinuousClock.now < end {
            do throws(CameraError) {
                let view = try scanner.look(timeoutMilliseconds: 200)
                opened = scanner.opened ?? opened
                if view == .ended { break looks }
                trial.note(view, scanner.lastFacts)
            } catch {
                throw CommandFailure(error)
            }
        }
        var exposure: Int32?
        if case .device(let path, _) = source {
            exposure = CameraControls.list(path: path)?.first { $0.id == Self.exposure }?.value
        }
        let result = trial.result(opened: opened, exposure: exposure)
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
    private var readMilliseconds: [Double] = []
    private var brightness: [UInt8] = []
    private var glare: [UInt8] = []
    private var sharpness: [UInt8] = []
    private var smallestTenths: UInt16?
    private var advice: [FrameAdvice: Int] = [:]

    mutating func note(_ view: ScannerView, _ facts: FrameFacts?) {
        switch view {
        case .looked(let symbols, _):
            frames += 1
            let isRead = !symbols.isEmpty
            if isRead { framesRead += 1 }
            if let facts { note(facts, isRead: isRead) }
        case .unreadable: lost += 1
        case .empty, .nothingNew, .ended: break
        }
    }

    private mutating func note(_ facts: FrameFacts, isRead: Bool) {
        brightness.append(facts.brightness)
        glare.append(facts.glare)
        sharpness.append(facts.sharpness)
        if facts.advice != .none { advice[facts.advice, default: 0] += 1 }
        // What is told of an unchanged scene was read before, and took no time now.
        guard !facts.isUnchanged else { return }
        milliseconds.append(Double(facts.microseconds) / 1_000)
        guard isRead else { return }
        readMilliseconds.append(Double(facts.microseconds) / 1_000)
        if facts.moduleTenths > 0 {
            smallestTenths = min(smallestTenths ?? facts.moduleTenths, facts.moduleTenths)
        }
    }

    /// The value below which a part of them lies; 0 of none.
    private func quantile<Value: Comparable & Numeric>(_ values: [Value], _ part: Double) -> Value {
        let sorted = values.sorted()
        return sorted.isEmpty
            ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }

    func result(opened: OpenedCamera?, exposure: Int32?) -> CameraTrialResult {
        CameraTrialResult(
            width: opened?.width ?? 0, height: opened?.height ?? 0,
            format: opened?.format?.name, frames: frames, framesRead: framesRead,
            framesLost: lost,
            readRate: frames > 0
                ? (1_000 * Double(framesRead) / Double(frames)).rounded() / 1_000 : 0,
            decodeMillisecondsMedian: quantile(milliseconds, 0.5),
            decodeMilliseconds95: quantile(milliseconds, 0.95),
            readMillisecondsMedian: quantile(readMilliseconds, 0.5),
            readMilliseconds95: quantile(readMilliseconds, 0.95),
            brightness: quantile(brightness, 0.5), glare: quantile(glare, 0.5),
            sharpness: quantile(sharpness, 0.5), exposure: exposure,
            smallestModulePixels: smallestTenths.map { Double($0) / 10 },
            hint: advice.max { $0.value < $1.value }
                .flatMap { AimHint($0.key)?.rawValue })
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
    let readRate: Double
    let decodeMillisecondsMedian: Double
    let decodeMilliseconds95: Double
    let readMillisecondsMedian: Double
    let readMilliseconds95: Double
    let brightness: UInt8
    let glare: UInt8
    let sharpness: UInt8
    let exposure: Int32?
    let smallestModulePixels: Double?
    let hint: String?

    func describe() {
        if width > 0 { Output.line("\(width) x \(height) \(format ?? "")") }
        Output.line(
            "frames: \(frames), a code read in \(framesRead) "
                + "(\((readRate * 1_000).rounded() / 10) %), lost \(framesLost)")
        Output.line(
            "decoding: \(decodeMillisecondsMedian) ms, 95 %: \(decodeMilliseconds95) ms; where a "
                + "code was read \(readMillisecondsMedian) ms, 95 %: \(readMilliseconds95) ms")
        Output.line("brightness \(brightness), glare \(glare), sharpness \(sharpness) of 255")
        if let exposure { Output.line("exposure: \(exposure) (100 µs)") }
        if let smallestModulePixels {
            Output.line("smallest module read: \(smallestModulePixels) pixels")
        }
        if let hint { Output.line("hint: \(hint)") }
    }
}
