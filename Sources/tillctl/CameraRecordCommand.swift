import ArgumentParser
import CommandSupport
import FileCamera
import Foundation
import ScannerProtocol
import Screens
import Terminal

/// `tillctl camera snap`: one frame as a picture.
struct CameraSnapCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "snap",
        abstract: "Write what a camera sees now as a PNG picture.",
        discussion: """
            The camera is a device, a pipe or file of frames, or a folder that `tillctl camera \
            record` wrote; without one it is that of the hardware profile. Of a device the first \
            frames are passed over: exposure settles meanwhile. The daemon must not use the camera.
            Exit code: 0 written, 1 not.
            """)

    /// How many frames of a device are passed over: automatic exposure takes about a second.
    private static let settlingFrames = 15

    @Argument(help: "The camera's path.")
    var path: String?
    @Option(help: ArgumentHelp("The picture to write.", valueName: "file"))
    var out: String
    @OptionGroup var profile: ProfileChoice
    @OptionGroup var camera: CameraOptions
    @OptionGroup var output: OutputOptions

    private struct Snapped: Encodable {
        let out: String
        let width: Int
        let height: Int
    }

    func perform() async throws {
        let source = try camera.source(path, profile)
        let frames = try Frames(of: source, seconds: Frames.patienceSeconds)
        for _ in 0..<(source.isDevice ? Self.settlingFrames : 0) { _ = try frames.next() }
        guard let frame = try frames.next() else {
            throw CommandFailure(
                reason: "camera-silent", message: "No frame came from \(source.path).")
        }
        guard let png = frame.png() else {
            throw CommandFailure(
                reason: "picture-not-made", message: "No PNG can be made of the frame.")
        }
        try FrameFile.write(png, to: out)
        if output.json {
            try Output.json(Snapped(out: out, width: frame.width, height: frame.height))
        } else {
            Output.line("\(out): \(frame.width) x \(frame.height)")
        }
    }
}

/// `tillctl camera record`: frames, to be looked at again later.
struct CameraRecordCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Write a camera's frames into a folder, with the profile that made them.",
        discussion: """
            frames.y4m has the frames (grey, not compressed: one of 1280 x 720 takes 0.9 MB), \
            camera.yaml the camera as a hardware profile has it. `tillctl scan --camera`, `camera \
            test` and `camera snap` take the folder in place of a camera, and look at its frames as \
            the daemon would; so does `tilld`, whose profile names frames.y4m as a pipe. The \
            daemon must not use the camera.
            Exit code: 0 written, 1 not all of it.
            """)

    /// What a recording may have: 100 frames are 92 MB at 1280 x 720.
    private static let counts = 1...10_000

    @Argument(help: "The camera's path; without one that of the hardware profile.")
    var path: String?
    @Option(help: ArgumentHelp("The folder to write, which must not be there.", valueName: "dir"))
    var out: String
    @Option(help: ArgumentHelp("How many frames.", valueName: "count"))
    var frames = 100
    @OptionGroup var profile: ProfileChoice
    @OptionGroup var camera: CameraOptions
    @OptionGroup var output: OutputOptions

    private struct Recorded: Encodable {
        let out: String
        let frames: Int
        let width: Int
        let height: Int
    }

    func perform() async throws {
        guard Self.counts.contains(frames) else {
            throw CommandFailure(
                .usage, reason: "frames-out-of-range", message: "--frames is 1 to 10000.")
        }
        let source = try camera.source(path, profile)
        let recording = try Frames(of: source, seconds: Frames.patienceSeconds)
        guard let first = try recording.next() else {
            throw CommandFailure(
                reason: "camera-silent", message: "No frame came from \(source.path).")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: out, withIntermediateDirectories: false)
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "The folder \(out) cannot be made, or is there already.")
        }
        let file = try FrameFile(path: "\(out)/\(FrameSource.recordedFrames)")
        try file.append(
            GreyStream.header(
                width: first.width, height: first.height, framesPerSecond: camera.rate))
        var frame: LumaFrame? = first
        var count = 0
        while let now = frame, count < frames {
            // A camera does not change its frames' size, and a stream cannot.
            guard now.width == first.width, now.height == first.height else { break }
            try file.append(GreyStream.frameMark)
            try file.append(now.pixels)
            count += 1
            frame = count < frames ? try recording.next() : nil
        }
        try FrameFile.write(
            Array(
                RecordedProfile.text(
                    source, opened: recording.opened, rate: camera.rate,
                    size: (first.width, first.height)
                ).utf8), to: "\(out)/\(FrameSource.recordedProfile)")
        if output.json {
            try Output.json(
                Recorded(out: out, frames: count, width: first.width, height: first.height))
        } else {
            Output.line("\(out): \(count) frames of \(first.width) x \(first.height)")
        }
    }
}

/// The frames of a source, one after the other, as long as they come.
final class Frames {
    /// For how long a frame is waited for, in seconds: cameras measure light, and start motors.
    static let patienceSeconds = 10

    private let grabber: FrameGrabber
    private let patience: Duration

    /// What the camera agreed to.
    var opened: OpenedCamera? { grabber.opened }

    init(of source: FrameSource, seconds: Int) throws {
        grabber = try FrameGrabber(source)
        patience = .seconds(seconds)
    }

    /// The next frame; nil at the end, or where none comes.
    func next() throws -> LumaFrame? {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            switch try grabber.next(timeoutMilliseconds: 100) {
            case .frame(let frame): return frame
            case .ended: return nil
            case .nothingNew: continue
            }
        }
        return nil
    }
}

/// The profile that made a recording.
enum RecordedProfile {
    /// A profile's text: what was asked for, with what the camera agreed to beside it.
    static func text(
        _ source: FrameSource, opened: OpenedCamera?, rate: Int, size: (width: Int, height: Int)
    ) -> String {
        var lines = [
            "# Recorded by tillctl \(tillVersion), \(UTCTime(secondsNow()).rfc3339).",
            "# Frames: \(size.width) x \(size.height), \(rate) a second asked for.",
        ]
        if let opened {
            lines.append(
                "# Agreed to: \(opened.format?.name ?? "?"), \(opened.width) x \(opened.height), "
                    + "\(Double(opened.framesPerThousandSeconds) / 1_000) frames a second.")
            lines += opened.controls.map { control in
                "# Control \(hex(control.id)): \(control.result), now \(control.value)."
            }
        }
        lines += ["profile: 1", "", "camera:"]
        switch source {
        case .stream(let path, let layout):
            lines += ["  kind: pipe", "  path: \(quoted(path))"]
            if case .grey(let width, let height) = layout {
                lines += ["  format: grey", "  width: \(width)", "  height: \(height)"]
            } else {
                lines.append("  format: y4m")
            }
        case .device(let path, let request):
            lines += [
                "  kind: v4l2", "  path: \(quoted(path))", "  width: \(request.width)",
                "  height: \(request.height)", "  frames-per-second: \(request.framesPerSecond)",
            ]
            if let format = request.format { lines.append("  format: \(format.name)") }
            if !request.controls.isEmpty {
                lines.append("  controls:")
                lines += request.controls.map { "    \(quoted(hex($0.id))): \($0.value)" }
            }
        }
        lines += ["", "display:", "  kind: none", ""]
        return lines.joined(separator: "\n")
    }

    private static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// A text between single quotation marks (YAML 1.1, 7.3.2).
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}

/// A file that is written in pieces.
final class FrameFile {
    private let handle: FileHandle
    private let path: String

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Self.failure(path) }
        self.handle = handle
        self.path = path
    }

    func append(_ bytes: [UInt8]) throws {
        do { try handle.write(contentsOf: Data(bytes)) } catch { throw Self.failure(path) }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do { try Data(bytes).write(to: URL(fileURLWithPath: path)) } catch {
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(
            reason: "file-not-written",
            message:
                "\(path) cannot be written: look at the folder's owner and the room on the disk."
        )
    }
}
