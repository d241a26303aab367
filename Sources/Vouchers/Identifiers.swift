/// The longest merchant or terminal id: what fits object 62/07 of an EMVCo payload.
private let maximumIDByteCount = 25

private func isIDPart(_ part: some Collection<UInt8>) -> Bool {
    !part.isEmpty
        && part.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
}

/// A merchant's id: `till:` and one or more of `[A-Za-z0-9._-]`, at most 25 characters in all.
public struct MerchantID: Hashable, Sendable, CustomStringConvertible {
    /// What every id begins with.
    static let prefix = "till:"

    /// The whole id ("till:m42").
    public let text: String

    /// The id in this text, or nil when it breaks the grammar.
    public init?(_ text: String) {
        guard text.utf8.count <= maximumIDByteCount, text.utf8.starts(with: Self.prefix.utf8),
            isIDPart(text.utf8.dropFirst(Self.prefix.utf8.count))
        else { return nil }
        self.text = text
    }

    /// The whole id.
    public var description: String { text }
}

/// A terminal's id: a merchant's id, `/`, and one or more of the same characters, at most 25 in
/// all.
public struct TerminalID: Hashable, Sendable, CustomStringConvertible {
    /// The whole id ("till:m42/t7").
    public let text: String

    /// The merchant whose terminal it is: the part before the `/`.
    public let merchant: MerchantID

    /// The id in this text, or nil when it breaks the grammar.
    public init?(_ text: String) {
        guard text.utf8.count <= maximumIDByteCount,
            let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
            let merchant = MerchantID(String(text[..<slash])),
            isIDPart(text.utf8[text.utf8.index(after: slash)...])
        else { return nil }
        self.text = text
        self.merchant = merchant
    }

    /// The whole id.
    public var description: String { text }
}

/// The name of an issuer's entry in the trust list: 1 to 32 of `[A-Za-z0-9._-]`.
public struct IssuerID: Hashable, Sendable, CustomStringConvertible {
    /// The longest name.
    public static let maximumByteCount = 32

    /// The name ("acme-gifts").
    public let name: String

    /// The name in this text, or nil when it breaks the grammar.
    public init?(_ name: String) {
        guard name.utf8.count <= Self.maximumByteCount, isIDPart(name.utf8) else { return nil }
        self.name = name
    }

    /// The name.
    public var description: String { name }
}
