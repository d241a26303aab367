import COSE
import Hub
import HubProtocol
import SQLiteHubLedger
import Testing
import Vouchers

/// What the hub makes of the checkpoints that come with batches.
@Suite struct CheckpointTests {
    private func refusal(_ answer: BatchAnswer) -> BatchRefusal? {
        guard case .refused(let refusal) = answer else { return nil }
        return refusal
    }

    @Test("A journal that grows is taken, and the checkpoint with most entries is remembered")
    func grows() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = terminal.decline()
        let second = terminal.decline()
        let ahead = terminal.checkpoint()
        #expect(refusal(try await scene.accept(terminal.batch([first], checkpoint: ahead))) == nil)
        #expect(refusal(try await scene.accept(terminal.batch([second], checkpoint: ahead))) == nil)
        let query = BatchQuery(
            terminal: terminal.id, journal: terminal.journal, number: 9, vouchers: [],
            presentations: [])
        let known = try await scene.ledger.snapshot(for: query).checkpoint
        #expect(known == KnownCheckpoint(size: 2, hash: terminal.hash))
        let auditor = LedgerAuditor(ledger: scene.ledger, hub: Scene.hubKey.publicKey)
        #expect(try await auditor.audit { _ in } == nil)
    }

    @Test("A journal that says it is shorter than it once signed is named, and kept as evidence")
    func setBack() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = terminal.decline()
        var old = terminal
        _ = terminal.decline()
        _ = terminal.decline()
        let ahead = terminal.checkpoint()
        terminal.number = 0
        #expect(refusal(try await scene.accept(terminal.batch([first], checkpoint: ahead))) == nil)
        old.number = 1
        let batch = old.batch([old.decline()], checkpoint: old.checkpoint())
        let found = refusal(try await scene.accept(batch))
        #expect(found == .journalSetBack(signed: 3, found: 2))
        #expect(found?.reason == "journal-set-back")
        #expect(try await scene.ledger.refusedBatches().map(\.reason) == ["journal-set-back"])
    }

    @Test("A journal that signed other entries before is named, when they come")
    func forked() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let first = terminal.decline()
        var other = terminal
        _ = terminal.decline("expired")
        let ahead = terminal.checkpoint()
        terminal.number = 0
        #expect(refusal(try await scene.accept(terminal.batch([first], checkpoint: ahead))) == nil)
        other.number = 1
        let second = other.decline("spent-here")
        let batch = other.batch([second], checkpoint: other.checkpoint())
        #expect(refusal(try await scene.accept(batch)) == .journalForked(at: 2))
        // Without a checkpoint of its own it is found too.
        other.number = 1
        #expect(
            refusal(try await scene.accept(other.batch([second]))) == .journalForked(at: 2))
    }

    @Test("A checkpoint that contradicts its own batch is named")
    func contradicts() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let entry = terminal.decline()
        let lie = terminal.checkpoint(hash: [UInt8](repeating: 1, count: 32))
        let answer = try await scene.accept(terminal.batch([entry], checkpoint: lie))
        #expect(refusal(answer) == .journalForked(at: 1))
    }
}
