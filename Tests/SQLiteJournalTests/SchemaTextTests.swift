import Foundation
import GRDB
import Testing

@testable import SQLiteJournal

/// The schema is published (`docs/spec/journal.sql`): a second implementation makes its tables of it,
/// and what has been released is not changed by accident.
///
/// A new version is written with `TILL_SHAPES=write swift test --filter SchemaTextTests`.
@Suite struct SchemaTextTests {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/spec/journal.sql").path

    /// Everything that SQLite holds of a new journal's schema, in the order in which it was made.
    private func text() async throws -> String {
        let journal = await (try TemporaryJournal()).sqlite
        return try await journal.read { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let statements = try String.fetchAll(
                db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            return """
                -- The journal's schema, version \(version): docs/spec/journal.md.
                PRAGMA application_id = \(application);
                PRAGMA user_version = \(version);
                \(statements.map { $0 + ";" }.joined(separator: "\n"))

                """
        }
    }

    @Test("The schema of a new journal is the published one")
    func isPublished() async throws {
        let text = try await text()
        if ProcessInfo.processInfo.environment["TILL_SHAPES"] == "write" {
            try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOfFile: Self.path, encoding: .utf8)))
    }

    @Test("What is looked up at each payment is found by an index")
    func isIndexed() async throws {
        let journal = await (try TemporaryJournal()).sqlite
        let questions = [
            ("entry_of_sale", "SELECT sequence FROM entry WHERE sale = 'S1'"),
            ("entry_by_time", "SELECT count(*) FROM entry WHERE at >= 1"),
            ("sale_by_expiry", "SELECT reference FROM sale WHERE expiry < 1"),
            ("sale_by_opening", "SELECT reference FROM sale ORDER BY opened DESC LIMIT 1"),
            (
                "redemption_of_voucher",
                "SELECT sequence FROM redemption WHERE issuer = 'a' AND cti = x'00' "
                    + "ORDER BY sequence DESC LIMIT 1"
            ),
            ("undo_of_capture", "SELECT sum(amount) FROM undo WHERE capture = 1"),
            ("undo_by_key", "SELECT sequence FROM undo WHERE key = 'a'"),
            ("adoption_by_kind", "SELECT max(sequence) FROM adoption WHERE kind = 1"),
            ("adoption_of_document", "SELECT 1 FROM adoption WHERE hash = x'00'"),
            (
                "redemption_of_holder",
                "SELECT count(*) FROM redemption WHERE holder = x'00' AND at > 1"
            ),
        ]
        for (index, question) in questions {
            let plan = try await journal.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + question)
                    .map { try $0.text("detail") }.joined(separator: "; ")
            }
            #expect(plan.contains(index), "\(question): \(plan)")
        }
    }
}
