/// One item of CBOR (RFC 8949), of the kinds that our formats allow: no floats, no other simples.
public enum CBORValue: Sendable {
    /// An unsigned integer (major type 0).
    case unsigned(UInt64)
    /// A negative integer (major type 1): the value n stands for -1 - n.
    case negative(UInt64)
    /// A byte string (major type 2).
    case bytes([UInt8])
    /// A text string (major type 3); two texts are equal when their UTF-8 is, byte for byte.
    case text(String)
    /// An array (major type 4).
    case array([CBORValue])
    /// A map (major type 5), its pairs in any order: the encoder sorts them.
    case map([CBORPair])
    /// A tag and its content (major type 6).
    indirect case tagged(UInt64, CBORValue)
    /// False or true (simple values 20 and 21).
    case bool(Bool)
    /// Null (simple value 22).
    case null

    /// An item may lie inside at most so many arrays, maps and tags (formats, section 1).
    public static let maximumDepth = 8
}

/// A key and a value of a CBOR map.
public struct CBORPair: Hashable, Sendable {
    /// The key: an integer or a text.
    public let key: CBORValue

    /// The value.
    public let value: CBORValue

    /// A pair of this key and this value.
    public init(_ key: CBORValue, _ value: CBORValue) {
        self.key = key
        self.value = value
    }
}

extension CBORValue: Hashable {
    /// The same items with map pairs in the same order, texts compared byte for byte: `String`'s
    /// own equality would call the Kelvin sign a K.
    public static func == (left: CBORValue, right: CBORValue) -> Bool {
        switch (left, right) {
        case (.unsigned(let one), .unsigned(let other)): one == other
        case (.negative(let one), .negative(let other)): one == other
        case (.bytes(let one), .bytes(let other)): one == other
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.array(let one), .array(let other)): one == other
        case (.map(let one), .map(let other)): one == other
        case (.tagged(let one, let content), .tagged(let other, let otherContent)):
            one == other && content == otherContent
        case (.bool(let one), .bool(let other)): one == other
        case (.null, .null): true
        default: false
        }
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .unsigned(let value): hasher.combine(value)
        case .negative(let value):
            hasher.combine(1 as UInt8)
            hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .text(let value):
            for byte in value.utf8 { hasher.combine(byte) }
        case .array(let value): hasher.combine(value)
        case .map(let value): hasher.combine(value)
        case .tagged(let tag, let content):
            hasher.combine(tag)
            hasher.combine(content)
        case .bool(let value): hasher.combine(value)
        case .null: hasher.combine(0 as UInt8)
        }
    }
}

extension CBORValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    /// The integer, of major type 0 or 1.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// The text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// The array of these items.
    public init(arrayLiteral items: CBORValue...) { self = .array(items) }
}

extension CBORValue {
    /// The integer, of major type 0 or 1 as its sign says.
    public static func integer(_ value: Int64) -> CBORValue {
        // -1 - value, which is the bitwise complement, fits whatever the value is.
        value < 0 ? .negative(UInt64(bitPattern: ~value)) : .unsigned(UInt64(value))
    }

    /// The number of an unsigned integer, or nil.
    public var asUnsigned: UInt64? {
        if case .unsigned(let value) = self { value } else { nil }
    }

    /// The number of an integer of either sign that an Int64 can hold, or nil.
    public var asInteger: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    /// The bytes of a byte string, or nil.
    public var asBytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// The text of a text string, or nil.
    public var asText: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The items of an array, or nil.
    public var asArray: [CBORValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The pairs of a map, or nil.
    public var asMap: [CBORPair]? {
        if case .map(let value) = self { value } else { nil }
    }

    /// Whether it is false or true, or nil when it is neither.
    public var asBool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value under this integer key, or nil when this is no map or has no such key.
    public subscript(_ key: Int64) -> CBORValue? {
        value(for: .integer(key))
    }

    /// The value under this text key, or nil when this is no map or has no such key.
    public subscript(_ key: String) -> CBORValue? {
        value(for: .text(key))
    }

    private func value(for key: CBORValue) -> CBORValue? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }
}
