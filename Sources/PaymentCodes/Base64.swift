/// Base64 (RFC 4648), strict: one text for one sequence of bytes.
enum Base64 {
    /// Why a text is not base64.
    enum Problem: Error, Hashable {
        case character
        case length
        /// The bits of the last character that belong to no byte are not zero (section 3.5).
        case unusedBits
    }

    private static let urlAlphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Section 4, padded.
    static func paddedText(_ bytes: [UInt8]) -> String {
        let text = text(bytes, alphabet)
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// Section 5, without padding.
    static func urlText(_ bytes: [UInt8]) -> String { text(bytes, urlAlphabet) }

    private static func text(_ bytes: [UInt8], _ alphabet: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> UInt32(bits)) & 63])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Section 5, without padding.
    static func urlBytes(_ text: some Sequence<UInt8>) throws(Problem) -> [UInt8] {
        try bytes(text, sixtyTwo: UInt8(ascii: "-"), sixtyThree: UInt8(ascii: "_"))
    }

    /// Section 4, padding required.
    static func paddedBytes(_ text: [UInt8]) throws(Problem) -> [UInt8] {
        guard !text.isEmpty, text.count.isMultiple(of: 4) else { throw .length }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return try bytes(
            text.dropLast(padding), sixtyTwo: UInt8(ascii: "+"), sixtyThree: UInt8(ascii: "/"))
    }

    private static func bytes(
        _ text: some Sequence<UInt8>, sixtyTwo: UInt8, sixtyThree: UInt8
    ) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        var count = 0
        for character in text {
            let value: UInt8
            switch character {
            case 0x41...0x5A: value = character - 0x41
            case 0x61...0x7A: value = character - 0x61 + 26
            case 0x30...0x39: value = character - 0x30 + 52
            case sixtyTwo: value = 62
            case sixtyThree: value = 63
            default: throw .character
            }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            count += 1
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        guard count % 4 != 1 else { throw .length }
        guard buffer == 0 else { throw .unusedBits }
        return bytes
    }
}
