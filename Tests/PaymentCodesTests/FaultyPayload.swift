@testable import PaymentCodes

/// A payload as a tree, to be written again with just one thing wrong.
struct FaultyPayload {
    /// One fault: the payload, and what a reader must say of it.
    struct Fault {
        let text: String
        let path: String
        let reason: EMVProblem.Reason
    }

    private indirect enum Node {
        case value(id: String, text: String)
        case template(id: String, [Node])
        /// Written as it stands, for what no writer would write.
        case raw(String)

        var text: String {
            switch self {
            case .value(let id, let text): Self.object(id, text)
            case .template(let id, let nodes): Self.object(id, nodes.map(\.text).joined())
            case .raw(let text): text
            }
        }

        static func object(_ id: String, _ value: String) -> String {
            let length = value.unicodeScalars.count
            return id + (length < 10 ? "0\(length)" : "\(length)") + value
        }
    }

    private let root: [Node]

    init(_ payload: EMVPayload) {
        root = payload.root.dropLast().map { Self.node($0, [], payload) }
    }

    /// The templates that a reader walks: EMVCo's, and VietQR's own one within 38.
    private static func node(_ node: EMVNode, _ above: [String], _ payload: EMVPayload) -> Node {
        let path = above + [node.id]
        let isTemplate =
            path.count == 1 && EMVWalker.isTemplate(node.number)
            || path.count == 2 && path[0] == "62" && node.number >= 50 || path == ["38", "01"]
        guard isTemplate,
            let children = try? EMVWalker.nodes(in: payload.scalars, node.value, under: "")
        else { return .value(id: node.id, text: payload.value(of: node)) }
        return .template(id: node.id, children.map { Self.node($0, path, payload) })
    }

    /// Every fault of each kind that this payload can have, one at a time.
    func faults(of profile: SchemeProfile) -> [Fault] {
        var faults: [Fault] = []
        Self.visit(root, []) { path, node, position, siblings, rebuild in
            for (replacement, place, reason) in Self.replacements(
                of: node, at: path, isLast: position == siblings - 1, profile)
            {
                guard let body = write(rebuild(replacement)) else { continue }
                faults.append(Fault(text: body, path: place, reason: reason))
            }
        }
        return faults
    }

    /// The payload with one length of an object one more or one less, the checksum made right: what
    /// follows is read in the wrong place.
    func withShiftedLengths() -> [String] {
        var texts: [String] = []
        Self.visit(root, []) { path, node, _, _, rebuild in
            let body = node.text.unicodeScalars.dropFirst(4)
            for length in [body.count - 1, body.count + 1] where (1...99).contains(length) {
                let text =
                    path[path.count - 1] + (length < 10 ? "0" : "") + "\(length)"
                    + String(String.UnicodeScalarView(body))
                if let text = write(rebuild([.raw(text)])) { texts.append(text) }
            }
        }
        return texts
    }

    private typealias Visitor = (
        _ path: [String], _ node: Node, _ position: Int, _ siblings: Int,
        _ rebuild: ([Node]) -> [Node]
    ) -> Void

    private static func visit(
        _ nodes: [Node], _ above: [String], rebuild: @escaping ([Node]) -> [Node] = { $0 },
        _ visitor: Visitor
    ) {
        for (index, node) in nodes.enumerated() {
            let around: ([Node]) -> [Node] = { replacement in
                rebuild(Array(nodes[..<index]) + replacement + Array(nodes[(index + 1)...]))
            }
            switch node {
            case .value(let id, _):
                visitor(above + [id], node, index, nodes.count, around)
            case .template(let id, let children):
                visitor(above + [id], node, index, nodes.count, around)
                visit(
                    children, above + [id], rebuild: { around([.template(id: id, $0)]) }, visitor)
            case .raw: continue
            }
        }
    }

    /// The payload with its checksum made right; nil where a template has no room for the fault.
    private func write(_ nodes: [Node]) -> String? {
        guard nodes.allSatisfy(Self.fits) else { return nil }
        let body = nodes.map(\.text).joined() + "6304"
        guard body.unicodeScalars.count + 4 <= EMVPayload.maximumCharacters else { return nil }
        return body + EMVChecksum.digits(EMVChecksum.of(body.utf8))
    }

    private static func fits(_ node: Node) -> Bool {
        guard case .template(_, let children) = node else { return true }
        let text = children.map(\.text).joined()
        return (1...99).contains(text.unicodeScalars.count) && children.allSatisfy(fits)
    }

    /// What may stand in a node's place, with the path and the reason that a reader gives.
    private static func replacements(
        of node: Node, at path: [String], isLast: Bool, _ profile: SchemeProfile
    ) -> [([Node], String, EMVProblem.Reason)] {
        let place = path.joined(separator: "/")
        let container = path.dropLast().joined(separator: "/")
        let id = path[path.count - 1]
        let body = String(node.text.dropFirst(4))
        // 00 has rules of its own before all others.
        guard place != "00" else { return [([], "00", .formatIndicator)] }
        var found: [([Node], String, EMVProblem.Reason)] = [
            ([node, node], place, .objectRepeated),
            ([.raw(id + "00")], place, .lengthZero),
            ([.raw(id + "0X" + body)], place, .lengthNotDigits),
            ([.raw("X" + node.text.dropFirst())], container, .idNotDigits),
        ]
        if isLast, path.count > 1 {
            let length = body.unicodeScalars.count + 1
            let digits = length < 10 ? "0\(length)" : "\(length)"
            if length < 100 { found.append(([.raw(id + digits + body)], place, .lengthPastEnd)) }
        }
        guard case .value(_, let text) = node else { return found }
        found += valueFaults(id: id, text: text, path: path, profile)
        return found
    }

    /// A control character, which no object may have, and an object that must not be missing.
    private static func valueFaults(
        id: String, text: String, path: [String], _ profile: SchemeProfile
    ) -> [([Node], String, EMVProblem.Reason)] {
        let place = path.joined(separator: "/")
        let row = profile.objects.first { row in
            row.path.rest == Array(path.dropFirst())
                && row.path.first.contains(Int(path[0]) ?? 0)
        }
        // 62/09 that asks for what nobody knows is passed over (4.8.1.3).
        guard let row, place != "62/09" else { return [] }
        var faults: [([Node], String, EMVProblem.Reason)] = []
        let broken = "\u{7}" + text.unicodeScalars.dropFirst().map(String.init).joined()
        // A scheme is not known by a broken identifier, so that EMVCo's own rules speak first.
        faults.append(([.value(id: id, text: broken)], place, .valueFormat))
        switch row.presence {
        case .required where row.path != profile.anchor, .fixed:
            faults.append(([], place, .objectMissing))
        default: break
        }
        return faults
    }
}
