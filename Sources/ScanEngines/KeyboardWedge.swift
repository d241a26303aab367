/// Codes that a scan engine types as a keyboard: key by key, with Enter after each.
///
/// What it types is a stranger's. Keys are read as those of a US keyboard; one with Control, Alt or
/// a Windows key held down, or one that types nothing, spoils the code that it stands in. Nothing
/// of it is ever passed on as a key.
public struct KeyboardWedge: EngineReader {
    /// Bytes of one event on a 64-bit kernel (`struct input_event` of linux/input.h): seconds and
    /// microseconds of 8 bytes each, type and code of 2, value of 4, all little-endian.
    public static let eventBytes = 24

    /// linux/input-event-codes.h.
    private enum Event {
        static let synchronisation: UInt16 = 0x00
        static let key: UInt16 = 0x01
        static let dropped: UInt16 = 3
        static let pressed: Int32 = 1
        static let released: Int32 = 0
    }

    private var lines = CodeLines(ending: .carriageReturn)
    private var rest: [UInt8] = []
    private var shifts: Set<UInt16> = []
    private var commands: Set<UInt16> = []

    /// Makes a reader with no key held down.
    public init() {}

    /// Takes events as the kernel hands them over; part of one is kept for the next time.
    public mutating func take(_ bytes: [UInt8], atMilliseconds now: UInt64) -> [EngineEvent] {
        var events = lines.tick(atMilliseconds: now)
        rest += bytes
        var start = 0
        while rest.count - start >= Self.eventBytes {
            events += take(event: rest[start..<(start + Self.eventBytes)], at: now)
            start += Self.eventBytes
        }
        rest.removeFirst(start)
        return events
    }

    /// Gives up a code whose next key does not come.
    public mutating func tick(atMilliseconds now: UInt64) -> [EngineEvent] {
        lines.tick(atMilliseconds: now)
    }

    /// How long the next key is waited for.
    public var patience: UInt64? { lines.patience }

    /// Forgets what has begun, and which keys are held down.
    public mutating func forget() {
        lines.forget()
        rest.removeAll()
        shifts.removeAll()
        commands.removeAll()
    }

    private mutating func take(event: ArraySlice<UInt8>, at now: UInt64) -> [EngineEvent] {
        let fields = event.dropFirst(16)
        let at = fields.startIndex
        let type = UInt16(fields[at]) | UInt16(fields[at + 1]) << 8
        let code = UInt16(fields[at + 2]) | UInt16(fields[at + 3]) << 8
        let value = (0..<4).reduce(Int32(0)) { $0 | Int32(fields[at + 4 + $1]) << (8 * Int32($1)) }
        if type == Event.synchronisation, code == Event.dropped {
            // Which keys went up or down in between nobody knows.
            shifts.removeAll()
            commands.removeAll()
            return spoil(.keysLost, at: now)
        }
        guard type == Event.key else { return [] }
        if USKeyboard.shifts.contains(code) {
            hold(code, value, in: &shifts)
            return []
        }
        if USKeyboard.commands.contains(code) {
            hold(code, value, in: &commands)
            return value == Event.pressed ? spoil(.foreignKey, at: now) : []
        }
        // A key that is held repeats itself: a wedge does not, and a finger on it types nothing.
        guard value == Event.pressed else { return [] }
        guard commands.isEmpty, let byte = USKeyboard.byte(of: code, shifted: !shifts.isEmpty)
        else { return spoil(.foreignKey, at: now) }
        return lines.take([byte], atMilliseconds: now)
    }

    private mutating func spoil(_ fault: EngineFault, at now: UInt64) -> [EngineEvent] {
        lines.spoil(fault)
        lines.touch(atMilliseconds: now)
        return []
    }

    private func hold(_ code: UInt16, _ value: Int32, in held: inout Set<UInt16>) {
        if value == Event.released { held.remove(code) } else { held.insert(code) }
    }
}

/// The keys of a US keyboard, by the kernel's codes (linux/input-event-codes.h).
enum USKeyboard {
    static let shifts: Set<UInt16> = [42, 54]
    /// Both Controls, Alts and Windows keys, and Caps Lock.
    static let commands: Set<UInt16> = [29, 97, 56, 100, 125, 126, 58]

    /// Three rows of keys, from the code of the first: plain, and with Shift.
    private static let rows: [(first: UInt16, plain: String, shifted: String)] = [
        (2, "1234567890-=", "!@#$%^&*()_+"),
        (16, "qwertyuiop[]", "QWERTYUIOP{}"),
        (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
        (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ]
    /// The numeric pad with Num Lock on, and the space bar.
    private static let others: [UInt16: UInt8] = [
        57: 0x20, 55: UInt8(ascii: "*"), 74: UInt8(ascii: "-"), 78: UInt8(ascii: "+"),
        98: UInt8(ascii: "/"), 83: UInt8(ascii: "."), 71: UInt8(ascii: "7"),
        72: UInt8(ascii: "8"), 73: UInt8(ascii: "9"), 75: UInt8(ascii: "4"),
        76: UInt8(ascii: "5"), 77: UInt8(ascii: "6"), 79: UInt8(ascii: "1"),
        80: UInt8(ascii: "2"), 81: UInt8(ascii: "3"), 82: UInt8(ascii: "0"),
        // Enter, and that of the numeric pad.
        28: 0x0D, 96: 0x0D,
    ]

    /// The character that a key types; nil for one that types none.
    static func byte(of code: UInt16, shifted: Bool) -> UInt8? {
        if let byte = others[code] { return byte }
        for row in rows where code >= row.first {
            let index = Int(code - row.first)
            let keys = Array((shifted ? row.shifted : row.plain).utf8)
            if index < keys.count { return keys[index] }
        }
        return nil
    }
}
