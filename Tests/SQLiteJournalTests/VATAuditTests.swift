import GRDB
import Terminal
import Testing
import VoucherMint

@testable import SQLiteJournal

/// VAT lines that another tool has edited are found beside the chain.
@Suite struct VATAuditTests {
    @Test(
        "An edited VAT line is damage",
        arguments: [
            ("UPDATE entry_vat SET tax = tax - 1 WHERE sequence = 1", "entry 1 contradicts"),
            ("UPDATE entry_vat SET rate = 0 WHERE sequence = 2", "entry 2 contradicts"),
            ("DELETE FROM entry_vat WHERE sequence = 1 AND code = 'B'", "entry 1 contradicts"),
            ("INSERT INTO entry_vat VALUES (2, 'C', 0, 1, 0)", "entry 2 contradicts"),
            ("UPDATE entry_tip SET amount = amount - 1 WHERE sequence = 3", "entry 3 contradicts"),
            ("INSERT INTO entry_tip VALUES (1, 1)", "entry 1 contradicts"),
            ("INSERT INTO entry_vat VALUES (99, 'A', 0, 1, 0)", "an entry is missing"),
        ])
    func edited(_ sql: String, _ words: String) async throws {
        let subject = try TemporaryJournal()
        try await JournalContract.paidInParts(in: subject.sqlite)
        let sale = JournalContract.tipped(3)
        try await subject.sqlite.store(sale)
        _ = try await subject.sqlite.record(
            Records.capture(Records.mint.fixed(2_460, cti: 3), for: sale))
        let folder = await subject.close()
        let queue = try DatabaseQueue(path: folder + "/journal.sqlite")
        try await queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"]!)") }
            try db.execute(sql: sql)
            for trigger in triggers { try db.execute(sql: trigger["sql"]) }
        }
        try queue.close()
        let error = #expect(throws: JournalError.self) {
            try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
        }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
}
