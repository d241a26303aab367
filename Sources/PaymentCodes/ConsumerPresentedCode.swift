/// EMVCo consumer-presented codes: base64 of BER-TLV (QRCPS CPM v1.0).
///
/// They are authorised online always (2.1 and 7): here they are named, checked and written, never
/// paid. What is in one can be spent: of what is read only the applications' names are shown.
enum ConsumerPresentedCode {
    /// How every such code begins: object 85, five bytes, "CPV" (5.1.1.1).
    static let prefix = "hQVDUFY"

    /// Stable codes with a sentence, and the path of the object.
    struct Problem: Error, Hashable {
        let code: String
        let path: String
        let detail: String

        /// Path and detail, such as `61/4F: has 17 bytes, not 5 to 16`.
        var sentence: String { path.isEmpty ? detail : "\(path): \(detail)" }

        init(_ code: String, at path: String = "", _ detail: String) {
            self.code = "cpm-\(code)"
            self.path = path
            self.detail = detail
        }
    }

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefix(prefix) else { return nil }
        let masked = code.masked(prefix)
        do throws(Problem) {
            let payload = try ConsumerPresentedPayload(parsing: code.bytes)
            return CodeRecognition(
                .emvConsumerPresented, masked: masked, fields: fields(of: payload))
        } catch {
            return CodeRecognition(
                .emvConsumerPresented, masked: masked,
                problem: CodeProblem(error.code, error.sentence))
        }
    }

    private static func fields(of payload: ConsumerPresentedPayload) -> [CodeField] {
        payload.applications.enumerated().compactMap { index, application in
            application.first { $0.tag == 0x4F }.map {
                CodeField("application-\(index + 1)", Hex.text($0.value))
            }
        }
    }
}

/// A consumer-presented code as its objects, which obey chapters 3 to 6 of QRCPS CPM v1.0.
struct ConsumerPresentedPayload: Hashable, Sendable {
    typealias Problem = ConsumerPresentedCode.Problem

    /// The objects of each application template, 61: one, or two of which the first is preferred.
    let applications: [[BERObject]]
    /// The objects that both applications share, 62; empty where there is no such template.
    let common: [BERObject]
    /// What else stands at the root, after 85, 61 and 62.
    let others: [BERObject]

    /// A payload of these objects; throws where they break the standard.
    init(
        applications: [[BERObject]], common: [BERObject] = [], others: [BERObject] = []
    ) throws(Problem) {
        self.applications = applications
        self.common = common
        self.others = others
        try check()
    }

    /// Reads a code's text; throws the first problem with its path.
    init(parsing text: [UInt8]) throws(Problem) {
        let bytes: [UInt8]
        do throws(Base64.Problem) {
            bytes = try Base64.paddedBytes(text)
        } catch {
            throw Problem("base64", "The code is not base64 with padding.")
        }
        let root = try BERObject.objects(in: bytes[...], under: "root")
        guard let first = root.first, first.tag == 0x85 else {
            throw Problem("format-indicator", at: "85", "is not the first object")
        }
        guard first.value == Array("CPV01".utf8) else {
            throw Problem("format-indicator", at: "85", "is not CPV01")
        }
        let templates = root.filter { $0.tag == 0x61 }
        let shared = root.filter { $0.tag == 0x62 }
        guard shared.count <= 1 else {
            throw Problem("object-repeated", at: "62", "the object is there twice")
        }
        var applications: [[BERObject]] = []
        for template in templates {
            applications.append(try BERObject.objects(in: template.value[...], under: "61"))
        }
        let common = try shared.map { template throws(Problem) in
            try BERObject.objects(in: template.value[...], under: "62")
        }.first
        guard shared.isEmpty || templates.count == 2 else {
            throw Problem(
                "object-conflict", at: "62", "is there with a single application template")
        }
        try Self.checkUnrepeated(root.filter { $0.tag != 0x61 }, under: "root")
        try self.init(
            applications: applications, common: common ?? [],
            others: root.filter { ![0x85, 0x61, 0x62].contains($0.tag) })
    }

    /// The code's text.
    var text: String {
        var root = [BERObject(tag: 0x85, value: Array("CPV01".utf8))]
        root += applications.map { BERObject(tag: 0x61, objects: $0) }
        if !common.isEmpty { root.append(BERObject(tag: 0x62, objects: common)) }
        return Base64.paddedText((root + others).flatMap(\.bytes))
    }

    private func check() throws(Problem) {
        guard !applications.isEmpty else {
            throw Problem("application-missing", at: "61", "no application template is there")
        }
        guard applications.count <= 2 else {
            throw Problem("object-repeated", at: "61", "there are more than two templates")
        }
        guard common.isEmpty || applications.count == 2 else {
            throw Problem(
                "object-conflict", at: "62", "is there with a single application template")
        }
        try Self.checkUnrepeated(others, under: "root")
        try Self.checkUnrepeated(common, under: "62")
        try Self.checkValues(common, under: "62")
        for application in applications { try check(application) }
    }

    private func check(_ application: [BERObject]) throws(Problem) {
        try Self.checkUnrepeated(application, under: "61")
        try Self.checkValues(application, under: "61")
        guard application.contains(where: { $0.tag == 0x4F }) else {
            throw Problem("object-missing", at: "61/4F", "the application's name is missing")
        }
        for object in common where application.contains(where: { $0.tag == object.tag }) {
            // 63 and 64 are opaque and told apart by their templates; the rest is in one place.
            throw Problem("object-repeated", at: "62/\(object.name)", "is in 61 too")
        }
        guard (application + common).contains(where: { $0.tag == 0x57 || $0.tag == 0x5A }) else {
            throw Problem("object-missing", at: "61/57", "neither 57 nor 5A is there")
        }
    }

    private static func checkUnrepeated(
        _ objects: [BERObject], under path: String
    ) throws(Problem) {
        var seen: Set<UInt32> = []
        for object in objects where !seen.insert(object.tag).inserted {
            throw Problem(
                "object-repeated", at: "\(path)/\(object.name)", "the object is there twice")
        }
    }

    private static func checkValues(_ objects: [BERObject], under path: String) throws(Problem) {
        for object in objects {
            guard let rule = ConsumerObjectRule.rules[object.tag] else { continue }
            let place = "\(path)/\(object.name)"
            let range = rule.lengths
            guard range.contains(object.value.count) else {
                throw Problem(
                    "length", at: place,
                    "has \(object.value.count) bytes, not "
                        + (range.count == 1
                            ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"))
            }
            guard rule.format.holds(object.value) else {
                throw Problem("value", at: place, rule.format.sentence)
            }
        }
    }
}

/// One line of table 6.1.
struct ConsumerObjectRule {
    enum Format {
        case binary, digits, paddedDigits, track2, printable, alphanumeric

        /// Two digits a byte; a last one may be filled with F where the table says so.
        func holds(_ value: [UInt8]) -> Bool {
            let nibbles = value.flatMap { [$0 >> 4, $0 & 15] }
            switch self {
            case .binary: return true
            case .printable: return value.allSatisfy(ASCII.isPrintable)
            case .alphanumeric: return value.allSatisfy(ASCII.isAlphanumeric)
            case .digits: return nibbles.allSatisfy { $0 <= 9 }
            case .paddedDigits:
                guard let end = nibbles.lastIndex(where: { $0 != 15 }) else { return false }
                return nibbles[...end].allSatisfy { $0 <= 9 }
            case .track2: return Self.isTrack2(nibbles)
            }
        }

        /// PAN of at most 19 digits, D, expiry (4), service code (3), discretionary data, F to fill.
        private static func isTrack2(_ nibbles: [UInt8]) -> Bool {
            guard let separator = nibbles.firstIndex(of: 13), (1...19).contains(separator),
                nibbles[..<separator].allSatisfy({ $0 <= 9 })
            else { return false }
            let rest = nibbles[(separator + 1)...]
            let digits = rest.last == 15 ? rest.dropLast() : rest
            return digits.count >= 7 && digits.allSatisfy { $0 <= 9 }
        }

        var sentence: String {
            switch self {
            case .binary: "is not binary"
            case .digits, .paddedDigits: "is not made of digits, two to a byte"
            case .track2: "is not the equivalent of a track 2"
            case .printable: "has a character outside printable ASCII"
            case .alphanumeric: "is not made of letters and digits"
            }
        }
    }

    /// In bytes.
    let lengths: ClosedRange<Int>
    let format: Format

    /// Table 6.1 by tag; what is not in it is kept and not looked at (5.1.1.9).
    static let rules: [UInt32: ConsumerObjectRule] = [
        0x4F: ConsumerObjectRule(lengths: 5...16, format: .binary),
        0x50: ConsumerObjectRule(lengths: 1...16, format: .printable),
        0x57: ConsumerObjectRule(lengths: 1...19, format: .track2),
        0x5A: ConsumerObjectRule(lengths: 1...10, format: .paddedDigits),
        0x5F20: ConsumerObjectRule(lengths: 2...26, format: .printable),
        0x5F2D: ConsumerObjectRule(lengths: 2...8, format: .alphanumeric),
        0x9F08: ConsumerObjectRule(lengths: 2...2, format: .binary),
        0x9F19: ConsumerObjectRule(lengths: 6...6, format: .digits),
        0x9F24: ConsumerObjectRule(lengths: 29...29, format: .alphanumeric),
        0x9F25: ConsumerObjectRule(lengths: 2...2, format: .digits),
    ]
}
