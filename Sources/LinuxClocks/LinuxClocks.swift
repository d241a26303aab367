public import Clocks
import Glibc
public import Terminal

/// The clocks of a Linux machine: CLOCK_REALTIME, and CLOCK_BOOTTIME, which counts on while the
/// machine is suspended.
public struct LinuxClocks: MachineClocks {
    /// Where the kernel tells the boot id, and where a service manager hands it to a program that
    /// may not look there (`systemd/tilld.service`).
    static let bootIDPath = "/proc/sys/kernel/random/boot_id"
    /// The credential's name.
    static let bootIDCredential = "till.boot-id"

    private let boot: BootID

    /// Finds out which run of the machine this is; nil where the machine does not tell.
    public init?(credentials: String?) {
        let paths =
            [Self.bootIDPath] + (credentials.map { ["\($0)/\(Self.bootIDCredential)"] } ?? [])
        guard let boot = paths.lazy.compactMap(Self.bootID).first else { return nil }
        self.boot = boot
    }

    /// See ``Terminal/MachineClocks/read()``.
    public func read() -> ClockReading {
        let wall = Self.time(CLOCK_REALTIME)
        let sinceBoot = Self.time(CLOCK_BOOTTIME)
        return ClockReading(
            wall: UInt64(max(0, wall.tv_sec)),
            sinceBoot: UInt64(max(0, sinceBoot.tv_sec)) * 1_000
                + UInt64(max(0, sinceBoot.tv_nsec)) / 1_000_000,
            boot: boot)
    }

    private static func time(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "Linux has had both clocks since 2.6.39.")
        return time
    }

    private static func bootID(_ path: String) -> BootID? {
        guard let text = SmallFile.text(path, limit: 64) else { return nil }
        return BootID(text.last == "\n" ? String(text.dropLast()) : text)
    }
}

/// The clock file: a small text, replaced whole.
public struct FileClockStore: ClockStore {
    /// Where the file lies.
    public let path: String

    /// A store in the file at `path`, which need not exist yet.
    public init(path: String) { self.path = path }

    /// See ``Terminal/ClockStore/load()``.
    public func load() -> ClockMemory? {
        SmallFile.text(path, limit: ClockMemory.maximumFileBytes).flatMap(ClockMemory.init)
    }

    /// See ``Terminal/ClockStore/save(_:)``. The new file is on disk before it takes the old
    /// one's name; that the name is on disk too is left to the file system's own next minute.
    public func save(_ memory: ClockMemory) throws(ClockStoreError) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.failure("open") }
        defer { close(descriptor) }
        var bytes = Array(memory.text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write") }
            bytes = bytes.dropFirst(count)
        }
        guard fdatasync(descriptor) == 0 else { throw Self.failure("fdatasync") }
        guard rename(temporary, path) == 0 else { throw Self.failure("rename") }
    }

    private static func failure(_ call: String) -> ClockStoreError {
        ClockStoreError("\(call): \(String(cString: strerror(errno)))")
    }
}

/// Files of a few lines.
enum SmallFile {
    /// The text of a file, or nil where there is none of at most `limit` bytes of UTF-8.
    static func text(_ path: String, limit: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            filled += count
        }
        guard filled <= limit else { return nil }
        return String(validating: bytes[..<filled], as: UTF8.self)
    }
}
