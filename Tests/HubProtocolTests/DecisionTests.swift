import CBOR
import COSE
import HubProtocol
import Money
import Payments
import Testing
import VoucherMint
import Vouchers

/// A decision that is written down and taken again.
@Suite struct DecisionTests {
    private static let euro = Currency(code: "EUR")!
    private static let mint = VoucherMint()
    private static let now = VoucherMint.now

    /// The trust list of then, which knows the mint's key.
    private static let trustList: [UInt8] = {
        let trustMint = TrustMint(merchant: MerchantID("till:m42")!, hub: Samples.hubKey, now: now)
        return trustMint.list(
            7, [trustMint.issuer(VoucherMint.issuer, mint.issuerKey.publicKey)])
    }()

    /// The hub's configuration of then, with this policy.
    private static func configuration(_ policy: Policy) -> [UInt8] {
        TerminalConfiguration(
            version: 4, issuedAt: 1, hub: Samples.hubKey.publicKey, terminal: VoucherMint.terminal,
            terms: TerminalTerms(
                merchant: Samples.terms.merchant, policy: policy, currency: euro, hubURL: nil)
        ).signed(by: Samples.hubKey)
    }

    private static func sale(_ due: UInt64, captured: UInt64 = 0) -> Sale {
        Sale(
            reference: SaleReference("S1")!, key: nil,
            total: Amount(minorUnits: due + captured, currency: euro), captured: captured,
            request: PaymentRequest(
                nonce: VoucherMint.nonce, amount: Amount(minorUnits: due, currency: euro),
                expiry: now + 300), openedAt: now - 9)
    }

    private static let trustReference = DocumentReference(
        version: 7, hash: Hashing.sha256(trustList))

    /// A journal's documents: the trust list, and this configuration.
    private static func documents(_ configuration: [UInt8]?) -> ([UInt8]) -> [UInt8]? {
        { hash in hash == trustReference.hash ? trustList : configuration }
    }

    /// All inputs that a decision has, each with a value of its own.
    private static func rule(
        _ voucher: Voucher, due: UInt64 = 1_000, policy: Policy, memory: VoucherMemory? = nil,
        online: OnlineAnswer = .unavailable, document: DocumentReference? = nil,
        trusted: Bool = true, agreed: AgreedLimits? = nil
    ) -> Ruling {
        OfflineAuthoriser.rule(
            on: voucher, sale: sale(due, captured: 50),
            journal: JournalFacts(
                memory: memory, presentationKnown: false, requestPaid: false,
                exposure: Exposure(amounts: [978: 700], count: 3, oldest: now - 100),
                kindExposure: CountAndSum(count: 2, sum: 600),
                issuerOutstanding: agreed?.ofIssuer == nil ? nil : 650,
                windows: [
                    WindowTotal(windowSeconds: 60, total: CountAndSum(count: 1, sum: 500))
                ]),
            terminal: TerminalFacts(
                now: now, clockFloor: now - 5, clockUncertainty: 2, trustListAge: 3,
                hotListAge: 4, lastSyncAge: 6, hotList: .clear, online: online,
                agreed: agreed,
                documents: DocumentsInForce(
                    policy: document, trustList: trusted ? Self.trustReference : document)),
            policy: policy, draw: Draw(seed: 0x0102_0304_0506_0708))
    }

    private static let memory = VoucherMemory(
        coreDigest: [0], ceiling: 9, spent: 8, last: Redemption(at: 1, amount: 2, receipt: 3),
        elsewhere: ElsewhereRedemption(terminal: VoucherMint.terminal, at: 4, amount: 5))

    private static func entry(_ ruling: Ruling, voucher: Voucher) -> JournalEntry {
        let record = DecisionRecord(ruling.basis)
        let event: JournalEntry.Event
        var amount: UInt64 = 1_000
        switch ruling.decision {
        case .capture(let capture), .askOnline(let capture):
            amount = capture.amount.minorUnits
            event = .capture(
                CaptureEntry(
                    receipt: 1, voucher: voucher.identity, kind: voucher.value.kind.rawValue,
                    consumed: capture.consumed, requestNonce: capture.requestNonce,
                    evidence: voucher.evidence, decision: record))
        case .decline(let reason):
            event = .decline(
                DeclineEntry(
                    reason: reason.code, voucher: voucher.identity,
                    shown: .own(voucher.evidence), decision: record))
        }
        return JournalEntry(
            sequence: 1, previousHash: JournalEntry.genesis, at: now, sale: "S1",
            currencyNumber: 978, amount: amount, event: event)
    }

    private static let policy = Policy.standard(for: [euro])

    @Test func whatTheTrustListAllowsIsWrittenDownAndTakenAgain() throws {
        let voucher = Self.mint.fixed(5_000)
        let configuration = Self.configuration(Self.policy)
        let document = DocumentReference(version: 4, hash: Hashing.sha256(configuration))
        for agreed in [
            AgreedLimits(
                isCurrencyAccepted: true, perPayment: 2_000, ofIssuer: 1_700, ofTerminal: nil),
            AgreedLimits(
                isCurrencyAccepted: true, perPayment: 999, ofIssuer: nil, ofTerminal: 9_000),
            AgreedLimits(
                isCurrencyAccepted: true, perPayment: nil, ofIssuer: 1_649, ofTerminal: nil),
            AgreedLimits(
                isCurrencyAccepted: false, perPayment: nil, ofIssuer: nil, ofTerminal: nil),
        ] {
            let ruling = Self.rule(
                voucher, policy: Self.policy, document: document, agreed: agreed)
            let entry = Self.entry(ruling, voucher: voucher)
            let told = DecisionExplainer(document: Self.documents(configuration)).explain(entry)
            #expect(told.replay == .same)
            #expect(told.recorded?.terminal.agreed == agreed)
            #expect(
                told.recorded?.journal.issuerOutstanding == (agreed.ofIssuer == nil ? nil : 650))
        }
    }

    @Test func whatIsWrittenDownReadsBackWhole() throws {
        let voucher = Self.mint.fixed(5_000)
        let document = DocumentReference(version: 4, hash: [UInt8](repeating: 7, count: 32))
        for online in [
            OnlineAnswer.notAsked, .unavailable, .unanswered, .approved, .declined("closed"),
        ] {
            for memory in [nil, Self.memory] {
                let ruling = Self.rule(
                    voucher, policy: Self.policy, memory: memory, online: online,
                    document: document, trusted: memory == nil)
                let record = try #require(DecisionRecord(ruling.basis))
                let bytes = CBORValue.array(record.fields).encoded()
                let fields = try #require(try CBORValue.decode(bytes).asArray)
                let read = try RecordedDecision(
                    fields, sale: SaleReference("S1")!, currency: Self.euro)
                #expect(read.facts == ruling.basis.facts)
                #expect(read.step == ruling.basis.step)
                #expect(read.terminal == ruling.basis.terminal)
                #expect(read.sale == ruling.basis.sale)
                #expect(read.draw == ruling.basis.draw)
                #expect(read.drawThreshold == ruling.basis.drawThreshold)
                #expect(read.isConflicting == (memory != nil))
                #expect(read.replay(on: voucher, policy: Self.policy).decision == ruling.decision)
                #expect(read.journal(with: voucher).exposure == ruling.basis.journal.exposure)
                #expect(
                    read.journal(with: voucher).kindExposure == ruling.basis.journal.kindExposure)
                #expect(read.journal(with: voucher).windows == ruling.basis.journal.windows)
                #expect(read.memory?.last == memory?.last)
                #expect(read.memory?.elsewhere == memory?.elsewhere)
            }
        }
    }

    @Test func documentsThatDifferAreNamedApart() throws {
        let voucher = Self.mint.fixed(5_000)
        let ruling = Self.rule(voucher, policy: Self.policy)
        let basis = ruling.basis
        let one = DocumentReference(version: 1, hash: [UInt8](repeating: 1, count: 32))
        let two = DocumentReference(version: 2, hash: [UInt8](repeating: 2, count: 32))
        for documents in [
            DocumentsInForce(policy: one, trustList: two, hotList: one),
            DocumentsInForce(trustList: two), DocumentsInForce(policy: one), DocumentsInForce(),
        ] {
            let old = basis.terminal
            let terminal = TerminalFacts(
                now: old.now, clockFloor: old.clockFloor, documents: documents)
            let fields = RecordedDecision.fields(
                DecisionBasis(
                    sale: basis.sale, journal: basis.journal, terminal: terminal,
                    draw: basis.draw, drawThreshold: 5, facts: basis.facts, band: basis.band,
                    step: basis.step))
            let read = try RecordedDecision(
                fields, sale: SaleReference("S1")!, currency: Self.euro)
            #expect(read.terminal == terminal)
            #expect(read.drawThreshold == 5)
        }
    }

    @Test func anyElementOfAnotherShapeIsRefused() throws {
        let ruling = Self.rule(
            Self.mint.fixed(5_000), policy: Self.policy, memory: Self.memory)
        let fields = RecordedDecision.fields(ruling.basis)
        for index in fields.indices {
            var broken = fields
            broken[index] = .text("x")
            #expect(throws: MessageError.self, "element \(index)") {
                try RecordedDecision(broken, sale: SaleReference("S1")!, currency: Self.euro)
            }
            if let inner = fields[index].asArray {
                broken[index] = .array(inner + [.null])
                #expect(throws: MessageError.self, "element \(index), longer") {
                    try RecordedDecision(broken, sale: SaleReference("S1")!, currency: Self.euro)
                }
            }
        }
        for broken in [Array(fields.dropLast()), fields + [.null]] {
            #expect(throws: MessageError.self) {
                try RecordedDecision(broken, sale: SaleReference("S1")!, currency: Self.euro)
            }
        }
        var other = fields
        other[0] = 3
        #expect(throws: MessageError.unknownFormat(3)) {
            try RecordedDecision(other, sale: SaleReference("S1")!, currency: Self.euro)
        }
    }

    @Test func aRecordThatWouldBeTooLongIsLeftOut() {
        let ruling = Self.rule(Self.mint.fixed(5_000), policy: Self.policy)
        let basis = ruling.basis
        let windows = (0..<60).map {
            WindowTotal(windowSeconds: UInt64($0), total: CountAndSum(count: 1, sum: 1 << 40))
        }
        let long = DecisionBasis(
            sale: basis.sale,
            journal: JournalFacts(
                memory: nil, presentationKnown: false, requestPaid: false, exposure: .none,
                windows: windows), terminal: basis.terminal, draw: basis.draw, drawThreshold: 0,
            facts: basis.facts, band: basis.band, step: basis.step)
        #expect(DecisionRecord(long) == nil)
        #expect(DecisionRecord(basis) != nil)
    }

    @Test func aDecisionFollowsAgainFromItsEntry() throws {
        let bytes = Self.configuration(Self.policy)
        let document = DocumentReference(version: 4, hash: Hashing.sha256(bytes))
        let explainer = DecisionExplainer(document: Self.documents(bytes))
        let confirmation = Self.mint.voucher(
            Self.mint.object(.fixed(amount: 1_000), confirms: VoucherMint.nonce))
        for (voucher, due, approved) in [
            (Self.mint.fixed(5_000), 1_000, true), (Self.mint.fixed(900), 1_000, false),
            (Self.mint.fixed(90_000), 26_000, false), (Self.mint.stored(700), 1_000, true),
            (confirmation, 1_000, true), (confirmation, 1_001, false),
        ] as [(Voucher, UInt64, Bool)] {
            let ruling = Self.rule(voucher, due: due, policy: Self.policy, document: document)
            let entry = Self.entry(ruling, voucher: voucher)
            let read = try JournalEntry(decoding: entry.encoded())
            let explanation = explainer.explain(read)
            #expect(explanation.replay == .same, "\(ruling.decision)")
            #expect(explanation.voucher == voucher)
            #expect(explanation.policy == Self.policy)
            #expect(explanation.recorded?.facts == ruling.basis.facts)
            #expect(entry.receipt.map { _ in true } ?? false == approved)
        }
    }

    @Test func anotherPolicyMayDecideOtherwise() throws {
        let bytes = Self.configuration(Self.policy)
        let document = DocumentReference(version: 4, hash: Hashing.sha256(bytes))
        let voucher = Self.mint.fixed(5_000)
        let entry = Self.entry(
            Self.rule(voucher, policy: Self.policy, document: document), voucher: voucher)
        let strict = Policy(limits: [
            CurrencyLimits(currency: Self.euro, perPayment: 999, outstanding: 9_999)
        ])
        let explanation = DecisionExplainer(document: Self.documents(bytes))
            .explain(entry, under: strict)
        #expect(explanation.replay == .same)
        #expect(
            explanation.underOtherPolicy?.decision == .decline(.aboveFloorLimit(limit: 999)))
    }

    @Test func whatIsMissingOrDifferentIsNamed() throws {
        let bytes = Self.configuration(Self.policy)
        let document = DocumentReference(version: 4, hash: Hashing.sha256(bytes))
        let voucher = Self.mint.fixed(5_000)
        let ruling = Self.rule(voucher, policy: Self.policy, document: document)
        let entry = Self.entry(ruling, voucher: voucher)
        func replay(_ entry: JournalEntry, _ bytes: [UInt8]?) -> String {
            switch DecisionExplainer(document: Self.documents(bytes)).explain(entry).replay {
            case .same: "same"
            case .differs(let what): "differs: \(what)"
            case .impossible(let what): "impossible: \(what)"
            }
        }
        #expect(replay(entry, nil).contains("policy of then"))
        let stranger = DecisionExplainer(document: { _ in bytes }).explain(entry).replay
        guard case .impossible(let missing) = stranger else {
            Issue.record("a configuration is no trust list")
            return
        }
        #expect(missing.contains("trust list of then"))
        #expect(replay(Samples.capture, bytes).contains("no decision record"))
        let strict = Self.configuration(
            Policy(limits: [
                CurrencyLimits(currency: Self.euro, perPayment: 999, outstanding: 9_999)
            ]))
        #expect(replay(entry, strict).contains("differs: It comes out as: declined"))
        let lenient = Self.configuration(
            Policy(
                limits: Self.policy.limits,
                masks: FactMasks(denial: .bearer, online: [], stranded: [])))
        #expect(replay(entry, lenient).contains("bearer-refused"))
        // An amount that was changed in the entry.
        let forged = JournalEntry(
            sequence: 1, previousHash: JournalEntry.genesis, at: Self.now, sale: "S1",
            currencyNumber: 978, amount: 999, event: entry.event)
        #expect(replay(forged, bytes).contains("differs"))
    }

    @Test func otherEntriesAreNoDecisions() {
        let closed = JournalEntry(
            sequence: 1, previousHash: JournalEntry.genesis, at: 1, subject: nil,
            event: .document(
                DocumentEntry(kind: .policy, version: 1, digest: [UInt8](repeating: 1, count: 32))))
        let explanation = DecisionExplainer { _ in nil }.explain(closed)
        guard case .impossible(let what) = explanation.replay else {
            Issue.record("it is no decision")
            return
        }
        #expect(what.contains("no decision"))
        #expect(DecisionExplainer.documents(of: closed).isEmpty)
    }
}
