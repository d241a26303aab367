/// Why bytes are not one item of core deterministic CBOR as our formats allow it, and where.
public struct CBORError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What rule was broken.
    public let kind: Kind

    /// The offset of the item (or of the byte) that broke it, counted from the first byte decoded.
    public let offset: Int

    /// An error of this kind at this offset.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// The rules (RFC 8949 section 4.2.1, narrowed by ours), each with its stable code.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The bytes end inside an item.
        case truncated = "cbor-truncated"
        /// A string, array or map says that it is longer than all bytes that are left.
        case length = "cbor-length"
        /// Bytes follow the item.
        case trailing = "cbor-trailing"
        /// An integer, length, tag or simple value is not in its shortest form.
        case notShortest = "cbor-not-shortest"
        /// An indefinite length, or the "break" that would end one.
        case indefinite = "cbor-indefinite"
        /// Additional information 28 to 30 (or 31 where it has no meaning): not well-formed CBOR.
        case reserved = "cbor-reserved"
        /// A float, or a simple value other than false, true and null.
        case simpleOrFloat = "cbor-simple-or-float"
        /// A text string that is not UTF-8.
        case utf8 = "cbor-utf8"
        /// A map key that is neither an integer nor a text.
        case keyType = "cbor-key-type"
        /// A map key that sorts before the one in front of it.
        case keyOrder = "cbor-key-order"
        /// A map key that is there twice.
        case duplicateKey = "cbor-duplicate-key"
        /// An item inside more than `CBORValue.maximumDepth` arrays, maps or tags.
        case depth = "cbor-depth"
    }

    /// One sentence: what was expected and at which byte.
    public var description: String {
        "\(kind.sentence) at byte \(offset)"
    }
}

extension CBORError.Kind {
    /// What was found and expected, without the place.
    var sentence: String {
        switch self {
        case .truncated: "the bytes end inside an item"
        case .length: "an item is longer than all the bytes that are left"
        case .trailing: "bytes follow the end of the item"
        case .notShortest: "a number or length is not in its shortest form"
        case .indefinite: "an indefinite length, which deterministic encoding forbids,"
        case .reserved: "additional information that CBOR reserves"
        case .simpleOrFloat: "a float or a simple value other than false, true and null"
        case .utf8: "a text that is not UTF-8"
        case .keyType: "a map key that is neither an integer nor a text"
        case .keyOrder: "a map key out of bytewise ascending order"
        case .duplicateKey: "a map key that is there twice"
        case .depth: "an item inside more than \(CBORValue.maximumDepth) arrays, maps or tags"
        }
    }
}
