/// Writes Swiss QR-bills: version 0200, UTF-8, structured addresses (guidelines 2.3, 4.2).
extension SwissBill {
    /// What may be given; the place is the line, from 1.
    private static let table: [CodeParameter] = [
        ("iban", "4", "'CH' un19 | 'LI' un19", "required", "the creditor's account"),
        ("name", "6", "s1-70", "required", "the creditor"),
        ("street", "7", "s1-70", "optional", "without the number"),
        ("number", "8", "s1-16", "optional", "of the building"),
        ("postal-code", "9", "s1-16", "required", ""),
        ("town", "10", "s1-35", "required", ""),
        ("country", "11", "u2", "CH", "two letters"),
        ("amount", "19", "n1-9 '.' n2", "optional", ""),
        ("currency", "20", "'CHF' | 'EUR'", "CHF", ""),
        ("debtor-name", "22", "s1-70", "optional", "who pays; with it the address"),
        ("debtor-street", "23", "s1-70", "optional", ""),
        ("debtor-number", "24", "s1-16", "optional", ""),
        ("debtor-postal-code", "25", "s1-16", "optional", ""),
        ("debtor-town", "26", "s1-35", "optional", ""),
        ("debtor-country", "27", "u2", "optional", "two letters"),
        ("reference", "29", "n27 | 'RF' un3-23", "optional", "QR or creditor reference"),
        ("message", "30", "s1-140", "optional", ""),
        ("bill-information", "32", "s1-140", "optional", "structured, for machines"),
        ("alternative-1", "33", "s1-100", "optional", "another way to pay"),
        ("alternative-2", "34", "s1-100", "optional", ""),
    ].map { name, line, pattern, presence, meaning in
        CodeParameter(
            name: name, place: line, pattern: pattern, presence: presence, meaning: meaning)
    }

    /// The form of code that is a Swiss QR-bill.
    static let form = CodeForm("swiss-qr-bill", "Swiss QR-bill", table) {
        values throws(CodeMakingError) in
        MadeCode(form: "swiss-qr-bill", text: try text(of: values), bearsSwissCross: true)
    }

    private static func text(of values: [String: String]) throws(CodeMakingError) -> String {
        var lines = Array(repeating: "", count: 34)
        for (parameter, value) in try CodeParameter.filled(table, with: values) {
            guard let line = Int(parameter.place) else { continue }
            lines[line - 1] = value
        }
        lines[0] = "SPC"
        lines[1] = "0200"
        lines[2] = "1"
        lines[4] = "S"
        if lines[20..<27].contains(where: { !$0.isEmpty }) { lines[20] = "S" }
        lines[27] = referenceType(iban: lines[3], reference: lines[28])
        lines[30] = "EPD"
        while lines.count > 31, lines.last == "" { lines.removeLast() }
        let text = lines.joined(separator: "\n")
        if let problem = recognise(ScannedCode(Array(text.utf8)))?.formatProblem {
            throw CodeMakingError(
                problem.code == "swiss-lines" ? .tooLong : .valueFormat, problem.description)
        }
        return text
    }

    /// The type follows from the account and the reference (guidelines, 4.2.2).
    private static func referenceType(iban: String, reference: String) -> String {
        if isQRIBAN(iban) { return "QRR" }
        return reference.isEmpty ? "NON" : "SCOR"
    }

    /// The parameters of a bill by their names, or nil where it is not a well-formed one.
    static func values(of text: String) -> [String: String]? {
        guard recognise(ScannedCode(Array(text.utf8)))?.wellFormed == true else { return nil }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.last == "\r" ? $0.dropLast() : $0) }
        var values: [String: String] = [:]
        for parameter in table {
            guard let line = Int(parameter.place), line <= lines.count, !lines[line - 1].isEmpty
            else { continue }
            values[parameter.name] = lines[line - 1]
        }
        return values
    }
}
