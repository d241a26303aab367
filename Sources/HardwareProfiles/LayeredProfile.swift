/// Layers laid over each other, from generic to specific: what holds for one machine, and which
/// line of which file says so.
public struct LayeredProfile: Hashable, Sendable {
    /// One value of the profile.
    public struct Value: Hashable, Sendable {
        /// Its dotted path, as `camera.width`.
        public let path: String
        /// The value as a text.
        public let text: String
        /// The file that says it.
        public let file: String
        /// Where in that file.
        public let place: ProfilePlace
        /// What more generic files say in its place, the last one first: `file:line: text`.
        public let covered: [String]
    }

    /// The layers, from generic to specific.
    public let layers: [ProfileLayer]
    /// Every value, in the order of ``ProfileSchema/parts``.
    public let values: [Value]
    private let document: ProfileNode

    /// Lines that a file has at most: a place in the joined document is the layer's number times
    /// this, and the line.
    private static let linesPerLayer = 1 << 20

    /// Lays the layers over each other; the last one that says a value is right. A layer that
    /// gives a part another `kind` says all of that part: what another kind needs does not fit it.
    public init(_ layers: [ProfileLayer]) {
        self.layers = layers
        var joined: [ProfileEntry] = []
        var covered: [String: [String]] = [:]
        for (index, layer) in layers.enumerated() {
            for part in layer.parts.map({ Self.moved($0, toLayer: index) }) {
                guard let at = joined.firstIndex(where: { $0.key == part.key }) else {
                    joined.append(part)
                    continue
                }
                joined[at] = Self.laid(
                    part, over: joined[at], path: part.key, files: layers.map(\.file),
                    covered: &covered)
            }
        }
        let order = ProfileSchema.parts.map(\.name)
        joined.sort {
            (order.firstIndex(of: $0.key) ?? 0) < (order.firstIndex(of: $1.key) ?? 0)
        }
        let place = layers.last.map { Self.moved($0.place, toLayer: layers.count - 1) }
        let start = place ?? ProfilePlace(line: 1, column: 1)
        let version = ProfileEntry(
            "profile", at: start, ProfileNode(at: start, .integer(HardwareProfile.version)))
        document = ProfileNode(at: start, .section([version] + joined))
        values = joined.flatMap { entry in
            Self.values(of: entry, under: "", layers: layers, covered: covered)
        }
    }

    /// The camera and the display, which the daemon drives, read from all layers.
    public func profile() throws(ProfileError) -> HardwareProfile {
        guard case .section(let entries) = document.content else { throw .missing(path: "") }
        let driven = entries.filter { !ProfileSchema.peripherals.contains($0.key) }
        do throws(ProfileFinding) {
            return try HardwareProfile(reading: ProfileNode(at: document.place, .section(driven)))
        } catch {
            let (file, place) = Self.origin(error.place, layers: layers)
            throw .invalid(path: file, ProfileFinding(at: place, error.sentence))
        }
    }

    /// The value at a dotted path.
    public func value(_ path: String) -> Value? { values.first { $0.path == path } }

    // MARK: Laying over

    private static func laid(
        _ upper: ProfileEntry, over lower: ProfileEntry, path: String, files: [String],
        covered: inout [String: [String]]
    ) -> ProfileEntry {
        guard case .section(let above) = upper.value.content,
            case .section(var below) = lower.value.content
        else {
            let file = files[lower.value.place.line / linesPerLayer]
            covered[path, default: []].insert(
                "\(file):\(lower.value.place.line % linesPerLayer): \(text(of: lower.value))", at: 0
            )
            return upper
        }
        func kind(_ entries: [ProfileEntry]) -> ProfileContent? {
            entries.first { $0.key == "kind" }?.value.content
        }
        if let new = kind(above), new != kind(below) { return upper }
        for entry in above {
            if let at = below.firstIndex(where: { $0.key == entry.key }) {
                below[at] = laid(
                    entry, over: below[at], path: path + "." + entry.key, files: files,
                    covered: &covered)
            } else {
                below.append(entry)
            }
        }
        return ProfileEntry(
            lower.key, at: upper.place, ProfileNode(at: upper.value.place, .section(below)))
    }

    private static func values(
        of entry: ProfileEntry, under prefix: String, layers: [ProfileLayer],
        covered: [String: [String]]
    ) -> [Value] {
        let path = prefix + entry.key
        if case .section(let entries) = entry.value.content {
            return entries.flatMap {
                values(of: $0, under: path + ".", layers: layers, covered: covered)
            }
        }
        let (file, place) = origin(entry.value.place, layers: layers)
        return [
            Value(
                path: path, text: text(of: entry.value), file: file, place: place,
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

    // MARK: Places

    private static func moved(_ place: ProfilePlace, toLayer index: Int) -> ProfilePlace {
        ProfilePlace(
            line: index * linesPerLayer + min(place.line, linesPerLayer - 1), column: place.column)
    }

    private static func moved(_ entry: ProfileEntry, toLayer index: Int) -> ProfileEntry {
        let content: ProfileContent =
            if case .section(let entries) = entry.value.content {
                .section(entries.map { moved($0, toLayer: index) })
            } else {
                entry.value.content
            }
        return ProfileEntry(
            entry.key, at: moved(entry.place, toLayer: index),
            ProfileNode(at: moved(entry.value.place, toLayer: index), content))
    }

    private static func origin(_ place: ProfilePlace, layers: [ProfileLayer])
        -> (file: String, place: ProfilePlace)
    {
        let index = min(place.line / linesPerLayer, layers.count - 1)
        guard layers.indices.contains(index) else { return ("", place) }
        return (
            layers[index].file,
            ProfilePlace(line: place.line % linesPerLayer, column: place.column)
        )
    }
}
