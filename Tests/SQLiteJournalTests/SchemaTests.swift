import Foundation
import GRDB
import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// The schema has the last word: each forbidden statement is tried on the connection that writes.
@Suite struct SchemaTests {
    /// A paid sale (S1, a fixed voucher), a paid one (S2, a presentation to the request), a part of
    /// S3 (stored value, 100 of 1,000), S4 cancelled, S5 of 700 unconfirmed; entry 3 is a decline;
    /// batch 1 has 1 and 2.
    func filled() async throws -> TemporaryJournal {
        let subject = try TemporaryJournal()
        let journal = await subject.sqlite
        try await journal.store(Records.sale(1))
        _ = try await journal.record(
            Records.capture(Records.mint.fixed(1_250, cti: 1), for: Records.sale(1)))
        try await journal.store(Records.sale(2))
        let shown = Records.presentation(
            .certificate(perPayment: 5_000, offlineTotal: 10_000), cti: 2,
            nonce: Records.nonce(2), amount: 1_250)
        _ = try await journal.record(Records.capture(shown, for: Records.sale(2)))
        try await journal.store(Records.sale(3))
        _ = try await journal.record(Records.decline(Records.sale(3)))
        let part = Records.mint.stored(1_000, redeemed: 900, cti: 3)
        _ = try await journal.record(Records.capture(part, for: Records.sale(3)))
        try await journal.store(Records.sale(4, state: .cancelled))
        try await journal.store(Records.sale(5, 700, state: .unconfirmed))
        _ = try await journal.pendingBatch(maximumEntries: 2) { _, _ in [1] }
        return subject
    }

    /// Every row of every table, as text.
    private func dump(_ journal: SQLiteJournal) async throws -> [String] {
        try await journal.read { db in
            try [
                "journal", "entry", "sale", "voucher", "redemption", "batch", "undo", "period",
                "document", "adoption", "checkpoint", "segment", "outstanding",
                "sale_vat", "entry_vat", "sale_tip", "entry_tip",
            ].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }

    static let all =
        entries + sales + marks + vouchers + queue + undoings + archive + columns + reasons
        + vat + tips

    @Test("The schema refuses what must not be, by name, and nothing has changed")
    func refuses() async throws {
        let journal = await (try filled()).sqlite
        let before = try await dump(journal)
        for forbidden in Self.all {
            let error = await #expect(throws: JournalError.self, "\(forbidden.sql)") {
                try await journal.write { db in try db.execute(sql: forbidden.sql) }
            }
            #expect(error == .constraint(forbidden.constraint), "\(forbidden.sql)")
            #expect(try await dump(journal) == before, "\(forbidden.sql)")
        }
    }

    static let allAllowed = allowed + allowedVAT + allowedTips

    @Test("The schema refuses nothing that may be")
    func takes() async throws {
        let journal = await (try filled()).sqlite
        for statements in Self.allAllowed {
            // Reading undoes what it has written.
            do { try await journal.read { db in try db.execute(sql: statements) } } catch {
                Issue.record("\(error): \(statements)")
            }
        }
    }

    @Test("The last word is spoken on the connection that writes")
    func settings() async throws {
        let journal = await (try TemporaryJournal()).sqlite
        let settings = try await journal.database.write { db in
            try ["journal_mode", "synchronous", "foreign_keys", "recursive_triggers"].map {
                try String.fetchOne(db, sql: "PRAGMA \($0)")
            }
        }
        #expect(settings == ["wal", "2", "1", "1"])
    }

    @Test("GRDB's own WAL mode is refused by name, for it commits without waiting for the disk")
    func trap() throws {
        let folder = NSTemporaryDirectory() + "till-trap-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let queue = try DatabaseQueue(path: folder + "/trap.sqlite", configuration: configuration)
        #expect(
            throws: JournalError.notDurable("journal_mode wal, synchronous 1, foreign_keys 1")
        ) {
            try queue.writeWithoutTransaction { try SQLiteJournal.checkDurability(of: $0) }
        }
    }
}
