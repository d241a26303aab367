import Glibc

/// The far end of a pseudo-terminal: what an engine's serial line is for the kernel, without the wire.
public final class PseudoTerminal {
    /// `TIOCSPTLCK` and `TIOCGPTN` (asm-generic/ioctls.h): unlock the near end, and tell its number.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    private var master: Int32
    /// The near end, which a program opens.
    public let path: String

    /// Makes a line; nil where the machine gives none.
    public init?() {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        self.master = master
        var values: [CInt] = [0, -1]
        let isMade = values.withUnsafeMutableBytes { values in
            ioctl(master, Self.unlock, values.baseAddress!) == 0
                && ioctl(master, Self.number, values.baseAddress! + MemoryLayout<CInt>.size) == 0
        }
        path = "/dev/pts/\(values[1])"
        if !isMade { return nil }
    }

    deinit { unplug() }

    /// Sends a text as the engine would; answers whether all of it went.
    public func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return write(master, bytes, bytes.count) == bytes.count
    }

    /// What was written to the engine so far, waiting at most so long for the first of it.
    public func heard(waitingMilliseconds: Int32 = 5_000) -> [UInt8] {
        var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, waitingMilliseconds) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(master, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Pulls the plug: the near end hangs up.
    public func unplug() {
        if master >= 0 { close(master) }
        master = -1
    }
}
