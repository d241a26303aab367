/// Writes consumer-presented codes of one application, for tests of terminals and acquirers.
extension ConsumerPresentedCode {
    /// What may be given; the place is the object's path.
    private static let table: [CodeParameter] = [
        ("application", "61/4F", "h10-32", "required", "the application's name (AID), hex"),
        ("label", "61/50", "ans1-16", "optional", "the application's label"),
        ("track-2", "61/57", "h2-38", "one of account", "track 2 equivalent data, hex"),
        ("pan", "61/5A", "n1-19", "one of account", "the account's number"),
        ("holder", "61/5F20", "ans2-26", "optional", "the cardholder's name"),
        ("languages", "61/5F2D", "a2 | a4 | a6 | a8", "optional", "preferred ones, ISO 639"),
        ("version", "61/9F08", "h4", "optional", "of the application, hex"),
        ("token-requestor", "61/9F19", "n11", "optional", ""),
        ("account-reference", "61/9F24", "an29", "optional", "PAR"),
        ("last-four", "61/9F25", "n4", "optional", "digits of the account's number"),
        ("transparent", "61/63", "h2-400", "optional", "the issuer's own objects, hex"),
    ].map { name, path, pattern, presence, meaning in
        CodeParameter(
            name: name, place: path, pattern: pattern, presence: presence, meaning: meaning)
    }

    /// The form of code that a customer's wallet shows.
    static let form = CodeForm("emv-consumer", "EMVCo consumer-presented", table) {
        values throws(CodeMakingError) in
        MadeCode(form: "emv-consumer", text: try text(of: values))
    }

    private static func text(of values: [String: String]) throws(CodeMakingError) -> String {
        var objects: [BERObject] = []
        for (parameter, value) in try CodeParameter.filled(table, with: values) {
            let digits = parameter.place.split(separator: "/")[1]
            guard let tag = UInt32(digits, radix: 16) else { continue }
            objects.append(BERObject(tag: tag, value: bytes(of: value, parameter)))
        }
        do throws(Problem) {
            return try ConsumerPresentedPayload(applications: [objects]).text
        } catch {
            let reason: CodeMakingError.Reason =
                error.code == "cpm-object-missing" ? .parameterMissing : .valueFormat
            throw CodeMakingError(reason, at: error.path, error.detail)
        }
    }

    /// Hexadecimal digits as their bytes, digits packed two to a byte, text as it is.
    private static func bytes(of value: String, _ parameter: CodeParameter) -> [UInt8] {
        switch parameter.pattern.utf8.first {
        case UInt8(ascii: "h"): return Hex.bytes(value) ?? []
        case UInt8(ascii: "n"):
            // "n" fills from the left with zeros, "cn" from the right with F (EMV Book 3, 4.3).
            let isEven = value.utf8.count.isMultiple(of: 2)
            let filled = isEven ? value : parameter.name == "pan" ? value + "F" : "0" + value
            return Hex.bytes(filled) ?? []
        default: return Array(value.utf8)
        }
    }
}
