import PolicySources
import Yams

/// A YAML document as the notation-free tree that the rules read.
enum YAMLSource {
    /// The deepest nesting and the most values that are taken over; a policy for every currency
    /// with every rule has 6 levels and some thousands. The second also bounds what anchors and
    /// aliases can blow up to.
    static let maximumDepth = 10
    static let maximumNodes = 20_000

    private static let start = SourcePlace(line: 1, column: 1)

    static func read(_ bytes: [UInt8]) throws(SourceFinding) -> SourceNode {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SourceFinding(at: start, "The file is not valid UTF-8.")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw finding(error) }
        guard let root else { throw SourceFinding(at: start, "The policy is empty.") }
        var nodes = 0
        return try convert(root, depth: 0, nodes: &nodes)
    }

    private static func convert(_ node: Node, depth: Int, nodes: inout Int)
        throws(SourceFinding) -> SourceNode
    {
        let place = place(node.mark)
        nodes += 1
        guard nodes <= maximumNodes, depth <= maximumDepth else {
            throw SourceFinding(at: place, "The policy has too many values or levels.")
        }
        switch node {
        case .scalar(let scalar):
            // As it is written: what YAML takes for a number is an amount or a word here.
            return SourceNode(at: place, .text(scalar.string))
        case .alias:
            return SourceNode(at: place, .other("an alias"))
        case .sequence(let sequence):
            var items: [SourceNode] = []
            for item in sequence {
                items.append(try convert(item, depth: depth + 1, nodes: &nodes))
            }
            return SourceNode(at: place, .list(items))
        case .mapping(let mapping):
            var entries: [SourceNode.Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw SourceFinding(at: self.place(key.mark), "A key is a single word.")
                }
                entries.append(
                    SourceNode.Entry(
                        name.string, at: self.place(key.mark),
                        try convert(value, depth: depth + 1, nodes: &nodes)))
            }
            return SourceNode(at: place, .section(entries))
        }
    }

    private static func place(_ mark: Mark?) -> SourcePlace {
        mark.map { SourcePlace(line: $0.line, column: $0.column) } ?? start
    }

    private static func finding(_ error: any Error) -> SourceFinding {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SourceFinding(at: place(mark), "This is not YAML: \(problem).")
        case .reader(let problem, let offset, _, let yaml):
            SourceFinding(
                at: SourcePlace(
                    line: 1 + yaml.prefix(offset ?? 0).count { $0.isNewline }, column: 1),
                "This is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let keys, let context):
            SourceFinding(
                at: place(context.mark), "\(keys.joined(separator: ", ")) stands here twice.")
        default: SourceFinding(at: start, "This is not YAML.")
        }
    }
}
