/// EMVCo consumer-presented codes: base64 of BER-TLV (QRCPS CPM v1.0).
///
/// They are authorised online always (2.1 and 7): here they are named and checked, never paid.
enum ConsumerPresentedCode {
    /// How every such code begins: object 85, five bytes, "CPV" (5.1.1.1).
    static let prefix = "hQVDUFY"

    /// Stable codes with a sentence, and the path of the object.
    struct Problem: Error {
        let code: String
        let sentence: String

        init(_ code: String, _ sentence: String) {
            self.code = "cpm-\(code)"
            self.sentence = sentence
        }
    }

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefix(prefix) else { return nil }
        let masked = code.masked(prefix)
        do throws(Problem) {
            let fields = try read(code.bytes)
            return CodeRecognition(.emvConsumerPresented, masked: masked, fields: fields)
        } catch {
            return CodeRecognition(
                .emvConsumerPresented, masked: masked,
                problem: CodeProblem(error.code, error.sentence))
        }
    }

    private static func read(_ text: [UInt8]) throws(Problem) -> [CodeField] {
        let bytes: [UInt8]
        do throws(Base64.Problem) {
            bytes = try Base64.paddedBytes(text)
        } catch {
            throw Problem("base64", "The code is not base64 with padding.")
        }
        let root = try BERObject.objects(in: bytes[...], under: "root")
        guard let first = root.first, first.tag == 0x85 else {
            throw Problem("format-indicator", "85: is not the first object")
        }
        guard Array(first.value) == Array("CPV01".utf8) else {
            throw Problem("format-indicator", "85: is not CPV01")
        }
        let applications = root.filter { $0.tag == 0x61 }
        let common = root.filter { $0.tag == 0x62 }
        guard !applications.isEmpty else {
            throw Problem("application-missing", "61: no application template is there")
        }
        guard applications.count <= 2, common.count <= 1 else {
            throw Problem("object-repeated", "61 or 62: too many templates")
        }
        guard common.isEmpty || applications.count == 2 else {
            throw Problem("object-conflict", "62: is there with a single application template")
        }
        let shared = try BERObject.objects(in: common.first?.value ?? [], under: "62")
        try unrepeated(root.filter { $0.tag != 0x61 }, under: "root")
        try unrepeated(shared, under: "62")
        try checkLengths(shared, under: "62")
        var fields: [CodeField] = []
        for (index, application) in applications.enumerated() {
            let name = try readName(application, shared: shared)
            fields.append(CodeField("application-\(index + 1)", Hex.text(name)))
        }
        return fields
    }

    /// Checks an application template; of it only the application's name is ever shown.
    private static func readName(
        _ application: BERObject, shared: [BERObject]
    ) throws(Problem) -> ArraySlice<UInt8> {
        let objects = try BERObject.objects(in: application.value, under: "61")
        try unrepeated(objects, under: "61")
        try checkLengths(objects, under: "61")
        guard let name = objects.first(where: { $0.tag == 0x4F }) else {
            throw Problem("object-missing", "61/4F: the application's name is missing")
        }
        for object in shared where objects.contains(where: { $0.tag == object.tag }) {
            // 63 and 64 are opaque and told apart by their templates; the rest is in one place.
            throw Problem("object-repeated", "62/\(object.name): is in 61 too")
        }
        guard (objects + shared).contains(where: { $0.tag == 0x57 || $0.tag == 0x5A }) else {
            throw Problem("object-missing", "61/57: neither 57 nor 5A is there")
        }
        return name.value
    }

    private static func unrepeated(
        _ objects: [BERObject], under path: String
    ) throws(Problem) {
        var seen: Set<UInt32> = []
        for object in objects where !seen.insert(object.tag).inserted {
            throw Problem("object-repeated", "\(path)/\(object.name): the object is there twice")
        }
    }

    /// Table 6.1: tag, lengths in bytes.
    private static let lengths: [UInt32: ClosedRange<Int>] = [
        0x4F: 5...16, 0x50: 1...16, 0x57: 1...19, 0x5A: 1...10, 0x5F20: 2...26, 0x5F2D: 2...8,
        0x9F08: 2...2, 0x9F19: 6...6, 0x9F24: 29...29, 0x9F25: 2...2,
    ]

    private static func checkLengths(
        _ objects: [BERObject], under path: String
    ) throws(Problem) {
        for object in objects {
            guard let range = lengths[object.tag], !range.contains(object.value.count) else {
                continue
            }
            throw Problem(
                "length",
                "\(path)/\(object.name): has \(object.value.count) bytes, not "
                    + (range.count == 1
                        ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"))
        }
    }
}

/// One object of BER-TLV as EMV Book 3 Annex B has it.
struct BERObject {
    let tag: UInt32
    let value: ArraySlice<UInt8>

    var name: String {
        let digits = Hex.text((0..<4).map { UInt8(truncatingIfNeeded: tag >> UInt32(24 - $0 * 8)) })
        return String(digits.drop { $0 == "0" }).uppercased()
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
                throw .init("length", "\(path): an object runs past its end")
            }
            objects.append(BERObject(tag: tag, value: rest.prefix(length)))
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
        throw .init("tag", "\(path): a tag is cut off or too long")
    }

    private static func readLength(
        _ rest: inout ArraySlice<UInt8>, under path: String
    ) throws(ConsumerPresentedCode.Problem) -> Int {
        guard let first = rest.popFirst() else {
            throw .init("length", "\(path): a length is cut off")
        }
        if first < 0x80 { return Int(first) }
        guard first != 0x80 else {
            throw .init("length", "\(path): a length is indefinite")
        }
        guard first <= 0x82, rest.count >= Int(first & 0x7F) else {
            throw .init("length", "\(path): a length is cut off or too long")
        }
        var length = 0
        for _ in 0..<Int(first & 0x7F) { length = length << 8 | Int(rest.removeFirst()) }
        return length
    }
}
