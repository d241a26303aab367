import COSE
import HubProtocol
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// Keeps a checkpoint in memory.
final class MemoryHubLog: HubLogKeeper {
    let held: Mutex<[UInt8]?>

    init(_ held: [UInt8]? = nil) { self.held = Mutex(held) }

    func load() -> [UInt8]? { held.withLock { $0 } }
    func keep(_ checkpoint: [UInt8]) { held.withLock { $0 = checkpoint } }
}

/// A hub whose log has the leaves that a test gives it.
private final class LogHub: HubLink {
    private let counter: (hub: PrivateKey, terminal: PublicKey)
    let signer: PrivateKey
    let leaves: Mutex<[String]>
    let asked = Mutex<[UInt64]>([])
    let refusal: HubLinkError?

    init(
        _ counter: Counter, _ leaves: [String], signer: PrivateKey? = nil,
        refusal: HubLinkError? = nil
    ) {
        self.counter = (counter.hubKey, counter.key.publicKey)
        self.signer = signer ?? counter.hubKey
        self.leaves = Mutex(leaves)
        self.refusal = refusal
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        HubSyncTests.answer(batch, by: counter.hub, of: counter.terminal)
    }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }

    var checkpoint: [UInt8] {
        var frontier = MerkleFrontier()
        for leaf in leaves.withLock({ $0 }) {
            frontier.append(MerkleTree.leafHash(Array(leaf.utf8)))
        }
        return HubLogCheckpoint(
            merchant: VoucherMint.terminal.merchant, size: frontier.size, root: frontier.root,
            at: VoucherMint.now
        ).signed(by: signer)
    }

    func logConsistency(from size: UInt64) async throws(HubLinkError) -> [UInt8]? {
        asked.withLock { $0.append(size) }
        if let refusal { throw refusal }
        let leaves = leaves.withLock { $0 }
        guard size <= leaves.count else {
            throw .refused(status: 409, reason: "log-shorter", detail: "It is.")
        }
        var frontier = MerkleFrontier()
        var hashes: [MerkleNode: [UInt8]] = [:]
        for leaf in leaves {
            for (node, hash) in frontier.append(MerkleTree.leafHash(Array(leaf.utf8))) {
                hashes[node] = hash
            }
        }
        let path = MerkleTree.consistency(from: size, to: UInt64(leaves.count)).map { part in
            MerkleTree.root(of: part.compactMap { hashes[$0] })
        }
        return HubLogConsistency(old: size, path: path, checkpoint: checkpoint).encoded()
    }
}

@Suite("The hub's log at the terminal")
struct HubLogWatchTests {
    private func sync(_ counter: Counter, _ hub: LogHub) async -> SyncReport {
        await counter.terminal.sync(over: hub, keep: { _ in })
    }

    /// A counter with a payment that waits.
    private func counter(_ keeper: MemoryHubLog) async throws -> Counter {
        let counter = try await Counter(hubLog: keeper)
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        return counter
    }

    @Test("The newest checkpoint is kept, and each next one must continue it")
    func grows() async throws {
        let keeper = MemoryHubLog()
        let counter = try await counter(keeper)
        let hub = LogHub(counter, ["a"])
        #expect(await sync(counter, hub).failure == nil)
        #expect(keeper.load() == hub.checkpoint)
        let asked = hub.asked.withLock { $0.count }
        // Without news it is not asked again within the hour.
        #expect(await sync(counter, hub).failure == nil)
        #expect(hub.asked.withLock { $0.count } == asked)
        hub.leaves.withLock { $0 += ["b", "c", "d", "e"] }
        counter.clock.set(VoucherMint.now + 3_600)
        #expect(await sync(counter, hub).failure == nil)
        #expect(hub.asked.withLock { $0.last } == 1)
        #expect(keeper.load() == hub.checkpoint)
        let status = try await counter.terminal.status()
        #expect(status.hubLog?.size == 5 && status.hubLog?.finding == nil)
    }

    @Test("A hub that was set back or has another past is named; payments go out, the proof stays")
    func contradicted() async throws {
        for (leaves, reason) in [
            (["a", "b"], "log-rolled-back"), (["a", "b", "x"], "log-forked"),
            (["a", "b", "x", "d"], "log-forked"), ([], "log-rolled-back"),
        ] {
            let keeper = MemoryHubLog()
            let counter = try await counter(keeper)
            let honest = LogHub(counter, ["a", "b", "c"])
            keeper.keep(honest.checkpoint)
            let hub = LogHub(counter, leaves)
            let report = await sync(counter, hub)
            #expect(report.failure?.reason == reason, "\(leaves)")
            #expect(report.entries > 0 && report.queuedEntries == 0, "money that waits goes out")
            #expect(keeper.load() == honest.checkpoint, "what proves it stays")
            let status = try await counter.terminal.status()
            #expect(status.hubLog?.finding == reason && status.hubLog?.size == 3)
            #expect(status.network == .online && status.lastSyncProblem != nil)
            // It is asked at each exchange now, and the finding goes when the right log is back.
            #expect(await sync(counter, hub).failure?.reason == reason)
            #expect(await sync(counter, LogHub(counter, ["a", "b", "c", "d"])).failure == nil)
            #expect(try await counter.terminal.status().hubLog?.finding == nil)
        }
    }

    @Test("A hub that hides its log after it had one is named; one of before the log is not")
    func withheld() async throws {
        let refusal = HubLinkError.refused(status: 404, reason: "no-such-route", detail: "None.")
        let keeper = MemoryHubLog()
        let counter = try await counter(keeper)
        let old = LogHub(counter, [], refusal: refusal)
        #expect(await sync(counter, old).failure == nil)
        keeper.keep(LogHub(counter, ["a"]).checkpoint)
        counter.clock.set(VoucherMint.now + 3_600)
        #expect(await sync(counter, old).failure?.reason == "log-withheld")
    }

    @Test("A log that a stranger has signed is believed in nothing")
    func stranger() async throws {
        let keeper = MemoryHubLog()
        let counter = try await counter(keeper)
        let report = await sync(counter, LogHub(counter, ["a"], signer: VoucherMint.key(77)))
        #expect(report.failure?.reason == "log-wrong-signer")
        #expect(keeper.load() == nil)
    }

    @Test(
        "A checkpoint of another hub than the trust list's, or one that cannot be read, binds nobody"
    )
    func anotherHub() async throws {
        for held in [
            try LogHub(await Counter(), ["x", "y"], signer: VoucherMint.key(77)).checkpoint,
            [1, 2],
        ] {
            let keeper = MemoryHubLog(held)
            let counter = try await counter(keeper)
            let hub = LogHub(counter, ["a", "b", "c"])
            #expect(await sync(counter, hub).failure == nil)
            #expect(keeper.load() == hub.checkpoint)
        }
    }
}
