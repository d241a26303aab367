import Glibc
import ScanEngines
import Terminal

/// An open device of a scan engine, which does not block.
final class EngineDevice {
    /// What one reading gave.
    enum Reading: Hashable {
        case bytes([UInt8])
        case nothing
        case gone
    }

    /// Bytes taken in one reading: more than any engine sends within a millisecond.
    private static let readingBytes = 4_096

    private let descriptor: Int32

    /// Takes over a descriptor, which is closed with the device.
    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Waits for bytes, at most so long.
    func read(timeoutMilliseconds: UInt64) -> Reading {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&entry, 1, Int32(clamping: timeoutMilliseconds))
        guard ready != 0 else { return .nothing }
        guard ready > 0 else { return errno == EINTR ? .nothing : .gone }
        var bytes = [UInt8](repeating: 0, count: Self.readingBytes)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        if count > 0 { return .bytes(Array(bytes[..<count])) }
        // 0: the other end of the line is closed, as a modem that hung up or a pipe without writer.
        guard count < 0, errno == EAGAIN || errno == EINTR else { return .gone }
        return entry.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 ? .gone : .nothing
    }

    /// Sends bytes; answers whether the device is still there. What a device that takes no more
    /// does not take is not sent: a trigger is given again later.
    func write(_ bytes: [UInt8]) -> Bool {
        if bytes.isEmpty { return true }
        return Glibc.write(descriptor, bytes, bytes.count) >= 0 || errno == EAGAIN
            || errno == EINTR
    }
}

/// How an engine's device is opened and made ours.
struct EngineOpening {
    /// Modes of open(2) beside what every device is opened with.
    let mode: Int32
    /// Makes an open descriptor ours and sets it up; answers why not.
    let claim: (Int32) -> String?

    init(mode: Int32, claim: @escaping (Int32) -> String?) {
        self.mode = mode
        self.claim = claim
    }

    /// The way of a connection.
    init(_ connection: EngineScanner.Connection) {
        switch connection {
        case .serial(let line):
            self.init(mode: O_RDWR) { Self.claimLine($0, line) }
        case .keyboard: self.init(mode: O_RDONLY, claim: Self.claimKeyboard)
        case .posReports: self.init(mode: O_RDONLY, claim: Self.claimPOS)
        }
    }

    /// Opens the device at a path.
    func open(_ path: String) throws(CameraError) -> EngineDevice {
        let descriptor = Glibc.open(path, mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR, ENODEV, ENXIO: throw .scanEngineMissing(path: path)
            default: throw .scanEngineUnusable(path: path, detail: Self.lastError())
            }
        }
        if let why = claim(descriptor) {
            close(descriptor)
            throw .scanEngineUnusable(path: path, detail: why)
        }
        return EngineDevice(owning: descriptor)
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }

    // MARK: Serial lines

    /// The rates that Linux has a name for and scan engines speak.
    private static let rates: [Int: Int32] = [
        1_200: B1200, 2_400: B2400, 4_800: B4800, 9_600: B9600, 19_200: B19200, 38_400: B38400,
        57_600: B57600, 115_200: B115200, 230_400: B230400, 460_800: B460800, 921_600: B921600,
    ]

    /// `TIOCEXCL` (asm-generic/ioctls.h): nobody but root opens the line a second time.
    private static let exclusive: UInt = 0x540C

    private static func claimLine(_ descriptor: Int32, _ line: SerialLine) -> String? {
        guard let rate = rates[line.bitsPerSecond] else {
            return "\(line.bitsPerSecond) bits a second is no rate of a serial line"
        }
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return "it is no serial line" }
        cfmakeraw(&settings)
        // No modem lines, and no hanging up that would reset the engine.
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        settings.c_cflag &= ~tcflag_t(CSTOPB | HUPCL)
        cfsetspeed(&settings, speed_t(rate))
        guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else { return lastError() }
        // tcsetattr is content when anything at all was set (termios(3)).
        var taken = termios()
        guard tcgetattr(descriptor, &taken) == 0, cfgetospeed(&taken) == speed_t(rate) else {
            return "it does not take \(line.bitsPerSecond) bits a second"
        }
        guard ioctl(descriptor, exclusive) == 0 else { return lastError() }
        // What was read before we were here was not meant for us.
        tcflush(descriptor, TCIFLUSH)
        return nil
    }

    // MARK: Keyboards

    /// `EVIOCGRAB` (linux/input.h): from now on nobody else is given the device's events.
    private static let grab: UInt = 0x4004_4590
    /// `EVIOCGBIT(EV_KEY, 96)` (linux/input.h): which keys the device has, a bit each.
    private static let keys: UInt = 0x8060_4521
    private static let keyBytes = 96
    /// Enter (linux/input-event-codes.h), which ends a code.
    private static let enter = 28

    private static func claimKeyboard(_ descriptor: Int32) -> String? {
        var bits = [UInt8](repeating: 0, count: keyBytes)
        guard bits.withUnsafeMutableBytes({ ioctl(descriptor, keys, $0.baseAddress!) }) >= 0 else {
            return "it is no input device"
        }
        guard bits[enter / 8] & (1 << (enter % 8)) != 0 else { return "it is no keyboard" }
        // Ungrabbed, a stranger's code would be typed into whatever has the focus.
        guard ioctl(descriptor, grab, 1 as CInt) == 0 else {
            return "another program has it (\(lastError()))"
        }
        return nil
    }

    // MARK: HID-POS

    /// `HIDIOCGRDESCSIZE` and `HIDIOCGRDESC` (linux/hidraw.h).
    private static let descriptionSize: UInt = 0x8004_4801
    private static let description: UInt = 0x9004_4802
    /// `HID_MAX_DESCRIPTOR_SIZE` (linux/hid.h).
    private static let maximumDescription = 4_096

    private static func claimPOS(_ descriptor: Int32) -> String? {
        var size: CInt = 0
        let found = withUnsafeMutablePointer(to: &size) {
            ioctl(descriptor, descriptionSize, UnsafeMutableRawPointer($0))
        }
        guard found >= 0, (1...CInt(maximumDescription)).contains(size) else {
            return "it is no HID device"
        }
        // struct hidraw_report_descriptor: the size, then room for the longest.
        var answer = [UInt8](repeating: 0, count: 4 + maximumDescription)
        withUnsafeBytes(of: size) { bytes in
            for (index, byte) in bytes.enumerated() { answer[index] = byte }
        }
        guard
            answer.withUnsafeMutableBytes({ ioctl(descriptor, description, $0.baseAddress!) }) >= 0
        else { return lastError() }
        guard POSDescription.isScanner(Array(answer[4..<(4 + Int(size))])) else {
            return "it is no bar code scanner (HID usage page 8C)"
        }
        return nil
    }
}
