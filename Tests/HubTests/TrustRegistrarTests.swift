import COSE
import Hub
import HubProtocol
import Money
import Testing
import Trust
import VoucherMint
import Vouchers

@Suite("The hub and whom its terminals trust")
struct TrustRegistrarTests {
    @Test("The draft has every key that the hub knows, and is in force once root keys have signed")
    func published() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let foreign = Scene.trust.issuer(IssuerID("foreign")!, Scene.key(70).publicKey)
        #expect(try await scene.registrar.trust.addKey(foreign, at: Scene.now) == nil)
        let draft = try #require(
            try await scene.registrar.trust.draft(at: Scene.now, lifeSeconds: 1_000))
        #expect(draft.version == 2)
        #expect(draft.entry(of: terminal.key.publicKey, as: .terminal) != nil)
        #expect(draft.entry(of: foreign.key, as: .issuer) == foreign)
        #expect(
            try await scene.registrar.trust.adopt(
                roots: [], list: draft.draft().encoded(), at: Scene.now)
                == .refused(.signedByStranger))
        let signed = Scene.trust.sign(draft.draft())
        guard
            case .adopted(let store) = try await scene.registrar.trust.adopt(
                roots: [], list: signed, at: Scene.now)
        else {
            Issue.record("A signed draft is taken.")
            return
        }
        #expect(store.list.list == draft)
        #expect(
            try await scene.registrar.trust.adopt(
                roots: [], list: Scene.trust.list(1, []), at: Scene.now)
                == .refused(.rolledBack(held: 2, found: 1)))
    }

    @Test("The statement names what is in force and is renewed when it grows old or that changes")
    func statement() async throws {
        let scene = try await Scene()
        let now = Scene.now
        let first = try #require(try await scene.registrar.freshness(at: now))
        #expect(try await scene.registrar.freshness(at: now + 10) == first)
        let later = try #require(
            try await scene.registrar.freshness(at: now + TrustDefaults.freshnessRenewalSeconds))
        #expect(try Freshness.unverified(later).version == 2)
        let list = Scene.trust.list(2, [])
        _ = try await scene.registrar.trust.adopt(roots: [], list: list, at: now + 301)
        let changed = try Freshness.unverified(
            try #require(try await scene.registrar.freshness(at: now + 302)))
        #expect(changed.version == 3)
        #expect(changed.name(.trustList)?.digest == Hashing.sha256(list))
    }

    @Test("Another process on the same ledger serves what was put in force here")
    func anotherProcess() async throws {
        let scene = try await Scene()
        let serving = TrustRegistrar(ledger: scene.ledger)
        #expect(try await serving.store(at: Scene.now)?.list.list.version == 1)
        _ = try await scene.registrar.trust.adopt(
            roots: [], list: Scene.trust.list(2, []), at: Scene.now)
        #expect(try await serving.store(at: Scene.now)?.list.list.version == 2)
    }

    @Test("A hub that takes money has no issuer of training, nor a terminal that refunds as one")
    func trainingApart() async throws {
        let scene = try await Scene()
        _ = try await scene.terminal("t1")
        let name = IssuerID("training.gifts")!
        let merchant = try #require(try await scene.ledger.profile()?.merchant)
        let practice = Scene.trust.issuer(name, Scene.key(71).publicKey)
        #expect(
            try await scene.registrar.trust.addKey(practice, at: Scene.now)
                == .apart(name, merchant))
        #expect(
            try await scene.registrar.trust.setRefunds(
                RefundRight(
                    issuer: name, limits: [.init(currency: Currency(code: "EUR")!, most: 1)]),
                of: TerminalID(merchant.text + "/t1")!, at: Scene.now)
                == .failure(.apart(name, merchant)))
    }

    @Test("A key has one role, and a revocation is for good")
    func oneRole() async throws {
        let scene = try await Scene()
        let trust = scene.registrar.trust
        let stolen = Scene.trust.issuer(Scene.own, Scene.giftsKey.publicKey)
        #expect(try await trust.addKey(stolen, at: 1) == .knownOtherwise(.issuer(Scene.gifts)))
        let revoked = try await trust.revoke(since: Scene.now, at: Scene.now) {
            $0.key == Scene.giftsKey.publicKey
        }
        #expect(revoked.count == 1)
        let again = Scene.trust.issuer(Scene.gifts, Scene.giftsKey.publicKey)
        #expect(try await trust.addKey(again, at: Scene.now) == .revoked(since: Scene.now))
        await #expect(throws: HubLedgerError.self) {
            try await scene.ledger.append([TrustKey(entry: again, at: Scene.now)])
        }
    }
}

@Suite("The keys of a terminal's life")
struct TerminalKeyTests {
    private func request(
        _ terminal: TerminalDouble, _ next: PrivateKey, former: PrivateKey?
    ) -> [UInt8] {
        EnrolmentRequest.signed(
            terminal: terminal.id, journal: terminal.journal, by: next, replacing: former)
    }

    @Test("A key that the former one vouches for takes its place; both sign for a while")
    func replaced() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let next = Scene.key(61)
        let outcome = try await scene.registrar.enrol(
            request(terminal, next, former: terminal.key), consent: .none, at: Scene.now)
        guard case .enrolled(_, let bytes, again: false) = outcome else {
            Issue.record("The former key's word is enough: \(outcome)")
            return
        }
        let (answer, _) = try EnrolmentAnswer.verify(
            bytes, signedByOneOf: [Scene.hubKey.publicKey])
        #expect(answer.epoch == 1 && answer.key == next.publicKey)
        let entries = try await scene.registrar.trust.entries(at: Scene.now)
            .filter { $0.subject == .terminal(terminal.id) }
        #expect(entries.count == 2 && entries.allSatisfy { $0.status == .active })
        #expect(
            entries.first { $0.key == terminal.key.publicKey }?.until == Scene.now + 30 * 86_400)
        let old = terminal.batch([terminal.decline()])
        let new = Batch(
            terminal: terminal.id, journal: terminal.journal, number: 2,
            entries: [terminal.decline()]
        ).signed(by: next)
        for batch in [old, new] {
            guard case .acknowledged = try await scene.accept(batch) else {
                Issue.record("Either key's batch is taken.")
                return
            }
        }
    }

    @Test("A lost key's queue still arrives, under a key that the operator vouches for")
    func lostKeyFullQueue() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let next = Scene.key(61)
        let asked = request(terminal, next, former: nil)
        #expect(
            try await scene.registrar.enrol(asked, consent: .none, at: Scene.now + 20)
                == .refused(.journalHasOtherKey(terminal.id)))
        guard
            case .enrolled = try await scene.registrar.enrol(
                asked, consent: .keyLost, at: Scene.now + 20)
        else {
            Issue.record("The operator's word is heard.")
            return
        }
        // The queue was made before, and never signed: the new key signs it.
        let entries = [
            terminal.capture(VoucherDouble(.fixed(amount: 500)), 500, .init(at: Scene.now + 10)),
            terminal.decline(),
        ]
        let batch = Batch(
            terminal: terminal.id, journal: terminal.journal, number: 1, entries: entries
        ).signed(by: next)
        guard case .acknowledged = try await scene.accept(batch) else {
            Issue.record("The queue arrives.")
            return
        }
        #expect(try await scene.captures().map(\.receipt) == [1])
        // Whoever found the lost key gets nothing new accepted by it, and cannot hand it over.
        var thief = terminal
        thief.number = 1
        let stolen = thief.batch([
            thief.capture(
                VoucherDouble(.fixed(amount: 900), cti: 2), 900, .init(at: Scene.now + 50))
        ])
        guard case .acknowledged = try await scene.accept(stolen) else {
            Issue.record("The thief's batch is kept as evidence, in quarantine.")
            return
        }
        #expect(try await scene.quarantine() == ["terminal-revoked"])
        let handover = request(terminal, Scene.key(62), former: terminal.key)
        #expect(
            try await scene.registrar.enrol(handover, consent: .none, at: Scene.now + 60)
                == .refused(.journalHasOtherKey(terminal.id)))
    }

    @Test("What a revoked terminal captured before is taken, what it captures after is not")
    func revoked() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        let before = terminal.capture(
            VoucherDouble(.fixed(amount: 500)), 500, .init(at: Scene.now + 10))
        let after = terminal.capture(
            VoucherDouble(.fixed(amount: 600), cti: 2), 600, .init(at: Scene.now + 40))
        let batch = terminal.batch([before, after])
        #expect(
            try await scene.registrar.revoke(
                terminal.id, since: Scene.now + 30, at: Scene.now + 50) == 1)
        guard case .acknowledged = try await scene.accept(batch) else {
            Issue.record("Money under way is not turned away.")
            return
        }
        #expect(try await scene.captures().map(\.consumed) == [500])
        #expect(try await scene.quarantine() == ["terminal-revoked"])
        #expect(
            try await scene.registrar.enrol(
                terminal.request, consent: .newJournal, at: Scene.now + 60)
                == .refused(.keyRevoked(terminal.id)))
    }

    @Test("A terminal set up anew is another epoch: receipts are told apart, Z numbers go on")
    func setUpAnew() async throws {
        let scene = try await Scene()
        _ = try await scene.terminal("t1")
        let renewed = TerminalDouble("t1", number: 60, journal: 9)
        guard
            case .enrolled(_, let bytes, _) = try await scene.registrar.enrol(
                renewed.request, consent: .newJournal, at: Scene.now)
        else {
            Issue.record("A person's word is heard.")
            return
        }
        let (answer, _) = try EnrolmentAnswer.verify(
            bytes, signedByOneOf: [Scene.hubKey.publicKey])
        #expect(answer.epoch == 2)
        #expect(answer.firstZNumber == 100_001)
    }

    @Test("A clone of a terminal is found where its journal parts from the other's")
    func cloned() async throws {
        let scene = try await Scene()
        var terminal = try await scene.terminal("t1")
        var clone = terminal
        _ = try await scene.accept(terminal.batch([terminal.decline("spent-here")]))
        let answer = try await scene.accept(clone.batch([clone.decline("expired")]))
        guard case .refused(let refusal) = answer else {
            Issue.record("Two journals of one identity are told apart.")
            return
        }
        #expect(refusal.reason == "batch-number-reused")
        #expect(try await scene.ledger.refusedBatches().count == 1)
    }
}

@Suite("Vouchers whose issuer's key is revoked")
struct ReissueTests {
    private let euro = Currency(code: "EUR")!

    private func cti(_ number: UInt8) -> [UInt8] {
        [UInt8](repeating: number, count: VoucherIssuer.ctiLength)
    }

    /// A scene whose own key has issued a voucher, was revoked since, and has a successor.
    private func revoked(_ value: VoucherValue) async throws -> (Scene, VoucherIssuer, String) {
        let scene = try await Scene()
        let order = VoucherOrder(value: value, currency: euro, expiry: Scene.now + 5_000)
        guard
            case .issued(_, let code) = try await scene.issuer.issue(
                order, cti: cti(1), at: Scene.now)
        else { preconditionFailure("The voucher is issued.") }
        _ = try await scene.registrar.trust.revoke(since: Scene.now + 5, at: Scene.now + 5) {
            $0.key == Scene.issuerKey.publicKey
        }
        let next = Scene.key(90)
        try await scene.publish(
            2,
            [
                Scene.trust.issuer(
                    Scene.own, Scene.issuerKey.publicKey, status: .revoked(since: Scene.now + 5)),
                Scene.trust.issuer(Scene.own, next.publicKey),
                Scene.trust.issuer(Scene.gifts, Scene.giftsKey.publicKey),
            ])
        return (
            scene, VoucherIssuer(ledger: scene.ledger, keys: [Scene.issuerKey, next]), code
        )
    }

    @Test("An honest holder gets another for what is left, once")
    func once() async throws {
        let (scene, issuer, code) = try await revoked(.stored(credit: 5_000, redeemed: 0))
        let answer = try await issuer.reissue(Array(code.utf8), cti: cti(2), at: Scene.now + 10)
        guard case .issued(let new, let newCode, _) = answer else {
            Issue.record("The holder gets nothing: \(answer)")
            return
        }
        #expect(new.value == .stored(credit: 5_000, redeemed: 0))
        #expect(new.expiry == Scene.now + 5_000)
        let context = VerificationContext(
            now: Scene.now + 10, terminal: TerminalID("till:m42/t1"),
            issuers: try await scene.registrar.trust.issuers(at: Scene.now + 10))
        guard case .accepted = VoucherVerifier.verify(Array(newCode.utf8), in: context),
            case .refused(let refusal) = VoucherVerifier.verify(Array(code.utf8), in: context)
        else {
            Issue.record("The new one is good and the old one is not.")
            return
        }
        #expect(refusal.reason == .issuerRevoked)
        #expect(
            try await issuer.reissue(Array(code.utf8), cti: cti(3), at: Scene.now + 11)
                == .refused(.replacedBefore(new.identity)))
    }

    @Test("What the thief made with the key is not replaced")
    func thief() async throws {
        let (_, issuer, _) = try await revoked(.fixed(amount: 500))
        let forged = VoucherText.encode(
            VoucherClaims(
                value: .fixed(amount: 50_000), currencyNumber: 978, cti: cti(9),
                expiry: Scene.now + 5_000, issuedAt: Scene.now
            ).signed(by: Scene.issuerKey))
        #expect(
            try await issuer.reissue(Array(forged.utf8), cti: cti(4), at: Scene.now + 10)
                == .refused(.neverIssued))
        let raised = VoucherText.encode(
            VoucherClaims(
                value: .fixed(amount: 50_000), currencyNumber: 978, cti: cti(1),
                expiry: Scene.now + 5_000, issuedAt: Scene.now
            ).signed(by: Scene.issuerKey))
        #expect(
            try await issuer.reissue(Array(raised.utf8), cti: cti(5), at: Scene.now + 10)
                == .refused(.contradicts))
    }

    @Test("A voucher whose key is honoured is not replaced, and none outlives its key")
    func honoured() async throws {
        let scene = try await Scene()
        let order = VoucherOrder(
            value: .fixed(amount: 500), currency: euro, expiry: Scene.now + 1_000)
        guard
            case .issued(_, let code) = try await scene.issuer.issue(
                order, cti: cti(1), at: Scene.now)
        else { return }
        #expect(
            try await scene.issuer.reissue(Array(code.utf8), cti: cti(2), at: Scene.now)
                == .refused(.keyHonoured))
        var long = order
        long.expiry = Scene.now + 900 * 86_400
        guard
            case .refused(.outlivesKey) = try await scene.issuer.issue(
                long, cti: cti(3), at: Scene.now)
        else {
            Issue.record("A voucher is honoured to its end.")
            return
        }
    }
}
