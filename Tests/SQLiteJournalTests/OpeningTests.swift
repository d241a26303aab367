import Foundation
import GRDB
import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

@Suite struct OpeningTests {
    /// A closed journal with `count` declines and one capture, and its folder.
    private func closed(_ count: Int = 3) async throws -> (TemporaryJournal, folder: String) {
        let subject = try TemporaryJournal()
        let journal = await subject.sqlite
        try await journal.store(Records.sale(1))
        for _ in 0..<count { _ = try await journal.record(Records.decline(Records.sale(1))) }
        _ = try await journal.record(
            Records.capture(Records.mint.fixed(1_250), for: Records.sale(1)))
        return (subject, await subject.close())
    }

    private func open(_ folder: String) throws(JournalError) {
        _ = try SQLiteJournal(folder: folder, identityIfNew: TemporaryJournal.identity)
    }

    /// Expects that opening says the journal is damaged, with these words.
    private func expectDamage(
        _ words: String, in folder: String, _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            try open(folder)
            Issue.record("it opened", sourceLocation: sourceLocation)
        } catch .damaged(let place) {
            #expect(
                words.isEmpty || place.contains(words), "\(place)", sourceLocation: sourceLocation)
        } catch {
            Issue.record("refused otherwise: \(error)", sourceLocation: sourceLocation)
        }
    }

    /// Edits a closed journal with another tool, which knows how to get past the triggers.
    private func tamper(_ folder: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/journal.sqlite")
        try queue.writeWithoutTransaction { db in
            let triggers = try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"]!)") }
            try db.execute(sql: sql)
            for trigger in triggers { try db.execute(sql: trigger["sql"]) }
        }
    }

    private func edit(_ folder: String, _ change: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: folder + "/journal.sqlite")
        var data = try Data(contentsOf: url)
        change(&data)
        try data.write(to: url)
    }

    @Test("Opens what it made, with what was in it")
    func reopens() async throws {
        let (subject, _) = try await closed()
        try await subject.reopen()
        #expect(await subject.sqlite.identity == TemporaryJournal.identity)
        #expect(try await subject.sqlite.queue().lastSequence == 4)
    }

    @Test("One process opens a journal, and a reader waits for it to end")
    func locked() async throws {
        let subject = try TemporaryJournal()
        let folder = await subject.folder
        #expect(throws: JournalError.locked) { try open(folder) }
        #expect(throws: JournalError.locked) { try SQLiteJournalReader(folder: folder) }
        _ = await subject.close()
        let reader = try SQLiteJournalReader(folder: folder)
        #expect(throws: JournalError.locked) { try open(folder) }
        #expect(reader.identity == TemporaryJournal.identity)
    }

    @Test("A flipped bit in the header is damage")
    func damagedHeader() async throws {
        for offset in [0, 16, 20] {
            let (subject, folder) = try await closed()
            defer { withExtendedLifetime(subject) {} }
            try edit(folder) { $0[offset] ^= 0xFF }
            expectDamage("", in: folder)
        }
    }

    @Test("Overwritten pages are damage, whichever they are")
    func damagedPages() async throws {
        let (subject, folder) = try await closed(40)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        for page in 1..<(whole.count / 4_096) {
            try edit(folder) { data in
                data = whole
                for byte in 0..<64 { data[page * 4_096 + byte] = 0xA5 }
            }
            #expect(throws: (any Error).self, "page \(page)") { try open(folder) }
        }
        try edit(folder) { $0 = whole }
        try await subject.reopen()
    }

    @Test("A single changed byte of an entry is damage, though SQLite finds none")
    func changedByte() async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try edit(folder) { data in
            let reason = data.range(of: Data("not-a-payment-code".utf8), options: .backwards)!
            data[reason.lowerBound] = UInt8(ascii: "N")
        }
        expectDamage("entry", in: folder)
    }

    @Test(
        "A row edited by another tool is damage",
        arguments: [
            ("does not have its hash", "UPDATE entry SET body = x'A0' WHERE sequence = 2"),
            ("contradicts its rows", "UPDATE entry SET amount = 1 WHERE sequence = 4"),
            ("contradicts its rows", "UPDATE entry SET at = at + 1 WHERE sequence = 1"),
            ("contradicts its rows", "UPDATE redemption SET consumed = 1"),
            ("contradicts its rows", "UPDATE redemption SET cti = zeroblob(8)"),
            ("contradicts its rows", "UPDATE redemption SET nonce = zeroblob(8)"),
            ("", "DELETE FROM redemption"),
            ("entry 2 is missing", "DELETE FROM entry WHERE sequence = 2"),
            ("does not follow", "UPDATE entry SET previous = zeroblob(32) WHERE sequence = 3"),
            (
                "captured something else",
                "UPDATE entry SET sale = 'S1'; UPDATE sale SET captured = 0, state = 'open'"
            ),
            ("redeemed for more", "UPDATE voucher SET spent = 0"),
            ("reference between tables", "DELETE FROM voucher"),
            ("what is outstanding", "UPDATE outstanding SET amount = amount - 1"),
            ("what is outstanding", "DELETE FROM outstanding"),
            (
                "what is outstanding",
                "INSERT INTO outstanding VALUES (756, 1, 'mint', 1, 1, 0, 0)"
            ),
            ("what is outstanding", "UPDATE journal SET outstanding_since = 1"),
        ])
    func edited(_ words: String, _ sql: String) async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try tamper(folder, sql)
        expectDamage(words, in: folder)
    }

    @Test(
        "A schema that is not to the letter this program's is damage",
        arguments: [
            ("trigger entry_stays", "DROP TRIGGER entry_stays"),
            ("index undo_by_key", "DROP INDEX undo_by_key"),
            (
                "trigger entry_ignored",
                """
                CREATE TRIGGER entry_ignored BEFORE INSERT ON undo BEGIN SELECT RAISE(IGNORE); END
                """
            ),
        ])
    func wording(_ object: String, _ sql: String) async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try await DatabaseQueue(path: folder + "/journal.sqlite").write { try $0.execute(sql: sql) }
        expectDamage("not this program's: \(object)", in: folder)
    }

    /// A long journal in which an old decline's row says something else, and its folder.
    private func editedLong() async throws -> (TemporaryJournal, folder: String) {
        let (subject, folder) = try await closed(30)
        try tamper(folder, "UPDATE entry SET reason = 'expired' WHERE sequence = 2")
        return (subject, folder)
    }

    private func open(_ folder: String, auditing count: UInt64) throws(JournalError)
        -> SQLiteJournal
    {
        try SQLiteJournal(
            folder: folder, identityIfNew: TemporaryJournal.identity, vfs: nil, auditing: count)
    }

    @Test("Of a long journal the newest entries are read at opening, and the rest soon after")
    func long() async throws {
        let (subject, folder) = try await editedLong()
        defer { withExtendedLifetime(subject) {} }
        // The 29 newest are as they were; with one more the opening finds it.
        do {
            let journal = try open(folder, auditing: 29)
            #expect(!journal.wasAuditedAtOpening)
            try await journal.store(Records.sale(2))
            await #expect {
                try await journal.audit()
            } throws: {
                guard case .damaged(let place)? = $0 as? JournalError else { return false }
                return place.contains("entry 2")
            }
            // From then on nothing is paid; what is there can still be read, and sent.
            await #expect {
                try await journal.store(Records.sale(2, state: .cancelled))
            } throws: {
                guard case .damaged? = $0 as? JournalError else { return false }
                return true
            }
            #expect(try await journal.entries(after: 0, limit: 100).count == 31)
            #expect(
                try await journal.pendingBatch(maximumEntries: 10) { _, _ in [1] }?.number == 1)
        }
        // Nor after a restart.
        expectDamage("entry 2", in: folder)
        #expect(throws: JournalError.self) { _ = try open(folder, auditing: 29) }
        // Once all is as it was, it opens, and is trusted again.
        try tamper(
            folder,
            """
            UPDATE entry SET reason = (SELECT reason FROM entry WHERE sequence = 3)
            WHERE sequence = 2
            """)
        let journal = try open(folder, auditing: 29)
        // What was suspect is read wholly, however long it is.
        #expect(journal.wasAuditedAtOpening)
        #expect(!FileManager.default.fileExists(atPath: folder + "/" + AuditState.fileName))
        try await journal.audit()
        try await journal.store(Records.sale(2, state: .cancelled))
    }

    @Test("What was edited among the newest entries is found at opening, however long the journal")
    func newest() async throws {
        let (subject, folder) = try await editedLong()
        defer { withExtendedLifetime(subject) {} }
        #expect(throws: JournalError.self) { _ = try open(folder, auditing: 30) }
    }

    @Test("A journal that has gone missing is not replaced by one that has forgotten")
    func missing() async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        let database = folder + "/journal.sqlite"
        try FileManager.default.removeItem(atPath: database)
        expectDamage("missing", in: folder)
        try Data().write(to: URL(fileURLWithPath: database))
        expectDamage("missing", in: folder)
        #expect(throws: JournalError.self) { try SQLiteJournalReader(folder: folder) }
    }

    @Test("Of a journal whose database has gone missing, the log is left as it is")
    func missingBesideItsLog() async throws {
        let subject = try TemporaryJournal()
        try await subject.sqlite.store(Records.sale(1))
        let copy = await subject.folder + "-copy"
        try await subject.copy(to: copy)
        let log = URL(fileURLWithPath: copy + "/journal.sqlite-wal")
        let before = try Data(contentsOf: log)
        #expect(!before.isEmpty)
        try FileManager.default.removeItem(atPath: copy + "/journal.sqlite")
        expectDamage("missing", in: copy)
        #expect(try Data(contentsOf: log) == before)
    }

    @Test("The lock is given back after the connection is closed, never before")
    func closesInOrder() async throws {
        let (subject, folder) = try await closed()
        for round in UInt64(0)..<50 {
            try await subject.reopen()
            _ = try await subject.sqlite.record(
                Records.decline(Records.sale(1), at: Records.now + round))
            _ = await subject.close()
            // A connection that still closes would hold the log, or take it away from the next.
            #expect(!FileManager.default.fileExists(atPath: folder + "/journal.sqlite-wal"))
        }
    }

    @Test("Another terminal's journal in this one's folder is damage")
    func exchanged() async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try "0000000000000001\n".write(
            toFile: folder + "/journal.lock", atomically: true, encoding: .utf8)
        expectDamage("another was kept here", in: folder)
        try "nonsense".write(
            toFile: folder + "/journal.lock", atomically: true, encoding: .utf8)
        expectDamage("holds no identity", in: folder)
    }

    @Test("A newer program's journal is refused, and not a byte of it changes")
    func newer() async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try tamper(folder, "PRAGMA user_version = 99")
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        #expect(throws: JournalError.newerSchema(found: 99, known: JournalSchema.version)) {
            try open(folder)
        }
        let after = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        #expect(after == before)
    }

    @Test("A database that is no journal is refused, and nothing is made in it")
    func foreign() throws {
        let folder = NSTemporaryDirectory() + "till-foreign-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try DatabaseQueue(path: folder + "/journal.sqlite").write {
            try $0.execute(sql: "CREATE TABLE recipe (cake TEXT)")
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        expectDamage("not a journal of Till", in: folder)
        let after = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        #expect(after == before)
    }

    @Test("The reader gives what the journal gave, and writes nothing")
    func reads() async throws {
        let (subject, folder) = try await closed()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite"))
        let reader = try SQLiteJournalReader(folder: folder)
        let entries = try reader.entries(after: 1, limit: 2)
        let queue = try reader.queue()
        try reader.audit()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == files)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/journal.sqlite")) == before)
        _ = consume reader
        try await subject.reopen()
        #expect(try await subject.sqlite.entries(after: 1, limit: 2) == entries)
        #expect(try await subject.sqlite.queue() == queue)
    }

    @Test("The reader sees what a killed daemon left in its log, in folders of any name")
    func readsTheLog() async throws {
        let subject = try TemporaryJournal()
        try await subject.sqlite.store(Records.sale(1))
        _ = try await subject.sqlite.record(Records.decline(Records.sale(1)))
        let copy = NSTemporaryDirectory() + "till %41?x#y-\(UUID().uuidString)"
        try await subject.copy(to: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let reader = try SQLiteJournalReader(folder: copy)
        #expect(try reader.entries(after: 0, limit: 9).map(\.sequence) == [1])
        try reader.audit()
    }

    @Test("The reader names damage, and still lists what is legible")
    func readsDamage() async throws {
        let (subject, folder) = try await closed()
        defer { withExtendedLifetime(subject) {} }
        try tamper(folder, "UPDATE entry SET amount = 1 WHERE sequence = 4")
        let reader = try SQLiteJournalReader(folder: folder)
        #expect(try reader.entries(after: 0, limit: 9).count == 4)
        #expect(throws: JournalError.damaged("entry 4 contradicts its rows")) {
            try reader.audit()
        }
    }
}
