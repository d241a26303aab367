import Glibc

/// An open file that is closed when its owner goes.
struct FileDescriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) {
        precondition(number >= 0, "An open file has a number.")
        self.number = number
    }

    deinit {
        close(number)
    }

    /// What the system last complained of in this thread, in its own words.
    static func lastErrorText() -> String {
        String(cString: strerror(errno))
    }

    /// Reads at most as many bytes as the buffer holds.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothingYet
            default: return .failed(detail: Self.lastErrorText())
            }
        }
    }

    /// Waits until there is something to read, or the end, and says whether there is.
    borrowing func waitUntilReadable(by deadline: Deadline) -> Bool {
        while true {
            var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let count = poll(&request, 1, deadline.remainingMilliseconds)
            if count > 0 { return true }
            // A signal is no answer; poll can fail otherwise only by a programmer's error.
            if count == 0 || errno != EINTR { return false }
        }
    }

    enum ReadResult {
        case bytes(Int)
        case end
        case nothingYet
        case failed(detail: String)
    }
}

/// A moment on the monotonic clock until which something is waited for.
struct Deadline {
    private let milliseconds: Int64

    init(inMilliseconds timeout: Int) {
        // An hour is the most that is waited in one go, which keeps every sum in range.
        milliseconds = Self.now() + Int64(min(max(timeout, 0), 3_600_000))
    }

    /// Milliseconds left, 0 when it has passed.
    var remainingMilliseconds: Int32 {
        Int32(clamping: max(0, milliseconds - Self.now()))
    }

    /// Milliseconds on the clock that no one sets.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
