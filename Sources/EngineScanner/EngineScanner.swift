import Glibc
public import ScanEngines
public import Terminal

/// A scan engine on a device of the kernel's: it looks by itself and tells what it read.
///
/// Its codes become views like those of a camera, and pass the same gate. A device that goes is
/// opened anew when it is back. What it tells is a stranger's: bounded, and thrown away when it is
/// no whole code.
public final class EngineScanner: Scanner {
    /// How the engine is spoken to.
    public enum Connection: Hashable, Sendable {
        /// A serial line, or what the kernel shows as one (USB CDC).
        case serial(SerialLine)
        /// A keyboard (evdev), which is grabbed: what it types reaches nobody else.
        case keyboard
        /// HID-POS reports (hidraw).
        case posReports
    }

    /// For how long after a code others are taken as seen together with it, in milliseconds: an
    /// engine tells the codes of one view one after the other, at once.
    static let gatheringMilliseconds: UInt64 = 40

    /// After how many milliseconds without a code a trigger is given anew: engines end a session by
    /// themselves, after some seconds.
    static let triggerRepetitionMilliseconds: UInt64 = 3_000

    /// The most different codes of one view that are told on: two are enough to refuse it.
    static let maximumCodesPerView = 16

    private let path: String
    private let connection: Connection
    private let opening: EngineOpening
    private var reader: any EngineReader
    private var device: EngineDevice?
    private var pendingFault: EngineFault?
    private var isWanted = false
    private var triggeredAt: UInt64?
    private var codesTold = 0

    /// Makes a scanner of the engine at a path; it is opened when it is first asked.
    public convenience init(path: String, connection: Connection) {
        self.init(path: path, connection: connection, opening: EngineOpening(connection))
    }

    /// The same with another way of opening the device.
    init(path: String, connection: Connection, opening: EngineOpening) {
        self.path = path
        self.connection = connection
        self.opening = opening
        reader =
            switch connection {
            case .serial(let line):
                CodeLines(ending: line.ending, dropsReplies: !line.triggerOn.isEmpty)
            case .keyboard: KeyboardWedge()
            case .posReports: POSReports()
            }
    }

    deinit { if let device { untrigger(device) } }

    /// Hears whether a code would be used: an engine with a trigger looks only then.
    public func codesAreWanted(_ wanted: Bool) { isWanted = wanted }

    /// Waits for what the engine reads, at most so many milliseconds.
    public func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
        if let fault = pendingFault {
            pendingFault = nil
            return unreadable(fault)
        }
        let device = try opened()
        try trigger(device)
        let end = Clock.milliseconds() + UInt64(max(0, timeoutMilliseconds))
        var codes: [EngineCode] = []
        var until = end
        while true {
            for event in try events(of: device, until: until) {
                switch event {
                case .code(let code):
                    if codes.isEmpty {
                        until = Clock.milliseconds() + Self.gatheringMilliseconds
                    }
                    if codes.count < Self.maximumCodesPerView, !codes.contains(code) {
                        codes.append(code)
                    }
                case .spoiled(let fault): pendingFault = pendingFault ?? fault
                }
            }
            if codes.isEmpty, let fault = pendingFault {
                pendingFault = nil
                return unreadable(fault)
            }
            if Clock.milliseconds() >= until { break }
        }
        guard !codes.isEmpty else { return .nothingNew }
        // An engine looks until it has read something, and then waits for its trigger.
        triggeredAt = nil
        codesTold += 1
        return .looked(codes.map(Self.symbol), name: "\(path) code \(codesTold)")
    }

    private static func symbol(_ code: EngineCode) -> DecodedSymbol {
        DecodedSymbol(kind: code.isQRCode == true ? .qrCode : .engineCode, bytes: code.bytes)
    }

    private func unreadable(_ fault: EngineFault) -> ScannerView {
        .unreadable(.scanEngineCodeSpoiled(path: path, detail: fault.detail), name: path)
    }

    // MARK: The device

    private func opened() throws(CameraError) -> EngineDevice {
        if let device { return device }
        let new = try opening.open(path)
        device = new
        triggeredAt = nil
        reader.forget()
        return new
    }

    /// What comes until a time on the monotonic clock, or sooner.
    private func events(
        of device: EngineDevice, until: UInt64
    ) throws(CameraError) -> [EngineEvent] {
        let now = Clock.milliseconds()
        let left = until > now ? until - now : 0
        switch device.read(timeoutMilliseconds: min(left, reader.patience ?? left)) {
        case .bytes(let bytes): return reader.take(bytes, atMilliseconds: Clock.milliseconds())
        case .nothing: return reader.tick(atMilliseconds: Clock.milliseconds())
        case .gone: throw lost()
        }
    }

    private func lost() -> CameraError {
        device = nil
        reader.forget()
        return .scanEngineGone(path: path)
    }

    // MARK: The trigger

    private func trigger(_ device: EngineDevice) throws(CameraError) {
        guard case .serial(let line) = connection, !line.triggerOn.isEmpty else { return }
        guard isWanted else {
            untrigger(device)
            return
        }
        let now = Clock.milliseconds()
        if let at = triggeredAt, now - at < Self.triggerRepetitionMilliseconds { return }
        guard device.write(line.triggerOn) else { throw lost() }
        triggeredAt = now
    }

    private func untrigger(_ device: EngineDevice) {
        guard case .serial(let line) = connection, triggeredAt != nil else { return }
        triggeredAt = nil
        // A device that is no more there is noticed when it is next read.
        _ = device.write(line.triggerOff)
    }
}

/// The set-up of a serial line.
public struct SerialLine: Hashable, Sendable {
    /// Bits a second, one of the rates that Linux has a name for (termios(3)).
    public let bitsPerSecond: Int
    /// What ends a code.
    public let ending: CodeLines.Ending
    /// What tells the engine to look; empty: it looks by itself.
    public let triggerOn: [UInt8]
    /// What tells the engine to look no longer; empty: nothing does.
    public let triggerOff: [UInt8]

    /// Makes a set-up: 8 bits, no parity, one stop bit.
    public init(
        bitsPerSecond: Int, ending: CodeLines.Ending, triggerOn: [UInt8] = [],
        triggerOff: [UInt8] = []
    ) {
        self.bitsPerSecond = bitsPerSecond
        self.ending = ending
        self.triggerOn = triggerOn
        self.triggerOff = triggerOff
    }
}

/// Milliseconds of a clock that only goes forward.
enum Clock {
    static func milliseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
