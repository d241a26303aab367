/// Layers laid over each other, from generic to specific: what holds for one machine, and which
/// line of which file says so.
public struct LayeredProfile: Hashable, Sendable {
    /// One value of the profile.
    public struct Value: Hashable, Sendable {
        /// Its dotted path, as `camera.width`.
        public let path: String
        /// The value as a text.
        public let text: String
        /// Where it stands.
        public let place: ProfilePlace
        /// What more generic files say in its place, the last one first: `file:line: text`.
        public let covered: [String]

        /// The file that says it.
        public var file: String { place.file }
    }

    /// The layers, from generic to specific.
    public let layers: [ProfileLayer]
    /// Every value, in the order of ``ProfileSchema/parts``.
    public let values: [Value]
    private let document: ProfileNode

    /// Lays the layers over each other; the last one that says a value is right. A layer that
    /// gives a part another `kind` says all of that part: what another kind needs does not fit it.
    public init(_ layers: [ProfileLayer]) {
        self.layers = layers
        var joined: [ProfileEntry] = []
        var covered: [String: [String]] = [:]
        for part in layers.flatMap(\.parts) {
            guard let at = joined.firstIndex(where: { $0.key == part.key }) else {
                joined.append(part)
                continue
            }
            joined[at] = Self.laid(part, over: joined[at], path: part.key, covered: &covered)
        }
        let order = ProfileSchema.parts.map(\.name)
        joined.sort {
            (order.firstIndex(of: $0.key) ?? 0) < (order.firstIndex(of: $1.key) ?? 0)
        }
        let start = layers.last?.place ?? ProfilePlace(file: "", line: 1, column: 1)
        let version = ProfileEntry(
            "profile", at: start, ProfileNode(at: start, .integer(HardwareProfile.version)))
        document = ProfileNode(at: start, .section([version] + joined))
        values = joined.flatMap { Self.values(of: $0, under: "", covered: covered) }
    }

    /// What the daemon drives, read from all layers.
    public func profile() throws(ProfileError) -> HardwareProfile {
        guard case .section(let entries) = document.content else { throw .missing(path: "") }
        let driven = entries.filter { !ProfileSchema.peripherals.contains($0.key) }
        do throws(ProfileFinding) {
            return try HardwareProfile(reading: ProfileNode(at: document.place, .section(driven)))
        } catch {
            throw .invalid(path: error.place.file, error)
        }
    }

    /// The value at a dotted path.
    public func value(_ path: String) -> Value? { values.first { $0.path == path } }

    // MARK: Laying over

    private static func laid(
        _ upper: ProfileEntry, over lower: ProfileEntry, path: String,
        covered: inout [String: [String]]
    ) -> ProfileEntry {
        guard case .section(let above) = upper.value.content,
            case .section(var below) = lower.value.content
        else {
            let place = lower.value.place
            covered[path, default: []].insert(
                "\(place.file):\(place.line): \(text(of: lower.value))", at: 0)
            return upper
        }
        func kind(_ entries: [ProfileEntry]) -> ProfileContent? {
            entries.first { $0.key == "kind" }?.value.content
        }
        if let new = kind(above), new != kind(below) { return upper }
        for entry in above {
            if let at = below.firstIndex(where: { $0.key == entry.key }) {
                below[at] = laid(
                    entry, over: below[at], path: path + "." + entry.key, covered: &covered)
            } else {
                below.append(entry)
            }
        }
        return ProfileEntry(
            lower.key, at: upper.place, ProfileNode(at: upper.value.place, .section(below)))
    }

    private static func values(
        of entry: ProfileEntry, under prefix: String, covered: [String: [String]]
    ) -> [Value] {
        let path = prefix + entry.key
        if case .section(let entries) = entry.value.content {
            return entries.flatMap { values(of: $0, under: path + ".", covered: covered) }
        }
        return [
            Value(
                path: path, text: text(of: entry.value), place: entry.value.place,
                covered: covered[path] ?? [])
        ]
    }

    private static func text(of node: ProfileNode) -> String {
        switch node.content {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .section, .list, .other: node.content.noun
        }
    }
}
