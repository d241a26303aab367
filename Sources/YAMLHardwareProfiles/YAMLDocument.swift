import HardwareProfiles
import Yams

/// A YAML document as the notation-free tree that the rules read.
struct YAMLDocument {
    /// The deepest nesting and the most values that are taken over; a profile has 2 levels and
    /// a dozen values. The second also bounds what anchors and aliases can blow up to.
    static let maximumDepth = 8
    static let maximumNodes = 1000

    /// The file that it is in.
    let file: String

    /// Where the file begins.
    var start: ProfilePlace { ProfilePlace(file: file, line: 1, column: 1) }

    func read(_ bytes: [UInt8]) throws(ProfileFinding) -> ProfileNode {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let line = 1 + Self.validPrefix(of: bytes).count { $0 == UInt8(ascii: "\n") }
            throw ProfileFinding(
                at: ProfilePlace(file: file, line: line, column: 1), "The line is not valid UTF-8.")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw finding(error) }
        guard let root else {
            throw ProfileFinding(at: start, "The profile is empty.")
        }
        var nodes = 0
        return try convert(root, depth: 0, nodes: &nodes)
    }

    private func convert(_ node: Node, depth: Int, nodes: inout Int)
        throws(ProfileFinding) -> ProfileNode
    {
        let place = place(node.mark)
        nodes += 1
        guard nodes <= Self.maximumNodes, depth <= Self.maximumDepth else {
            throw ProfileFinding(at: place, "The profile has too many values or levels.")
        }
        switch node {
        case .scalar(let scalar):
            return ProfileNode(at: place, Self.content(of: scalar, tag: node.tag))
        case .sequence(let sequence):
            var items: [ProfileNode] = []
            for item in sequence {
                items.append(try convert(item, depth: depth + 1, nodes: &nodes))
            }
            return ProfileNode(at: place, .list(items))
        case .alias:
            return ProfileNode(at: place, .other("an alias"))
        case .mapping(let mapping):
            var entries: [ProfileEntry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw ProfileFinding(at: self.place(key.mark), "A key is a single word.")
                }
                entries.append(
                    ProfileEntry(
                        name.string, at: self.place(key.mark),
                        try convert(value, depth: depth + 1, nodes: &nodes)))
            }
            return ProfileNode(at: place, .section(entries))
        }
    }

    private static func content(of scalar: Node.Scalar, tag: Tag) -> ProfileContent {
        switch tag.description {
        case Tag.Name.str.rawValue: return .text(scalar.string)
        case Tag.Name.int.rawValue:
            // YAML also has 0x10, 0o7, 1_000 and 1:30; a profile has not.
            guard let value = Int(scalar.string) else {
                return .other("a number that is not plain decimal")
            }
            return .integer(value)
        case Tag.Name.float.rawValue: return .other("a number with a fraction")
        case Tag.Name.bool.rawValue: return .other("a yes or no")
        case Tag.Name.null.rawValue: return .other("nothing")
        default: return .other("a value with the tag \(tag.description)")
        }
    }

    private func place(_ mark: Mark?) -> ProfilePlace {
        mark.map { ProfilePlace(file: file, line: $0.line, column: $0.column) } ?? start
    }

    private func finding(_ error: any Error) -> ProfileFinding {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ProfileFinding(at: place(mark), "This is not YAML: \(problem).")
        case .reader(let problem, let offset, _, let yaml):
            ProfileFinding(
                at: ProfilePlace(file: file, line: Self.line(of: offset, in: yaml), column: 1),
                "This is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let keys, let context):
            ProfileFinding(
                at: place(context.mark), "\(keys.joined(separator: ", ")) stands here twice.")
        default:
            ProfileFinding(at: start, "This is not YAML.")
        }
    }

    private static func line(of offset: Int?, in text: String) -> Int {
        1 + text.prefix(offset ?? 0).count { $0.isNewline }
    }

    private static func validPrefix(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        // A line is valid by itself: newline is no part of any longer UTF-8 sequence.
        var begin = 0
        while let end = bytes[begin...].firstIndex(of: UInt8(ascii: "\n")),
            String(validating: bytes[begin...end], as: UTF8.self) != nil
        {
            begin = end + 1
        }
        return bytes[..<begin]
    }
}
