/// What a terminal remembers of time from one start to the next (`docs/spec/time.md`, *Clock
/// file*).
public struct ClockMemory: Hashable, Sendable {
    /// A signed time, and when it came by the machine's clocks.
    public struct Anchor: Hashable, Sendable {
        /// The time, in seconds since 1970 UTC.
        public let time: UInt64
        /// How far it may be off, in seconds.
        public let uncertainty: UInt64
        /// The machine's clocks at that moment.
        public let reading: ClockReading

        /// An anchor; see the properties for units.
        public init(time: UInt64, uncertainty: UInt64, reading: ClockReading) {
            self.time = time
            self.uncertainty = uncertainty
            self.reading = reading
        }
    }

    /// The latest time that a signature says has passed, in seconds since 1970 UTC.
    public internal(set) var proven: UInt64 = 0
    /// The latest time that the terminal's own clock has shown while it was believed.
    public internal(set) var observed: UInt64 = 0
    /// Claims of a time up to this one were shown to be wrong by a signed time; 0 for none.
    public internal(set) var refuted: UInt64 = 0
    /// The first reading that was believed in the run of the machine that ``seen`` is of.
    public internal(set) var base: ClockReading?
    /// The last reading that was believed.
    public internal(set) var seen: ClockReading?
    /// The last reading of the wall clock, while it is not believed; nil while it is.
    public internal(set) var wrong: ClockReading?
    /// The last signed time.
    public internal(set) var anchor: Anchor?

    /// The memory of a terminal that remembers nothing.
    public init() {}

    /// A time that has passed, as far as is known.
    public var floor: UInt64 { max(proven, observed) }
}

// The clock file: a first line, then one line for each thing remembered.
extension ClockMemory {
    /// The first line of a clock file.
    static let firstLine = "TILL-CLOCK-1"
    /// A clock file is never longer than this, in bytes.
    public static let maximumFileBytes = 1_024

    /// The text of the clock file.
    public var text: String {
        var lines = [
            Self.firstLine, "proven \(proven)", "observed \(observed)", "refuted \(refuted)",
        ]
        if let base { lines.append("base " + Self.words(base)) }
        if let seen { lines.append("seen " + Self.words(seen)) }
        if let wrong { lines.append("wrong " + Self.words(wrong)) }
        if let anchor {
            lines.append(
                "anchor " + Self.words(anchor.reading) + " \(anchor.time) \(anchor.uncertainty)")
        }
        return lines.joined(separator: "\n") + "\nend\n"
    }

    /// The memory in the text of a clock file, or nil where it is none that Till has written.
    public init?(text: String) {
        guard text.utf8.count <= Self.maximumFileBytes else { return nil }
        var memory = ClockMemory()
        for (index, line) in text.split(separator: "\n").enumerated() {
            if index == 0 {
                guard line == Self.firstLine else { return nil }
                continue
            }
            var words = line.split(separator: " ")[...]
            guard let name = words.popFirst(), memory.take(name, &words), words.isEmpty else {
                return nil
            }
        }
        // One spelling: a file with a line twice, in another order or cut is none of Till's.
        guard memory.text == text else { return nil }
        self = memory
    }

    /// Takes the words of one line; false where they are none of it.
    private mutating func take(_ name: Substring, _ words: inout ArraySlice<Substring>) -> Bool {
        switch name {
        case "end": true
        case "proven": Self.number(&words).map { proven = $0 } != nil
        case "observed": Self.number(&words).map { observed = $0 } != nil
        case "refuted": Self.number(&words).map { refuted = $0 } != nil
        case "base": Self.reading(&words).map { base = $0 } != nil
        case "seen": Self.reading(&words).map { seen = $0 } != nil
        case "wrong": Self.reading(&words).map { wrong = $0 } != nil
        case "anchor": Self.anchor(&words).map { anchor = $0 } != nil
        default: false
        }
    }

    private static func words(_ reading: ClockReading) -> String {
        "\(reading.boot.text) \(reading.sinceBoot) \(reading.wall)"
    }

    private static func number(_ words: inout ArraySlice<Substring>) -> UInt64? {
        guard let number = words.popFirst().flatMap({ UInt64($0) }), number <= ClockReading.maximum
        else { return nil }
        return number
    }

    private static func reading(_ words: inout ArraySlice<Substring>) -> ClockReading? {
        guard let boot = words.popFirst().flatMap({ BootID(String($0)) }),
            let sinceBoot = number(&words), let wall = number(&words)
        else { return nil }
        return ClockReading(wall: wall, sinceBoot: sinceBoot, boot: boot)
    }

    private static func anchor(_ words: inout ArraySlice<Substring>) -> Anchor? {
        guard let reading = reading(&words), let time = number(&words),
            let uncertainty = number(&words)
        else { return nil }
        return Anchor(time: time, uncertainty: uncertainty, reading: reading)
    }
}
