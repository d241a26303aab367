/// One data object of a merchant-presented payload (EMVCo QRCPS MPM 4.1).
public struct EMVObject: Hashable, Sendable {
    /// Two digits, `00` to `99`.
    public let id: String
    /// 1 to 99 Unicode characters; a template holds its objects as they are written.
    public let value: String

    /// An object to be written; `id` has two ASCII digits, `value` 1 to 99 Unicode scalars.
    public init(_ id: String, _ value: String) {
        precondition(
            id.utf8.count == 2 && ASCII.allDigits(id.utf8), "an EMV id is two ASCII digits")
        precondition(
            (1...99).contains(value.unicodeScalars.count), "an EMV value has 1 to 99 characters")
        self.id = id
        self.value = value
    }

    /// A template to be written; its objects together have 1 to 99 Unicode scalars.
    public init(_ id: String, template objects: [EMVObject]) {
        self.init(id, objects.map(\.text).joined())
    }

    /// A number from 0 to 99 as an id.
    static func id(_ number: Int) -> String {
        (0..<10).contains(number) ? "0\(number)" : "\(number)"
    }

    /// Id, length in Unicode scalars (never bytes, UTF-16 units or graphemes) and value.
    public var text: String {
        let length = value.unicodeScalars.count
        return id + (length < 10 ? "0\(length)" : "\(length)") + value
    }
}

/// A merchant-presented payload whose structure holds: every object within its bounds, no id
/// twice at any level, 00 first, 63 last with the right checksum (EMVCo QRCPS MPM chapter 4).
///
/// Whether the objects are also those that the standard asks for is `conformance`'s question.
public struct EMVPayload: Hashable, Sendable {
    /// The most characters a payload may have (QRCPS 4.1); a longer one is refused.
    public static let maximumCharacters = 512

    /// The payload, character by character, as it was read or written.
    let scalars: [Unicode.Scalar]
    /// The objects at the root, in order.
    let root: [EMVNode]

    /// Reads a payload; throws the first problem met, with its path.
    public init(parsing text: String) throws(EMVProblem) {
        // Counted only as far as it matters: the caller may hand in any length.
        let scalars = Array(text.unicodeScalars.prefix(Self.maximumCharacters + 1))
        guard scalars.count <= Self.maximumCharacters else {
            throw EMVProblem(
                .payloadTooLong, at: "",
                "the payload has more than \(Self.maximumCharacters) characters")
        }
        let root = try EMVWalker.nodes(in: scalars, 0..<scalars.count, under: "")
        try EMVWalker.checkFrame(root, in: scalars)
        try EMVWalker.checkTemplates(root, in: scalars)
        self.scalars = scalars
        self.root = root
    }

    /// Writes a payload of `objects`, 00 first and 63 left out, and appends the checksum.
    public init(writing objects: [EMVObject]) throws(EMVProblem) {
        let body = objects.map(\.text).joined() + "6304"
        try self.init(parsing: body + EMVChecksum.digits(EMVChecksum.of(body.utf8)))
    }

    /// The payload as it stands in the symbol.
    public var text: String { Self.string(scalars[...]) }

    /// The objects at the root, in the order of the payload, 63 among them.
    public var objects: [EMVObject] { root.map { EMVObject($0.id, value(of: $0)) } }

    /// The value at a path of ids (`payload["62", "07"]`), or nil when there is none.
    public subscript(path: String...) -> String? { find(path).map { value(of: $0) } }

    /// The objects of the template `id` at the root; empty when it is missing or holds none.
    public func objects(in id: String) -> [EMVObject] {
        children(of: id).map { EMVObject($0.id, value(of: $0)) }
    }

    func children(of id: String) -> [EMVNode] {
        guard let node = root.first(where: { $0.id == id }) else { return [] }
        return (try? EMVWalker.nodes(in: scalars, node.value, under: id)) ?? []
    }

    func find(_ path: [String]) -> EMVNode? {
        var level = root
        var found: EMVNode?
        for id in path {
            if let node = found {
                level = (try? EMVWalker.nodes(in: scalars, node.value, under: node.id)) ?? []
            }
            found = level.first { $0.id == id }
            if found == nil { return nil }
        }
        return found
    }

    func value(of node: EMVNode) -> String { Self.string(scalars[node.value]) }

    static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

/// Where one object lies in a payload, in Unicode scalars from its first character.
struct EMVNode: Hashable, Sendable {
    let id: String
    let whole: Range<Int>
    let value: Range<Int>
    var number: Int { Int(id) ?? 0 }
}

/// Walks the structure. It is the only place that finds an object: a text is never searched,
/// for what looks like an id may stand within a value.
enum EMVWalker {
    /// The objects within `range`, none of them twice.
    static func nodes(
        in scalars: [Unicode.Scalar], _ range: Range<Int>, under path: String
    ) throws(EMVProblem) -> [EMVNode] {
        var nodes: [EMVNode] = []
        var seen: Set<String> = []
        var position = range.lowerBound
        let container = path.isEmpty ? "the payload" : "its template"
        while position < range.upperBound {
            guard position + 4 <= range.upperBound else {
                throw EMVProblem(
                    .cutOff, at: path, "ends within an id or a length, at character \(position)")
            }
            guard let id = number(scalars, at: position) else {
                throw EMVProblem(
                    .idNotDigits, at: path, "an id is not two digits, at character \(position)")
            }
            let name = id < 10 ? "0\(id)" : "\(id)"
            let here = path.isEmpty ? name : "\(path)/\(name)"
            guard let length = number(scalars, at: position + 2) else {
                throw EMVProblem(.lengthNotDigits, at: here, "length is not two digits")
            }
            guard length > 0 else {
                throw EMVProblem(.lengthZero, at: here, "length is 00")
            }
            let value = position + 4..<position + 4 + length
            guard value.upperBound <= range.upperBound else {
                throw EMVProblem(.lengthPastEnd, at: here, "length runs past \(container)")
            }
            guard seen.insert(name).inserted else {
                throw EMVProblem(.objectRepeated, at: here, "the object is there twice")
            }
            nodes.append(EMVNode(id: name, whole: position..<value.upperBound, value: value))
            position = value.upperBound
        }
        return nodes
    }

    private static func number(_ scalars: [Unicode.Scalar], at position: Int) -> Int? {
        let tens = scalars[position].value
        let ones = scalars[position + 1].value
        guard (0x30...0x39).contains(tens), (0x30...0x39).contains(ones) else { return nil }
        return Int(tens - 0x30) * 10 + Int(ones - 0x30)
    }

    /// 00 first and `01`; 63 last, four hexadecimal digits, and right.
    static func checkFrame(
        _ root: [EMVNode], in scalars: [Unicode.Scalar]
    ) throws(EMVProblem) {
        guard let first = root.first, first.id == "00" else {
            throw EMVProblem(.formatIndicator, at: "00", "is not the first object")
        }
        guard EMVPayload.string(scalars[first.value]) == "01" else {
            throw EMVProblem(.formatIndicator, at: "00", "is not 01")
        }
        guard let checksum = root.first(where: { $0.id == "63" }), let last = root.last else {
            throw EMVProblem(.crcMissing, at: "63", "the checksum is missing")
        }
        guard checksum == last else {
            throw EMVProblem(.crcNotLast, at: "63", "is not the last object")
        }
        let digits = EMVPayload.string(scalars[checksum.value])
        guard let stated = EMVChecksum.value(of: digits) else {
            throw EMVProblem(.crcFormat, at: "63", "is not four hexadecimal digits")
        }
        let covered = EMVPayload.string(scalars[..<checksum.value.lowerBound])
        let computed = EMVChecksum.of(covered.utf8)
        guard stated == computed else {
            throw EMVProblem(
                .crcWrong, at: "63",
                "is \(EMVChecksum.digits(stated)), but the payload's checksum is "
                    + EMVChecksum.digits(computed))
        }
    }

    /// The same structure within every template that the standard knows (table 3.6).
    static func checkTemplates(
        _ root: [EMVNode], in scalars: [Unicode.Scalar]
    ) throws(EMVProblem) {
        for node in root where isTemplate(node.number) {
            let children = try nodes(in: scalars, node.value, under: node.id)
            // 62/50 to 62/99 are payment systems' own templates (table 4.4).
            guard node.id == "62" else { continue }
            for child in children where child.number >= 50 {
                _ = try nodes(in: scalars, child.value, under: "62/\(child.id)")
            }
        }
    }

    static func isTemplate(_ id: Int) -> Bool {
        (26...51).contains(id) || id == 62 || id == 64 || (80...99).contains(id)
    }
}
