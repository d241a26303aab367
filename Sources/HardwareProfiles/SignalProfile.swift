/// The loudspeaker that tells verdicts.
public struct SoundProfile: Hashable, Sendable {
    static let kinds = ["alsa"]
    /// What ALSA plays on where nobody names a device.
    public static let usualDevice = "default"

    /// ALSA's name of the playback device, as `default` or `plughw:0,0`.
    public let device: String

    init(reading section: Section) throws(ProfileFinding) {
        _ = try section.word("kind", of: Self.kinds)
        try section.allow(["kind", "path", "device"])
        if section.has("device") {
            device = try section.path("device")
        } else if section.has("path") {
            let path = try section.device("path")
            guard let device = Self.device(of: path) else {
                throw ProfileFinding(
                    at: try section.place(of: "path"),
                    "sound.path is \(ProfileText.quoted(path)), not a playback device as "
                        + "/dev/snd/pcmC0D0p.")
            }
            self.device = device
        } else {
            device = Self.usualDevice
        }
    }

    /// ALSA's name of a device node: `pcmCcDdp` is device d of card c, converted to as need be.
    private static func device(of path: String) -> String? {
        guard let name = path.split(separator: "/").last, name.hasPrefix("pcmC"),
            name.hasSuffix("p")
        else { return nil }
        let numbers = name.dropFirst(4).dropLast().split(
            separator: "D", omittingEmptySubsequences: false)
        guard numbers.count == 2, let card = UInt8(numbers[0]), let device = UInt8(numbers[1])
        else { return nil }
        return "plughw:\(card),\(device)"
    }
}

/// A signal lamp on lines of a GPIO chip.
public struct LampProfile: Hashable, Sendable {
    static let kinds = ["gpio"]
    static let levels = ["high", "low"]
    /// The lines that a chip may have: beyond those of any that kiosks have.
    static let lineRange = 0...1_023
    static let parts = ["green", "amber", "red", "buzzer"]

    /// The chip's device.
    public let path: String
    /// The parts that it has.
    public let lines: [Line]
    /// Whether a part is on where its line has no voltage.
    public let isActiveLow: Bool

    /// A part with its line.
    public struct Line: Hashable, Sendable {
        /// `green`, `amber`, `red` or `buzzer`.
        public let part: String
        /// The line's offset on the chip.
        public let line: Int
    }

    init(reading section: Section) throws(ProfileFinding) {
        _ = try section.word("kind", of: Self.kinds)
        try section.allow(["kind", "path", "active"] + Self.parts)
        path = try section.device("path")
        isActiveLow =
            section.has("active") ? try section.word("active", of: Self.levels) == "low" : false
        var lines: [Line] = []
        for part in Self.parts where section.has(part) {
            let line = try section.integer(part, in: Self.lineRange)
            if let other = lines.first(where: { $0.line == line }) {
                throw ProfileFinding(
                    at: try section.place(of: part),
                    "lamp.\(part) is line \(line), which is lamp.\(other.part)'s.")
            }
            lines.append(Line(part: part, line: line))
        }
        guard !lines.isEmpty else {
            throw ProfileFinding(
                at: section.place,
                "the lamp has no line: name at least one of " + Self.parts.joined(separator: ", ")
                    + ".")
        }
        self.lines = lines
    }
}
