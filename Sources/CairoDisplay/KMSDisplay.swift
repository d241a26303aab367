import CKernelDisplays
import Glibc
public import Screens
import Synchronization
public import Terminal

/// A customer's screen on a connector of a graphics device, by the kernel's mode setting (DRM/KMS,
/// `drm-kms(7)`, by libdrm): two dumb buffers, of which one is shown while the other is drawn.
///
/// A connector that is unplugged loses no sale: showing fails with a sentence, and the next screen is
/// shown again once something is plugged in, at the size that it then has.
public final class KMSDisplay: Display {
    /// Which panel, and how.
    public struct Choice: Sendable {
        /// The device, as `/dev/dri/card0`; the folder `/dev/dri` for the first of its devices that
        /// has such a panel: which number a device has may differ from one start to the next.
        public let path: String
        /// The connector by the kernel's name, as `HDMI-A-1`; nil for the first that is connected.
        public let connector: String?
        /// The mode's size in pixels; nil for the one that the panel prefers.
        public let size: (width: Int, height: Int)?
        /// How the picture is turned.
        public let rotation: DisplayRotation
        /// How bright the screens are.
        public let theme: ScreenTheme

        /// Makes a choice.
        public init(
            path: String, connector: String? = nil, size: (width: Int, height: Int)? = nil,
            rotation: DisplayRotation = .none, theme: ScreenTheme = .light
        ) {
            self.path = path
            self.connector = connector
            self.size = size
            self.rotation = rotation
            self.theme = theme
        }
    }

    private let choice: Choice
    private let state: Mutex<State>

    private struct State {
        /// Nil while nothing is connected.
        var output: KMSOutput?
        /// The last panel's.
        var surface: PixelSurface
    }

    /// Opens the device, and takes the connector and its mode; the panel stays as it is until the
    /// first screen.
    public init(_ choice: Choice) throws(DisplayError) {
        self.choice = choice
        let output = try KMSOutput(choice)
        state = Mutex(State(output: output, surface: output.surface))
    }

    /// A device is no picture file.
    public var path: String? { nil }

    /// The screen at the panel's size.
    public func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        let surface = state.withLock { $0.surface }
        return try ScreenDrawing.picture(
            of: screen, width: surface.pictureWidth, height: surface.pictureHeight,
            theme: choice.theme)
    }

    /// Shows the screen. Where the panel has gone, whatever is there now is taken.
    public func show(_ screen: Screen) throws(DisplayError) {
        try state.withLock { (state) throws(DisplayError) in
            let output = try Self.connected(&state, choice)
            let surface = state.surface
            try output.show(
                try ScreenDrawing.pixels(
                    of: screen, width: surface.pictureWidth, height: surface.pictureHeight,
                    theme: choice.theme))
        }
    }

    private static func connected(_ state: inout State, _ choice: Choice) throws(DisplayError)
        -> KMSOutput
    {
        if let output = state.output, output.isConnected { return output }
        // The old one is let go first: a device obeys the first who opened it, and nobody else.
        state.output = nil
        let output = try KMSOutput(choice)
        state.output = output
        state.surface = output.surface
        return output
    }
}

/// One connector with a mode, and its two buffers.
final class KMSOutput {
    let surface: PixelSurface
    private let device: KMSDevice
    private let connector: UInt32
    private let crtc: UInt32
    private var mode: drmModeModeInfo
    private var buffers: [KMSBuffer] = []
    private var front: Int?

    init(_ choice: KMSDisplay.Choice) throws(DisplayError) {
        let found: UnsafeMutablePointer<drmModeConnector>
        (device, found) = try Self.find(choice)
        defer { drmModeFreeConnector(found) }
        connector = found.pointee.connector_id
        guard let mode = KMSDevice.mode(of: found.pointee, size: choice.size) else {
            let size = choice.size.map { "\($0.width) x \($0.height) pixels" } ?? "any size"
            throw .notWritable("The panel on \(choice.path) has no mode of \(size).")
        }
        self.mode = mode
        crtc = try device.crtc(for: found.pointee)
        let (width, height) = (Int(mode.hdisplay), Int(mode.vdisplay))
        for _ in 0..<2 { buffers.append(try KMSBuffer(device, width: width, height: height)) }
        surface = PixelSurface(
            width: width, height: height, stride: buffers[0].stride, format: .xrgb8888,
            rotation: choice.rotation)
    }

    /// The device, and its connector with a panel.
    private static func find(_ choice: KMSDisplay.Choice) throws(DisplayError)
        -> (KMSDevice, UnsafeMutablePointer<drmModeConnector>)
    {
        var failure = DisplayError.notWritable("There is no graphics device in \(choice.path).")
        for path in DisplayListing.devices(choice.path) {
            do throws(DisplayError) {
                let device = try KMSDevice(path)
                return (device, try device.connector(named: choice.connector))
            } catch { failure = error }
        }
        throw failure
    }

    /// Whether the panel is still there.
    var isConnected: Bool {
        guard let found = drmModeGetConnectorCurrent(device.descriptor, connector) else {
            return false
        }
        defer { drmModeFreeConnector(found) }
        return found.pointee.connection == DRM_MODE_CONNECTED
    }

    /// Draws into the buffer that is not shown, and shows it.
    func show(_ pixels: [UInt32]) throws(DisplayError) {
        let back = front.map { 1 - $0 } ?? 0
        surface.write(pixels, to: buffers[back].memory.start)
        // At the panel's next frame, where the driver can; else, and the first time, at once.
        if front != nil,
            drmModePageFlip(device.descriptor, crtc, buffers[back].id, 0, nil) == 0
        {
            front = back
            return
        }
        var target = connector
        guard
            drmModeSetCrtc(
                device.descriptor, crtc, buffers[back].id, 0, 0, &target, 1, &mode) == 0
        else { throw .system("The panel on \(device.path) cannot be set", errno) }
        front = back
    }
}

/// An open graphics device.
final class KMSDevice {
    let path: String
    let descriptor: Int32

    init(_ path: String) throws(DisplayError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path, errno) }
    }

    deinit { close(descriptor) }

    /// Calls for each connector, with its kernel name, until `body` has an answer.
    func each<Answer>(
        _ body: (UnsafeMutablePointer<drmModeConnector>, String) -> Answer?
    ) throws(DisplayError) -> Answer? {
        guard let resources = drmModeGetResources(descriptor) else {
            throw .system("\(path) has no outputs", errno)
        }
        defer { drmModeFreeResources(resources) }
        for index in 0..<Int(resources.pointee.count_connectors) {
            guard
                let connector = drmModeGetConnector(
                    descriptor, resources.pointee.connectors[index])
            else { continue }
            let type =
                drmModeGetConnectorTypeName(connector.pointee.connector_type)
                .map { String(cString: $0) } ?? "Unknown"
            let name = "\(type)-\(connector.pointee.connector_type_id)"
            if let answer = body(connector, name) { return answer }
            drmModeFreeConnector(connector)
        }
        return nil
    }

    /// The connector of this name, or the first with a panel; the caller's to free.
    func connector(named name: String?) throws(DisplayError)
        -> UnsafeMutablePointer<drmModeConnector>
    {
        let found = try each { connector, itsName in
            let isMeant = name.map { $0 == itsName } ?? true
            return isMeant && connector.pointee.connection == DRM_MODE_CONNECTED
                && connector.pointee.count_modes > 0 ? connector : nil
        }
        guard let found else {
            throw .notWritable(
                name.map { "No panel is connected to \($0) of \(path)." }
                    ?? "No panel is connected to \(path).")
        }
        return found
    }

    /// The mode of this size, or the one that the panel prefers.
    static func mode(of connector: drmModeConnector, size: (width: Int, height: Int)?)
        -> drmModeModeInfo?
    {
        let modes = (0..<Int(connector.count_modes)).map { connector.modes[$0] }
        guard let size else {
            return modes.first { $0.type & UInt32(DRM_MODE_TYPE_PREFERRED) != 0 } ?? modes.first
        }
        return modes.first {
            Int($0.hdisplay) == size.width && Int($0.vdisplay) == size.height
        }
    }

    /// What scans out to a connector: what does now, or the first that can.
    func crtc(for connector: drmModeConnector) throws(DisplayError) -> UInt32 {
        guard let resources = drmModeGetResources(descriptor) else {
            throw .system("\(path) has no outputs", errno)
        }
        defer { drmModeFreeResources(resources) }
        let encoders =
            [connector.encoder_id]
            + (0..<Int(connector.count_encoders)).map { connector.encoders[$0] }
        for id in encoders where id != 0 {
            guard let encoder = drmModeGetEncoder(descriptor, id) else { continue }
            defer { drmModeFreeEncoder(encoder) }
            if encoder.pointee.crtc_id != 0 { return encoder.pointee.crtc_id }
            for index in 0..<Int(resources.pointee.count_crtcs)
            where encoder.pointee.possible_crtcs & (1 << UInt32(index)) != 0 {
                return resources.pointee.crtcs[index]
            }
        }
        throw .notWritable("Nothing of \(path) can drive the connected panel.")
    }
}

/// A dumb buffer: memory that the display engine scans out and the processor draws into.
final class KMSBuffer {
    let id: UInt32
    let stride: Int
    let memory: MappedMemory
    private let device: KMSDevice
    private let handle: UInt32

    init(_ device: KMSDevice, width: Int, height: Int) throws(DisplayError) {
        var (handle, pitch, id): (UInt32, UInt32, UInt32) = (0, 0, 0)
        var (size, offset): (UInt64, UInt64) = (0, 0)
        guard
            drmModeCreateDumbBuffer(
                device.descriptor, UInt32(width), UInt32(height), 32, 0, &handle, &pitch, &size)
                == 0
        else { throw .system("\(device.path) gives no memory to draw into", errno) }
        guard
            drmModeAddFB(
                device.descriptor, UInt32(width), UInt32(height), 24, 32, pitch, handle, &id) == 0,
            drmModeMapDumbBuffer(device.descriptor, handle, &offset) == 0
        else {
            let code = errno
            drmModeDestroyDumbBuffer(device.descriptor, handle)
            throw .system("\(device.path) does not take a picture", code)
        }
        self.device = device
        self.handle = handle
        self.id = id
        stride = Int(pitch)
        memory = try MappedMemory(
            device.descriptor, bytes: Int(size), offset: offset, name: device.path)
    }

    deinit {
        drmModeRmFB(device.descriptor, id)
        drmModeDestroyDumbBuffer(device.descriptor, handle)
    }
}
