import COSE
import Hub
import HubProtocol
import Payments
import Testing
import Trust
import Vouchers

@Suite struct HubRegistrarTests {
    @Test func anEnrolledTerminalGetsItsConfiguration() async throws {
        let scene = try await Scene()
        let terminal = TerminalDouble("t1", number: 20)
        let answer = try await scene.registrar.enrol(
            terminal.request, consent: .none, at: Scene.now)
        guard case .enrolled(_, let bytes, let again) = answer else {
            Issue.record("The terminal was refused: \(answer)")
            return
        }
        #expect(!again)
        let (read, hub) = try EnrolmentAnswer.verify(
            bytes, signedByOneOf: [Scene.hubKey.publicKey])
        #expect(hub == Scene.hubKey.publicKey)
        #expect(read.key == terminal.key.publicKey && read.journal == terminal.journal)
        #expect(read.epoch == 1 && read.firstZNumber == 1)
        let trust = try TrustStore.introduce(read.trust, at: Scene.now)
        #expect(trust.list.list.version == 1 && trust.freshness != nil)
        let configuration = try TerminalConfiguration.introduction(
            read.configuration, for: terminal.id)
        #expect(configuration.hub == Scene.hubKey.publicKey)
        #expect(configuration.version == 1)
        #expect(configuration.terms == Scene.terms)
    }

    @Test func theSameRequestAgainIsKnown() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let answer = try await scene.registrar.enrol(
            terminal.request, consent: .none, at: Scene.now + 50)
        guard case .enrolled(_, _, again: true) = answer else {
            Issue.record("The request was not recognised: \(answer)")
            return
        }
        #expect(try await scene.ledger.enrolments().count == 1)
    }

    @Test func anotherKeyOrJournalNeedsAPersonsWord() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        let otherKey = TerminalDouble("t1", number: 60, journal: 9)
        #expect(
            try await scene.registrar.enrol(otherKey.request, consent: .none, at: 1)
                == .refused(.enrolledOtherwise(terminal.id)))
        let stolenJournal = TerminalDouble("t1", number: 60)
        #expect(
            try await scene.registrar.enrol(stolenJournal.request, consent: .newJournal, at: 1)
                == .refused(.journalHasOtherKey(terminal.id)))
        guard
            case .enrolled = try await scene.registrar.enrol(
                otherKey.request, consent: .newJournal, at: 1)
        else {
            Issue.record("A person's word was not heard.")
            return
        }
    }

    @Test func batchesOfTheFormerJournalAreStillTaken() async throws {
        let scene = try await Scene()
        var former = try await scene.terminal("t1")
        var renewed = TerminalDouble("t1", number: 60, journal: 9)
        _ = try await scene.registrar.enrol(renewed.request, consent: .newJournal, at: Scene.now)
        for batch in [former.batch([former.decline()]), renewed.batch([renewed.decline()])] {
            guard case .acknowledged = try await scene.accept(batch) else {
                Issue.record("Money under way was turned away.")
                return
            }
        }
    }

    @Test func anotherMerchantsTerminalIsNamed() async throws {
        let scene = try await Scene()
        let foreign = TerminalID("till:m43/t1")!
        let request = EnrolmentRequest.signed(
            terminal: foreign, journal: [UInt8](repeating: 1, count: 8), by: Scene.key(40))
        #expect(
            try await scene.registrar.enrol(request, consent: .newJournal, at: 1)
                == .refused(.otherMerchant(foreign, merchant: Scene.merchant)))
    }

    @Test func anotherPolicyMakesANewVersionForEveryTerminal() async throws {
        let scene = try await Scene()
        let terminal = try await scene.terminal("t1")
        _ = try await scene.registrar.setPolicy(at: Scene.now + 5) {
            Policy(limits: $0.limits, outstandingCount: 1)
        }
        guard
            case .newer(let bytes) = try await scene.registrar.configuration(
                for: terminal.id, newerThan: 1)
        else {
            Issue.record("There is a newer configuration.")
            return
        }
        let configuration = try TerminalConfiguration.verify(
            bytes, signedBy: Scene.hubKey.publicKey, for: terminal.id, held: 1)
        #expect(configuration.version == 2)
        #expect(
            try await scene.registrar.configuration(for: terminal.id, newerThan: 2) == .upToDate)
        #expect(
            try await scene.registrar.configuration(for: TerminalID("till:m42/no")!, newerThan: 0)
                == .unknownTerminal)
    }

    @Test func changesAtOnceAreAllKept() async throws {
        let scene = try await Scene()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 80..<88 as Range<UInt64> {
                group.addTask {
                    _ = try await scene.registrar.setPolicy(at: Scene.now) {
                        Policy(limits: $0.limits, outstandingCount: $0.outstandingCount + number)
                    }
                }
            }
            try await group.waitForAll()
        }
        let terms = try #require(try await scene.ledger.latestTerms())
        #expect(terms.version == 9)
        let sum = (80..<88 as Range<UInt64>).reduce(0, +)
        #expect(
            terms.terms.policy.outstandingCount == Scene.terms.policy.outstandingCount + sum)
    }

    @Test func aPolicyThatIsNoOtherMakesNoVersion() async throws {
        let scene = try await Scene()
        guard
            case .done(_, changed: false) = try await scene.registrar.setPolicy(at: 1, { $0 }),
            case .done(let terms, changed: true) = try await scene.registrar.setPolicy(
                at: 1,
                {
                    Policy(limits: $0.limits, outstandingCount: 1)
                })
        else {
            Issue.record("A policy is a new version only where it is another.")
            return
        }
        #expect(terms.version == 2)
        #expect(terms.terms.policy.outstandingCount == 1)
    }

    @Test func aHubIsMadeOnce() async throws {
        let scene = try await Scene()
        let profile = HubProfile(merchant: Scene.merchant, issuer: Scene.gifts, name: "Other")
        #expect(
            try await scene.registrar.initialise(profile, terms: Scene.terms, at: 1) == .initialised
        )
        #expect(try await scene.ledger.profile()?.issuer == Scene.own)
    }
}
