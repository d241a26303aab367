/// UPI deep links, `upi://pay?pa=…` (NPCI UPI Linking Specification 1.6).
enum UPILink {
    private struct Problem: Error {
        let code: String
        let sentence: String

        init(_ code: String, _ sentence: String) {
            self.code = "upi-\(code)"
            self.sentence = sentence
        }
    }

    /// The parameters that are shown and written, in the order in which they are written; the key
    /// in a link is the parameter's place.
    private static let table: [CodeParameter] = [
        ("payee", "pa", "id1-255 '@' id1-255", "required", "virtual payment address, name@handle"),
        ("name", "pn", "s1-99", "optional", "the payee's name"),
        ("category", "mc", "n4", "optional", "merchant category, ISO 18245"),
        ("transaction", "tid", "an1-35", "optional", "the payment service's id of the payment"),
        ("reference", "tr", "s1-35", "optional", "the sale's reference"),
        ("note", "tn", "s1-80", "optional", "shown to the payer"),
        ("amount", "am", "n1-10 | n1-10 '.' n1-2", "optional", "rupees"),
        ("minimum", "mam", "n1-10 | n1-10 '.' n1-2", "optional", "the least that may be paid"),
        ("currency", "cu", "'INR'", "INR", ""),
        ("url", "url", "s1-200", "optional", "where more is told"),
        ("version", "ver", "n2", "optional", ""),
        ("mode", "mode", "n2", "optional", "how the link is met, 01 for a code"),
        ("purpose", "purpose", "n2", "optional", ""),
        ("organisation", "orgid", "an1-35", "optional", "who has signed"),
    ].map { name, key, pattern, presence, meaning in
        CodeParameter(
            name: name, place: key, pattern: pattern, presence: presence, meaning: meaning)
    }

    /// What is shown of a link that is read.
    private static let shown = [
        "payee", "name", "amount", "currency", "category", "reference", "note",
    ]

    /// The form of code that is a link.
    static let form = CodeForm("upi", "UPI link", table) {
        values throws(CodeMakingError) in
        MadeCode(form: "upi", text: try text(of: values))
    }

    private static func text(of values: [String: String]) throws(CodeMakingError) -> String {
        let filled = try CodeParameter.filled(table, with: values)
        let pairs = filled.map { "\($0.place)=\(percentEncoded($1))" }
        let text = "upi://pay?" + pairs.joined(separator: "&")
        do throws(Problem) {
            try check(try read(Array(text.utf8.dropFirst(6))[...]))
        } catch {
            throw CodeMakingError(.valueFormat, error.sentence)
        }
        return text
    }

    /// The parameters of a link by their names, or nil where it is not a well-formed one.
    static func values(of text: String) -> [String: String]? {
        guard text.utf8.count > 6, let parameters = try? read(Array(text.utf8.dropFirst(6))[...])
        else { return nil }
        let named = table.compactMap { row in parameters[row.place].map { (row.name, $0) } }
        return Dictionary(uniqueKeysWithValues: named)
    }

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefixIgnoringCase("upi://") else { return nil }
        let masked = code.masked("upi://")
        do throws(Problem) {
            let parameters = try read(code.bytes.dropFirst(6))
            try check(parameters)
            var fields = shown.compactMap { name in
                table.first { $0.name == name }.flatMap { parameters[$0.place] }
                    .map { CodeField(name, $0) }
            }
            if parameters["sign"] != nil { fields.append(CodeField("signed", "yes")) }
            return CodeRecognition(.upi, masked: masked, fields: fields)
        } catch {
            return CodeRecognition(
                .upi, masked: masked, problem: CodeProblem(error.code, error.sentence))
        }
    }

    private static func read(_ rest: ArraySlice<UInt8>) throws(Problem) -> [String: String] {
        let parts = rest.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var host = parts[0].map(ASCII.lowered)
        if host.last == UInt8(ascii: "/") { host.removeLast() }
        guard host == Array("pay".utf8) else {
            throw Problem("host", "The link is not upi://pay.")
        }
        var parameters: [String: String] = [:]
        let pairs = parts.count < 2 ? [] : parts[1].split(separator: UInt8(ascii: "&"))
        for (index, pair) in pairs.enumerated() {
            // Only the first "=" divides: the official sample has another one within `url`.
            let sides = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = percentDecoded(sides[0]),
                let value = sides.count == 2 ? percentDecoded(sides[1]) : ""
            else {
                throw Problem("encoding", "Parameter \(index + 1) is not percent-encoded UTF-8.")
            }
            guard parameters.updateValue(value, forKey: key) == nil else {
                throw Problem("parameter-repeated", "Parameter \(index + 1) is there twice.")
            }
            guard key != "sign" || index == pairs.count - 1 else {
                throw Problem("sign", "sign: is not the last parameter")
            }
        }
        return parameters
    }

    private static func check(_ parameters: [String: String]) throws(Problem) {
        guard let payee = parameters["pa"] else {
            throw Problem("payee", "pa: no payee is there (names are in lower case)")
        }
        let sides = payee.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy(isName) else {
            throw Problem("payee", "pa: is not a virtual payment address, name@handle")
        }
        if let amount = parameters["am"] { try checkAmount(amount) }
        if let currency = parameters["cu"], currency != "INR" {
            throw Problem("currency", "cu: is not INR")
        }
        if let category = parameters["mc"],
            !(category.utf8.count == 4 && ASCII.allDigits(category.utf8))
        {
            throw Problem("category", "mc: is not four digits")
        }
        if let reference = parameters["tr"], reference.unicodeScalars.count > 35 {
            throw Problem("reference", "tr: has more than 35 characters")
        }
    }

    private static func isName(_ part: Substring.UTF8View.SubSequence) -> Bool {
        !part.isEmpty
            && part.allSatisfy { ASCII.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func checkAmount(_ text: String) throws(Problem) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, ASCII.allDigits(parts[0]),
            parts.count == 1 || (ASCII.allDigits(parts[1]) && parts[1].count <= 2)
        else {
            throw Problem("amount", "am: is not rupees with at most two decimals")
        }
        guard text.utf8.contains(where: { (0x31...0x39).contains($0) }) else {
            throw Problem("amount", "am: is zero")
        }
    }

    /// RFC 3986: all but the unreserved characters, and `@`, which addresses have in the clear.
    private static func percentEncoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if ASCII.isAlphanumeric(byte) || "-._~@".utf8.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + Hex.text([byte]).uppercased()
            }
        }
        return encoded
    }

    /// The text of a percent-encoded part, or nil where it is broken or not UTF-8.
    private static func percentDecoded(_ part: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = part
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(ASCII.hexDigit),
                let low = rest.popFirst().flatMap(ASCII.hexDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
