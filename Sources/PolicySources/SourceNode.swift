/// A place in a policy's file; line and column count from 1.
public struct SourcePlace: Hashable, Sendable, Comparable {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// Makes a place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Whether `left` stands further up, or further left on the same line.
    public static func < (left: SourcePlace, right: SourcePlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// What is wrong with a policy's source, and where.
public struct SourceFinding: Error, Hashable, Sendable {
    /// Where in the file.
    public let place: SourcePlace
    /// What is wrong there and what would be right, as a sentence.
    public let sentence: String

    /// Makes a finding.
    public init(at place: SourcePlace, _ sentence: String) {
        self.place = place
        self.sentence = sentence
    }
}

/// One value of a policy's source with its place, whatever notation the source is in.
public struct SourceNode: Hashable, Sendable {
    /// What a value is.
    public indirect enum Content: Hashable, Sendable {
        /// A word, a number, an amount: as it is written.
        case text(String)
        /// Values in a row.
        case list([SourceNode])
        /// Keys with values, in the source's order.
        case section([Entry])
        /// Anything that no policy uses; the text names it, such as `an alias`.
        case other(String)
    }

    /// One key of a section with its value.
    public struct Entry: Hashable, Sendable {
        /// The key.
        public let key: String
        /// Where the key stands.
        public let place: SourcePlace
        /// Its value.
        public let value: SourceNode

        /// Makes an entry.
        public init(_ key: String, at place: SourcePlace, _ value: SourceNode) {
            self.key = key
            self.place = place
            self.value = value
        }
    }

    /// Where it stands.
    public let place: SourcePlace
    /// What it is.
    public let content: Content

    /// Makes a node.
    public init(at place: SourcePlace, _ content: Content) {
        self.place = place
        self.content = content
    }

    /// What this is, for people.
    var noun: String {
        switch content {
        case .text(let text): SourceText.quoted(text)
        case .list: "a list"
        case .section: "a section of keys"
        case .other(let noun): noun
        }
    }
}

/// Texts of a source, made fit for a sentence.
enum SourceText {
    /// As much of a foreign text as a sentence takes, in characters.
    static let maximumQuoted = 40

    static func quoted(_ text: String) -> String {
        let safe = text.unicodeScalars.prefix(maximumQuoted).map { scalar in
            (0x20...0x7E).contains(scalar.value) ? Character(scalar) : "?"
        }
        return "\"" + String(safe) + (text.unicodeScalars.count > maximumQuoted ? "…\"" : "\"")
    }
}
