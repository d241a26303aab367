/// A file of comma-separated values (RFC 4180), read strictly.
struct CSVTable {
    /// Why bytes are no table, and in which line, from 1.
    struct Fault: Error, Hashable {
        let reason: String
        let line: Int
        let sentence: String
    }

    /// One record: the line it begins in, from 1, and its fields.
    struct Record: Hashable {
        let line: Int
        let fields: [String]
    }

    /// The records, the header first.
    private(set) var records: [Record] = []

    /// Reads UTF-8; lines end with LF or CR LF, a field may stand in quotes.
    init(_ bytes: [UInt8]) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(reason: "statement-encoding", line: 1, sentence: "It is not UTF-8.")
        }
        var reader = Reader(rest: Array(text.utf8)[...])
        while !reader.rest.isEmpty { records.append(try reader.record()) }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        var line = 1

        mutating func record() throws(Fault) -> Record {
            let first = line
            var fields: [String] = []
            while true {
                let isQuoted = rest.first == UInt8(ascii: "\"")
                fields.append(String(decoding: try isQuoted ? quoted() : plain(), as: UTF8.self))
                guard let end = rest.popFirst() else { break }
                if end == UInt8(ascii: ",") { continue }
                let isLine =
                    end == UInt8(ascii: "\n")
                    || end == UInt8(ascii: "\r") && rest.popFirst() == UInt8(ascii: "\n")
                guard isLine else {
                    throw Fault(
                        reason: "statement-quoting", line: line,
                        sentence: "A field goes on behind its closing quote, or a CR stands alone.")
                }
                line += 1
                break
            }
            return Record(line: first, fields: fields)
        }

        private mutating func plain() throws(Fault) -> [UInt8] {
            let field = rest.prefix {
                ![UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
            }
            rest = rest.dropFirst(field.count)
            guard !field.contains(UInt8(ascii: "\"")) else {
                throw Fault(
                    reason: "statement-quoting", line: line,
                    sentence: "A quote stands inside a field that does not begin with one.")
            }
            return Array(field)
        }

        private mutating func quoted() throws(Fault) -> [UInt8] {
            let first = line
            rest = rest.dropFirst()
            var field: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") {
                    guard rest.first == UInt8(ascii: "\"") else { return field }
                    rest = rest.dropFirst()
                }
                if byte == UInt8(ascii: "\n") { line += 1 }
                field.append(byte)
            }
            throw Fault(
                reason: "statement-quoting", line: first, sentence: "A quote is never closed.")
        }
    }
}
