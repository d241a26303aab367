/// The facts of one kiosk's hardware, checked: what its camera, its display and whatever else it has are.
///
/// A profile says what is there, never what to do with it. The file form is described in
/// `hardware-profiles/README.md`.
public struct HardwareProfile: Hashable, Sendable {
    /// The version of the document's form that this code reads, the value of the key `profile`.
    public static let version = 1

    /// Where frames come from.
    public let camera: CameraProfile
    /// Where screens go.
    public let display: DisplayProfile
    /// How bright they are.
    public let theme: DisplayTheme
    /// What reads codes beside the camera, or in its place; nil: nothing does.
    public let scanEngine: ScanEngineProfile?
    /// What verdicts are heard from; nil: nothing.
    public let sound: SoundProfile?
    /// What verdicts are seen on beside the screen; nil: nothing.
    public let lamp: LampProfile?

    init(
        camera: CameraProfile, display: DisplayProfile, theme: DisplayTheme,
        scanEngine: ScanEngineProfile?, sound: SoundProfile?, lamp: LampProfile?
    ) {
        self.camera = camera
        self.display = display
        self.theme = theme
        self.scanEngine = scanEngine
        self.sound = sound
        self.lamp = lamp
    }

    /// The same profile with every relative path taken from `folder`.
    public func resolved(in folder: String) -> HardwareProfile {
        HardwareProfile(
            camera: camera.resolved(in: folder), display: display.resolved(in: folder),
            theme: theme, scanEngine: scanEngine, sound: sound, lamp: lamp)
    }
}

/// Where a terminal's frames come from.
public enum CameraProfile: Hashable, Sendable {
    static let kinds = ["folder", "pipe", "v4l2", "none"]

    /// Nowhere: a scan engine reads the codes.
    case none
    /// A watched folder: a picture dropped in is what the camera sees next.
    case folder(path: String)
    /// A pipe (FIFO) that another program writes frames into.
    case pipe(path: String, format: StreamFormat)
    /// A camera device of the kernel's (V4L2).
    case device(DeviceCamera)

    func resolved(in folder: String) -> CameraProfile {
        switch self {
        case .folder(let path): .folder(path: ProfilePath.resolve(path, in: folder))
        case .pipe(let path, let format):
            .pipe(path: ProfilePath.resolve(path, in: folder), format: format)
        case .device, .none: self
        }
    }
}

/// How frames lie in a stream.
public enum StreamFormat: Hashable, Sendable {
    /// YUV4MPEG2: the stream's own header says the size.
    case y4m
    /// Bare frames of 8-bit grey, row by row, `width * height` bytes each, with nothing between.
    case grey(width: Int, height: Int)
}

/// Where a terminal's screens go.
public enum DisplayProfile: Hashable, Sendable {
    /// Nowhere: a terminal that is only spoken to over its control socket.
    case none
    /// A PNG file of `width * height` pixels, replaced whole at each change.
    case png(path: String, width: Int, height: Int)
    /// A panel on a graphics device (DRM): `connector` by the kernel's name, else the first that is
    /// connected; a mode of this `size`, else the panel's own; turned clockwise by `rotation` degrees.
    case drm(path: String, connector: String?, size: DisplaySize?, rotation: Int)
    /// A framebuffer device, turned clockwise by `rotation` degrees.
    case framebuffer(path: String, rotation: Int)

    func resolved(in folder: String) -> DisplayProfile {
        switch self {
        case .none: .none
        case .drm, .framebuffer: self
        case .png(let path, let width, let height):
            .png(path: ProfilePath.resolve(path, in: folder), width: width, height: height)
        }
    }
}

/// How bright a terminal's screens are; the raw values are the profile's words.
public enum DisplayTheme: String, Hashable, Sendable, CaseIterable {
    /// Dark words on light ground: what is said of no other.
    case light
    /// Light words on dark ground.
    case dark
}

/// A display's size in pixels.
public struct DisplaySize: Hashable, Sendable {
    /// From left to right.
    public let width: Int
    /// From top to bottom.
    public let height: Int

    /// Makes a size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// Paths as a profile writes them.
enum ProfilePath {
    /// The longest path, in bytes of UTF-8: what Linux takes (PATH_MAX less its final zero).
    static let maximumBytes = 4095

    static func resolve(_ path: String, in folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// Whether a file at `path` would lie directly in `folder`, as far as the texts tell.
    static func isDirectly(_ path: String, in folder: String) -> Bool {
        path.hasPrefix("/") == folder.hasPrefix("/")
            && parts(of: path).dropLast().elementsEqual(parts(of: folder))
    }

    private static func parts(of path: String) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }
    }
}
