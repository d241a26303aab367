/// Why a message of the scanner's protocol is refused.
public enum ScannerWireError: Error, Hashable, Sendable {
    /// More bytes than any message has.
    case tooLong(byteCount: Int)
    /// The message ends before the field that begins at this byte is whole.
    case cut(at: Int)
    /// Bytes after the message's end, which is here.
    case trailing(at: Int)
    /// There is no such kind of message.
    case kindUnknown(UInt8)
    /// The other side speaks another version.
    case versionUnknown(UInt16)
    /// The field at this byte has a value that it may not have.
    case valueBad(at: Int)
}

/// The form of the messages: one datagram each, integers big-endian.
public enum ScannerWire {
    /// The version that this code speaks, in the first message of either side.
    public static let version: UInt16 = 2

    /// The longest message, in bytes: a symbol's, with its 16 corners.
    public static let maximumMessageBytes = 2 + 16 * 8 + ScannedSymbol.maximumBytes

    /// The most symbols that a frame is told to hold; a frame with more is told cut.
    public static let maximumSymbolsPerFrame = 32

    /// The largest still picture, in bytes.
    public static let maximumPictureBytes = 32 << 20

    /// The longest wait that one look orders, in milliseconds.
    public static let maximumTimeoutMilliseconds = 60_000
}

/// Writes the fields of one message.
struct WireWriter {
    private(set) var bytes: [UInt8]

    init(kind: UInt8) { bytes = [kind] }

    mutating func put(_ value: UInt8) { bytes.append(value) }

    mutating func put(_ value: UInt16) {
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(value & 0xFF))
    }

    mutating func put(_ value: UInt32) {
        put(UInt16(value >> 16))
        put(UInt16(value & 0xFFFF))
    }

    mutating func put(_ value: Int32) { put(UInt32(bitPattern: value)) }

    mutating func put(_ value: [UInt8]) { bytes += value }
}

/// Reads the fields of one message, each at its place.
struct WireReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) throws(ScannerWireError) {
        guard bytes.count <= ScannerWire.maximumMessageBytes else {
            throw .tooLong(byteCount: bytes.count)
        }
        self.bytes = bytes
    }

    mutating func byte() throws(ScannerWireError) -> UInt8 {
        guard position < bytes.count else { throw .cut(at: position) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func word() throws(ScannerWireError) -> UInt16 {
        guard position + 2 <= bytes.count else { throw .cut(at: position) }
        let high = UInt16(try byte())
        return high << 8 | UInt16(try byte())
    }

    mutating func long() throws(ScannerWireError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .cut(at: position) }
        let high = UInt32(try word())
        return high << 16 | UInt32(try word())
    }

    mutating func signedLong() throws(ScannerWireError) -> Int32 {
        Int32(bitPattern: try long())
    }

    mutating func flag() throws(ScannerWireError) -> Bool {
        let place = position
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw .valueBad(at: place)
        }
    }

    /// A number that must lie in a range.
    mutating func word(in range: ClosedRange<Int>) throws(ScannerWireError) -> Int {
        let place = position
        let value = Int(try word())
        guard range.contains(value) else { throw .valueBad(at: place) }
        return value
    }

    /// A number that must lie in a range.
    mutating func long(in range: ClosedRange<Int>) throws(ScannerWireError) -> Int {
        let place = position
        let value = Int(try long())
        guard range.contains(value) else { throw .valueBad(at: place) }
        return value
    }

    /// A number that must lie in a range.
    mutating func byte(in range: ClosedRange<Int>) throws(ScannerWireError) -> Int {
        let place = position
        let value = Int(try byte())
        guard range.contains(value) else { throw .valueBad(at: place) }
        return value
    }

    /// A number that must be one of a closed set.
    mutating func choice<Choice: RawRepresentable<UInt8>>() throws(ScannerWireError) -> Choice {
        let place = position
        guard let choice = Choice(rawValue: try byte()) else { throw .valueBad(at: place) }
        return choice
    }

    /// Everything that is left, at most so many bytes.
    mutating func rest(upTo limit: Int) throws(ScannerWireError) -> [UInt8] {
        guard bytes.count - position <= limit else { throw .valueBad(at: position) }
        defer { position = bytes.count }
        return Array(bytes[position...])
    }

    func end() throws(ScannerWireError) {
        guard position == bytes.count else { throw .trailing(at: position) }
    }
}
