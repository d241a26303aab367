/// The upper three bits of an item's first byte (RFC 8949 section 3.1).
enum MajorType: UInt8 {
    case unsigned = 0
    case negative, bytes, text, array, map, tag, simple
}

/// The lower five bits of an item's first byte (RFC 8949 section 3), and whole first bytes of
/// simples.
enum Head {
    /// The argument is in the next byte.
    static let oneByte: UInt8 = 24
    /// The argument is in the next two bytes.
    static let twoBytes: UInt8 = 25
    /// The argument is in the next four bytes.
    static let fourBytes: UInt8 = 26
    /// The argument is in the next eight bytes.
    static let eightBytes: UInt8 = 27
    /// An indefinite length, or the break that ends it.
    static let indefinite: UInt8 = 31

    /// The byte that is false.
    static let `false`: UInt8 = 0xF4
    /// The byte that is true.
    static let `true`: UInt8 = 0xF5
    /// The byte that is null.
    static let null: UInt8 = 0xF6
}
