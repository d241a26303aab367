import ScanEngines
import Testing

/// The events of a keyboard, as the kernel writes them (linux/input.h).
enum Keys {
    static let shift: UInt16 = 42
    static let control: UInt16 = 29
    static let alt: UInt16 = 56
    static let enter: UInt16 = 28
    static let f2: UInt16 = 60

    static func event(_ type: UInt16, _ code: UInt16, _ value: Int32) -> [UInt8] {
        // Seconds and microseconds, which the wedge does not look at.
        [UInt8](repeating: 0xEE, count: 16) + [
            UInt8(truncatingIfNeeded: type), UInt8(truncatingIfNeeded: type >> 8),
            UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8),
        ] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func down(_ code: UInt16) -> [UInt8] { event(1, code, 1) + event(0, 0, 0) }
    static func up(_ code: UInt16) -> [UInt8] { event(1, code, 0) + event(0, 0, 0) }
    static func stroke(_ code: UInt16) -> [UInt8] { down(code) + up(code) }

    /// What types a text, by a table of our own: the codes of a US keyboard's keys.
    static func typing(_ text: String) -> [UInt8] {
        text.flatMap { character -> [UInt8] in
            if let code = codes[character] { return stroke(code) }
            guard let code = shifted[character] else {
                Issue.record("no key types \(character)")
                return []
            }
            return down(shift) + stroke(code) + up(shift)
        }
    }

    private static let codes: [Character: UInt16] = [
        "1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11, "-": 12,
        "=": 13, "q": 16, "w": 17, "e": 18, "r": 19, "t": 20, "y": 21, "u": 22, "i": 23, "o": 24,
        "p": 25, "[": 26, "]": 27, "\r": 28, "a": 30, "s": 31, "d": 32, "f": 33, "g": 34, "h": 35,
        "j": 36, "k": 37, "l": 38, ";": 39, "'": 40, "`": 41, "\\": 43, "z": 44, "x": 45, "c": 46,
        "v": 47, "b": 48, "n": 49, "m": 50, ",": 51, ".": 52, "/": 53, " ": 57,
    ]
    private static let shifted: [Character: UInt16] = {
        var table: [Character: UInt16] = [:]
        for (character, code) in codes where character.isLetter {
            table[Character(character.uppercased())] = code
        }
        let signs: [(Character, Character)] = [
            ("!", "1"), ("@", "2"), ("#", "3"), ("$", "4"), ("%", "5"), ("^", "6"), ("&", "7"),
            ("*", "8"), ("(", "9"), (")", "0"), ("_", "-"), ("+", "="), ("{", "["), ("}", "]"),
            (":", ";"), ("\"", "'"), ("~", "`"), ("|", "\\"), ("<", ","), (">", "."), ("?", "/"),
        ]
        for (sign, key) in signs { table[sign] = codes[key] }
        return table
    }()
}

@Suite("Codes that are typed")
struct KeyboardWedgeTests {
    private var wedge = KeyboardWedge()

    private func code(_ text: String) -> EngineEvent { .code(EngineCode(Array(text.utf8))) }

    private mutating func take(_ bytes: [UInt8], at now: UInt64 = 0) -> [EngineEvent] {
        wedge.take(bytes, atMilliseconds: now)
    }

    @Test("Every printable character of ASCII is typed as on a US keyboard")
    mutating func characters() {
        let text = String(decoding: UInt8(0x20)...0x7E, as: UTF8.self)
        #expect(take(Keys.typing(text + "\r")) == [code(text)])
        // The numeric pad, and its Enter.
        let pad: [UInt16] = [79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 98, 55, 74, 78, 96]
        #expect(take(pad.flatMap(Keys.stroke)) == [code("1234567890./*-+")])
    }

    @Test("Events that the kernel hands over in pieces are put together")
    mutating func pieces() {
        let bytes = Keys.typing("TV1:A-b\r")
        var events: [EngineEvent] = []
        for byte in bytes { events += take([byte]) }
        #expect(events == [code("TV1:A-b")])
    }

    @Test("Keys that repeat, go up, or belong to another kind of event type nothing")
    mutating func otherEvents() {
        #expect(take(Keys.event(1, 30, 1) + Keys.event(1, 30, 2) + Keys.event(1, 30, 2)) == [])
        #expect(take(Keys.event(4, 4, 30) + Keys.event(2, 0, 5) + Keys.event(0x11, 1, 1)) == [])
        #expect(take(Keys.up(30) + Keys.stroke(Keys.enter)) == [code("a")])
    }

    @Test("A key with Control, Alt or a Windows key spoils its code, and the next one is read")
    mutating func commands() {
        for key: UInt16 in [29, 97, 56, 100, 125, 126] {
            let bytes = Keys.typing("ab") + Keys.down(key) + Keys.stroke(46) + Keys.up(key)
            #expect(take(bytes + Keys.typing("de\r")) == [.spoiled(.foreignKey)])
            #expect(take(Keys.typing("ok\r")) == [code("ok")])
        }
        // Control, Alt and F2 and no Enter: told when it falls silent.
        #expect(
            take(Keys.down(Keys.control) + Keys.down(Keys.alt) + Keys.stroke(Keys.f2), at: 1_000)
                == [])
        #expect(wedge.tick(atMilliseconds: 1_500) == [.spoiled(.foreignKey)])
        // They are still held down.
        #expect(take(Keys.typing("x"), at: 2_000) == [])
        #expect(
            take(Keys.up(Keys.control) + Keys.up(Keys.alt) + Keys.typing("\r"), at: 2_001)
                == [.spoiled(.foreignKey)])
        #expect(take(Keys.typing("x\r"), at: 2_002) == [code("x")])
    }

    @Test("Keys that type nothing spoil a code: arrows, F keys, backspace, tab, Caps Lock")
    mutating func foreignKeys() {
        for key: UInt16 in [1, 14, 15, 58, 59, 68, 87, 103, 111, 113, 158, 240, 0x2FF] {
            #expect(
                take(Keys.typing("a") + Keys.stroke(key) + Keys.typing("b\r"))
                    == [.spoiled(.foreignKey)])
        }
    }

    @Test(
        "Keys that the kernel lost spoil the code, and a Shift that may have gone up is forgotten")
    mutating func lost() {
        let dropped = Keys.event(0, 3, 0)
        #expect(
            take(Keys.typing("ab") + Keys.down(Keys.shift) + dropped + Keys.typing("c\r"))
                == [.spoiled(.keysLost)])
        #expect(take(Keys.typing("ok\r")) == [code("ok")])
    }

    @Test("A code that breaks off, or never ends, is thrown away")
    mutating func limits() {
        #expect(take(Keys.typing("ab"), at: 0) == [])
        #expect(wedge.patience == 500)
        #expect(take(Keys.typing("cd\r"), at: 500) == [.spoiled(.cut), code("cd")])
        for _ in 0..<8 { #expect(take(Keys.typing(String(repeating: "a", count: 1_000))) == []) }
        #expect(take(Keys.typing("\r")) == [.spoiled(.tooLong)])
    }

    @Test("No bytes make it fail, or type what no key types")
    mutating func anything() {
        for seed in 1...200 {
            var generator = Lehmer(state: UInt64(seed))
            var known: Set<UInt8> = []
            for event in take((0..<480).map { _ in generator.byte() }) {
                if case .code(let code) = event { known.formUnion(code.bytes) }
            }
            #expect(known.allSatisfy { (0x20...0x7E).contains($0) })
            wedge.forget()
        }
    }
}

/// A generator of Lehmer's, for bytes that are the same in each run.
struct Lehmer {
    var state: UInt64

    mutating func byte() -> UInt8 {
        state = state &* 48_271 % 2_147_483_647
        return UInt8(truncatingIfNeeded: state >> 8)
    }
}
