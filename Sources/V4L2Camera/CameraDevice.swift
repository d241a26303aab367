internal import CV4L2
import Glibc

/// Why a V4L2 device does not do what it should.
public enum V4L2Error: Error, Hashable, Sendable {
    /// The device is not a camera that streams, or offers nothing that is read.
    case unusable(String)
    /// The device has gone: unplugged.
    case gone
    /// No frame came for so many milliseconds.
    case silent(milliseconds: Int)
}

/// An open V4L2 device with its buffers, which are given back when its owner goes.
struct CameraDevice: ~Copyable {
    /// A buffer that the driver fills and we look into.
    struct Buffer {
        let address: UnsafeMutableRawPointer
        let length: Int
    }

    let descriptor: Int32
    private(set) var buffers: [Buffer] = []

    /// Takes over an open descriptor, which must not block.
    init(owning descriptor: Int32) {
        precondition(descriptor >= 0, "An open device has a descriptor.")
        self.descriptor = descriptor
    }

    deinit {
        _ = till_camera_stop(descriptor)
        for buffer in buffers { _ = till_camera_unmap_buffer(buffer.address, buffer.length) }
        close(descriptor)
    }

    /// Turns an errno into what it means for the camera.
    ///
    /// After an unplugging either QBUF or DQBUF says so, whichever is called next; some drivers
    /// say EIO there, and mean the same.
    static func check(_ code: Int32, _ call: String) throws(V4L2Error) {
        switch code {
        case 0: return
        case ENODEV, ENXIO: throw .gone
        case EIO where call == "QBUF" || call == "DQBUF": throw .gone
        default: throw .unusable("\(call): \(String(cString: strerror(code)))")
        }
    }

    borrowing func identify() throws(V4L2Error) -> till_camera_identity {
        var identity = till_camera_identity()
        try Self.check(till_camera_identify(descriptor, &identity), "QUERYCAP")
        return identity
    }

    /// The codes of the pixel formats that the device offers; 64 at most are asked for.
    borrowing func offeredFormats() -> [UInt32] {
        var codes: [UInt32] = []
        for index in UInt32(0)..<64 {
            var code: UInt32 = 0
            guard till_camera_offered_format(descriptor, index, &code) == 0 else { break }
            codes.append(code)
        }
        return codes
    }

    /// Asks for buffers, maps them and hands them to the driver.
    mutating func makeBuffers(_ wanted: UInt32) throws(V4L2Error) {
        var count = wanted
        try Self.check(till_camera_request_buffers(descriptor, &count), "REQBUFS")
        guard count >= 2 else { throw .unusable("the driver gives \(count) buffers") }
        for index in 0..<count {
            var address: UnsafeMutableRawPointer?
            var length = 0
            try Self.check(
                till_camera_map_buffer(descriptor, index, &address, &length), "QUERYBUF")
            guard let address else { throw .unusable("a buffer has no address") }
            buffers.append(Buffer(address: address, length: length))
            try Self.check(till_camera_queue(descriptor, index), "QBUF")
        }
    }

    /// Waits until a frame is there, or something is wrong, and says whether it is so.
    borrowing func wait(milliseconds: Int) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, Int32(clamping: milliseconds)) > 0
    }

    /// Takes one filled buffer; nil where none waits.
    borrowing func dequeue() throws(V4L2Error) -> till_camera_frame? {
        var frame = till_camera_frame()
        let code = till_camera_dequeue(descriptor, &frame)
        if code == EAGAIN { return nil }
        try Self.check(code, "DQBUF")
        guard Int(frame.buffer) < buffers.count else {
            throw .unusable("the driver names a buffer that there is not")
        }
        return frame
    }

    borrowing func queue(_ buffer: UInt32) throws(V4L2Error) {
        try Self.check(till_camera_queue(descriptor, buffer), "QBUF")
    }
}
