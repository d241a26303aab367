import COSE
import Foundation
import GRDB
import HTTPHubLink
import Hub
import HubProtocol
import SQLiteHubLedger
import Terminal
import Testing
import Vouchers

/// What every ledger does with the hub's log.
@Suite struct LogLedgerContract {
    private static let terminal = TerminalDouble("t1", number: 20)

    private func batch(_ arrival: UInt64, checkpoint: [UInt8]? = nil) -> LedgerBatch {
        LedgerBatch(
            arrival: arrival, terminal: Self.terminal.id, journal: Self.terminal.journal,
            number: arrival, at: 9, bytes: [1, UInt8(arrival)], acknowledgement: [2],
            position: JournalPosition(
                number: arrival, sequence: arrival,
                hash: [UInt8](repeating: UInt8(arrival), count: 32), receipt: 0), rows: [],
            logCheckpoint: checkpoint)
    }

    private func frontier(_ size: UInt64) -> MerkleFrontier {
        var frontier = MerkleFrontier()
        for arrival in 0..<size { frontier.append(batch(arrival + 1).leaf.hash) }
        return frontier
    }

    private func enrol(_ ledger: any HubLedger) async throws {
        let enrolment = Enrolment(
            terminal: Self.terminal.id, journal: Self.terminal.journal,
            key: Self.terminal.key.publicKey, at: 5)
        #expect(try await ledger.append(enrolment))
    }

    @Test(
        "A batch brings its leaf, all hashes that it makes whole, and its checkpoint",
        arguments: LedgerUnderTest.allCases)
    func grows(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        try await enrol(ledger)
        #expect(try await ledger.logFrontier() == MerkleFrontier())
        #expect(try await ledger.latestLogCheckpoint() == nil)
        for arrival in 1...UInt64(9) {
            #expect(try await ledger.append(batch(arrival, checkpoint: [7, UInt8(arrival)])))
            #expect(try await ledger.logFrontier() == frontier(arrival))
            #expect(
                try await ledger.latestLogCheckpoint()
                    == LogCheckpointRecord(size: arrival, bytes: [7, UInt8(arrival)]))
        }
        let snapshot = try await ledger.snapshot(
            for: BatchQuery(
                terminal: Self.terminal.id, journal: Self.terminal.journal, number: 10,
                vouchers: [], presentations: []))
        #expect(snapshot.log == frontier(9))
        // Every whole subtree is there, and what it should be.
        for size in 1...UInt64(9) {
            #expect(
                try await ledger.logHashes(of: MerkleTree.subtrees(ofTree: size))
                    == frontier(size).subtrees)
        }
        await #expect(throws: HubLedgerError.self) {
            try await ledger.logHashes(of: [MerkleNode(level: 1, place: 4)])
        }
        _ = folder
    }

    @Test(
        "A leaf is found by its hash, by its batch and by its number",
        arguments: LedgerUnderTest.allCases)
    func finds(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        try await enrol(ledger)
        for arrival in 1...UInt64(3) { #expect(try await ledger.append(batch(arrival))) }
        let leaf = batch(2).leaf
        #expect(try await ledger.logIndex(ofLeaf: leaf.hash) == 1)
        #expect(try await ledger.logIndex(ofLeaf: batch(4).leaf.hash) == nil)
        // A hash over two leaves is no leaf's.
        #expect(try await ledger.logIndex(ofLeaf: frontier(2).root) == nil)
        let (terminal, journal) = (Self.terminal.id, Self.terminal.journal)
        #expect(try await ledger.logIndex(of: terminal, journal: journal, batch: 3) == 2)
        #expect(try await ledger.logIndex(of: terminal, journal: journal, batch: 4) == nil)
        #expect(
            try await ledger.logIndex(
                of: terminal, journal: [UInt8](repeating: 1, count: 8), batch: 3) == nil)
        #expect(try await ledger.logLeaf(at: 1) == leaf)
        #expect(try await ledger.logLeaf(at: 3) == nil)
        #expect(try await ledger.logLeaf(at: .max) == nil)
        _ = folder
    }

    @Test(
        "A checkpoint is kept of the log as it is, once",
        arguments: LedgerUnderTest.allCases)
    func keepsCheckpoints(kind: LedgerUnderTest) async throws {
        let (ledger, folder) = try kind.make()
        try await enrol(ledger)
        let empty = LogCheckpointRecord(size: 0, bytes: [1])
        #expect(try await ledger.append(empty))
        #expect(try await !ledger.append(LogCheckpointRecord(size: 0, bytes: [2])))
        #expect(try await ledger.latestLogCheckpoint() == empty)
        #expect(try await ledger.append(batch(1)))
        #expect(try await !ledger.append(LogCheckpointRecord(size: 2, bytes: [3])))
        #expect(try await ledger.append(LogCheckpointRecord(size: 1, bytes: [4])))
        #expect(try await ledger.batches(after: 0, limit: 5).map(\.logCheckpoint) == [[4]])
        _ = folder
    }
}

/// The log of a hub that serves terminals.
@Suite("The hub's log, as it is served")
struct HubLogServedTests {
    private let hub = Scene.hubKey.publicKey

    private func proven(_ answer: HubLog.Answer) throws -> [UInt8] {
        guard case .proven(let bytes) = answer else {
            Issue.record("\(answer) proves nothing")
            return []
        }
        return bytes
    }

    @Test("Every batch is provably in, with its acknowledgement, and the log only grows")
    func proofs() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let log = scene.acceptor.log
        var held = try HubLogCheckpoint.verify(
            proven(await log.checkpoint(at: Scene.now)), signedBy: hub)
        #expect(held.size == 0)
        #expect(held.merchant == Scene.merchant)
        for size in 1...UInt64(6) {
            let batch = terminal.batch([terminal.decline()])
            guard case .acknowledged(let answer, _) = try await scene.accept(batch) else {
                Issue.record("a batch was refused")
                return
            }
            let leaf = HubLogLeaf(
                terminal: terminal.id, journal: terminal.journal, number: size, batch: batch,
                acknowledgement: answer)
            let kept = try #require(try await scene.ledger.latestLogCheckpoint())
            #expect(kept.size == size)
            let proof = try HubLogInclusion(
                decoding: proven(await log.inclusion(ofLeaf: leaf.hash, at: 1)))
            #expect(proof.leaf == leaf)
            #expect(proof.index == size - 1)
            // It was signed with the batch, not when somebody asked.
            #expect(try proof.verify(signedBy: hub).at == Scene.now + 100)
            #expect(proof.checkpoint == kept.bytes)
            let growth = try HubLogConsistency(
                decoding: proven(await log.consistency(from: held.size, at: 1)))
            held = try growth.verify(continuing: held, signedBy: hub)
            #expect(held.size == size)
        }
        #expect(try await log.consistency(from: 7, at: 1) == .shorter(size: 6))
        #expect(
            try await log.inclusion(ofLeaf: [UInt8](repeating: 0, count: 32), at: 1)
                == .noSuchLeaf)
    }

    @Test("A terminal's link fetches the proof of growth, and is refused one of more than there is")
    func overHTTP() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        for _ in 0..<3 { _ = try await scene.accept(terminal.batch([terminal.decline()])) }
        let (proof, refusal) = try await withHub(scene) { link in
            let proof = try await link.logConsistency(from: 0)
            do throws(HubLinkError) {
                _ = try await link.logConsistency(from: 4)
                return (proof, HubLinkError?.none)
            } catch { return (proof, error) }
        }
        let found = try HubLogConsistency(decoding: #require(proof)).verify(
            continuing: HubLogCheckpoint(
                merchant: Scene.merchant, size: 0, root: MerkleTree.emptyRoot, at: 0),
            signedBy: hub)
        #expect(found.size == 3)
        guard case .refused(409, "log-shorter", let detail) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(detail.contains("3 leaves"))
    }

    @Test("A batch that is repeated or refused adds nothing to the log")
    func repeated() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let batch = terminal.batch([terminal.decline()])
        _ = try await scene.accept(batch)
        _ = try await scene.accept(batch)
        _ = try await scene.accept([1, 2, 3])
        #expect(try await scene.ledger.logFrontier().size == 1)
    }

    @Test("A hub that was set back to an older copy can prove no growth from what it had signed")
    func setBack() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        _ = try await scene.accept(terminal.batch([terminal.decline()]))
        var other = terminal
        _ = try await scene.accept(terminal.batch([terminal.decline("expired")]))
        let held = try HubLogCheckpoint.verify(
            proven(await scene.acceptor.log.checkpoint(at: 1)), signedBy: hub)
        // The same hub, from its copy of before the second batch, is given another one.
        let copy = try await Scene()
        var again = try await copy.terminal("t1")
        _ = try await copy.accept(again.batch([again.decline()]))
        #expect(try await copy.acceptor.log.consistency(from: 2, at: 1) == .shorter(size: 1))
        _ = try await copy.accept(other.batch([other.decline("spent-here")]))
        let proof = try HubLogConsistency(
            decoding: proven(await copy.acceptor.log.consistency(from: 2, at: 1)))
        #expect(throws: HubLogError.forked(held: 2, found: 2)) {
            try proof.verify(continuing: held, signedBy: hub)
        }
    }

    @Test(
        "A ledger of an older program gets its leaves when it is opened, and a checkpoint when asked"
    )
    func migrated() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.sqlite"
        let released = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Vectors/ledgers/schema-1/ledger.sqlite").path
        try FileManager.default.copyItem(atPath: released, toPath: path)
        let ledger = try SQLiteHubLedger(path: path, creating: false)
        var frontier = MerkleFrontier()
        for batch in try await ledger.batches(after: 0, limit: 50) {
            frontier.append(batch.leaf.hash)
        }
        #expect(frontier.size == 3)
        #expect(try await ledger.logFrontier() == frontier)
        #expect(try await ledger.latestLogCheckpoint() == nil)
        let log = HubLog(ledger: ledger, key: Scene.hubKey)
        let bytes = try proven(await log.checkpoint(at: 77))
        let checkpoint = try HubLogCheckpoint.verify(bytes, signedBy: hub)
        #expect(checkpoint.size == 3)
        #expect(checkpoint.root == frontier.root)
        // Once signed it stays as it is.
        #expect(try await log.checkpoint(at: 99) == .proven(bytes))
    }

    @Test(
        "Whatever is changed in the log is found by an audit",
        arguments: [
            "UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND place = 1",
            "UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 1",
            "UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND place = 2",
            "DELETE FROM log_nodes WHERE level = 0 AND place = 2",
            "DELETE FROM log_nodes WHERE level = 1",
            "INSERT INTO log_nodes VALUES (0, 3, zeroblob(32))",
            "UPDATE log_checkpoints SET content = x'00' WHERE size = 2",
            "UPDATE log_checkpoints SET size = 9 - size",
            "UPDATE log_checkpoints SET content = (SELECT content FROM log_checkpoints WHERE size = 1)",
        ])
    func audited(sql: String) async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        for _ in 0..<3 { _ = try await scene.accept(terminal.batch([terminal.decline()])) }
        let auditor = LedgerAuditor(ledger: scene.ledger, hub: hub)
        #expect(try await auditor.audit { _ in } == nil)
        let queue = try DatabaseQueue(path: scene.folder.path + "/ledger.sqlite")
        try await queue.write { database in
            let triggers = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
            try database.execute(sql: sql)
        }
        guard case .log = try await auditor.audit({ _ in }) else {
            Issue.record("not found: \(sql)")
            return
        }
    }

    @Test(
        "The schema refuses what would make the log lie",
        arguments: [
            "INSERT INTO log_nodes VALUES (0, 3, zeroblob(32))",
            "INSERT INTO log_nodes VALUES (0, 7, zeroblob(32))",
            "INSERT INTO log_nodes VALUES (1, 1, zeroblob(32))",
            "INSERT INTO log_nodes VALUES (0, 1, zeroblob(32))",
            "INSERT INTO log_nodes VALUES (53, 0, zeroblob(32))",
            "UPDATE log_nodes SET hash = zeroblob(32)", "DELETE FROM log_nodes",
            "INSERT INTO log_checkpoints VALUES (2, x'00')",
            "INSERT INTO log_checkpoints VALUES (4, x'00')",
            "UPDATE log_checkpoints SET content = x'00'", "DELETE FROM log_checkpoints",
            """
            INSERT INTO batches SELECT arrival + 2, terminal, journal, number + 2, at, content,
                acknowledgement, last_sequence, last_hash, last_receipt FROM batches WHERE arrival = 2
            """,
        ])
    func refused(sql: String) async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        for _ in 0..<3 { _ = try await scene.accept(terminal.batch([terminal.decline()])) }
        let queue = try DatabaseQueue(path: scene.folder.path + "/ledger.sqlite")
        if sql.contains("INTO batches") {
            // The one before it has come in without a leaf.
            try await queue.write { try $0.execute(sql: sql) }
            let next = sql.replacing("+ 2", with: "+ 3")
            await #expect(throws: DatabaseError.self) {
                try await queue.write { try $0.execute(sql: next) }
            }
            return
        }
        await #expect(throws: DatabaseError.self) {
            try await queue.write { try $0.execute(sql: sql) }
        }
    }
}
