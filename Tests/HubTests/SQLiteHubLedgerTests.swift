import COSE
import Foundation
import GRDB
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing
import Vouchers

@Suite struct SQLiteHubLedgerTests {
    @Test func theConnectionThatWritesIsDurable() async throws {
        let folder = try TemporaryFolder()
        let ledger = try SQLiteHubLedger(path: folder.path + "/l", creating: true)
        _ = try await ledger.append(
            TermsVersion(version: 1, at: 1, terms: Scene.terms))
        let durability = try ledger.durability()
        #expect(durability.journalMode == "wal")
        #expect(durability.synchronous == 2)
    }

    @Test func aLedgerOpenedAgainHasWhatWasKept() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.capture(VoucherDouble(.fixed(amount: 500)), 500)])
        let answer = try await scene.accept(batch)
        guard case .acknowledged(let bytes, _) = answer else { return }
        let reopened = try SQLiteHubLedger(
            path: scene.folder.path + "/ledger.sqlite", creating: false)
        let acceptor = BatchAcceptor(ledger: reopened, key: Scene.hubKey)
        #expect(
            try await acceptor.accept(batch, at: 5) == .acknowledged(bytes, repeated: true))
    }

    @Test func aMissingDamagedForeignOrNewerFileIsNamed() throws {
        let folder = try TemporaryFolder()
        func reason(_ name: String) -> String? {
            do throws(HubLedgerError) {
                _ = try SQLiteHubLedger(path: folder.path + "/" + name, creating: false)
                return nil
            } catch { return error.reason }
        }
        #expect(reason("missing") == "ledger-io-error")
        let rubbish = Data(repeating: 0x41, count: 10_000)
        try rubbish.write(to: URL(fileURLWithPath: folder.path + "/rubbish"))
        #expect(reason("rubbish") == "ledger-damaged")
        try DatabaseQueue(path: folder.path + "/foreign").write { database in
            try database.execute(sql: "CREATE TABLE t (x)")
        }
        #expect(reason("foreign") == "ledger-damaged")
        _ = try SQLiteHubLedger(path: folder.path + "/newer", creating: true)
        try DatabaseQueue(path: folder.path + "/newer").write { database in
            try database.execute(sql: "PRAGMA user_version = 99")
        }
        #expect(reason("newer") == "ledger-newer")
    }

    @Test(arguments: [
        "hub", "terms", "enrolments", "batches", "entries", "captures", "issued_vouchers",
        "refused_batches",
    ])
    func noRowIsEverChangedOrRemoved(table: String) async throws {
        let scene = try await Scene()
        try await scene.fill()
        let queue = try DatabaseQueue(path: scene.folder.path + "/ledger.sqlite")
        for sql in ["DELETE FROM \(table)", "UPDATE \(table) SET rowid = rowid"] {
            let isWithoutRowID = ["entries", "captures"].contains(table)
            let statement = isWithoutRowID ? sql.replacing("rowid", with: "sequence") : sql
            #expect(throws: DatabaseError.self) {
                try queue.write { try $0.execute(sql: statement) }
            }
        }
    }
}

extension Scene {
    /// Puts at least one row into every table.
    func fill() async throws {
        var terminal = try await terminal("t1")
        var copy = terminal
        let entries = [
            terminal.capture(VoucherDouble(.fixed(amount: 500)), 450), terminal.decline(),
            terminal.capture(VoucherDouble(.fixed(amount: 9), cti: 2), 10),
        ]
        _ = try await accept(terminal.batch(entries))
        _ = try await accept(copy.batch([copy.decline()]))
        _ = try await issuer.issue(
            VoucherOrder(
                value: .fixed(amount: 5), currency: Self.terms.currency, expiry: Self.now + 9),
            cti: [UInt8](repeating: 1, count: VoucherIssuer.ctiLength), at: Self.now)
    }
}

@Suite struct LedgerAuditorTests {
    private func audit(_ scene: Scene) async throws -> AuditFinding? {
        try await LedgerAuditor(ledger: scene.ledger, hub: Scene.hubKey.publicKey).audit { _ in }
    }

    @Test func anUntouchedLedgerIsRight() async throws {
        let scene = try await Scene()
        try await scene.fill()
        #expect(try await audit(scene) == nil)
    }

    @Test(arguments: [
        "UPDATE entries SET amount = amount + 1 WHERE sequence = 1",
        "UPDATE entries SET at = at + 1 WHERE sequence = 1",
        "UPDATE entries SET sale = 'X' WHERE sequence = 2",
        "UPDATE entries SET currency = 840 WHERE sequence = 1",
        "UPDATE entries SET reason = 'expired' WHERE sequence = 2",
        "UPDATE entries SET reason = 'expired' WHERE sequence = 3",
        "UPDATE captures SET receipt = 9", "UPDATE captures SET consumed = 1",
        "UPDATE captures SET cti = x'0102030405060708'", "UPDATE captures SET voucher_kind = 2",
        "DELETE FROM entries WHERE sequence = 3",
        "UPDATE batches SET content = x'00'", "UPDATE batches SET acknowledgement = x'00'",
        "UPDATE batches SET at = at + 1", "UPDATE batches SET last_sequence = 2",
    ])
    func anEditIsFound(sql: String) async throws {
        let scene = try await Scene()
        try await scene.fill()
        let queue = try DatabaseQueue(path: scene.folder.path + "/ledger.sqlite")
        try await queue.write { database in
            // Somebody who can write the file can drop its triggers.
            let triggers = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
            try database.execute(sql: sql)
        }
        #expect(try await audit(scene) != nil)
    }

    @Test func anotherHubsAcknowledgementsAreFound() async throws {
        let scene = try await Scene()
        try await scene.fill()
        let other = LedgerAuditor(ledger: scene.ledger, hub: Scene.key(77).publicKey)
        #expect(try await other.audit { _ in } != nil)
    }
}
