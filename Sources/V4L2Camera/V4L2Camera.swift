internal import CV4L2
import Glibc
public import ScannerProtocol

/// A camera behind Linux's own video interface (V4L2), memory-mapped streaming.
///
/// The newest frame wins: what the driver filled while nobody looked is given back unseen. A frame
/// that the driver flags as broken, or that is shorter than its format, is passed over. A camera
/// that stalls says nothing at all, so that a timer of our own notices.
public final class V4L2Camera {
    /// How many buffers are asked for: one that is looked at, one that is being filled, and two
    /// between, so that no frame is lost while one is decoded.
    static let bufferCount: UInt32 = 4

    /// How long a camera may say nothing, in frame periods, and in milliseconds at the least.
    ///
    /// Exposure in the dark may stretch a frame to several periods; a second or two is what a
    /// cashier notices.
    static let silentPeriods = 10
    static let silentMilliseconds = 1_500

    /// How long the first frame may take, in milliseconds: cameras measure light, and start motors.
    static let firstFrameMilliseconds = 5_000

    /// The largest frame that is read, in pixels: that of an 8K camera.
    static let maximumPixels = 7_680 * 4_320

    /// What the driver agreed to, and what became of each control.
    public let opened: OpenedCamera

    private var device: CameraDevice
    private let luma: LumaExtractor
    private let silenceMilliseconds: Int
    private var lastFrame = Moment.now()
    private var hasSeenFrame = false

    /// What is known of a frame on loan.
    public struct FrameFacts: Hashable, Sendable {
        /// Pixels in a row; rows follow each other with nothing between.
        public let width: Int
        /// Rows.
        public let height: Int
        /// How long ago the frame was taken, in milliseconds; 0 where the driver does not say.
        public let ageMilliseconds: Int
    }

    /// What became of a wait for a frame.
    public enum Answer<Value> {
        /// A frame came, and was handed on.
        case looked(Value)
        /// A frame came whose JPEG picture is damaged; the text says how.
        case damaged(String)
        /// The time ran out.
        case nothingNew
    }

    /// Takes over an open device (`O_RDWR | O_NONBLOCK`), sets it up as asked and starts it.
    public init(owning descriptor: Int32, request: CameraRequest) throws(V4L2Error) {
        var device = CameraDevice(owning: descriptor)
        let identity = try device.identify()
        guard identity.can_stream != 0 else {
            throw .unusable(
                identity.is_multiplanar != 0
                    ? "it is multi-planar; put libcamera before it and use a pipe"
                    : "it does not capture video")
        }
        let format = try Self.agreeOnFormat(device, request)
        guard let kind = CameraFormat(rawValue: format.code) else {
            throw .unusable("it gives no format that is read")
        }
        var rate: UInt32 = 0
        try CameraDevice.check(
            till_camera_set_rate(device.descriptor, UInt32(request.framesPerSecond), &rate),
            "S_PARM")
        let controls = request.controls.map { setting in
            CameraControls.set(setting, on: device.descriptor)
        }
        luma = try LumaExtractor(kind, format)
        opened = OpenedCamera(
            format: kind, width: Int(format.width), height: Int(format.height),
            framesPerThousandSeconds: Int(rate), controls: controls)
        let period = rate > 0 ? 1_000_000 / Int(rate) : 1_000 / request.framesPerSecond
        silenceMilliseconds = max(Self.silentMilliseconds, period * Self.silentPeriods)
        try device.makeBuffers(Self.bufferCount)
        try CameraDevice.check(till_camera_start(device.descriptor), "STREAMON")
        self.device = device
    }

    /// Waits for the newest frame, at most so long, and hands its luma on: `width * height` grey
    /// values, good for the call alone.
    public func look<Value>(
        timeoutMilliseconds: Int, _ body: (Span<UInt8>, FrameFacts) -> Value
    ) throws(V4L2Error) -> Answer<Value> {
        let end = Moment.now() + timeoutMilliseconds
        while true {
            let left = end - Moment.now()
            if device.wait(milliseconds: max(0, left)), let frame = try newest() {
                return try hand(frame, to: body)
            }
            let silence = Moment.now() - lastFrame
            if silence > (hasSeenFrame ? silenceMilliseconds : Self.firstFrameMilliseconds) {
                throw .silent(milliseconds: silence)
            }
            if left <= 0 { return .nothingNew }
        }
    }

    /// The newest whole frame that waits; the others go back to the driver.
    private func newest() throws(V4L2Error) -> till_camera_frame? {
        var best: till_camera_frame?
        // At most as many as there are buffers: a driver that always has one more holds nobody up.
        for _ in 0..<device.buffers.count {
            guard let frame = try device.dequeue() else { break }
            if frame.is_broken != 0 || Int(frame.byte_count) < luma.minimumBytes {
                try device.queue(frame.buffer)
                continue
            }
            if let old = best { try device.queue(old.buffer) }
            best = frame
        }
        return best
    }

    private func hand<Value>(
        _ frame: till_camera_frame, to body: (Span<UInt8>, FrameFacts) -> Value
    ) throws(V4L2Error) -> Answer<Value> {
        lastFrame = Moment.now()
        hasSeenFrame = true
        let buffer = device.buffers[Int(frame.buffer)]
        let taken = Int(frame.taken_microseconds / 1_000)
        let facts = FrameFacts(
            width: opened.width, height: opened.height,
            ageMilliseconds: taken > 0 ? max(0, Moment.now() - taken) : 0)
        let bytes = UnsafeRawBufferPointer(
            start: buffer.address, count: min(buffer.length, Int(frame.byte_count)))
        let answer = luma.withLuma(of: bytes) { body($0, facts) }
        try device.queue(frame.buffer)
        switch answer {
        case .success(let value): return .looked(value)
        case .failure(let damage): return .damaged(damage.detail)
        }
    }

    /// Asks for the format that was ordered, else for the cheapest that the device has at the size
    /// that was asked for.
    private static func agreeOnFormat(
        _ device: borrowing CameraDevice, _ request: CameraRequest
    ) throws(V4L2Error) -> till_camera_format {
        let offered = Set(device.offeredFormats())
        // Cheapest first: luma that lies there, luma with chroma between, a picture to decode.
        let wanted = request.format.map { [$0] } ?? [.grey, .nv12, .yuyv, .mjpeg]
        var best: till_camera_format?
        for kind in wanted where offered.contains(kind.rawValue) {
            var format = till_camera_format()
            format.code = kind.rawValue
            format.width = UInt32(request.width)
            format.height = UInt32(request.height)
            try CameraDevice.check(
                till_camera_set_format(device.descriptor, &format), "S_FMT")
            guard format.code == kind.rawValue else { continue }
            if format.width == UInt32(request.width), format.height == UInt32(request.height) {
                return format
            }
            if best == nil { best = format }
        }
        guard var format = best else {
            throw .unusable("it offers none of grey, nv12, yuyv, mjpeg, or not the one asked for")
        }
        try CameraDevice.check(till_camera_set_format(device.descriptor, &format), "S_FMT")
        return format
    }
}

/// Milliseconds on the clock that no one sets.
enum Moment {
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
