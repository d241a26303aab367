import ArgumentParser
import CommandSupport
import FileCamera
import Foundation
import HardwareProfiles
import ProcessScanner
import ProfileHardware
import ScannerProtocol
import Terminal
import V4L2Camera

/// Where a command's frames come from: a camera, a stream of frames, or a recording.
enum FrameSource {
    /// A V4L2 device.
    case device(path: String, CameraRequest)
    /// A pipe or file of frames.
    case stream(path: String, StreamLayout)

    /// What the frames of a recording are called in its folder.
    static let recordedFrames = "frames.y4m"
    /// What the profile that made them is called.
    static let recordedProfile = "camera.yaml"

    /// Whether the frames come whether they are looked at or not.
    var isDevice: Bool { if case .device = self { true } else { false } }

    /// Whether a path is a file, whose frames wait.
    static func isFile(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }

    /// The device's or the stream's path.
    var path: String {
        switch self {
        case .device(let path, _), .stream(let path, _): path
        }
    }

    /// A scanner of them: the daemon's own way.
    func scanner(program: String) -> ProcessScanner {
        switch self {
        case .device(let path, let request):
            ProcessScanner(program: program, source: .camera(path: path, request))
        case .stream(let path, let layout):
            ProcessScanner(program: program, source: .stream(path: path, layout))
        }
    }
}

/// The profile that holds here, for commands that use its devices.
struct ProfileChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hardware profile (default: the installed ones that fit this machine).",
            valueName: "file"))
    var profile: String?

    func load() throws -> HardwareProfile {
        do throws(ProfileError) { return try HardwareProfile.holding(at: profile) } catch {
            throw CommandFailure(error)
        }
    }
}

extension CameraOptions {
    /// The source that is named, else that of the profile.
    func source(_ path: String?, _ profile: ProfileChoice) throws -> FrameSource {
        guard let path else {
            switch try profile.load().camera {
            case .device(let device): return .device(path: device.path, device.request)
            case .pipe(let path, let format): return .stream(path: path, format.layout)
            case .folder, .none:
                throw CommandFailure(
                    .usage, reason: "camera-not-named",
                    message: "The hardware profile names no camera with frames. Name one: "
                        + "tillctl camera list.")
            }
        }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw CommandFailure(
                .notFound, reason: "camera-missing",
                message: "There is nothing at \(path): \(String(cString: strerror(errno))).")
        }
        switch facts.st_mode & S_IFMT {
        case S_IFCHR: return .device(path: path, try request())
        case S_IFDIR: return .stream(path: "\(path)/\(FrameSource.recordedFrames)", .y4m)
        default: return .stream(path: path, try layout())
        }
    }

    private func layout() throws -> StreamLayout {
        switch format {
        case nil, "y4m": return .y4m
        case "grey":
            _ = try request()
            return .grey(width: width, height: height)
        default:
            throw CommandFailure(
                .usage, reason: "camera-format-unknown",
                message: "A pipe's or file's format is y4m or grey.")
        }
    }
}

/// Frames themselves, for commands that keep them: decoded in this process, by whoever set up the
/// camera.
final class FrameGrabber {
    /// What came of a wait.
    enum View {
        case frame(LumaFrame)
        case nothingNew
        case ended
    }

    private enum Eye {
        case camera(V4L2Camera, path: String)
        case stream(StreamCamera)
    }

    private let eye: Eye

    /// What the camera agreed to; nil of a stream.
    var opened: OpenedCamera? {
        if case .camera(let camera, _) = eye { camera.opened } else { nil }
    }

    /// Opens a source.
    init(_ source: FrameSource) throws {
        do {
            switch source {
            case .stream(let path, let layout):
                let kind: StreamCamera.Layout =
                    switch layout {
                    case .grey(let width, let height): .grey(width: width, height: height)
                    case .y4m, .y4mFrames: .y4m
                    }
                eye = .stream(try StreamCamera(path: path, layout: kind))
            case .device(let path, let request):
                let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
                guard descriptor >= 0 else { throw CameraError.cameraMissing(path: path) }
                do throws(V4L2Error) {
                    eye = .camera(
                        try V4L2Camera(owning: descriptor, request: request), path: path)
                } catch { throw Self.error(error, path) }
            }
        } catch let error as CameraError { throw CommandFailure(error) }
    }

    /// Waits for a frame, at most so long.
    func next(timeoutMilliseconds: Int) throws -> View {
        do {
            switch eye {
            case .stream(let camera):
                switch try camera.next(timeoutMilliseconds: timeoutMilliseconds) {
                case .frame(let frame, _): return .frame(frame)
                case .ended: return .ended
                case .nothingNew, .empty, .unreadable: return .nothingNew
                }
            case .camera(let camera, let path):
                let answer: V4L2Camera.Answer<LumaFrame>
                do throws(V4L2Error) {
                    answer = try camera.look(timeoutMilliseconds: timeoutMilliseconds) {
                        pixels, facts in
                        LumaFrame(
                            width: facts.width, height: facts.height,
                            pixels: pixels.withUnsafeBufferPointer { Array($0) })
                    }
                } catch { throw Self.error(error, path) }
                if case .looked(let frame) = answer { return .frame(frame) }
                return .nothingNew
            }
        } catch let error as CameraError { throw CommandFailure(error) }
    }

    private static func error(_ error: V4L2Error, _ path: String) -> CameraError {
        switch error {
        case .unusable(let detail): .cameraUnusable(path: path, detail: detail)
        case .gone: .cameraGone(path: path)
        case .silent(let milliseconds): .cameraSilent(path: path, milliseconds: milliseconds)
        }
    }
}

extension CommandFailure {
    /// What is wrong with a camera, a stream or a scan engine.
    init(_ error: CameraError) {
        self.init(.failed, reason: error.reason, message: "\(error)")
    }
}
