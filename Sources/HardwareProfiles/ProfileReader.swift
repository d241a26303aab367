extension HardwareProfile {
    /// The smallest and largest side of a camera's frame, in pixels: below, no symbol of a
    /// voucher fits (29 modules at 3 pixels and more); above, no kiosk camera reaches.
    static let frameSide = 128...4096
    /// The smallest and largest side of a display, in pixels: below, the largest shop QR (85
    /// modules with its margin, 3 pixels each) has no room; above, no kiosk display reaches.
    static let displaySide = 320...4096

    /// Reads a profile from a document; the finding says what is wrong and where.
    public init(reading document: ProfileNode) throws(ProfileFinding) {
        let root = try Section(document, name: "the profile")
        try root.checkVersion()
        try root.allow(["profile", "camera", "display", "scan-engine", "sound", "lamp"])
        let scanEngine =
            root.has("scan-engine")
            ? try ScanEngineProfile(reading: Section(root, "scan-engine")) : nil
        let cameraSection = try Section(root, "camera")
        let camera = try CameraProfile(reading: cameraSection)
        let displaySection = try Section(root, "display")
        let display = try DisplayProfile(reading: displaySection)
        let theme =
            displaySection.has("theme")
            ? DisplayTheme(
                rawValue: try displaySection.word(
                    "theme", of: DisplayTheme.allCases.map(\.rawValue))) ?? .light : .light
        // Else the camera would read its own terminal's screen as what a customer holds up.
        if case .folder(let folder) = camera, case .png(let path, _, _) = display,
            ProfilePath.isDirectly(path, in: folder)
        {
            throw ProfileFinding(
                at: try displaySection.place(of: "path"),
                "display.path lies in the camera's own folder; the camera would see the display.")
        }
        if camera == .none, scanEngine == nil {
            throw ProfileFinding(
                at: try cameraSection.place(of: "kind"),
                "camera.kind is none, and there is no scan-engine: no code could be read.")
        }
        self.init(
            camera: camera, display: display, theme: theme, scanEngine: scanEngine,
            sound: root.has("sound") ? try SoundProfile(reading: Section(root, "sound")) : nil,
            lamp: root.has("lamp") ? try LampProfile(reading: Section(root, "lamp")) : nil)
    }
}

extension CameraProfile {
    init(reading section: Section) throws(ProfileFinding) {
        switch try section.word("kind", of: Self.kinds) {
        case "none":
            try section.allow(["kind"])
            self = .none
        case "v4l2":
            self = .device(try DeviceCamera(reading: section))
        case "folder":
            try section.allow(["kind", "path"])
            self = .folder(path: try section.path("path"))
        default:
            try section.allow(["kind", "path", "format", "width", "height"])
            let path = try section.path("path")
            self = .pipe(path: path, format: try StreamFormat(reading: section))
        }
    }
}

extension StreamFormat {
    init(reading section: Section) throws(ProfileFinding) {
        switch try section.word("format", of: ["y4m", "grey"]) {
        case "y4m":
            for key in ["width", "height"] where section.has(key) {
                throw ProfileFinding(
                    at: try section.place(of: key),
                    "camera.\(key) is for format grey; a y4m stream says its own size.")
            }
            self = .y4m
        default:
            self = .grey(
                width: try section.integer("width", in: HardwareProfile.frameSide),
                height: try section.integer("height", in: HardwareProfile.frameSide))
        }
    }
}

extension DisplayProfile {
    static let kinds = ["png", "drm", "framebuffer", "none"]
    static let rotations = ["upright", "quarter", "half", "three-quarters"]

    /// Degrees clockwise.
    private static func rotation(_ section: Section) throws(ProfileFinding) -> Int {
        guard section.has("rotation") else { return 0 }
        let word = try section.word("rotation", of: rotations)
        return (rotations.firstIndex(of: word) ?? 0) * 90
    }

    init(reading section: Section) throws(ProfileFinding) {
        switch try section.word("kind", of: Self.kinds) {
        case "none":
            try section.allow(["kind", "theme"])
            self = .none
        case "drm":
            try section.allow([
                "kind", "path", "connector", "width", "height", "rotation", "theme",
            ])
            var size: DisplaySize?
            if section.has("width") || section.has("height") {
                size = DisplaySize(
                    width: try section.integer("width", in: HardwareProfile.displaySide),
                    height: try section.integer("height", in: HardwareProfile.displaySide))
            }
            self = .drm(
                path: try section.device("path"),
                connector: section.has("connector") ? try section.path("connector") : nil,
                size: size, rotation: try Self.rotation(section))
        case "framebuffer":
            try section.allow(["kind", "path", "rotation", "theme"])
            self = .framebuffer(
                path: try section.device("path"), rotation: try Self.rotation(section))
        default:
            try section.allow(["kind", "path", "width", "height", "theme"])
            self = .png(
                path: try section.path("path"),
                width: try section.integer("width", in: HardwareProfile.displaySide),
                height: try section.integer("height", in: HardwareProfile.displaySide))
        }
    }
}

/// A section being read: each demand is met or answered with a finding.
struct Section {
    private let entries: [ProfileEntry]
    /// Where it stands.
    let place: ProfilePlace
    private let name: String
    private let prefix: String

    /// The document's own section.
    init(_ node: ProfileNode, name: String) throws(ProfileFinding) {
        try self.init(node, name: name, prefix: "")
    }

    /// The section under a key of `parent`.
    init(_ parent: Section, _ key: String) throws(ProfileFinding) {
        try self.init(
            parent.value(of: key).value, name: parent.prefix + key,
            prefix: parent.prefix + key + ".")
    }

    private init(_ node: ProfileNode, name: String, prefix: String) throws(ProfileFinding) {
        guard case .section(let entries) = node.content else {
            throw ProfileFinding(
                at: node.place, "\(name) is \(node.content.noun), not keys with values.")
        }
        var seen: Set<String> = []
        for entry in entries where !seen.insert(entry.key).inserted {
            throw ProfileFinding(at: entry.place, "\(prefix)\(entry.key) stands here twice.")
        }
        self.entries = entries
        self.place = node.place
        self.name = name
        self.prefix = prefix
    }

    /// The keys, in the document's order.
    var keys: [String] { entries.map(\.key) }

    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    func place(of key: String) throws(ProfileFinding) -> ProfilePlace {
        try value(of: key).value.place
    }

    /// Refuses any key that is not one of `keys`.
    func allow(_ keys: [String]) throws(ProfileFinding) {
        for entry in entries where !keys.contains(entry.key) {
            throw ProfileFinding(
                at: entry.place,
                "\(prefix)\(ProfileText.quoted(entry.key)) is unknown; \(name) has "
                    + keys.joined(separator: ", ") + ".")
        }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ProfileFinding) -> Int {
        let node = try value(of: key).value
        guard case .integer(let value) = node.content else {
            throw wrongType(key, node, expected: "an integer")
        }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw ProfileFinding(at: node.place, "\(prefix)\(key) is \(value), not \(bounds).")
        }
        return value
    }

    func word(_ key: String, of words: [String]) throws(ProfileFinding) -> String {
        let node = try value(of: key).value
        guard case .text(let text) = node.content else {
            throw wrongType(key, node, expected: words.joined(separator: " or "))
        }
        guard words.contains(text) else {
            throw ProfileFinding(
                at: node.place,
                "\(prefix)\(key) is \(ProfileText.quoted(text)), not "
                    + words.joined(separator: " or ") + ".")
        }
        return text
    }

    func path(_ key: String) throws(ProfileFinding) -> String {
        let node = try value(of: key).value
        guard case .text(let text) = node.content else {
            throw wrongType(key, node, expected: "a path")
        }
        guard !text.isEmpty, text.utf8.count <= ProfilePath.maximumBytes,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw ProfileFinding(
                at: node.place,
                "\(prefix)\(key) is not a path: 1 to \(ProfilePath.maximumBytes) bytes without "
                    + "control characters.")
        }
        return text
    }

    /// The path of a device.
    func device(_ key: String) throws(ProfileFinding) -> String {
        let path = try path(key)
        guard path.hasPrefix("/dev/") else {
            throw ProfileFinding(
                at: try place(of: key),
                "\(prefix)\(key) is \(ProfileText.quoted(path)), not a device below /dev/.")
        }
        return path
    }

    /// Refuses a document of another version; it comes first, as the keys of another version are
    /// not known here.
    func checkVersion() throws(ProfileFinding) {
        let version = try integer("profile", in: 1...Int.max)
        guard version == HardwareProfile.version else {
            throw ProfileFinding(
                at: try place(of: "profile"),
                "profile is \(version); this program reads profile: \(HardwareProfile.version).")
        }
    }

    /// A key with its value.
    func entry(_ key: String) throws(ProfileFinding) -> ProfileEntry { try value(of: key) }

    /// One text or a list of texts, each with its place.
    func texts(_ key: String, atMost limit: Int) throws(ProfileFinding) -> [(
        text: String, place: ProfilePlace
    )] {
        let node = try value(of: key).value
        let nodes = if case .list(let nodes) = node.content { nodes } else { [node] }
        guard (1...limit).contains(nodes.count) else {
            throw ProfileFinding(
                at: node.place, "\(prefix)\(key) has \(nodes.count) values, not 1 to \(limit).")
        }
        var texts: [(text: String, place: ProfilePlace)] = []
        for node in nodes {
            guard case .text(let text) = node.content, !text.isEmpty else {
                throw wrongType(key, node, expected: "a text; put it between quotation marks")
            }
            texts.append((text, node.place))
        }
        return texts
    }

    private func value(of key: String) throws(ProfileFinding) -> ProfileEntry {
        guard let entry = entries.first(where: { $0.key == key }) else {
            throw ProfileFinding(at: place, "\(prefix)\(key) is missing.")
        }
        return entry
    }

    private func wrongType(_ key: String, _ node: ProfileNode, expected: String) -> ProfileFinding {
        ProfileFinding(
            at: node.place, "\(prefix)\(key) is \(node.content.noun), not \(expected).")
    }
}

/// Texts of a document, made fit for a sentence.
enum ProfileText {
    /// As much of a foreign text as a sentence takes, in characters.
    static let maximumQuoted = 40

    static func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.prefix(maximumQuoted).map { scalar in
            (0x20...0x7E).contains(scalar.value) ? Character(scalar) : "?"
        }
        return "\"" + String(safe) + (text.unicodeScalars.count > maximumQuoted ? "…\"" : "\"")
    }
}
