/// One file of profiles: on which machines it holds, what it says of them, and how that is known.
///
/// A layer need not say everything: what it leaves out, a more generic one says.
public struct ProfileLayer: Hashable, Sendable {
    /// The file.
    public let file: String
    /// On which machines it holds; nil where it says nothing of that.
    public let match: ProfileMatch?
    /// How its values are known; nil where it does not say.
    public let facts: ProfileFacts?
    /// The sections of ``ProfileSchema/parts`` that it has.
    let parts: [ProfileEntry]
    /// Where its document begins.
    let place: ProfilePlace

    /// Reads a layer; the finding says what is wrong and where.
    public init(reading document: ProfileNode, file: String) throws(ProfileFinding) {
        let root = try Section(document, name: "the profile")
        try root.checkVersion()
        try root.allow(ProfileSchema.heads + ProfileSchema.parts.map(\.name))
        match = root.has("match") ? try ProfileMatch(reading: Section(root, "match")) : nil
        var parts: [ProfileEntry] = []
        for part in ProfileSchema.parts where root.has(part.name) {
            try ProfileSchema.check(Section(root, part.name), as: part)
            parts.append(try root.entry(part.name))
        }
        self.parts = parts
        self.file = file
        place = document.place
        let leaves = parts.flatMap { Self.leaves(of: $0, under: "") }
        facts =
            root.has("facts")
            ? try ProfileFacts(reading: Section(root, "facts"), of: leaves) : nil
    }

    /// The number that the file's name begins with: from generic to specific.
    public var number: Int? { Self.number(of: file) }

    /// The number of a file named `NN-words.yaml`; nil for other names.
    public static func number(of file: String) -> Int? {
        let name = file.split(separator: "/").last ?? ""
        let digits = name.prefix(2)
        guard digits.utf8.count == 2, name.dropFirst(2).hasPrefix("-"), name.hasSuffix(".yaml"),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(digits)
    }

    /// The dotted paths of a section's values.
    static func leaves(of entry: ProfileEntry, under prefix: String) -> [String] {
        let path = prefix + entry.key
        guard case .section(let entries) = entry.value.content else { return [path] }
        return entries.flatMap { leaves(of: $0, under: path + ".") }
    }
}

/// How a layer's values are known. Each value is in exactly one of the lists, by its own path or
/// by one above it (`camera` stands for all of the camera's).
public struct ProfileFacts: Hashable, Sendable {
    /// Where they come from: the data sheet, or the machine.
    public let source: String
    /// What was tried on the hardware itself.
    public let tried: [String]
    /// What was read in a data sheet.
    public let read: [String]
    /// What is no fact of the hardware's but a choice among what it can do.
    public let chosen: [String]
    /// The file below `Tests/` that keeps what the trial saw; nil where nothing was tried.
    public let recording: String?

    /// The most paths in a list.
    private static let maximumPaths = 64

    init(reading section: Section, of leaves: [String]) throws(ProfileFinding) {
        try section.allow(["source", "tried", "read", "chosen", "recording"])
        source = try section.path("source")
        func list(_ key: String) throws(ProfileFinding) -> [String] {
            guard section.has(key) else { return [] }
            let texts = try section.texts(key, atMost: Self.maximumPaths)
            for (text, place) in texts where !leaves.contains(where: { Self.covers(text, $0) }) {
                throw ProfileFinding(
                    at: place,
                    "facts.\(key) names \(ProfileText.quoted(text)), which this profile does not "
                        + "say.")
            }
            return texts.map(\.text)
        }
        tried = try list("tried")
        read = try list("read")
        chosen = try list("chosen")
        recording = section.has("recording") ? try section.path("recording") : nil
        guard tried.isEmpty || recording != nil else {
            throw ProfileFinding(
                at: section.place,
                "facts.tried is not empty, and facts.recording names no file that keeps the trial.")
        }
        for leaf in leaves {
            let lists = [tried, read, chosen].count { $0.contains { Self.covers($0, leaf) } }
            guard lists == 1 else {
                throw ProfileFinding(
                    at: section.place,
                    "\(leaf) is in \(lists) of facts.tried, facts.read and facts.chosen, not in 1.")
            }
        }
    }

    /// How a value is known: `tried`, `read` or `chosen`; nil for one that the layer does not say.
    public func how(_ path: String) -> String? {
        if tried.contains(where: { Self.covers($0, path) }) { return "tried" }
        if read.contains(where: { Self.covers($0, path) }) { return "read" }
        return chosen.contains { Self.covers($0, path) } ? "chosen" : nil
    }

    private static func covers(_ path: String, _ leaf: String) -> Bool {
        leaf == path || leaf.hasPrefix(path + ".")
    }
}
