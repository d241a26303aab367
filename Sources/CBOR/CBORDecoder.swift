extension CBORValue {
    /// Decodes one item of core deterministic CBOR that fills the bytes (RFC 8949 section 4.2.1),
    /// with the narrower rules of ours: no floats, no simple values but false, true and null, map
    /// keys integers or texts, at most `maximumDepth` containers around an item. What it returns
    /// encodes to the same bytes again.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> CBORValue {
        var decoder = CBORDecoder(bytes)
        let value = try decoder.item(depth: 0)
        guard decoder.position == bytes.count else {
            throw CBORError(.trailing, at: decoder.position)
        }
        return value
    }
}

/// A cursor over bytes that reads items. Its depth is bounded, and so is its recursion.
private struct CBORDecoder {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var remaining: Int { bytes.count - position }

    /// Reads one item that lies inside `depth` arrays, maps and tags.
    mutating func item(depth: Int) throws(CBORError) -> CBORValue {
        let start = position
        guard depth <= CBORValue.maximumDepth else { throw CBORError(.depth, at: start) }
        guard remaining > 0 else { throw CBORError(.truncated, at: start) }
        let information = bytes[position] & 0x1F
        // Three bits: every value is a major type.
        guard let major = MajorType(rawValue: bytes[position] >> 5) else {
            throw CBORError(.reserved, at: start)
        }
        position += 1
        if major == .simple {
            return try simple(information, start: start)
        }
        let argument = try argument(major, information, start: start)
        switch major {
        case .unsigned: return .unsigned(argument)
        case .negative: return .negative(argument)
        case .bytes: return .bytes(Array(try string(argument, start: start)))
        case .text: return .text(try text(argument, start: start))
        case .array: return .array(try array(argument, start: start, depth: depth))
        case .map: return .map(try map(argument, start: start, depth: depth))
        case .tag: return .tagged(argument, try item(depth: depth + 1))
        case .simple: throw CBORError(.simpleOrFloat, at: start)
        }
    }

    private mutating func argument(
        _ major: MajorType, _ information: UInt8, start: Int
    ) throws(CBORError) -> UInt64 {
        switch information {
        case 0..<Head.oneByte:
            return UInt64(information)
        case Head.oneByte: return try argument(bytes: 1, atLeast: 24, start: start)
        case Head.twoBytes: return try argument(bytes: 2, atLeast: 0x100, start: start)
        case Head.fourBytes: return try argument(bytes: 4, atLeast: 0x1_0000, start: start)
        case Head.eightBytes: return try argument(bytes: 8, atLeast: 0x1_0000_0000, start: start)
        case Head.indefinite:
            switch major {
            case .bytes, .text, .array, .map: throw CBORError(.indefinite, at: start)
            default: throw CBORError(.reserved, at: start)
            }
        default:
            throw CBORError(.reserved, at: start)
        }
    }

    private mutating func argument(
        bytes count: Int, atLeast minimum: UInt64, start: Int
    ) throws(CBORError) -> UInt64 {
        guard remaining >= count else { throw CBORError(.truncated, at: start) }
        var value: UInt64 = 0
        for _ in 0..<count {
            value = value << 8 | UInt64(bytes[position])
            position += 1
        }
        guard value >= minimum else { throw CBORError(.notShortest, at: start) }
        return value
    }

    private func simple(_ information: UInt8, start: Int) throws(CBORError) -> CBORValue {
        switch bytes[start] {
        case Head.false: return .bool(false)
        case Head.true: return .bool(true)
        case Head.null: return .null
        default: break
        }
        switch information {
        case 28...30: throw CBORError(.reserved, at: start)
        case Head.indefinite: throw CBORError(.indefinite, at: start)
        default: throw CBORError(.simpleOrFloat, at: start)
        }
    }

    private mutating func string(
        _ count: UInt64, start: Int
    ) throws(CBORError) -> ArraySlice<UInt8> {
        guard count <= UInt64(remaining) else { throw CBORError(.length, at: start) }
        let end = position + Int(count)
        defer { position = end }
        return bytes[position..<end]
    }

    private mutating func text(_ count: UInt64, start: Int) throws(CBORError) -> String {
        let utf8 = try string(count, start: start)
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw CBORError(.utf8, at: start)
        }
        return text
    }

    private mutating func array(
        _ count: UInt64, start: Int, depth: Int
    ) throws(CBORError) -> [CBORValue] {
        // Every item takes a byte at least: a length that cannot be true reserves no memory.
        guard count <= UInt64(remaining) else { throw CBORError(.length, at: start) }
        var items: [CBORValue] = []
        items.reserveCapacity(Int(count))
        for _ in 0..<count {
            items.append(try item(depth: depth + 1))
        }
        return items
    }

    private mutating func map(
        _ count: UInt64, start: Int, depth: Int
    ) throws(CBORError) -> [CBORPair] {
        guard count <= UInt64(remaining) / 2 else { throw CBORError(.length, at: start) }
        var pairs: [CBORPair] = []
        pairs.reserveCapacity(Int(count))
        var previous = 0..<0
        for _ in 0..<count {
            let keyStart = position
            let key = try item(depth: depth + 1)
            switch key {
            case .unsigned, .negative, .text: break
            default: throw CBORError(.keyType, at: keyStart)
            }
            let current = keyStart..<position
            if !previous.isEmpty {
                try checkOrder(previous, current)
            }
            previous = current
            pairs.append(CBORPair(key, try item(depth: depth + 1)))
        }
        return pairs
    }

    private func checkOrder(_ previous: Range<Int>, _ current: Range<Int>) throws(CBORError) {
        if bytes[previous].elementsEqual(bytes[current]) {
            throw CBORError(.duplicateKey, at: current.lowerBound)
        }
        if !bytes[previous].lexicographicallyPrecedes(bytes[current]) {
            throw CBORError(.keyOrder, at: current.lowerBound)
        }
    }
}
