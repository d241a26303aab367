import ArgumentParser
import CommandSupport
import ScannerProtocol

/// Which camera to look through, and how.
struct CameraOptions: ParsableArguments {
    /// What a size may be, in pixels a side.
    private static let sides = 128...4_096

    @Option(help: ArgumentHelp("The frame's width in pixels.", valueName: "pixels"))
    var width = 1_280
    @Option(help: ArgumentHelp("The frame's height in pixels.", valueName: "pixels"))
    var height = 720
    @Option(help: ArgumentHelp("Frames a second.", valueName: "rate"))
    var rate = 15
    @Option(
        help: ArgumentHelp(
            "Of a device: grey, nv12, yuyv or mjpeg (default: the cheapest that it has); of a pipe "
                + "or file: y4m (the default) or grey.",
            valueName: "name"))
    var format: String?
    @OptionGroup var scanner: ScannerOptions

    /// The request; what is out of range is a wrong command line.
    func request() throws -> CameraRequest {
        guard Self.sides.contains(width), Self.sides.contains(height), (1...120).contains(rate)
        else {
            throw CommandFailure(
                .usage, reason: "camera-options-out-of-range",
                message: "A frame has 128 to 4096 pixels a side, and there are 1 to 120 a second.")
        }
        let pixels = format.flatMap { CameraFormat(name: $0) }
        guard format == nil || pixels != nil else {
            throw CommandFailure(
                .usage, reason: "camera-format-unknown",
                message: "A camera's format is grey, nv12, yuyv or mjpeg.")
        }
        return CameraRequest(
            width: width, height: height, framesPerSecond: rate, format: pixels)
    }
}
