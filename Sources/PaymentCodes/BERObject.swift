/// One object of BER-TLV as EMV Book 3 Annex B has it.
struct BERObject: Hashable, Sendable {
    let tag: UInt32
    let value: [UInt8]

    init(tag: UInt32, value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    /// A template of these objects, one after the other.
    init(tag: UInt32, objects: [BERObject]) {
        self.init(tag: tag, value: objects.flatMap(\.bytes))
    }

    /// The tag as upper-case hexadecimal digits.
    var name: String { Hex.text(tagBytes).uppercased() }

    /// Tag, length in its shortest form, value; at most 65,535 bytes of value.
    var bytes: [UInt8] {
        precondition(value.count <= 0xFFFF, "an object of a code has at most 65,535 bytes")
        let count = value.count
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
            }
        return tagBytes + length + value
    }

    private var tagBytes: [UInt8] {
        let bytes: [UInt8] = [24, 16, 8, 0].map {
            UInt8(truncatingIfNeeded: tag >> UInt32($0))
        }
        return Array(bytes.drop { $0 == 0 })
    }

    /// The objects one after the other; bytes of 00 before, between and after them are filling.
    static func objects(
        in bytes: ArraySlice<UInt8>, under path: String
    ) throws(ConsumerPresentedCode.Problem) -> [BERObject] {
        var objects: [BERObject] = []
        var rest = bytes
        while let first = rest.first {
            if first == 0 {
                rest.removeFirst()
                continue
            }
            let tag = try readTag(&rest, under: path)
            let length = try readLength(&rest, under: path)
            guard rest.count >= length else {
                throw .init("length", at: path, "an object runs past its end")
            }
            objects.append(BERObject(tag: tag, value: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return objects
    }

    private static func readTag(
        _ rest: inout ArraySlice<UInt8>, under path: String
    ) throws(ConsumerPresentedCode.Problem) -> UInt32 {
        let first = rest.removeFirst()
        var tag = UInt32(first)
        guard first & 0x1F == 0x1F else { return tag }
        // Tags of more than four bytes exist nowhere in EMV.
        for _ in 0..<3 {
            guard let next = rest.popFirst() else { break }
            tag = tag << 8 | UInt32(next)
            if next & 0x80 == 0 { return tag }
        }
        throw .init("tag", at: path, "a tag is cut off or too long")
    }

    private static func readLength(
        _ rest: inout ArraySlice<UInt8>, under path: String
    ) throws(ConsumerPresentedCode.Problem) -> Int {
        guard let first = rest.popFirst() else {
            throw .init("length", at: path, "a length is cut off")
        }
        if first < 0x80 { return Int(first) }
        guard first != 0x80 else {
            throw .init("length", at: path, "a length is indefinite")
        }
        guard first <= 0x82, rest.count >= Int(first & 0x7F) else {
            throw .init("length", at: path, "a length is cut off or too long")
        }
        var length = 0
        for _ in 0..<Int(first & 0x7F) { length = length << 8 | Int(rest.removeFirst()) }
        return length
    }
}
