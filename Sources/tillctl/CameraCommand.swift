import ArgumentParser
import CommandSupport
import Foundation
import V4L2Camera

/// `tillctl camera`: the machine's cameras, for whoever sets up a kiosk.
struct CameraCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camera",
        abstract:
            "List cameras, tell their controls, keep what they see, and try how well they read.",
        subcommands: [
            CameraListCommand.self, CameraControlsCommand.self, CameraSnapCommand.self,
            CameraRecordCommand.self, CameraTestCommand.self,
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
