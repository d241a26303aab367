import Money
public import Payments
import Trust
public import Vouchers

/// Why an entry says what it says, from stored evidence alone.
public struct DecisionExplanation: Hashable, Sendable {
    /// Whether the decision follows again from what is stored.
    public enum Replay: Hashable, Sendable {
        /// It does: the same facts, the same step, the same answer.
        case same
        /// It does not; the text says what came out instead.
        case differs(String)
        /// It cannot be taken again; the text says what is missing.
        case impossible(String)
    }

    /// The entry.
    public let entry: JournalEntry
    /// What the entry says of its decision; nil where it says nothing.
    public let recorded: RecordedDecision?
    /// The voucher, verified anew with the trust list of then.
    public let voucher: Voucher?
    /// The policy of then.
    public let policy: Policy?
    /// Whether the decision follows again.
    public let replay: Replay
    /// What another policy would have decided, where one was asked for.
    public let underOtherPolicy: Ruling?
}

/// Explains entries of a journal, on any machine that has the journal and its documents.
public struct DecisionExplainer {
    /// How far before the decision the code may have been verified, in seconds: the time between
    /// a look at the clock and the next.
    static let verificationSlackSeconds: [UInt64] = [1, 10]

    private let document: ([UInt8]) -> [UInt8]?

    /// Makes an explainer; `document` finds the bytes of a document by their SHA-256.
    public init(document: @escaping ([UInt8]) -> [UInt8]?) { self.document = document }

    /// The SHA-256s of the documents that the decision of `entry` relied on.
    public static func documents(of entry: JournalEntry) -> [[UInt8]] {
        guard let recorded = recorded(in: entry) else { return [] }
        let documents = recorded.terminal.documents
        return [documents.policy, documents.trustList].compactMap { $0?.hash }
    }

    private static func recorded(in entry: JournalEntry) -> RecordedDecision? {
        guard let record = StoredDecision(entry)?.record, let subject = entry.subject,
            let sale = SaleReference(subject.sale),
            let currency = Currency(number: subject.currencyNumber)
        else { return nil }
        return try? RecordedDecision(record.fields, sale: sale, currency: currency)
    }

    /// Explains `entry`; with `other`, also what that policy would have decided.
    public func explain(_ entry: JournalEntry, under other: Policy? = nil)
        -> DecisionExplanation
    {
        func answer(
            _ replay: DecisionExplanation.Replay, _ recorded: RecordedDecision? = nil,
            _ voucher: Voucher? = nil, _ policy: Policy? = nil
        ) -> DecisionExplanation {
            DecisionExplanation(
                entry: entry, recorded: recorded, voucher: voucher, policy: policy, replay: replay,
                underOtherPolicy: voucher.flatMap { voucher in
                    other.flatMap { recorded?.replay(on: voucher, policy: $0) }
                })
        }
        guard let stored = StoredDecision(entry) else {
            return answer(.impossible("Entry \(entry.sequence) is no decision on a code."))
        }
        guard stored.record != nil else {
            return answer(
                .impossible(
                    "The entry holds no decision record: no rule was asked, or it was written "
                        + "before decisions were recorded."))
        }
        guard let recorded = Self.recorded(in: entry) else {
            return answer(.impossible("The decision record cannot be read."))
        }
        let policy = policy(recorded.terminal.documents.policy)
        guard let evidence = stored.evidence else {
            return answer(.impossible("The entry holds no code."), recorded, nil, policy)
        }
        guard let verification = verify(evidence, recorded) else {
            return answer(
                .impossible("The trust list of then is not among the journal's documents."),
                recorded, nil, policy)
        }
        let voucher: Voucher
        switch (verification, recorded.step) {
        case (.refused(let refusal), .verification):
            let isSame = refusal.reason.rawValue == stored.reason
            return answer(
                isSame ? .same : .differs("The stored code is refused otherwise: \(refusal)."),
                recorded, nil, policy)
        case (.refused(let refusal), _):
            return answer(
                .impossible("The stored code does not verify: \(refusal.detail)"), recorded, nil,
                policy)
        case (.accepted(let found), .verification):
            return answer(.differs("The stored code verifies."), recorded, found, policy)
        case (.accepted(let found), _): voucher = found
        }
        guard let policy else {
            return answer(
                .impossible("The policy of then is not among the journal's documents."), recorded,
                voucher)
        }
        let ruling = recorded.replay(on: voucher, policy: policy)
        return answer(stored.compare(ruling, recorded), recorded, voucher, policy)
    }

    /// The policy in a document: a configuration's, or one that travelled by itself.
    private func policy(_ reference: DocumentReference?) -> Policy? {
        guard let reference, let bytes = document(reference.hash) else { return nil }
        if let configuration = try? TerminalConfiguration.kept(bytes) {
            return configuration.policy
        }
        return try? PolicyDocument.read(bytes).policy
    }

    /// Verifies the code as it was verified then; nil where the trust list is missing.
    private func verify(_ evidence: [UInt8], _ recorded: RecordedDecision)
        -> VoucherVerification?
    {
        // Its signatures were counted when it was put in force; its hash stands in the chain.
        guard let reference = recorded.terminal.documents.trustList,
            let bytes = document(reference.hash), let list = try? TrustList.unverified(bytes)
        else { return nil }
        let terminal = recorded.terminal.documents.policy.flatMap { document($0.hash) }
            .flatMap { try? TerminalConfiguration.kept($0).terminal }
        let text = [UInt8](VoucherText.encode(evidence).utf8)
        // A confirmation answers a request that may have left the screen long before.
        let confirmed =
            recorded.step == .verification
            ? nil : (try? VoucherCode(text: text))?.claims.confirmationNonce
        func verification(_ slack: UInt64) -> VoucherVerification {
            VoucherVerifier.verify(
                text,
                in: VerificationContext(
                    now: recorded.terminal.now - slack, terminal: terminal,
                    openNonce: recorded.sale.request.nonce,
                    confirmableNonces: Set(confirmed.map { [$0] } ?? []),
                    issuers: IssuerDirectory(list.issuers)))
        }
        let first = verification(0)
        guard case .refused = first, recorded.step != .verification else { return first }
        for slack in Self.verificationSlackSeconds where recorded.terminal.now >= slack {
            let earlier = verification(slack)
            if case .accepted = earlier { return earlier }
        }
        return first
    }
}

/// The parts of an entry that a decision left.
private struct StoredDecision {
    let record: DecisionRecord?
    let evidence: [UInt8]?
    let receipt: UInt64?
    let amount: UInt64
    let consumed: UInt64
    let reason: String?

    init?(_ entry: JournalEntry) {
        amount = entry.subject?.amount ?? 0
        switch entry.event {
        case .capture(let capture):
            record = capture.decision
            evidence = capture.evidence
            receipt = capture.receipt
            consumed = capture.consumed
            reason = nil
        case .decline(let decline):
            record = decline.decision
            if case .own(let code) = decline.shown { evidence = code } else { evidence = nil }
            receipt = nil
            consumed = 0
            reason = decline.reason
        case .undo, .periodClosed, .document, .clock, .markedPaid: return nil
        }
    }

    /// Whether `ruling` is what the entry says.
    func compare(_ ruling: Ruling, _ recorded: RecordedDecision) -> DecisionExplanation.Replay {
        let found: String
        let isSame: Bool
        switch ruling.decision {
        case .capture(let capture):
            found = "captured \(capture.amount)"
            isSame =
                reason == nil && capture.amount.minorUnits == amount
                && capture.consumed == consumed
        case .decline(let why):
            found = "declined, \(why.code)"
            isSame = reason == why.code
        case .askOnline:
            found = "the hub is asked"
            isSame = false
        }
        guard isSame else { return .differs("It comes out as: \(found).") }
        guard ruling.basis.facts == recorded.facts, ruling.basis.step == recorded.step,
            ruling.basis.drawThreshold == recorded.drawThreshold
        else { return .differs("It comes out alike, but from other facts or by another step.") }
        return .same
    }
}
