internal import CScanner
import Glibc
internal import ScannerProtocol

/// A descriptor that came over a channel, closed with its owner unless it is taken.
public final class PassedDescriptor {
    private var number: Int32

    init(_ number: Int32) { self.number = number }

    deinit {
        if number >= 0 { close(number) }
    }

    /// Hands the descriptor over; whoever takes it closes it. Good once.
    public func take() -> Int32 {
        precondition(number >= 0, "A descriptor is taken once.")
        defer { number = -1 }
        return number
    }
}

/// One message as it came.
public struct ScannerDatagram {
    /// Its bytes.
    public let bytes: [UInt8]
    /// The descriptor that came with it.
    public let descriptor: PassedDescriptor?
}

/// Why a channel is of no use any more.
public enum ScannerChannelError: Error, Hashable, Sendable {
    /// The other side has closed its end, or died.
    case closed
    /// The system refuses; the text is its word for why.
    case failed(String)
}

/// One end of the socket between a daemon and its scanner: whole datagrams, bounded in size.
public final class ScannerChannel {
    /// The number under which the scanner process finds its end.
    public static let inheritedDescriptor: Int32 = 3

    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: ScannerWire.maximumMessageBytes)

    /// Takes over an open socket.
    public init(owning descriptor: Int32) {
        precondition(descriptor >= 0, "An open socket has a descriptor.")
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Two connected ends, neither of which survives an exec.
    static func pair() throws(ScannerChannelError) -> (ScannerChannel, ScannerChannel) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .failed(String(cString: strerror(errno)))
        }
        return (ScannerChannel(owning: ends[0]), ScannerChannel(owning: ends[1]))
    }

    /// Sends one message, and a descriptor with it, which stays open here.
    public func send(_ bytes: [UInt8], descriptor passed: Int32? = nil) throws(ScannerChannelError)
    {
        let code = till_channel_send(descriptor, bytes, bytes.count, passed ?? -1)
        switch code {
        case 0: return
        case EPIPE, ECONNRESET, ENOTCONN: throw .closed
        default: throw .failed(String(cString: strerror(code)))
        }
    }

    /// Waits for a message, at most so many milliseconds; nil when they are over. Negative: for
    /// as long as it takes.
    public func receive(
        timeoutMilliseconds: Int
    ) throws(ScannerChannelError) -> ScannerDatagram? {
        guard wait(milliseconds: timeoutMilliseconds) else { return nil }
        var count = 0
        var passed: Int32 = -1
        let code = till_channel_receive(descriptor, &buffer, buffer.count, &count, &passed)
        switch code {
        case 0: break
        case EAGAIN: return nil
        case ECONNRESET: throw .closed
        default: throw .failed(String(cString: strerror(code)))
        }
        let descriptor = passed >= 0 ? PassedDescriptor(passed) : nil
        // No message is empty: this is the end.
        guard count > 0 else { throw .closed }
        return ScannerDatagram(bytes: Array(buffer[..<count]), descriptor: descriptor)
    }

    private func wait(milliseconds: Int) -> Bool {
        let end = Clock.milliseconds() + milliseconds
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = milliseconds < 0 ? -1 : max(0, end - Clock.milliseconds())
            let count = poll(&request, 1, Int32(clamping: left))
            if count > 0 { return true }
            // A signal is no answer; poll can fail otherwise only by a programmer's error.
            if count == 0 || errno != EINTR { return false }
        }
    }
}

/// The clock that no one sets.
enum Clock {
    static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
