/// SEPA credit transfers, the "BCD" code (EPC069-12): lines of one character set of eight.
enum EPCCode {
    private struct Problem: Error {
        let line: String
        let detail: String

        init(_ line: String, _ detail: String) {
            self.line = line
            self.detail = detail
        }
    }

    /// EPC069-12: the most bytes of the whole code.
    private static let maximumBytes = 331

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefix("BCD\n") || code.hasPrefix("BCD\r\n") else { return nil }
        let masked = code.masked("BCD ")
        do throws(Problem) {
            return CodeRecognition(.epc, masked: masked, fields: try read(code.bytes))
        } catch {
            return CodeRecognition(
                .epc, masked: masked,
                problem: CodeProblem("epc-\(error.line)", "\(error.line): \(error.detail)"))
        }
    }

    private static let names = [
        "service-tag", "version", "character-set", "identification", "bic", "name", "iban",
        "amount", "purpose", "reference", "text", "information",
    ]

    private static func read(_ bytes: [UInt8]) throws(Problem) -> [CodeField] {
        let values = try lines(of: bytes)
        return ["name", "iban", "amount", "purpose", "reference", "text"].compactMap { name in
            values[name].flatMap { $0.isEmpty ? nil : CodeField(name, $0) }
        }
    }

    /// The lines of a well-formed transfer by their names, or nil.
    static func lines(at text: String) -> [String: String]? { try? lines(of: Array(text.utf8)) }

    /// The lines by their names, those that are there, checked.
    private static func lines(of bytes: [UInt8]) throws(Problem) -> [String: String] {
        guard bytes.count <= maximumBytes else {
            throw Problem("length", "the code has more than \(maximumBytes) bytes")
        }
        let separator = bytes[3] == 0x0D ? [0x0D, 0x0A] as [UInt8] : [0x0A]
        let raw = split(bytes, separator)
        guard (7...names.count).contains(raw.count) else {
            throw Problem("lines", "there are \(raw.count) lines, not 7 to \(names.count)")
        }
        let characterSet = String(decoding: raw[2], as: UTF8.self)
        guard raw[2].count == 1, ("1"..."8").contains(characterSet) else {
            throw Problem("character-set", "is not 1 to 8")
        }
        var values: [String: String] = [:]
        for (name, line) in zip(names, raw) {
            guard let text = text(line, characterSet) else {
                throw Problem(name, "is not of the character set that the code names")
            }
            values[name] = text
        }
        try check { values[$0] ?? "" }
        return values
    }

    private static func check(_ value: (String) -> String) throws(Problem) {
        let version = value("version")
        guard version == "001" || version == "002" else {
            throw Problem("version", "is neither 001 nor 002")
        }
        guard value("identification") == "SCT" else {
            throw Problem("identification", "is not SCT")
        }
        let bic = value("bic")
        guard BankAccount.isBIC(bic) || (bic.isEmpty && version == "002") else {
            throw Problem("bic", "is not a BIC")
        }
        guard (1...70).contains(value("name").unicodeScalars.count) else {
            throw Problem("name", "has not 1 to 70 characters")
        }
        guard BankAccount.isIBAN(value("iban")) else { throw Problem("iban", "is not an IBAN") }
        let amount = value("amount")
        guard
            amount.isEmpty
                || (amount.hasPrefix("EUR")
                    && BankAccount.isAmount(String(amount.dropFirst(3)), decimals: 0...2))
        else { throw Problem("amount", "is not EUR0.01 to EUR999999999.99") }
        let purpose = value("purpose")
        guard purpose.utf8.count <= 4, purpose.utf8.allSatisfy(ASCII.isAlphanumeric) else {
            throw Problem("purpose", "has more than four letters and digits")
        }
        guard value("reference").isEmpty || value("text").isEmpty else {
            throw Problem("reference", "is there together with a text")
        }
        guard value("reference").unicodeScalars.count <= 35 else {
            throw Problem("reference", "has more than 35 characters")
        }
        guard value("text").unicodeScalars.count <= 140 else {
            throw Problem("text", "has more than 140 characters")
        }
        guard value("information").unicodeScalars.count <= 70 else {
            throw Problem("information", "has more than 70 characters")
        }
    }

    private static func split(_ bytes: [UInt8], _ separator: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            separator.count == 2 && line.last == 0x0D ? line.dropLast() : line
        }
    }

    /// 1 is UTF-8, 2 is ISO 8859-1; of the six others only ASCII is shown as it is.
    private static func text(_ line: ArraySlice<UInt8>, _ characterSet: String) -> String? {
        if characterSet == "1" { return String(validating: line, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        for byte in line {
            let known = characterSet == "2" || byte < 0x80
            text.append(known ? Unicode.Scalar(byte) : "\u{FFFD}")
        }
        return String(text)
    }
}
