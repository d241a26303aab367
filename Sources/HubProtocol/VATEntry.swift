import CBOR
public import Payments

extension JournalEntry.Event {
    /// What of the entry's amount is taxed at which rate; empty where nobody said, and of events that
    /// move no money.
    public var vat: [VATLine] {
        switch self {
        case .capture(let capture): capture.vat
        case .undo(let undo): undo.vat
        case .decline, .periodClosed, .document, .clock, .markedPaid: []
        }
    }
}

extension JournalEntry.Event {
    /// What of the entry's amount is a tip, in minor units; 0 of events that move no money.
    public var tip: UInt64 {
        switch self {
        case .capture(let capture): capture.tip
        case .undo(let undo): undo.tip
        case .decline, .periodClosed, .document, .clock, .markedPaid: 0
        }
    }

    /// Refuses lines and a tip that do not come to the amount, and a tip that is more.
    func checkParts(of subject: EntrySubject?) throws(JournalEntryError) {
        guard tip <= subject?.amount ?? 0 else { throw .shape("tip (key 30): above the amount") }
        guard vat.isEmpty || vat.reduce(tip, { $0 + $1.gross }) == subject?.amount else {
            throw .shape("VAT lines (key 29): they do not come to the amount")
        }
    }
}

extension VATLine {
    private static let name = "VAT lines (key 29)"

    /// `[[code, rate, gross, tax], …]`, in the order of the letters.
    static func field(of lines: [VATLine]) -> CBORValue {
        .array(
            lines.map { line in
                .array([
                    .text(line.code), .unsigned(UInt64(line.rate)), .unsigned(line.gross),
                    .unsigned(line.tax),
                ])
            })
    }

    /// Reads key 29; no lines where it is absent.
    static func lines(_ fields: inout EntryFields) throws(JournalEntryError) -> [VATLine] {
        guard fields.has(JournalEntry.Key.vat) else { return [] }
        var lines: [VATLine] = []
        for value in try fields.array(JournalEntry.Key.vat, name, count: 1...maximumCount) {
            guard let parts = value.asArray, parts.count == 4, let code = parts[0].asText,
                let rate = parts[1].asUnsigned.flatMap({ UInt16(exactly: $0) }),
                let gross = parts[2].asUnsigned, gross <= MessageLimits.maximumInteger,
                let tax = parts[3].asUnsigned,
                let line = VATLine(code: code, rate: rate, gross: gross, tax: tax)
            else { throw .shape(name) }
            guard lines.last.map({ $0.code < line.code }) ?? true else {
                throw .shape(name + ": their order")
            }
            lines.append(line)
        }
        return lines
    }
}
