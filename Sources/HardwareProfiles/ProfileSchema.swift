/// The sections and keys that a profile's layer may have, as data: what a layer is checked
/// against, and what the published JSON Schema says.
public enum ProfileSchema {
    /// What a value may be.
    public enum Value: Hashable, Sendable {
        /// One of these words.
        case word([String])
        /// An integer of this range.
        case integer(ClosedRange<Int>)
        /// A path: 1 to 4095 bytes without control characters.
        case path
        /// Bytes as pairs of hexadecimal digits, with spaces between.
        case bytes
        /// A camera's controls: names or ids, with integers.
        case controls
    }

    /// One key.
    public struct Key: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// What it may be.
        public let value: Value
        /// What it says, with its unit.
        public let meaning: String

        init(_ name: String, _ value: Value, _ meaning: String) {
            self.name = name
            self.value = value
            self.meaning = meaning
        }
    }

    /// One section: a part of a kiosk.
    public struct Part: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its keys; `kind` is one.
        public let keys: [Key]
    }

    /// Every section, in the order of a profile.
    public static let parts = [
        Part(
            name: "camera",
            keys: [
                Key("kind", .word(CameraProfile.kinds), "where frames come from"),
                Key("path", .path, "the folder, the FIFO or the device"),
                Key(
                    "format", .word(["y4m", "grey", "nv12", "yuyv", "mjpeg"]),
                    "the frames' form"),
                Key("width", .integer(HardwareProfile.frameSide), "pixels"),
                Key("height", .integer(HardwareProfile.frameSide), "pixels"),
                Key("frames-per-second", .integer(1...120), "frames a second"),
                Key("controls", .controls, "what is set before frames flow, in this order"),
            ]),
        Part(
            name: "display",
            keys: [
                Key("kind", .word(DisplayProfile.kinds), "where screens go"),
                Key("path", .path, "the file that is replaced at each change, or the device"),
                Key("connector", .path, "the panel's connector, as HDMI-A-1"),
                Key("rotation", .word(DisplayProfile.rotations), "how far it is turned, clockwise"),
                Key(
                    "theme", .word(DisplayTheme.allCases.map(\.rawValue)), "how bright screens are"),
                Key("width", .integer(HardwareProfile.displaySide), "pixels"),
                Key("height", .integer(HardwareProfile.displaySide), "pixels"),
            ]),
        Part(
            name: "scan-engine",
            keys: [
                Key("kind", .word(ScanEngineProfile.kinds), "how the engine is spoken to"),
                Key("path", .path, "the engine's device"),
                Key("baud", .integer(ScanEngineProfile.rateRange), "bits a second"),
                Key(
                    "terminator",
                    .word(ScanEngineProfile.Terminator.allCases.map(\.rawValue)),
                    "what ends a code"),
                Key("trigger-on", .bytes, "what has the engine look"),
                Key("trigger-off", .bytes, "what has it look no longer"),
            ]),
        Part(
            name: "printer",
            keys: [
                Key("kind", .word(["escpos"]), "the printer's language"),
                Key("path", .path, "the printer's device"),
                Key("paper-dots", .integer(256...1_024), "printable dots a line"),
                Key("columns", .integer(16...128), "characters a line in font A"),
            ]),
        Part(
            name: "sound",
            keys: [
                Key("kind", .word(SoundProfile.kinds), "how sound is made"),
                Key("path", .path, "the playback device, as /dev/snd/pcmC0D0p"),
                Key("device", .path, "ALSA's name of it, as plughw:0,0"),
            ]),
        Part(
            name: "lamp",
            keys: [
                Key("kind", .word(LampProfile.kinds), "how it is switched"),
                Key("path", .path, "the chip's device, as /dev/gpiochip0"),
                Key("active", .word(LampProfile.levels), "the level at which a part is on"),
            ]
                + LampProfile.parts.map {
                    Key($0, .integer(LampProfile.lineRange), "the chip's line for it")
                }),
    ]

    /// What a layer may have beside ``parts``.
    static let heads = ["profile", "match", "facts"]

    /// Sections that the daemon does not drive: facts for the technician's tool.
    public static let peripherals: Set<String> = ["printer"]

    static func part(_ name: String) -> Part? { parts.first { $0.name == name } }

    /// Checks what stands in a section, whatever is missing there.
    static func check(_ section: Section, as part: Part) throws(ProfileFinding) {
        try section.allow(part.keys.map(\.name))
        for key in part.keys where section.has(key.name) {
            switch key.value {
            case .word(let words): _ = try section.word(key.name, of: words)
            case .integer(let range): _ = try section.integer(key.name, in: range)
            case .path: _ = try section.path(key.name)
            case .bytes: _ = try section.bytes(key.name)
            case .controls: _ = try DeviceCamera.controls(Section(section, key.name))
            }
        }
    }
}

extension ProfileSchema {
    /// The schema as a JSON Schema (2020-12) of one line a value, for editors and other programs.
    public static var jsonSchema: String {
        let sections = parts.map { part in
            let keys = part.keys.map { key in
                "          \"\(key.name)\": { \(json(key.value)), \"description\": "
                    + "\"\(key.meaning)\" }"
            }
            return """
                    "\(part.name)": {
                      "type": "object", "additionalProperties": false,
                      "properties": {
                \(keys.joined(separator: ",\n"))
                      }
                    }
                """
        }
        return """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "Till hardware profile, version \(HardwareProfile.version)",
              "type": "object", "additionalProperties": false, "required": ["profile"],
              "properties": {
                "profile": { "const": \(HardwareProfile.version) },
            \(matchSchema),
            \(factsSchema),
            \(sections.joined(separator: ",\n"))
              },
              "$defs": {
                "ids": {
                  "anyOf": [
                    { "type": "string" },
                    { "type": "array", "items": { "type": "string" }, "minItems": 1,
                      "maxItems": \(ProfileMatch.maximumIDs) }
                  ]
                }
              }
            }

            """
    }

    private static let matchSchema = """
            "match": {
              "type": "object", "additionalProperties": false, "minProperties": 1,
              "properties": {
                "machine": { "const": "any" },
                "usb": { "$ref": "#/$defs/ids" },
                "usb-class": { "$ref": "#/$defs/ids" },
                "dmi": { "$ref": "#/$defs/ids" },
                "device-tree": { "$ref": "#/$defs/ids" }
              }
            }
        """

    private static let factsSchema = """
            "facts": {
              "type": "object", "additionalProperties": false, "required": ["source"],
              "properties": {
                "source": { "type": "string" },
                "recording": { "type": "string" },
                "tried": { "$ref": "#/$defs/ids" },
                "read": { "$ref": "#/$defs/ids" },
                "chosen": { "$ref": "#/$defs/ids" }
              }
            }
        """

    private static func json(_ value: Value) -> String {
        switch value {
        case .word(let words):
            "\"enum\": [" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        case .integer(let range):
            "\"type\": \"integer\", \"minimum\": \(range.lowerBound), "
                + "\"maximum\": \(range.upperBound)"
        case .path:
            "\"type\": \"string\", \"minLength\": 1, \"maxLength\": \(ProfilePath.maximumBytes)"
        case .bytes:
            "\"type\": \"string\", \"pattern\": "
                + "\"^[0-9A-Fa-f]{2}( [0-9A-Fa-f]{2}){0,"
                + "\(ScanEngineProfile.maximumTriggerBytes - 1)}$\""
        case .controls:
            "\"type\": \"object\", \"additionalProperties\": { \"type\": \"integer\" }"
        }
    }
}
