import Foundation
import GRDB
import Terminal
import Testing

@testable import SQLiteJournal

/// One change for the worse to the schema.
struct SchemaMutant: Sendable {
    /// The table, index or trigger.
    let object: String
    /// What is changed, as a line of a list: `- was` or `was -> is`.
    let change: String
    /// The statement as it is then; nil where the object is left out.
    let sql: String?
}

/// Makes mutants of the schema as SQLite holds it: each constraint, each refusal and each condition
/// of one left out, each comparison turned round.
enum SchemaMutator {
    /// A statement of `sqlite_schema`.
    struct Object: Sendable {
        let type: String
        let name: String
        let sql: String
    }

    static func mutants(of object: Object) -> [SchemaMutant] {
        switch object.type {
        case "table": tableMutants(object)
        case "trigger": triggerMutants(object)
        default: [SchemaMutant(object: object.name, change: "- the whole index", sql: nil)]
        }
    }

    /// Without each constraint of a column or of the table.
    private static func tableMutants(_ table: Object) -> [SchemaMutant] {
        guard let open = table.sql.firstIndex(of: "("),
            let close = table.sql.lastIndex(of: ")")
        else { return [] }
        let head = table.sql[...open]
        let tail = table.sql[close...]
        let items = split(String(table.sql[table.sql.index(after: open)..<close]), by: ",")
        var mutants: [SchemaMutant] = []
        for (place, item) in items.enumerated() {
            let trimmed = item.trimmingCharacters(in: .whitespacesAndNewlines)
            func add(_ change: String, _ replacement: String?) {
                var changed = items
                if let replacement {
                    changed[place] = replacement
                } else {
                    changed.remove(at: place)
                }
                mutants.append(
                    SchemaMutant(
                        object: table.name, change: change,
                        sql: head + changed.joined(separator: ",") + tail))
            }
            let isOfTable = ["CONSTRAINT", "CHECK", "FOREIGN"].contains { trimmed.hasPrefix($0) }
            if isOfTable {
                add("- \(oneLine(trimmed))", nil)
                continue
            }
            for word in [" NOT NULL", " UNIQUE"] where item.contains(word) {
                add("\(name(trimmed)): -\(word)", item.replacing(word, with: ""))
            }
            for word in ["CHECK", "REFERENCES"] {
                guard let clause = clause(word, in: item) else { continue }
                add("\(name(trimmed)): - \(oneLine(clause))", item.replacing(clause, with: ""))
            }
        }
        return mutants
    }

    /// Without the trigger, without each of its statements, without each condition of one, and
    /// with each comparison turned round.
    private static func triggerMutants(_ trigger: Object) -> [SchemaMutant] {
        var mutants = [SchemaMutant(object: trigger.name, change: "- the whole trigger", sql: nil)]
        guard let begin = trigger.sql.range(of: "BEGIN"),
            let end = trigger.sql.range(of: "END", options: .backwards)
        else { return mutants }
        let head = String(trigger.sql[..<begin.upperBound])
        let statements = split(String(trigger.sql[begin.upperBound..<end.lowerBound]), by: ";")
            .filter { !$0.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty }
        func add(_ change: String, _ body: [String]) {
            let rest = body.isEmpty ? " SELECT 1;" : body.map { $0 + ";" }.joined()
            mutants.append(
                SchemaMutant(
                    object: trigger.name, change: change, sql: head + rest + "\nEND"))
        }
        for (place, statement) in statements.enumerated() {
            func replace(_ change: String, _ replacement: String) {
                var changed = statements
                changed[place] = replacement
                add(change, changed)
            }
            if statements.count > 1 {
                var changed = statements
                changed.remove(at: place)
                add("- \(oneLine(statement))", changed)
            }
            guard let (before, condition) = condition(of: statement) else { continue }
            for word in ["OR", "AND"] {
                let parts = split(condition, by: " \(word) ")
                guard parts.count > 1 else { continue }
                for (number, part) in parts.enumerated() {
                    var others = parts
                    others.remove(at: number)
                    replace(
                        "- \(oneLine(part)) (one of \(parts.count) by \(word))",
                        before + others.joined(separator: " \(word) "))
                }
            }
            for (from, to) in [(" <> ", " = "), (" < ", " > "), (" <= ", " > ")] {
                var search = condition.startIndex..<condition.endIndex
                while let found = condition.range(of: from, range: search) {
                    replace(
                        "\(oneLine(String(condition[..<found.upperBound].suffix(40))))… -> \(to)",
                        before + condition.replacingCharacters(in: found, with: to))
                    search = found.upperBound..<condition.endIndex
                }
            }
        }
        return mutants
    }

    /// What stands before the condition of a statement, and the condition.
    private static func condition(of statement: String) -> (String, String)? {
        let parts = split(statement, by: "WHERE ")
        guard parts.count == 2 else { return nil }
        return (parts[0] + "WHERE ", parts[1])
    }

    /// Parts of a text between separators that stand outside parentheses.
    private static func split(_ text: String, by separator: String) -> [String] {
        var parts = [""]
        var depth = 0
        var rest = text[...]
        while let character = rest.first {
            if depth == 0, rest.hasPrefix(separator) {
                parts.append("")
                rest = rest.dropFirst(separator.count)
                continue
            }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            parts[parts.count - 1].append(character)
            rest = rest.dropFirst()
        }
        return parts
    }

    /// A clause with its parentheses: `CHECK (…)`, `REFERENCES table (column)`.
    private static func clause(_ word: String, in item: String) -> String? {
        guard let start = item.range(of: word),
            let open = item.range(of: "(", range: start.upperBound..<item.endIndex)
        else { return nil }
        var depth = 0
        for index in item[open.lowerBound...].indices {
            if item[index] == "(" { depth += 1 }
            if item[index] == ")" { depth -= 1 }
            if depth == 0 { return String(item[start.lowerBound...index]) }
        }
        return nil
    }

    private static func name(_ item: String) -> String {
        String(item.prefix { !$0.isWhitespace })
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// A mutation run over the schema: whatever is left out of it or turned round, a test sees.
///
/// Part of `make mutants`: TILL_MUTANTS=FILE writes the list, with what each was seen by.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TILL_MUTANTS"] != nil))
struct SchemaMutationTests {
    /// Mutants that no statement can tell from the schema, each with why. What an index is for is
    /// held by `SchemaTextTests`.
    static let equivalent: [String: String] = {
        let indexes = [
            "entry_of_sale", "entry_by_time", "sale_by_expiry", "sale_by_opening",
            "redemption_of_voucher", "undo_of_capture", "adoption_by_kind", "adoption_of_document",
            "redemption_of_holder",
        ].map { ("\($0): - the whole index", "it makes look-ups quick, and refuses nothing") }
        let keys = [
            "voucher: issuer", "voucher: cti", "outstanding: currency", "outstanding: kind",
            "outstanding: issuer", "sale_vat: sale", "sale_vat: code", "entry_vat: sequence",
            "entry_vat: code", "sale_tip: sale",
        ].map {
            ("\($0): - NOT NULL", "a part of the key of a table without row ids is never NULL")
        }
        let repeated = [
            "entry: previous: - CHECK (length(previous) = 32)",
            "checkpoint: hash: - CHECK (length(hash) = 32)",
            "segment: previous: - CHECK (length(previous) = 32)",
            "segment: hash: - CHECK (length(hash) = 32)",
        ].map { ($0, "a trigger holds it equal to an entry's, which has 32 bytes") }
        let looked = [
            "batch: last", "undo: capture", "undo: kind", "undo: amount", "period: sequence",
            "segment: previous", "segment: hash", "adoption: hash",
        ].map { ("\($0): - NOT NULL", "a trigger looks for the entry or document, and finds none") }
        let others = [
            ("entry: receipt: - UNIQUE", "a receipt is one above the highest"),
            (
                "period: sequence: - UNIQUE",
                "first is above every sequence before, and not above it"
            ),
            ("undo: amount: - CHECK (amount > 0)", "it is its entry's, which is above 0"),
            (
                "adoption: hash: - REFERENCES document (hash)",
                "a trigger looks for it, and keeps it"
            ),
            ("checkpoint: sequence: - CHECK (sequence >= 1)", "it is an entry's"),
            ("segment: receipt: - CHECK (receipt >= 0)", "it is an entry's, or 0"),
            (
                "entry_continues: - NEW.receipt IS NOT NULL (one of 2 by AND)",
                "NULL is neither equal nor unequal to a number"
            ),
        ]
        return Dictionary(
            indexes + keys + repeated + looked + others,
            uniquingKeysWith: { first, _ in first })
    }()

    @Test("Each mutant of the schema is seen")
    func mutants() async throws {
        let subject = try await SchemaTests().filled()
        let path = await subject.close() + "/journal.sqlite"
        let objects = try await DatabaseQueue(path: path).read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL
                    AND name NOT LIKE 'sqlite_%' ORDER BY
                    CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid
                    """
            ).map { SchemaMutator.Object(type: $0["type"], name: $0["name"], sql: $0["sql"]) }
        }
        let stand = try Stand(path, objects)
        #expect(try stand.seenBy(nil) == nil, "the schema itself is refused")
        var lines: [String] = []
        var survivors = 0
        for mutant in objects.flatMap(SchemaMutator.mutants) {
            let line = "\(mutant.object): \(mutant.change)"
            let seen = try stand.seenBy(mutant)
            if seen == nil, Self.equivalent[line] == nil {
                survivors += 1
                Issue.record("not seen: \(line)")
            }
            lines.append("\(line)\n    \(seen ?? "equivalent: \(Self.equivalent[line] ?? "no")")")
        }
        print("schema mutants: \(lines.count), of which \(survivors) not seen")
        if let file = ProcessInfo.processInfo.environment["TILL_MUTANTS"] {
            try (lines.joined(separator: "\n") + "\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    /// Where mutants are tried: the rows of a filled journal, under a changed schema.
    private struct Stand {
        let path: String
        let objects: [SchemaMutator.Object]

        init(_ path: String, _ objects: [SchemaMutator.Object]) throws {
            self.path = path
            self.objects = objects
        }

        /// What sees the mutant: a forbidden statement that is not refused by its name, or a
        /// figure that is not added up. Nil where nothing does.
        func seenBy(_ mutant: SchemaMutant?) throws -> String? {
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            let queue = try DatabaseQueue(configuration: configuration)
            return try queue.writeWithoutTransaction { db in
                do { try build(mutant, in: db) } catch { return "the rows of a journal: \(error)" }
                for forbidden in SchemaTests.all {
                    if let seen = try attempt(forbidden, in: db) { return seen }
                }
                for statements in SchemaTests.allAllowed {
                    if let seen = try refusal(of: statements, in: db) { return seen }
                }
                return try sums(in: db)
            }
        }

        private func refusal(of statements: String, in db: Database) throws -> String? {
            var seen: String?
            try db.inTransaction(.immediate) {
                do { try db.execute(sql: statements) } catch {
                    seen = "\(JournalError(error).reason): \(statements.prefix(120))"
                }
                return .rollback
            }
            return seen
        }

        private func build(_ mutant: SchemaMutant?, in db: Database) throws {
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = ON")
            try db.execute(sql: "ATTACH ? AS filled", arguments: [path])
            for object in objects {
                let sql = object.name == mutant?.object ? mutant?.sql : object.sql
                guard let sql else { continue }
                try db.execute(sql: sql)
                if object.type == "table" {
                    try db.execute(
                        sql: "INSERT INTO main.\(object.name) SELECT * FROM filled.\(object.name)")
                }
            }
            try db.execute(sql: "DETACH filled; PRAGMA foreign_keys = ON")
        }

        private func attempt(_ forbidden: Forbidden, in db: Database) throws -> String? {
            var refusal: JournalError?
            try db.inTransaction(.immediate) {
                do { try db.execute(sql: forbidden.sql) } catch { refusal = JournalError(error) }
                return .rollback
            }
            if refusal == .constraint(forbidden.constraint) { return nil }
            return "\(forbidden.constraint) is told as \(refusal?.reason ?? "done"): "
                + forbidden.sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                .prefix(120)
        }

        /// A capture is added to its sale, a redemption to its voucher, and both to what is
        /// outstanding; an undoing and an acknowledgement take from that.
        private func sums(in db: Database) throws -> String? {
            var found: [Int64] = []
            var outstanding: [[String]] = []
            try db.inTransaction(.immediate) {
                let sums =
                    "SELECT captured FROM sale WHERE reference = 'S3' UNION ALL "
                    + "SELECT spent FROM voucher WHERE kind = 3"
                let before = try Int64.fetchAll(db, sql: sums)
                do {
                    try db.execute(sql: SchemaTests.capture("S3") + SchemaTests.redeem(2, kind: 3))
                    found = zip(before, try Int64.fetchAll(db, sql: sums)).map { $1 - $0 }
                    for step in SchemaTests.outstanding.map(\.sql) {
                        try db.execute(sql: step)
                        outstanding.append(try SchemaTests.outstanding(in: db))
                    }
                } catch { found = [] }
                return .rollback
            }
            let expected = SchemaTests.outstanding.map(\.figures)
            if outstanding != expected {
                return "what is outstanding adds up to \(outstanding.last ?? [])"
            }
            return found == [50, 50] ? nil : "a capture of 50 adds up to \(found)"
        }
    }
}
