import COSE
import HubProtocol
import Money
import Payments
import SQLiteJournal
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
            #expect(report.failure?.message.contains("Trust list 1, last confirmed") == true)
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
        #expect(await counter.terminal.trustStanding().ageSeconds == 8_200)
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

    /// A list in which the issuer, or this terminal too, is limited.
    private func limitedList(
        _ counter: Counter, issuer: [TrustLimit], terminal: [TrustLimit] = []
    ) -> [UInt8] {
        let mint = counter.trustMint
        let known = mint.issuer(VoucherMint.issuer, counter.mint.issuerKey.publicKey)
        return mint.list(
            2,
            [
                TrustEntry(
                    subject: known.subject, key: known.key, from: known.from, until: known.until,
                    honouredUntil: known.honouredUntil, limits: issuer),
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: counter.key.publicKey,
                    from: known.from, until: known.until, limits: terminal),
            ])
    }

    private func pay(_ amount: UInt64, _ counter: Counter, cti: UInt64) async throws -> Outcome? {
        _ = try await counter.charge(amount)
        let outcome = await counter.show(counter.mint.object(.fixed(amount: amount), cti: cti))
        _ = try? await counter.terminal.cancel()
        return outcome
    }

    @Test("An issuer's limits in the list hold, whatever the policy allows, and are explained")
    func limits() async throws {
        let counter = try await Counter(keepsConfiguration: true)
        let list = limitedList(
            counter,
            issuer: [TrustLimit(currency: counter.euro, perPayment: 500, outstanding: 900)])
        #expect(try await counter.terminal.take(TrustOffer(list: list)) == nil)
        #expect(
            try await pay(800, counter, cti: 4) == .declined(.aboveAgreedLimit(limit: 500)),
            "8.00 is above the issuer's 5.00 a payment")
        guard case .approved? = try await pay(500, counter, cti: 5) else {
            Issue.record("5.00 is not")
            return
        }
        #expect(
            try await pay(401, counter, cti: 6) == .declined(.agreedAllowanceUsedUp(left: 400)),
            "5.00 and 4.01 are above the 9.00 that may be outstanding")
        guard case .approved? = try await pay(400, counter, cti: 7) else {
            Issue.record("5.00 and 4.00 are not")
            return
        }
        let last = try await counter.journal.queue().lastSequence
        for sequence in (last - 3)...last {
            let told = try #require(try await counter.terminal.explanation(sequence: sequence))
            #expect(told.explanation.replay == .same, "entry \(sequence)")
            #expect(told.explanation.recorded?.terminal.agreed?.ofIssuer == 900)
        }
    }

    @Test("A terminal's own limits hold for all issuers together")
    func limitsOfTheTerminal() async throws {
        let counter = try await Counter()
        let list = limitedList(
            counter, issuer: [],
            terminal: [TrustLimit(currency: counter.euro, perPayment: 600, outstanding: 1_000)])
        #expect(try await counter.terminal.take(TrustOffer(list: list)) == nil)
        #expect(
            try await pay(601, counter, cti: 1) == .declined(.aboveAgreedLimit(limit: 600)))
        guard case .approved? = try await pay(600, counter, cti: 2) else {
            Issue.record("6.00 is within")
            return
        }
        #expect(
            try await pay(401, counter, cti: 3) == .declined(.agreedAllowanceUsedUp(left: 400)))
    }

    @Test("A currency that the issuer's entry has no line for is not accepted")
    func currencies() async throws {
        let counter = try await Counter()
        let dollar = Currency(code: "USD")!
        let list = limitedList(
            counter, issuer: [TrustLimit(currency: dollar, perPayment: 500, outstanding: 900)])
        #expect(try await counter.terminal.take(TrustOffer(list: list)) == nil)
        #expect(try await pay(100, counter, cti: 1) == .declined(.currencyNotAccepted))
    }

    @Test("The journal keeps a statement once an hour, and each that names other documents")
    func statements() async throws {
        let counter = try await Counter(keepsConfiguration: true)
        let mint = counter.trustMint
        let list = mint.list(1, [mint.issuer(VoucherMint.issuer, counter.mint.issuerKey.publicKey)])
        func take(_ version: UInt64, later: UInt64) async throws -> UInt64 {
            let statement = Freshness(
                merchant: mint.merchant, version: version, issuedAt: VoucherMint.now + later,
                expiresAt: VoucherMint.now + later + 3_600,
                names: [
                    DocumentName(kind: .trustList, version: 1, digest: Hashing.sha256(list))
                ]
            ).signed(by: mint.hub)
            counter.clock.set(VoucherMint.now + later)
            #expect(try await counter.terminal.take(TrustOffer(freshness: statement)) == nil)
            return try await counter.journal.documentInForce(.freshness)?.version ?? 0
        }
        #expect(try await counter.journal.documentInForce(.freshness)?.version == 1)
        #expect(try await take(2, later: 300) == 1, "five minutes later nothing is new")
        #expect(try await take(3, later: 2_600) == 3, "an hour after the first")
        #expect(try await take(4, later: 2_900) == 3)
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
