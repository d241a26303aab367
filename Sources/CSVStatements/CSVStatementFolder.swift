import Foundation
public import Hub
import Money
import Synchronization
import Vouchers

/// A folder of bank statements as CSV files (`docs/spec/statements.md`), read anew when a file in it
/// has changed.
///
/// A file with a fault counts for nothing as a whole, and the fault names the file and the line;
/// the others count. Statements may overlap: the bank's name of an entry says which credits are one.
public final class CSVStatementFolder: StatementSource {
    /// The first line of every file.
    static let header = ["entry", "booked", "amount", "currency", "reference"]
    /// The longest file in bytes: some 50,000 lines, a busy account's year.
    public static let maximumFileBytes = 4 << 20
    /// The most files in the folder: a statement a day for three years.
    public static let maximumFiles = 1_100
    /// The longest reference in bytes: unstructured remittance information of ISO 20022 (Max140Text)
    /// in UTF-8.
    static let maximumReferenceBytes = 560

    private let path: String
    private let cache = Mutex(Cache())

    /// Reads the files whose name ends in `.csv` in the folder at `path`.
    public init(path: String) { self.path = path }

    /// A file as it was when it was read.
    private struct Known {
        let size: Int
        let changed: Date
        let content: Result<[StatementLine], SchemeFault>
    }

    private struct Cache {
        var files: [String: Known] = [:]
        var reading = StatementReading(lines: [], faults: [])
    }

    /// See ``Hub/StatementSource/read()``.
    public func read() -> StatementReading {
        cache.withLock { cache in
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: path)
                    .filter { $0.hasSuffix(".csv") }.sorted()
            } catch {
                return StatementReading(
                    lines: [],
                    faults: [
                        Self.fault(
                            "statement-unreadable", path, nil, "The folder cannot be read.")
                    ])
            }
            guard names.count <= Self.maximumFiles else {
                return StatementReading(
                    lines: [],
                    faults: [
                        Self.fault(
                            "statement-too-many", path, nil,
                            "More than \(Self.maximumFiles) files: take old ones away.")
                    ])
            }
            var files: [String: Known] = [:]
            var isNew = names.count != cache.files.count
            for name in names {
                let (size, changed) = Self.look(at: path + "/" + name)
                if let known = cache.files[name], known.size == size, known.changed == changed {
                    files[name] = known
                } else {
                    isNew = true
                    files[name] = Known(
                        size: size, changed: changed,
                        content: Result { () throws(SchemeFault) in
                            try Self.lines(of: name, in: path, size: size)
                        })
                }
            }
            if isNew { cache = Cache(files: files, reading: Self.join(files, in: names)) }
            return cache.reading
        }
    }

    private static func look(at file: String) -> (size: Int, changed: Date) {
        let facts = try? FileManager.default.attributesOfItem(atPath: file)
        return (facts?[.size] as? Int ?? 0, facts?[.modificationDate] as? Date ?? .distantPast)
    }

    /// All files together, each entry once.
    private static func join(_ files: [String: Known], in names: [String]) -> StatementReading {
        var lines: [StatementLine] = []
        var places: [String: Int] = [:]
        var faults: [SchemeFault] = []
        for name in names {
            switch files[name]?.content {
            case nil: continue
            case .failure(let fault): faults.append(fault)
            case .success(let found):
                for line in found {
                    guard let place = places[line.entry] else {
                        places[line.entry] = lines.count
                        lines.append(line)
                        continue
                    }
                    let known = lines[place]
                    if known.amount != line.amount || known.reference != line.reference {
                        faults.append(
                            SchemeFault(
                                reason: "statement-entry-differs",
                                message: "\(line.place): entry \(line.entry) says something else "
                                    + "than at \(known.place), which counts."))
                    }
                }
            }
        }
        return StatementReading(lines: lines, faults: faults)
    }

    private static func lines(of name: String, in folder: String, size: Int) throws(SchemeFault)
        -> [StatementLine]
    {
        guard size <= maximumFileBytes else {
            throw fault(
                "statement-too-long", name, nil, "It has more than \(maximumFileBytes) bytes.")
        }
        guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
            throw fault("statement-unreadable", name, nil, "It cannot be read.")
        }
        let table: CSVTable
        do throws(CSVTable.Fault) { table = try CSVTable([UInt8](data)) } catch {
            throw fault(error.reason, name, error.line, error.sentence)
        }
        guard table.records.first?.fields == header else {
            throw fault(
                "statement-header", name, 1,
                "The first line is not \(header.joined(separator: ",")).")
        }
        var lines: [StatementLine] = []
        for record in table.records.dropFirst() {
            if let line = try line(of: record, in: name) { lines.append(line) }
        }
        return lines
    }

    /// A record as a credit; nil for a debit, which is none.
    private static func line(of record: CSVTable.Record, in name: String) throws(SchemeFault)
        -> StatementLine?
    {
        func refused(_ reason: String, _ sentence: String) -> SchemeFault {
            fault("statement-\(reason)", name, record.line, sentence)
        }
        guard record.fields.count == header.count else {
            throw refused(
                "columns", "It has \(record.fields.count) fields, and \(header.count) belong there."
            )
        }
        let (entry, booked, number) = (record.fields[0], record.fields[1], record.fields[2])
        let (code, reference) = (record.fields[3], record.fields[4])
        guard (1...StatementLine.maximumEntryLength).contains(entry.utf8.count),
            entry.isDisplayable
        else {
            throw refused(
                "entry",
                "The entry's name is not 1 to \(StatementLine.maximumEntryLength) bytes of "
                    + "text.")
        }
        guard isDate(booked) else { throw refused("date", "booked is no date: YYYY-MM-DD.") }
        guard let currency = Currency(code: code) else {
            throw refused("currency", "currency is not three letters of ISO 4217.")
        }
        guard reference.utf8.count <= maximumReferenceBytes, reference.isDisplayable else {
            throw refused(
                "reference",
                "The reference is longer than \(maximumReferenceBytes) bytes, or holds "
                    + "control characters.")
        }
        do throws(AmountError) {
            let isDebit = number.hasPrefix("-")
            let amount = try Amount(
                parsing: isDebit ? String(number.dropFirst()) : number, currency: currency)
            guard !isDebit else { return nil }
            return StatementLine(
                entry: entry, bookedOn: booked, amount: amount, reference: reference,
                place: "\(name) line \(record.line)")
        } catch { throw refused("amount", "amount: \(error)") }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 < 0x3A }),
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x30 } }),
            let month = Int(parts[1]), let day = Int(parts[2])
        else { return false }
        return (1...12).contains(month) && (1...31).contains(day)
    }

    private static func fault(
        _ reason: String, _ name: String, _ line: Int?, _ sentence: String
    ) -> SchemeFault {
        SchemeFault(
            reason: reason,
            message:
                "\(name)\(line.map { " line \($0)" } ?? ""): \(sentence) Nothing in it confirms "
                + "a payment. Put a right one in its place.")
    }
}
