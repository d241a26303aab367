/// Swiss QR-bills, "SPC" (SIX Implementation Guidelines QR-bill 2.3): 31 to 34 lines of UTF-8.
enum SwissBill {
    private struct Problem: Error {
        let code: String
        let sentence: String

        init(_ line: Line, _ detail: String) {
            code = "swiss-\(line.name)"
            sentence = "\(line.name): \(detail)"
        }
    }

    /// The lines of the data structure, by their place from 0.
    private enum Line: Int {
        case version = 1
        case coding = 2
        case iban = 3
        case creditor = 4
        case ultimateCreditor = 11
        case amount = 18
        case currency = 19
        case debtor = 20
        case referenceType = 27
        case reference = 28
        case message = 29
        case trailer = 30
        case billInformation = 31
        case count = 34

        var name: String {
            switch self {
            case .version: "version"
            case .coding: "coding"
            case .iban: "iban"
            case .creditor: "creditor"
            case .ultimateCreditor: "ultimate-creditor"
            case .amount: "amount"
            case .currency: "currency"
            case .debtor: "debtor"
            case .referenceType: "reference-type"
            case .reference: "reference"
            case .message: "message"
            case .trailer: "trailer"
            case .billInformation: "bill-information"
            case .count: "lines"
            }
        }
    }

    /// The number of an institution whose IBANs are QR-IBANs (guidelines, 4.2.2).
    static func isQRIBAN(_ iban: String) -> Bool {
        (30000...31999).contains(Int(iban.dropFirst(4).prefix(5)) ?? 0)
    }

    /// The guidelines' limit of the whole payload.
    private static let maximumCharacters = 997

    static func recognise(_ code: ScannedCode) -> CodeRecognition? {
        guard code.hasPrefix("SPC\n") || code.hasPrefix("SPC\r\n") else { return nil }
        let masked = code.masked("SPC ")
        guard let text = code.text else {
            return CodeRecognition(
                .swissQRBill, masked: masked,
                problem: CodeProblem("swiss-not-utf8", "The bill is not UTF-8."))
        }
        do throws(Problem) {
            return CodeRecognition(.swissQRBill, masked: masked, fields: try read(text))
        } catch {
            return CodeRecognition(
                .swissQRBill, masked: masked, problem: CodeProblem(error.code, error.sentence))
        }
    }

    private static func read(_ text: String) throws(Problem) -> [CodeField] {
        guard text.unicodeScalars.count <= maximumCharacters else {
            throw Problem(.count, "the bill has more than \(maximumCharacters) characters")
        }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.last == "\r" ? $0.dropLast() : $0) }
        guard (31...34).contains(lines.count) else {
            throw Problem(.count, "there are \(lines.count) lines, not 31 to 34")
        }
        func line(_ line: Line) -> String { lines[line.rawValue] }
        guard line(.version).hasPrefix("02"), line(.version).utf8.count == 4,
            ASCII.allDigits(line(.version).utf8)
        else { throw Problem(.version, "is not 02 and two digits") }
        guard line(.coding) == "1" else { throw Problem(.coding, "is not 1") }
        guard BankAccount.isIBAN(line(.iban)), line(.iban).utf8.count == 21,
            line(.iban).hasPrefix("CH") || line(.iban).hasPrefix("LI")
        else { throw Problem(.iban, "is not an IBAN of Switzerland or Liechtenstein") }
        try checkParty(lines, .creditor, required: true)
        guard lines[11..<18].allSatisfy(\.isEmpty) else {
            throw Problem(.ultimateCreditor, "is reserved and must be empty")
        }
        guard line(.amount).isEmpty || BankAccount.isAmount(line(.amount), decimals: 2...2) else {
            throw Problem(.amount, "is not 0.01 to 999999999.99 with two decimals")
        }
        guard ["CHF", "EUR"].contains(line(.currency)) else {
            throw Problem(.currency, "is neither CHF nor EUR")
        }
        try checkParty(lines, .debtor, required: false)
        try checkReference(
            type: line(.referenceType), reference: line(.reference), iban: line(.iban))
        guard line(.trailer) == "EPD" else { throw Problem(.trailer, "is not EPD") }
        let information = lines.count > 31 ? line(.billInformation) : ""
        guard (line(.message) + information).unicodeScalars.count <= 140 else {
            throw Problem(.message, "has, with the bill information, more than 140 characters")
        }
        guard lines.dropFirst(32).allSatisfy({ $0.unicodeScalars.count <= 100 }) else {
            throw Problem(.count, "an alternative scheme has more than 100 characters")
        }
        let shown: [(String, String)] = [
            ("creditor", lines[5]), ("iban", line(.iban)), ("amount", line(.amount)),
            ("currency", line(.currency)), ("reference-type", line(.referenceType)),
            ("reference", line(.reference)), ("message", line(.message)),
        ]
        return shown.compactMap { $1.isEmpty ? nil : CodeField($0, $1) }
    }

    /// Seven lines: S, name, street, number, postal code, town, country. Unstructured addresses
    /// (K) are refused since 22 November 2025.
    private static func checkParty(
        _ lines: [String], _ line: Line, required: Bool
    ) throws(Problem) {
        let party = Array(lines[line.rawValue..<line.rawValue + 7])
        if !required, party.allSatisfy(\.isEmpty) { return }
        guard party[0] == "S" else { throw Problem(line, "is not a structured address") }
        let limits = [1...1, 1...70, 0...70, 0...16, 1...16, 1...35, 2...2]
        for (value, limit) in zip(party, limits) where !limit.contains(value.unicodeScalars.count) {
            throw Problem(line, "a part of the address is missing or too long")
        }
        guard party[6].utf8.allSatisfy(ASCII.isUpper) else {
            throw Problem(line, "the country is not two letters")
        }
    }

    private static func checkReference(
        type: String, reference: String, iban: String
    ) throws(Problem) {
        guard isQRIBAN(iban) == (type == "QRR") else {
            throw Problem(.referenceType, "does not go with the IBAN")
        }
        switch type {
        case "QRR":
            guard BankAccount.isQRReference(reference) else {
                throw Problem(.reference, "is not a QR reference")
            }
        case "SCOR":
            guard BankAccount.isCreditorReference(reference) else {
                throw Problem(.reference, "is not a creditor reference")
            }
        case "NON":
            guard reference.isEmpty else { throw Problem(.reference, "is not empty") }
        default: throw Problem(.referenceType, "is none of QRR, SCOR and NON")
        }
    }
}
