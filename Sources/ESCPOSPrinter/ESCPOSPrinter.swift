import Glibc
public import Screens
public import Terminal

/// A printer of receipts that speaks ESC/POS, on a device (`/dev/usb/lp0`, a serial line that is set
/// up already, a file) or on TCP, where printers listen on port 9100.
public struct ESCPOSPrinter: ReceiptPrinter {
    /// Where a printer is.
    public enum Place: Hashable, Sendable {
        /// A device or a file.
        case device(String)
        /// An IPv4 address or a name, and a port.
        case network(host: String, port: UInt16)
    }

    /// What printers listen on.
    public static let networkPort: UInt16 = 9100
    /// A printer that has buffered nothing for so long has stopped (no paper, cover open): its own
    /// buffer takes a receipt at once.
    static let writeMilliseconds: Int32 = 5_000
    /// A printer that can tell its status does so within a line's printing.
    static let statusMilliseconds: Int32 = 500

    private let place: Place
    private let encoder: ESCPOSEncoder

    /// A printer at a place.
    public init(
        _ place: Place, _ capabilities: PrinterCapabilities,
        symbol: @escaping @Sendable ([UInt8]) -> SymbolMatrix?
    ) {
        self.place = place
        encoder = ESCPOSEncoder(capabilities, symbol: symbol)
    }

    /// How the printer is (DLE EOT 2 and 4); nil where it does not say, as a plain file.
    public func status() throws(PrinterError) -> PrinterStatus? {
        let line = try PrinterLine(place)
        return try line.status()
    }

    /// Looks whether there is paper, writes the receipt, and looks again.
    public func print(_ receipt: PrintableReceipt) throws(PrinterError) {
        let line = try PrinterLine(place)
        let before = try line.status()
        try Self.check(before)
        try line.write(encoder.bytes(of: receipt))
        // The roll may have ended in the middle: then what came out is no receipt.
        let after = try line.status()
        if before != nil, after == nil { throw .interrupted("It does not answer any more.") }
        try Self.check(after)
    }

    private static func check(_ status: PrinterStatus?) throws(PrinterError) {
        if status?.isCoverOpen == true { throw .coverOpen }
        if status?.isPaperOut == true { throw .paperOut }
    }
}

/// An open way to a printer.
private final class PrinterLine {
    private let descriptor: Int32
    private let answers: Bool

    init(_ place: ESCPOSPrinter.Place) throws(PrinterError) {
        switch place {
        case .device(let path):
            let both = open(path, O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            let file =
                both >= 0
                ? both : open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            guard file >= 0 else { throw .unreachable("\(path): \(sentence(errno)).") }
            var facts = stat()
            fstat(file, &facts)
            descriptor = file
            answers = both >= 0 && facts.st_mode & S_IFMT == S_IFCHR
        case .network(let host, let port):
            descriptor = try Self.connected(host, port)
            answers = true
        }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(PrinterError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                send($0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count > 0 {
                offset += count
            } else if errno == EAGAIN {
                guard wait(POLLOUT, ESCPOSPrinter.writeMilliseconds) else {
                    throw .interrupted("It takes nothing more.")
                }
            } else if errno != EINTR {
                throw .interrupted("\(sentence(errno)).")
            }
        }
    }

    /// DLE EOT 2 tells the cover (bit 2) and 4 the paper: near its end (bits 2 and 3), out (5 and 6).
    func status() throws(PrinterError) -> PrinterStatus? {
        guard answers, let offline = try ask(2), let paper = try ask(4) else { return nil }
        return PrinterStatus(
            isPaperOut: paper & 0x60 != 0, isPaperLow: paper & 0x0C != 0,
            isCoverOpen: offline & 0x04 != 0)
    }

    private func ask(_ number: UInt8) throws(PrinterError) -> UInt8? {
        try write([0x10, 0x04, number])
        var byte: UInt8 = 0
        while wait(POLLIN, ESCPOSPrinter.statusMilliseconds) {
            let count = read(descriptor, &byte, 1)
            if count == 0 { throw .interrupted("It closed the connection.") }
            // Bits 0 and 7 are 0, 1 and 4 are 1: what else comes is something unasked for.
            if count == 1, byte & 0x93 == 0x12 { return byte }
            if count < 0, errno != EINTR, errno != EAGAIN {
                throw .interrupted("\(sentence(errno)).")
            }
        }
        return nil
    }

    /// Without a signal where the printer has gone.
    private func send(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        let sent = Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
        return sent < 0 && errno == ENOTSOCK ? Glibc.write(descriptor, bytes, count) : sent
    }

    private func wait(_ events: Int32, _ milliseconds: Int32) -> Bool {
        var file = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&file, 1, milliseconds) == 1
    }

    private static func connected(_ host: String, _ port: UInt16) throws(PrinterError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = found else {
            throw .unreachable("\(host) has no address.")
        }
        defer { freeaddrinfo(found) }
        let socket = Glibc.socket(
            address.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw .unreachable("\(sentence(errno)).") }
        var error: Int32 = 0
        if connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 {
            error = errno
            if error == EINPROGRESS {
                var file = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
                var size = socklen_t(MemoryLayout<Int32>.size)
                if poll(&file, 1, ESCPOSPrinter.writeMilliseconds) == 1 {
                    getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
                } else {
                    error = ETIMEDOUT
                }
            }
        }
        guard error == 0 else {
            close(socket)
            throw .unreachable("\(host):\(port): \(sentence(error)).")
        }
        return socket
    }
}

private func sentence(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
