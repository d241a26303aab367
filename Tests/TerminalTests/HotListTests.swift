import COSE
import HotLists
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A shelf's files, in memory.
final class MemoryHotLists: HotListKeeper {
    struct Full: Error {}

    struct State {
        var list: [UInt8]?
        var floor: UInt64 = 0
        var fails = false
    }

    let state = Mutex(State())

    func load() -> [UInt8]? { state.withLock { $0.list } }
    func floor() -> UInt64 { state.withLock { $0.floor } }

    func keep(_ list: [UInt8], version: UInt64) throws {
        let fails = state.withLock { state in
            if !state.fails {
                state.list = list
                state.floor = max(state.floor, version)
            }
            return state.fails
        }
        if fails { throw Full() }
    }
}

/// A hub that takes batches and has hot lists.
struct HotListHub: HubLink {
    let key: PrivateKey
    let terminal: PublicKey
    let answer: @Sendable (UInt64, [UInt8]?) -> [UInt8]?

    init(_ counter: Counter, _ answer: @escaping @Sendable (UInt64, [UInt8]?) -> [UInt8]?) {
        key = counter.hubKey
        terminal = counter.key.publicKey
        self.answer = answer
    }

    func deliver(batch: [UInt8]) async throws(HubLinkError) -> [UInt8] {
        HubSyncTests.answer(batch, by: key, of: terminal)
    }

    func authorise(request: [UInt8], milliseconds: UInt64) async throws(HubLinkError) -> [UInt8] {
        throw .unreachable("not asked")
    }

    func root(after version: UInt64) async throws(HubLinkError) -> [UInt8]? { nil }

    func document(_ document: ServedDocument, held: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { nil }

    func configuration(for terminal: TerminalID, newerThan version: UInt64)
        async throws(HubLinkError) -> [UInt8]?
    { nil }

    func hotList(newerThan version: UInt64, digest: [UInt8]?) async throws(HubLinkError)
        -> [UInt8]?
    { answer(version, digest) }
}

@Suite struct HotListTests {
    private func list(
        _ counter: Counter, revoked: [UInt64], settled: Bool, version: UInt64 = 1,
        at time: UInt64 = VoucherMint.now - 60, walletKeys: [RevokedKey] = [],
        after base: SignedHotList? = nil
    ) throws -> SignedHotList {
        let issuer = VoucherMint.issuer
        let builder = HotListBuilder(
            revoked: revoked.map { VoucherIdentity(issuer: issuer, cti: VoucherMint.cti($0)) },
            settled: settled ? [SettledIssuer(issuer: issuer, through: VoucherMint.now)] : [],
            after: base?.list, salt: [UInt8](repeating: 3, count: 16))
        return SignedHotList(
            try builder.list(
                version: version, issuedAt: time, walletKeys: walletKeys, issuerKeys: []),
            by: counter.hubKey)
    }

    private func reason(_ outcome: Outcome?) -> String? {
        if case .declined(let reason) = outcome { reason.code } else { nil }
    }

    @Test func aVoucherThatMayBeListedNeedsANetworkAndAnotherPays() async throws {
        let counter = try await Counter()
        let list = try list(counter, revoked: [1], settled: false)
        #expect(await counter.terminal.takeHotList(list.bytes) == .taken(list))
        _ = try await counter.charge(800)
        let suspected = counter.mint.object(.fixed(amount: 800), cti: 1)
        #expect(reason(await counter.show(suspected)) == "may-be-hot-listed")
        guard case .approved = await counter.show(counter.mint.object(.fixed(amount: 800), cti: 2))
        else {
            Issue.record("A voucher that is not listed pays.")
            return
        }
    }

    @Test func aWalletWhoseKeyIsListedPaysNoMore() async throws {
        let counter = try await Counter()
        let key = RevokedKey(
            thumbprint: counter.mint.holderKey.publicKey.thumbprint, from: VoucherMint.now)
        let list = try list(counter, revoked: [], settled: true, walletKeys: [key])
        _ = await counter.terminal.takeHotList(list.bytes)
        _ = try await counter.charge(800)
        let object = counter.mint.object(.fixed(amount: 800), bound: true)
        let shown = counter.mint.presentation(of: object)
        #expect(reason(await counter.show(shown)) == "hot-listed")
    }

    @Test func theListComesWithTheExchangeAsADeltaWhereItCan() async throws {
        let counter = try await Counter()
        let one = try list(counter, revoked: Array(0..<200), settled: true)
        let two = try list(
            counter, revoked: Array(1..<201), settled: true, version: 2, after: one)
        let delta = try #require(HotListDelta(from: one, to: two)).signed(by: counter.hubKey)
        let asked = Mutex<[UInt64]>([])
        let hub = HotListHub(counter) { version, digest in
            asked.withLock { $0.append(version) }
            return switch version {
            case 0: one.bytes
            case 1: digest == one.digest ? delta : two.bytes
            default: nil
            }
        }
        for _ in 0..<3 {
            let report = await counter.terminal.sync(over: hub, keep: { _ in })
            #expect(report.failure == nil)
        }
        #expect(asked.withLock { $0 } == [0, 1, 2])
        #expect(await counter.terminal.hotListInForce?.list == two)
        #expect(await counter.terminal.hotListInForce?.age == 60)
        #expect(counter.hotLists.load() == two.bytes)
    }

    @Test func aDeltaThatDoesNotFitIsReplacedByTheWholeList() async throws {
        let counter = try await Counter()
        let one = try list(counter, revoked: [1], settled: true)
        let other = try list(counter, revoked: [2], settled: true)
        let two = try list(counter, revoked: [3], settled: true, version: 2, after: other)
        let delta = try #require(HotListDelta(from: other, to: two)).signed(by: counter.hubKey)
        _ = await counter.terminal.takeHotList(one.bytes)
        let hub = HotListHub(counter) { version, _ in version == 0 ? two.bytes : delta }
        let report = await counter.terminal.sync(over: hub, keep: { _ in })
        #expect(report.failure == nil)
        #expect(await counter.terminal.hotListInForce?.list == two)
    }

    @Test func aBadListLeavesTheOldOneInForceAndIsNamed() async throws {
        let counter = try await Counter()
        let held = try list(counter, revoked: [1], settled: true, version: 5)
        _ = await counter.terminal.takeHotList(held.bytes)
        let older = try list(counter, revoked: [], settled: true, version: 4)
        let twin = try list(counter, revoked: [2], settled: true, version: 5)
        let strange = SignedHotList(held.list, by: counter.mint.issuerKey)
        let cases: [([UInt8], String)] = [
            (older.bytes, "hot-list-older"), (twin.bytes, "hot-list-conflicting"),
            (strange.bytes, "wrong-signer"), (Array(held.bytes.dropLast()), "message-malformed"),
            ([UInt8](repeating: 0, count: HotList.maximumBytes + 1), "message-too-long"),
        ]
        for (bytes, reason) in cases {
            let report = await counter.terminal.sync(
                over: HotListHub(counter) { _, _ in bytes }, keep: { _ in })
            #expect(report.failure?.reason == reason)
            #expect(report.failure?.message.hasSuffix("The old hot list stays in force.") == true)
            #expect(await counter.terminal.hotListInForce?.list == held)
        }
        // The floor outlives the list: who takes the file away brings no older list in.
        counter.hotLists.state.withLock { $0.list = nil }
        try await counter.restart()
        #expect(await counter.terminal.hotListInForce == nil)
        guard
            case .refused(.older(held: 5, found: 4)) = await counter.terminal.takeHotList(
                older.bytes)
        else {
            Issue.record("An older list is taken once the newer one is lost.")
            return
        }
    }

    @Test func aListThatCannotBeWrittenIsNotInForce() async throws {
        let counter = try await Counter()
        counter.hotLists.state.withLock { $0.fails = true }
        let list = try list(counter, revoked: [1], settled: true)
        guard case .notKept = await counter.terminal.takeHotList(list.bytes) else {
            Issue.record("A list is in force that would be gone after a restart.")
            return
        }
        #expect(await counter.terminal.hotListInForce == nil)
    }
}
