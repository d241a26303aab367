extension CBORValue {
    /// The core deterministic encoding (RFC 8949 section 4.2.1): shortest heads, map keys sorted by
    /// their bytes. The keys of a map must differ and be integers or texts.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Appends the deterministic encoding to these bytes.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .unsigned(let value): Self.appendHead(.unsigned, value, to: &bytes)
        case .negative(let value): Self.appendHead(.negative, value, to: &bytes)
        case .bytes(let value):
            Self.appendHead(.bytes, UInt64(value.count), to: &bytes)
            bytes += value
        case .text(let value):
            Self.appendHead(.text, UInt64(value.utf8.count), to: &bytes)
            bytes += value.utf8
        case .array(let items):
            Self.appendHead(.array, UInt64(items.count), to: &bytes)
            for item in items { item.append(to: &bytes) }
        case .map(let pairs):
            Self.append(pairs, to: &bytes)
        case .tagged(let tag, let content):
            Self.appendHead(.tag, tag, to: &bytes)
            content.append(to: &bytes)
        case .bool(let value): bytes.append(value ? Head.true : Head.false)
        case .null: bytes.append(Head.null)
        }
    }

    /// Appends the head of a byte string of this length: for bytes that are written straight after.
    public static func appendByteStringHead(_ count: Int, to bytes: inout [UInt8]) {
        appendHead(.bytes, UInt64(count), to: &bytes)
    }

    private static func append(_ pairs: [CBORPair], to bytes: inout [UInt8]) {
        appendHead(.map, UInt64(pairs.count), to: &bytes)
        var keyed = pairs.map { (key: $0.key.encodedKey(), value: $0.value) }
        keyed.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for (position, pair) in keyed.enumerated() {
            precondition(
                position == 0 || keyed[position - 1].key != pair.key,
                "a map that is encoded has each key once")
            bytes += pair.key
            pair.value.append(to: &bytes)
        }
    }

    private func encodedKey() -> [UInt8] {
        switch self {
        case .unsigned, .negative, .text: return encoded()
        default: preconditionFailure("a map that is encoded has integers and texts as keys")
        }
    }

    /// Major type and argument in the shortest of the five forms (RFC 8949 section 3).
    private static func appendHead(_ major: MajorType, _ argument: UInt64, to bytes: inout [UInt8])
    {
        let first = major.rawValue << 5
        switch argument {
        case 0..<24:
            bytes.append(first | UInt8(argument))
        case 24...0xFF:
            bytes.append(first | Head.oneByte)
            bytes.append(UInt8(argument))
        case 0x100...0xFFFF:
            bytes.append(first | Head.twoBytes)
            appendBigEndian(argument, count: 2, to: &bytes)
        case 0x1_0000...0xFFFF_FFFF:
            bytes.append(first | Head.fourBytes)
            appendBigEndian(argument, count: 4, to: &bytes)
        default:
            bytes.append(first | Head.eightBytes)
            appendBigEndian(argument, count: 8, to: &bytes)
        }
    }

    private static func appendBigEndian(_ value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for position in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * position)))
        }
    }
}
