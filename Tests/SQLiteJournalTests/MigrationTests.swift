import Foundation
import GRDB
import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint

@testable import SQLiteJournal

/// A journal that a released program has written opens in this one, with all that was in it.
@Suite struct MigrationTests {
    /// Journals that programs have written, one of each schema (`Tests/Vectors/journals`).
    static let released = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Vectors/journals").path

    /// A copy of a released journal in a folder of its own, which goes with this.
    final class Copy {
        let folder = NSTemporaryDirectory() + "till-migration-\(UUID().uuidString)"

        init(schema: Int) throws {
            try FileManager.default.copyItem(
                atPath: MigrationTests.released + "/schema-\(schema)", toPath: folder)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var database: String { folder + "/journal.sqlite" }

        func open() throws(JournalError) -> SQLiteJournal {
            try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
        }

        func bytes(_ name: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }

        var files: Set<String> {
            Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        }
    }

    /// What the demo's terminal had done when its journal was kept: 9 payments, 4 refusals.
    private func expectTheDemo(_ entries: [JournalEntry]) {
        #expect(entries.map(\.sequence) == Array(1...13))
        #expect(entries.filter { $0.kind == .capture }.map(\.receipt) == (1...9).map { $0 })
        #expect(
            entries.compactMap(\.reason) == [
                "spent-here", "issuer-unknown", "expired", "other-scheme-wechat-pay",
            ])
        #expect(
            entries.filter { $0.kind == .capture }.compactMap(\.subject?.amount).reduce(0, +)
                == 11_150)
    }

    @Test(
        "A journal of schema 1 or 2 opens, with every entry, voucher, sale and batch that was in it",
        arguments: [1, 2])
    func opensTheFirst(_ schema: Int) async throws {
        let copy = try Copy(schema: schema)
        let before = try copy.bytes("journal.sqlite")
        let journal = try copy.open()
        expectTheDemo(try await journal.entries(after: 0, limit: 100))
        let queue = try await journal.queue()
        #expect(queue.acknowledgedThrough == 13 && queue.entries == 0)
        let counts = try await journal.read { db in
            try ["sale", "voucher", "redemption", "batch", "undo", "period"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
            }
        }
        #expect(counts == [13, 7, 9, 3, 0, 0])
        // The old file lies beside it, byte for byte, and no working copy is left.
        #expect(try copy.bytes("journal.sqlite.schema-\(schema)") == before)
        #expect(!copy.files.contains("journal.sqlite.new"))
    }

    @Test(
        "A journal of schema 3 or 4 opens, with what was undone, and owes the hub nothing",
        arguments: [(3, 22), (4, 24)] as [(Int, UInt64)])
    func opensWhatWasUndone(_ schema: Int, last: UInt64) async throws {
        let copy = try Copy(schema: schema)
        let before = try copy.bytes("journal.sqlite")
        let journal = try copy.open()
        let entries = try await journal.entries(after: 0, limit: 100)
        #expect(entries.map(\.sequence) == Array(1...last))
        #expect(entries.compactMap(\.receipt) == Array(1...15))
        #expect(entries.filter { $0.kind == .capture }.count == 13)
        #expect(try await journal.queue().exposure == .none)
        let counts = try await journal.read { db in
            try ["sale", "voucher", "redemption", "batch", "undo", "outstanding"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
            }
        }
        #expect(counts == [17, 9, 13, 4, 2, 0])
        #expect(try copy.bytes("journal.sqlite.schema-\(schema)") == before)
    }

    @Test("A journal of schema 5 opens, and its sales may end unconfirmed and be marked as paid")
    func opensSchema5() async throws {
        let copy = try Copy(schema: 5)
        let before = try copy.bytes("journal.sqlite")
        let journal = try copy.open()
        let entries = try await journal.entries(after: 0, limit: 100)
        #expect(entries.map(\.sequence) == Array(1...UInt64(entries.count)))
        #expect(
            entries.contains { $0.kind == .capture } && entries.contains { $0.kind == .decline })
        #expect(try copy.bytes("journal.sqlite.schema-5") == before)
        let sale = Records.sale(1, state: .unconfirmed)
        try await journal.store(sale)
        _ = try await journal.record(
            .mark(
                PaidMark(
                    sale: sale.reference, amount: sale.total, requestNonce: sale.request.nonce,
                    operatedBy: EntryOperator(role: .supervisor, id: "Ada"),
                    at: (entries.last?.at ?? 0) + 1)))
        #expect(try await journal.sale(reference: sale.reference)?.state == .markedPaid)
        try await journal.audit()
    }

    @Test("A journal of schema 6 opens, with its drawer and its period, and takes VAT lines")
    func opensSchema6() async throws {
        let copy = try Copy(schema: 6)
        let before = try copy.bytes("journal.sqlite")
        let journal = try copy.open()
        let entries = try await journal.entries(after: 0, limit: 100)
        #expect(entries.map(\.sequence) == Array(1...10))
        #expect(entries.allSatisfy { $0.event.vat.isEmpty })
        let closed = try await journal.period(1)
        #expect(closed?.drawer?.counted == 10_000 && closed?.vat.isEmpty == true)
        #expect(try await journal.queue().exposure.count == 1)
        #expect(try copy.bytes("journal.sqlite.schema-6") == before)
        let sale = JournalContract.taxed(1)
        try await journal.store(sale)
        let receipt = try await journal.record(
            Records.capture(Records.mint.fixed(2_260, cti: 9), for: sale))
        #expect(try await journal.vat(of: receipt.receipt ?? 0) == JournalContract.lines)
        #expect(try await journal.openPeriod().vat.map(\.captured.tax) == [190, 70])
        try await journal.audit()
    }

    @Test("A journal of schema 7 opens, with its VAT lines, and takes tips beside them")
    func opensSchema7() async throws {
        let copy = try Copy(schema: 7)
        let before = try copy.bytes("journal.sqlite")
        let journal = try copy.open()
        #expect(try await journal.vat(of: 4).map(\.tax) == [190, 35])
        #expect(try await journal.vat(of: 5).map(\.tax) == [63, 12])
        #expect(try await journal.openPeriod().tips.isEmpty)
        #expect(try copy.bytes("journal.sqlite.schema-7") == before)
        let sale = JournalContract.tipped(1)
        try await journal.store(sale)
        let receipt = try await journal.record(
            Records.capture(Records.mint.fixed(2_460, cti: 9), for: sale))
        #expect(try await journal.vat(of: receipt.receipt ?? 0) == JournalContract.lines)
        #expect(try await journal.tip(of: receipt.receipt ?? 0) == 200)
        try await journal.audit()
    }

    @Test("What an older journal had not sent is outstanding after the migration, as it was before")
    func owesWhatItOwed() async throws {
        let copy = try Copy(schema: 4)
        let queue = try DatabaseQueue(path: copy.database)
        try await queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"]!)") }
            try db.execute(sql: "DELETE FROM batch")
            for trigger in triggers { try db.execute(sql: trigger["sql"]) }
        }
        try queue.close()
        let exposure = try await copy.open().queue().exposure
        // 13,500 were captured; 600 of it cancelled, and 250 of 900 refunded to their voucher.
        #expect(exposure.amounts == [978: 12_650] && exposure.count == 12)
        #expect(exposure.oldest != nil)
    }

    @Test("After the migration the journal goes on: numbers, chain, memory and triggers")
    func goesOn() async throws {
        let copy = try Copy(schema: 1)
        let journal = try copy.open()
        let sale = Records.sale(1)
        try await journal.store(sale)
        let receipt = try await journal.record(
            Records.capture(Records.mint.fixed(1_250), for: sale))
        #expect(receipt == JournalReceipt(sequence: 14, receipt: 10))
        let spent = try await journal.read { db in
            try Int.fetchOne(db, sql: "SELECT spent FROM voucher WHERE kind = 2")
        }
        #expect(spent == 2_000)
        await #expect(throws: JournalError.constraint("voucher-memory-falls")) {
            try await journal.write { try $0.execute(sql: "UPDATE voucher SET spent = 0") }
        }
        await #expect(throws: JournalError.constraint("entry-immutable")) {
            try await journal.write { try $0.execute(sql: "DELETE FROM entry") }
        }
    }

    @Test("A reader reads an older journal, and writes nothing")
    func reads() throws {
        let copy = try Copy(schema: 1)
        let before = try copy.bytes("journal.sqlite")
        let files = copy.files
        let reader = try SQLiteJournalReader(folder: copy.folder)
        expectTheDemo(try reader.entries(after: 0, limit: 100))
        #expect(try reader.queue().acknowledgedThrough == 13)
        try reader.audit()
        #expect(try copy.bytes("journal.sqlite") == before)
        #expect(copy.files == files)
    }

    @Test("A migration that was cut short begins again, whatever it has left")
    func beginsAgain() async throws {
        let copy = try Copy(schema: 1)
        for name in ["journal.sqlite.new", "journal.sqlite.new-journal"] {
            try Data("half".utf8).write(to: URL(fileURLWithPath: copy.folder + "/" + name))
        }
        try FileManager.default.linkItem(
            atPath: copy.database, toPath: copy.database + ".schema-1")
        expectTheDemo(try await copy.open().entries(after: 0, limit: 100))
        #expect(!copy.files.contains("journal.sqlite.schema-1.2"))
        #expect(!copy.files.contains("journal.sqlite.new"))
    }

    @Test("An older file that was kept before is not written over")
    func keepsBoth() async throws {
        let copy = try Copy(schema: 1)
        try Data("another".utf8).write(
            to: URL(fileURLWithPath: copy.database + ".schema-1"))
        _ = try copy.open()
        #expect(try copy.bytes("journal.sqlite.schema-1") == Data("another".utf8))
        #expect(copy.files.contains("journal.sqlite.schema-1.2"))
    }

    @Test("An older journal that contradicts itself is not migrated, and stays as it is")
    func contradiction() async throws {
        let copy = try Copy(schema: 1)
        let queue = try DatabaseQueue(path: copy.database)
        try await queue.writeWithoutTransaction { db in
            try db.execute(
                sql: "DROP TRIGGER entry_stays; UPDATE entry SET amount = 1 WHERE sequence = 1")
        }
        try queue.close()
        let before = try copy.bytes("journal.sqlite")
        #expect(throws: JournalError.damaged("entry 1 contradicts its rows")) { try copy.open() }
        #expect(try copy.bytes("journal.sqlite") == before)
        #expect(!copy.files.contains("journal.sqlite.new"))
    }

    @Test("What an older journal has in its log alone is migrated too")
    func takesTheLogIn() async throws {
        let copy = try Copy(schema: 1)
        let path = copy.folder + "-crashed"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let queue = try DatabaseQueue(path: copy.database)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
            try db.execute(sql: "UPDATE journal SET settled = 77")
        }
        try FileManager.default.copyItem(atPath: copy.folder, toPath: path)
        try queue.close()
        let journal = try SQLiteJournal(folder: path, identityIfNew: TemporaryJournal.identity)
        let settled = try await journal.read { db in
            try Int.fetchOne(db, sql: "SELECT settled FROM journal")
        }
        #expect(settled == 77)
    }
}
