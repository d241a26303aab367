import CKernelDisplays
import Glibc
public import Screens
import Synchronization
public import Terminal

/// A customer's screen on a framebuffer device (`/dev/fb0`, the kernel's `Documentation/fb`): for
/// panels whose driver has nothing newer.
public final class FramebufferDisplay: Display {
    /// FBIOGET_VSCREENINFO and FBIOGET_FSCREENINFO of `linux/fb.h`, which Swift does not take over.
    private static let getVariableInfo: UInt = 0x4600
    private static let getFixedInfo: UInt = 0x4602

    private let surface: PixelSurface
    private let theme: ScreenTheme
    private let memory: Mutex<MappedMemory>

    /// Opens the device at `path`; the picture is turned by `rotation`.
    public init(
        path: String, rotation: DisplayRotation, theme: ScreenTheme = .light
    ) throws(DisplayError) {
        self.theme = theme
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path, errno) }
        defer { close(descriptor) }
        var variable = fb_var_screeninfo()
        var fixed = fb_fix_screeninfo()
        guard ioctl(descriptor, Self.getVariableInfo, &variable) == 0,
            ioctl(descriptor, Self.getFixedInfo, &fixed) == 0
        else { throw .system("\(path) is no framebuffer", errno) }
        let format: PixelFormat
        switch (variable.bits_per_pixel, variable.red.offset, variable.green.offset) {
        case (32, 16, 8): format = .xrgb8888
        case (16, 11, 5): format = .rgb565
        default:
            throw .notWritable(
                "\(path) has pixels of \(variable.bits_per_pixel) bits with red at "
                    + "\(variable.red.offset); 32 bits 0xXXRRGGBB and 16 bits RGB565 are known.")
        }
        surface = PixelSurface(
            width: Int(variable.xres), height: Int(variable.yres), stride: Int(fixed.line_length),
            format: format, rotation: rotation)
        let bytes = surface.stride * surface.height
        guard bytes <= Int(fixed.smem_len) else {
            throw .notWritable("\(path) tells of more pixels than it has memory.")
        }
        memory = Mutex(try MappedMemory(descriptor, bytes: bytes, offset: 0, name: path))
    }

    /// The panel's size, as `1280x800`.
    var size: String { "\(surface.width)x\(surface.height)" }

    /// A device is no picture file.
    public var path: String? { nil }

    /// The screen at the panel's size.
    public func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        try ScreenDrawing.picture(
            of: screen, width: surface.pictureWidth, height: surface.pictureHeight, theme: theme)
    }

    /// Draws the screen into the panel's memory.
    public func show(_ screen: Screen) throws(DisplayError) {
        let pixels = try ScreenDrawing.pixels(
            of: screen, width: surface.pictureWidth, height: surface.pictureHeight, theme: theme)
        memory.withLock { surface.write(pixels, to: $0.start) }
    }
}

/// Memory of a device's, mapped as long as this lives.
final class MappedMemory {
    let start: UnsafeMutableRawPointer
    private let bytes: Int

    init(_ descriptor: Int32, bytes: Int, offset: UInt64, name: String) throws(DisplayError) {
        guard
            let start = mmap(
                nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(offset)),
            start != MAP_FAILED
        else { throw .system(name, errno) }
        self.start = start
        self.bytes = bytes
    }

    deinit { munmap(start, bytes) }
}

extension DisplayError {
    /// What the system said about a device.
    static func system(_ what: String, _ code: Int32) -> DisplayError {
        .notWritable("\(what): \(String(cString: strerror(code))).")
    }
}
