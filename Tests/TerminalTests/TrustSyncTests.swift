import COSE
import HubProtocol
import Money
import Payments
import Terminal
import Testing
import Trust
import VoucherMint
import Vouchers

@Suite("Trust documents at the terminal")
struct TrustSyncTests {
    private func hub(
        list: [UInt8]?, freshness: [UInt8]?, root: [UInt8]? = nil
    ) -> ClosureHub {
        ClosureHub(
            deliver: { (_) throws(HubLinkError) in throw .unreachable("not asked") },
            root: { (version) throws(HubLinkError) in version == 1 ? root : nil },
            document: { (document) throws(HubLinkError) in
                switch document {
                case .trustList: list
                case .freshness: freshness
                }
            })
    }

    private func pay(_ counter: Counter, cti: UInt64) async throws -> Outcome? {
        _ = try await counter.charge(800)
        let outcome = await counter.show(
            counter.mint.object(.fixed(amount: 800), cti: cti))
        _ = try? await counter.terminal.cancel()
        return outcome
    }

    @Test("A newer list is in force at once and kept: the revoked issuer's vouchers are refused")
    func adopted() async throws {
        let counter = try await Counter()
        guard case .approved? = try await pay(counter, cti: 1) else {
            Issue.record("The issuer is trusted at first.")
            return
        }
        let mint = counter.trustMint
        let list = mint.list(
            2,
            [
                mint.issuer(
                    VoucherMint.issuer, counter.mint.issuerKey.publicKey,
                    status: .revoked(since: VoucherMint.now - 5))
            ])
        let report = await counter.terminal.sync(
            over: ClosureHub(
                deliver: { [key = counter.key.publicKey, hub = counter.hubKey] batch in
                    HubSyncTests.answer(batch, by: hub, of: key)
                },
                document: { (document) throws(HubLinkError) in
                    document == .trustList ? list : mint.freshness(2, list: list, number: 2)
                }), keep: { _ in })
        #expect(report.failure == nil)
        #expect(counter.trustKeeper.held?.list.list.version == 2)
        guard
            case .declined(.refused(let refusal))? = try await pay(counter, cti: 2),
            refusal.reason == .issuerRevoked
        else {
            Issue.record("A revoked issuer is refused by name.")
            return
        }
        try await counter.restart()
        #expect(await counter.terminal.trustStanding().listVersion == 2)
    }

    @Test("What is refused changes nothing, is named, and the age of what is held is told")
    func refused() async throws {
        let counter = try await Counter()
        let mint = counter.trustMint
        let newer = mint.list(2, [])
        let cases: [(ClosureHub, String)] = [
            (
                hub(
                    list: Array(newer.dropLast()),
                    freshness: mint.freshness(2, list: newer, number: 2)),
                "trust-cut"
            ),
            (
                hub(list: nil, freshness: mint.freshness(2, list: newer, number: 2)),
                "trust-not-the-named-list"
            ),
            (
                hub(
                    list: World.strangersList(newer),
                    freshness: mint.freshness(2, list: World.strangersList(newer), number: 2)),
                "trust-signed-by-stranger"
            ),
        ]
        let before = await counter.terminal.trustStanding()
        for (hub, reason) in cases {
            let report = await counter.terminal.sync(over: hub, keep: { _ in })
            #expect(report.failure?.reason == reason)
            #expect(report.failure?.message.contains("old ones stay in force") == true)
            let standing = await counter.terminal.trustStanding()
            #expect(standing.listVersion == before.listVersion)
            #expect(standing.problem == reason)
        }
        #expect(counter.trustKeeper.held == nil)
        guard case .approved? = try await pay(counter, cti: 3) else {
            Issue.record("Payments go on with the list in force.")
            return
        }
        counter.clock.set(VoucherMint.now + 7_200)
        #expect(await counter.terminal.trustStanding().ageSeconds == 7_210)
    }

    @Test("A list that cannot be kept is not put in force")
    func notKept() async throws {
        let counter = try await Counter()
        counter.trustKeeper.fail(true)
        let list = counter.trustMint.list(2, [])
        let report = await counter.terminal.sync(
            over: hub(list: list, freshness: counter.trustMint.freshness(2, list: list, number: 2)),
            keep: { _ in })
        #expect(report.failure?.reason == "trust-not-kept")
        #expect(await counter.terminal.trustStanding().listVersion == 1)
    }

    @Test("An expired list approves nothing offline, and says so; a newer one lets go on")
    func expired() async throws {
        let counter = try await Counter()
        let late = VoucherMint.now + 91 * 86_400
        counter.clock.set(late)
        let status = try await counter.terminal.status()
        #expect(status.condition == .trustExpired)
        _ = try await counter.charge(800)
        let object = counter.mint.object(.fixed(amount: 800), cti: 9, expiry: late + 500)
        guard case .declined(.trustDataTooOld)? = await counter.show(object) else {
            Issue.record("Nothing is approved by an expired list.")
            return
        }
    }

    @Test("A terminal whose own key is revoked opens no sale, and still tells why")
    func revokedItself() async throws {
        let counter = try await Counter()
        let mint = counter.trustMint
        let list = mint.list(
            2,
            [
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: counter.key.publicKey,
                    from: VoucherMint.now - 10, until: VoucherMint.now + 1_000,
                    status: .revoked(since: VoucherMint.now - 5))
            ])
        _ = try await counter.terminal.take(TrustOffer(list: list))
        await #expect(throws: SaleRefusal.self) { try await counter.charge(100) }
        #expect(try await counter.terminal.status().condition == .revoked)
    }
}

/// Documents that nobody of ours has signed.
private enum World {
    /// The same list, signed by a stranger alone.
    static func strangersList(_ list: [UInt8]) -> [UInt8] {
        guard let known = try? TrustList.unverified(list) else { return [] }
        return known.draft().adding(signatureBy: VoucherMint.key(250))?.encoded() ?? []
    }
}
