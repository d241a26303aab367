/// One value of a profile's document with its place, whatever notation the document is in.
public struct ProfileNode: Hashable, Sendable {
    /// Where it stands.
    public let place: ProfilePlace
    /// What it is.
    public let content: ProfileContent

    /// Makes a node.
    public init(at place: ProfilePlace, _ content: ProfileContent) {
        self.place = place
        self.content = content
    }
}

extension ProfileNode {
    /// The document without what only a layer says: for which machines it is, how its values are
    /// known, and what the daemon does not drive.
    public var withoutHeads: ProfileNode {
        guard case .section(let entries) = content else { return self }
        let others = Set(["match", "facts"]).union(ProfileSchema.peripherals)
        return ProfileNode(at: place, .section(entries.filter { !others.contains($0.key) }))
    }
}

/// What a value of a profile's document is.
public indirect enum ProfileContent: Hashable, Sendable {
    /// A text.
    case text(String)
    /// An integer, written in decimal.
    case integer(Int)
    /// Keys with values, in the document's order.
    case section([ProfileEntry])
    /// Values one after the other.
    case list([ProfileNode])
    /// Anything that no profile uses; the text names it, such as `a list`.
    case other(String)

    /// What this is, for people.
    var noun: String {
        switch self {
        case .text: "a text"
        case .integer: "an integer"
        case .section: "a section"
        case .list: "a list"
        case .other(let noun): noun
        }
    }
}

/// One key of a section with its value.
public struct ProfileEntry: Hashable, Sendable {
    /// The key.
    public let key: String
    /// Where the key stands.
    public let place: ProfilePlace
    /// Its value.
    public let value: ProfileNode

    /// Makes an entry.
    public init(_ key: String, at place: ProfilePlace, _ value: ProfileNode) {
        self.key = key
        self.place = place
        self.value = value
    }
}
