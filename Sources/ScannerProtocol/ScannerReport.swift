/// What the scanner process says to its daemon (`docs/spec/scanner-protocol.md`).
///
/// The daemon believes none of it beyond its form: the process that says it has looked at what
/// strangers hold up.
public enum ScannerReport: Hashable, Sendable {
    /// The process has shut itself in and read its own test code.
    case ready(SandboxState)

    /// The stream or the camera is open.
    case opened(OpenedCamera)

    /// The stream's header has been read: what another process needs to go on with it.
    case streamHeader(StreamHeader)

    /// The decoding of a frame or picture begins: from now on the deadline runs.
    case frame(number: UInt32, ageMilliseconds: UInt32)

    /// One symbol of the frame that began last.
    case symbol(ScannedSymbol)

    /// The frame that began last has been looked at, and its symbols told.
    case looked(number: UInt32, FrameFacts)

    /// The time of the order ran out with no frame.
    case nothingNew(number: UInt32)

    /// There will be no more frames.
    case ended(number: UInt32)

    /// What was ordered cannot be done.
    case failed(number: UInt32, ScannerFailure)
}

/// What shuts a scanner process in.
public struct SandboxState: Hashable, Sendable {
    /// The version of Landlock's interface that closes the file system; 0: the kernel has none.
    public let landlockVersion: Int
    /// Whether a seccomp filter is in force.
    public let hasSeccomp: Bool

    /// Makes a state.
    public init(landlockVersion: Int, hasSeccomp: Bool) {
        self.landlockVersion = landlockVersion
        self.hasSeccomp = hasSeccomp
    }
}

/// What a camera agreed to.
public struct OpenedCamera: Hashable, Sendable {
    /// The pixel format; nil for a stream.
    public let format: CameraFormat?
    /// The frame's sides in pixels; 0 for a stream that has not begun.
    public let width: Int
    /// The frame's sides in pixels; 0 for a stream that has not begun.
    public let height: Int
    /// Thousandths of frames a second; 0 where nobody knows.
    public let framesPerThousandSeconds: Int
    /// What became of each control, in the request's order.
    public let controls: [CameraControlOutcome]

    /// Makes an answer.
    public init(
        format: CameraFormat?, width: Int, height: Int, framesPerThousandSeconds: Int,
        controls: [CameraControlOutcome]
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.framesPerThousandSeconds = framesPerThousandSeconds
        self.controls = controls
    }
}

/// What became of one control.
public struct CameraControlOutcome: Hashable, Sendable {
    /// How it went.
    public enum Result: UInt8, Hashable, Sendable, CaseIterable {
        /// The camera has the value.
        case set = 0
        /// The camera has no such control.
        case absent = 1
        /// The camera refused the value.
        case refused = 2
        /// The camera took the order and has another value.
        case different = 3
    }

    /// The control's id.
    public let id: UInt32
    /// How it went.
    public let result: Result
    /// The value read back; 0 where there is none.
    public let value: Int32

    /// Makes an outcome.
    public init(id: UInt32, result: Result, value: Int32) {
        self.id = id
        self.result = result
        self.value = value
    }
}

/// A symbol as a scanner process tells it.
public struct ScannedSymbol: Hashable, Sendable {
    /// The longest payload, in bytes: 7,089 digits of a QR code of version 40
    /// (ISO/IEC 18004, table 7).
    public static let maximumBytes = 7_089
    /// The most corners that are told.
    public static let maximumCorners = 16

    /// The payload as encoded, 0 to 7,089 bytes.
    public let bytes: [UInt8]
    /// The outline in the frame's pixels; empty where it is not known.
    public let corners: [Corner]

    /// A place in the frame.
    public struct Corner: Hashable, Sendable {
        /// Pixels from the left.
        public let x: Int32
        /// Pixels from the top.
        public let y: Int32

        /// Makes a corner.
        public init(x: Int32, y: Int32) {
            self.x = x
            self.y = y
        }
    }

    /// Makes a symbol; nil where it has more than can be told.
    public init?(bytes: [UInt8], corners: [Corner]) {
        guard bytes.count <= Self.maximumBytes, corners.count <= Self.maximumCorners else {
            return nil
        }
        self.bytes = bytes
        self.corners = corners
    }
}

/// What a frame looked like, for people who set up a camera and for hints to a customer.
public struct FrameFacts: Hashable, Sendable {
    /// Microseconds of processor time that decoding took.
    public let microseconds: UInt32
    /// The mean grey value, 0 to 255.
    public let brightness: UInt8
    /// The share of pixels that are all but white, in 255ths: glare, or too long an exposure.
    public let glare: UInt8
    /// How sharp edges are, 0 to 255: the strongest change between neighbouring pixels, of which
    /// one pixel in a hundred has more.
    public let sharpness: UInt8
    /// Whether the scene had not changed, so that what is told was read before.
    public let isUnchanged: Bool
    /// Whether the budget ended before every way of looking was tried.
    public let isCutShort: Bool
    /// The size of a module of the code in view, in tenths of a pixel; 0 where none is found.
    public let moduleTenths: UInt16
    /// What would help a code in view to be read.
    public let advice: FrameAdvice

    /// Gathers the facts.
    public init(
        microseconds: UInt32, brightness: UInt8, glare: UInt8, sharpness: UInt8, isUnchanged: Bool,
        isCutShort: Bool, moduleTenths: UInt16 = 0, advice: FrameAdvice = .none
    ) {
        self.microseconds = microseconds
        self.brightness = brightness
        self.glare = glare
        self.sharpness = sharpness
        self.isUnchanged = isUnchanged
        self.isCutShort = isCutShort
        self.moduleTenths = moduleTenths
        self.advice = advice
    }
}

/// What would help a code in view to be read, as far as the picture tells.
public enum FrameAdvice: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing is known to help, or needed.
    case none = 0
    /// Its modules are smaller than pixels can show.
    case closer = 1
    /// It does not fit into the picture.
    case further = 2
    /// There is too little light.
    case brighter = 3
    /// It moves too fast.
    case holdStill = 4
}

/// Why an order could not be carried out.
public struct ScannerFailure: Error, Hashable, Sendable {
    /// The kind of failure.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// The bytes begin like no picture that is read.
        case pictureFormatUnknown = 0
        /// The picture is broken or cut.
        case pictureDamaged = 1
        /// The picture has more pixels than are read; the numbers are width and height.
        case pictureTooManyPixels = 2
        /// The descriptor cannot be read.
        case unreadable = 3
        /// The stream's header breaks its format.
        case streamHeaderBad = 4
        /// The stream's frames have more pixels than are read; the numbers are width and height.
        case streamTooManyPixels = 5
        /// The stream ended inside a frame; the numbers are the bytes expected and got.
        case streamCut = 6
        /// The device is no camera that can be used; the text says why.
        case cameraUnusable = 7
        /// The camera has gone.
        case cameraGone = 8
        /// The camera says nothing; the first number is for how many milliseconds.
        case cameraSilent = 9
        /// The order makes no sense now: nothing is open to look through.
        case orderUnfit = 10
    }

    /// The longest text, in bytes.
    public static let maximumDetailBytes = 200

    /// The kind.
    public let kind: Kind
    /// Two numbers, whose meaning the kind gives; else 0.
    public let numbers: [UInt32]
    /// A cause in words, printable ASCII alone: it is shown to people.
    public let detail: String

    /// Makes a failure; what is not printable ASCII in the text becomes `?`, and its end is cut.
    public init(_ kind: Kind, _ first: UInt32 = 0, _ second: UInt32 = 0, detail: String = "") {
        self.kind = kind
        numbers = [first, second]
        let bytes = detail.utf8.prefix(Self.maximumDetailBytes).map { byte in
            Self.isPrintable(byte) ? byte : UInt8(ascii: "?")
        }
        self.detail = String(decoding: bytes, as: UTF8.self)
    }

    static func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
