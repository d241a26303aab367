/// What the daemon says to its scanner process (`docs/spec/scanner-protocol.md`).
public enum ScannerOrder: Hashable, Sendable {
    /// The first order: how to look. Frames of a camera must be answered within the budget.
    case begin(cascade: ScannerCascade, budgetMilliseconds: Int)

    /// Look at one still picture, a file's bytes, of which one descriptor comes with the order.
    case picture(number: UInt32, byteCount: Int)

    /// From now on look at the frames of a stream, whose descriptor comes with the order.
    case stream(StreamLayout)

    /// From now on look through a V4L2 device, whose descriptor comes with the order.
    case camera(CameraRequest)

    /// Wait for the next frame of the stream or camera, at most so long, and look at it.
    case look(number: UInt32, timeoutMilliseconds: Int)

    /// How many descriptors come with the order.
    public var descriptorCount: Int {
        switch self {
        case .picture, .stream, .camera: 1
        case .begin, .look: 0
        }
    }
}

/// In which ways a scanner looks at frames, by the names of the decoder's cascades.
public enum ScannerCascade: UInt8, Hashable, Sendable, CaseIterable {
    /// What the terminal uses.
    case standard = 0
    /// Cascade C of the measurements, to compare with.
    case c = 1
    /// zbar alone, to compare with.
    case plain = 2
}

/// How frames lie in a stream.
public enum StreamLayout: Hashable, Sendable {
    /// YUV4MPEG2; its header gives the sides.
    case y4m
    /// Bare 8-bit grey frames of these sides, 1 to 65,535 pixels each.
    case grey(width: Int, height: Int)
    /// A Y4M stream after its header, which another process has read.
    case y4mFrames(StreamHeader)
}

/// What the header of a Y4M stream said.
public struct StreamHeader: Hashable, Sendable {
    /// The frame's sides in pixels, 1 to 65,535.
    public let width: Int
    /// The frame's sides in pixels, 1 to 65,535.
    public let height: Int
    /// Bytes of the colour planes that follow each frame's luma, up to twice the pixels.
    public let chromaBytes: Int

    /// Makes a header; nil where a value is out of range.
    public init?(width: Int, height: Int, chromaBytes: Int) {
        guard (1...0xFFFF).contains(width), (1...0xFFFF).contains(height),
            (0...(2 * width * height)).contains(chromaBytes)
        else { return nil }
        self.width = width
        self.height = height
        self.chromaBytes = chromaBytes
    }
}

/// What is asked of a V4L2 camera.
public struct CameraRequest: Hashable, Sendable {
    /// The most controls that one request sets.
    public static let maximumControls = 32

    /// The frame's sides in pixels, 1 to 65,535; the driver may choose near ones.
    public let width: Int
    /// The frame's sides in pixels, 1 to 65,535; the driver may choose near ones.
    public let height: Int
    /// Frames a second, 1 to 255; the driver may choose another rate.
    public let framesPerSecond: Int
    /// Which pixel format; nil leaves the choice of the cheapest to the scanner.
    public let format: CameraFormat?
    /// What is set before frames flow, in this order.
    public let controls: [CameraControlSetting]

    /// Makes a request; what is out of range is a programmer's error.
    public init(
        width: Int, height: Int, framesPerSecond: Int, format: CameraFormat? = nil,
        controls: [CameraControlSetting] = []
    ) {
        precondition(
            (1...0xFFFF).contains(width) && (1...0xFFFF).contains(height),
            "A frame has 1 to 65,535 pixels a side.")
        precondition(
            (1...255).contains(framesPerSecond), "A camera gives 1 to 255 frames a second.")
        precondition(controls.count <= Self.maximumControls, "A request sets 32 controls at most.")
        self.width = width
        self.height = height
        self.framesPerSecond = framesPerSecond
        self.format = format
        self.controls = controls
    }
}

/// The pixel formats that are read from a camera; the raw value is V4L2's four-character code,
/// little-endian (Linux media documentation, "Image Formats").
public enum CameraFormat: UInt32, Hashable, Sendable, CaseIterable {
    /// 8-bit grey.
    case grey = 0x5945_5247
    /// A plane of luma, then one of interleaved chroma at half the size (4:2:0).
    case nv12 = 0x3231_564E
    /// Luma and chroma alternating (4:2:2).
    case yuyv = 0x5659_5559
    /// One JPEG picture a frame.
    case mjpeg = 0x4750_4A4D

    /// The name as people write it: the four characters, in lower case.
    public var name: String {
        switch self {
        case .grey: "grey"
        case .nv12: "nv12"
        case .yuyv: "yuyv"
        case .mjpeg: "mjpeg"
        }
    }

    /// The format that people call so.
    public init?(name: String) {
        guard let format = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = format
    }
}

/// One control of a camera and the value it shall have, by V4L2 control id.
public struct CameraControlSetting: Hashable, Sendable {
    /// The id (`V4L2_CID_…`); names changed between kernels, ids do not.
    public let id: UInt32
    /// The value.
    public let value: Int32

    /// Makes a setting.
    public init(id: UInt32, value: Int32) {
        self.id = id
        self.value = value
    }
}
