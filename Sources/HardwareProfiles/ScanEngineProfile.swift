/// A scan engine: a device that looks by itself and tells what it read.
public struct ScanEngineProfile: Hashable, Sendable {
    /// The device's file, best its stable name in `/dev/serial/by-id`, `/dev/input/by-id` or
    /// `/dev/till`.
    public let path: String
    /// How it is spoken to.
    public let connection: Connection

    /// The ways in which engines are connected.
    public enum Connection: Hashable, Sendable {
        /// A serial line, or what the kernel shows as one (USB CDC).
        case serial(Line)
        /// A keyboard that types codes, each followed by Enter.
        case keyboard
        /// HID-POS reports (hidraw).
        case posReports
    }

    /// A serial line: 8 bits, no parity, one stop bit.
    public struct Line: Hashable, Sendable {
        /// Bits a second.
        public let baud: Int
        /// What ends a code.
        public let terminator: Terminator
        /// What is sent to have the engine look, 0 to 16 bytes; none: it looks by itself.
        public let triggerOn: [UInt8]
        /// What is sent to have it look no longer, 0 to 16 bytes.
        public let triggerOff: [UInt8]
    }

    /// What an engine sends after a code.
    public enum Terminator: String, Hashable, Sendable, CaseIterable {
        /// Carriage return.
        case carriageReturn = "cr"
        /// Line feed.
        case lineFeed = "lf"
        /// Carriage return and line feed.
        case both = "crlf"
        /// Nothing: a pause ends a code.
        case pause
    }
}

extension ScanEngineProfile {
    static let kinds = ["serial", "keyboard", "hid-pos"]
    /// Bits a second: what Linux has a name for (termios(3)) and engines speak.
    static let rates = [
        1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
    ]
    static let rateRange = 1_200...921_600
    /// Where the profile says nothing: what engines are shipped with.
    static let defaultRate = 9_600
    /// The most bytes of a trigger: engines' own have 3 to 9.
    static let maximumTriggerBytes = 16

    init(reading section: Section) throws(ProfileFinding) {
        let kind = try section.word("kind", of: Self.kinds)
        if kind != "serial" {
            try section.allow(["kind", "path"])
            path = try section.device("path")
            connection = kind == "keyboard" ? .keyboard : .posReports
            return
        }
        try section.allow(["kind", "path", "baud", "terminator", "trigger-on", "trigger-off"])
        path = try section.device("path")
        let baud =
            section.has("baud") ? try section.integer("baud", in: Self.rateRange) : Self.defaultRate
        guard Self.rates.contains(baud) else {
            throw ProfileFinding(
                at: try section.place(of: "baud"),
                "scan-engine.baud is \(baud), not one of "
                    + Self.rates.map { "\($0)" }.joined(separator: ", ") + ".")
        }
        let word =
            section.has("terminator")
            ? try section.word("terminator", of: Terminator.allCases.map(\.rawValue)) : "cr"
        let on = section.has("trigger-on") ? try section.bytes("trigger-on") : []
        let off = section.has("trigger-off") ? try section.bytes("trigger-off") : []
        guard off.isEmpty || !on.isEmpty else {
            throw ProfileFinding(
                at: try section.place(of: "trigger-off"),
                "scan-engine.trigger-off is there without trigger-on.")
        }
        connection = .serial(
            Line(
                baud: baud, terminator: Terminator(rawValue: word) ?? .carriageReturn,
                triggerOn: on, triggerOff: off))
    }
}

extension Section {
    /// Bytes as pairs of hexadecimal digits with spaces between, as `"16 54 0D"`.
    func bytes(_ key: String) throws(ProfileFinding) -> [UInt8] {
        let text = try path(key)
        let pairs = text.split(separator: " ", omittingEmptySubsequences: false)
        let bytes = pairs.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
        guard bytes.count == pairs.count, bytes.count <= ScanEngineProfile.maximumTriggerBytes
        else {
            throw ProfileFinding(
                at: try place(of: key),
                "scan-engine.\(key) is \(ProfileText.quoted(text)), not 1 to "
                    + "\(ScanEngineProfile.maximumTriggerBytes) bytes as \"16 54 0D\".")
        }
        return bytes
    }
}
