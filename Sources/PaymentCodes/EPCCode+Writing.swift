import Money

/// Writes SEPA credit transfers: version 002, UTF-8, lines ended by LF (EPC069-12).
extension EPCCode {
    /// What may be given; the place is the line, from 1.
    private static let table: [CodeParameter] = [
        ("bic", "5", "un8 | un11", "optional", "the payee's bank, where it is outside the EEA"),
        ("name", "6", "s1-70", "required", "the payee"),
        ("iban", "7", "un15-34", "required", "the payee's account"),
        ("amount", "8", "n1-9 '.' n2", "optional", "euros and cents"),
        ("purpose", "9", "an1-4", "optional", "ISO 20022 purpose code"),
        ("reference", "10", "ans1-35", "optional", "structured; not beside a text"),
        ("text", "11", "s1-140", "optional", "to the payee"),
        ("information", "12", "s1-70", "optional", "to the payer"),
    ].map { name, line, pattern, presence, meaning in
        CodeParameter(
            name: name, place: line, pattern: pattern, presence: presence, meaning: meaning)
    }

    /// The form of code that is a SEPA credit transfer.
    static let form = CodeForm("epc", "SEPA credit transfer (EPC)", table) {
        values throws(CodeMakingError) in
        MadeCode(form: "epc", text: try text(of: values))
    }

    private static func text(of values: [String: String]) throws(CodeMakingError) -> String {
        var lines = ["BCD", "002", "1", "SCT"] + Array(repeating: "", count: table.count)
        for (parameter, value) in try CodeParameter.filled(table, with: values) {
            guard let line = Int(parameter.place) else { continue }
            lines[line - 1] = parameter.name == "amount" ? "EUR" + value : value
        }
        // What is empty at the end is left out; the amount's line is the last that must be there.
        while lines.count > 7, lines.last == "" { lines.removeLast() }
        let text = lines.joined(separator: "\n")
        if let problem = recognise(ScannedCode(Array(text.utf8)))?.formatProblem {
            throw CodeMakingError(
                problem.code == "epc-length" ? .tooLong : .valueFormat, problem.description)
        }
        return text
    }

    /// The parameters of a transfer by their names, or nil where it is not a well-formed one.
    static func values(of text: String) -> [String: String]? {
        guard let lines = lines(at: text) else { return nil }
        var values: [String: String] = [:]
        for parameter in table {
            guard let line = lines[parameter.name], !line.isEmpty else { continue }
            values[parameter.name] = parameter.name == "amount" ? String(line.dropFirst(3)) : line
        }
        return values
    }
}
