public import CBOR
public import Money
public import Payments
public import Vouchers

/// What an entry says of its decision: the inputs that cannot be found elsewhere in the entry, and
/// what was found (`docs/spec/journal.md`, *Decision record*).
public struct RecordedDecision: Hashable, Sendable {
    /// The record's format.
    static let format: UInt64 = 1
    /// The format of a record that also says what the trust list lets be accepted.
    static let formatWithLimits: UInt64 = 2
    /// The longest code of a hub's refusal that is kept, in bytes.
    public static let maximumOnlineCodeLength = 64
    /// The most windows in a record: those of all velocity rules and of the split-sale rule.
    static let maximumWindows = PolicyCodec.maximumVelocityRules + 1

    /// What was true.
    public let facts: PaymentFacts
    /// What decided.
    public let step: DecisionStep
    /// What the terminal knew.
    public let terminal: TerminalFacts
    /// The draw.
    public let draw: Draw
    /// The draws below which the payment was selected, in millionths.
    public let drawThreshold: UInt64
    /// The sale as it stood before.
    public let sale: Sale
    /// What the journal knew, except of the voucher.
    public let journal: JournalFacts
    /// What the journal knew of the voucher; the digest is empty where it was another than the
    /// voucher's, and else left to be filled in from the voucher.
    public let memory: VoucherMemory?
    /// Whether what was known contradicted the voucher.
    public let isConflicting: Bool

    /// The elements of a record's array.
    public static func fields(_ basis: DecisionBasis) -> [CBORValue] {
        let terminal = basis.terminal
        let fields: [CBORValue] = [
            .unsigned(terminal.agreed == nil ? format : formatWithLimits),
            .unsigned(basis.facts.rawValue),
            .unsigned(UInt64(basis.step.rawValue)),
            documents(terminal.documents),
            .array([
                .unsigned(terminal.now), .unsigned(terminal.clockFloor),
                optional(terminal.clockUncertainty),
            ]),
            .array([
                optional(terminal.trustListAge), optional(terminal.hotListAge),
                optional(terminal.lastSyncAge),
            ]),
            .unsigned(UInt64(terminal.hotList.rawValue)), online(terminal.online),
            .array([.bytes(basis.draw.bytes), .unsigned(basis.drawThreshold)]),
            sale(basis.sale),
            basis.journal.memory.map {
                memory($0, isConflicting: basis.facts.contains(.conflictingVoucher))
            } ?? .null,
            journal(basis.journal, currency: basis.sale.total.currency),
        ]
        return fields + (terminal.agreed.map { [agreed($0, basis.journal)] } ?? [])
    }

    private static func agreed(_ limits: AgreedLimits, _ journal: JournalFacts) -> CBORValue {
        .array([
            .bool(limits.isCurrencyAccepted), optional(limits.perPayment),
            optional(limits.ofIssuer), optional(limits.ofTerminal),
            optional(journal.issuerOutstanding),
        ])
    }

    /// The trust list often stands in the same document as the policy: then true stands for it.
    private static func documents(_ documents: DocumentsInForce) -> CBORValue {
        let isShared = documents.policy != nil && documents.policy == documents.trustList
        return .array([
            reference(documents.policy),
            isShared ? .bool(true) : reference(documents.trustList),
            reference(documents.hotList),
        ])
    }

    private static func reference(_ document: DocumentReference?) -> CBORValue {
        document.map { .array([.unsigned($0.version), .bytes($0.hash)]) } ?? .null
    }

    private static func optional(_ value: UInt64?) -> CBORValue {
        value.map(CBORValue.unsigned) ?? .null
    }

    private static func online(_ answer: OnlineAnswer) -> CBORValue {
        switch answer {
        case .notAsked: [0]
        case .unavailable: [1]
        case .unanswered: [2]
        case .approved: [3]
        case .declined(let code): .array([4, .text(code)])
        }
    }

    private static func sale(_ sale: Sale) -> CBORValue {
        .array([
            .unsigned(sale.total.minorUnits), .unsigned(sale.captured),
            .unsigned(sale.request.amount.minorUnits), .unsigned(sale.request.expiry),
            .bytes(sale.request.nonce), .unsigned(sale.openedAt),
        ])
    }

    private static func memory(_ memory: VoucherMemory, isConflicting: Bool) -> CBORValue {
        .array([
            .bool(isConflicting), .unsigned(memory.ceiling), .unsigned(memory.spent),
            memory.last.map {
                .array([.unsigned($0.at), .unsigned($0.amount), .unsigned($0.receipt)])
            } ?? .null,
            memory.elsewhere.map {
                .array([.text($0.terminal.text), .unsigned($0.at), .unsigned($0.amount)])
            } ?? .null,
        ])
    }

    private static func journal(_ facts: JournalFacts, currency: Currency) -> CBORValue {
        .array([
            .bool(facts.presentationKnown), .bool(facts.requestPaid),
            .unsigned(facts.exposure.amount(in: currency)), .unsigned(facts.exposure.count),
            optional(facts.exposure.oldest),
            facts.kindExposure.map { .array([.unsigned($0.count), .unsigned($0.sum)]) } ?? .null,
            .array(
                facts.windows.map {
                    .array([
                        .unsigned($0.windowSeconds), .unsigned($0.total.count),
                        .unsigned($0.total.sum),
                    ])
                }),
        ])
    }
}

extension RecordedDecision {
    /// Reads a record of an entry about `reference` in `currency`.
    public init(_ fields: [CBORValue], sale reference: SaleReference, currency: Currency)
        throws(MessageError)
    {
        var reader = try PayloadReader(.array(fields), "decision record (key 16)")
        let format = try reader.unsigned("format of the decision (key 16)")
        guard format == Self.format || format == Self.formatWithLimits else {
            throw .unknownFormat(format)
        }
        facts = PaymentFacts(rawValue: try reader.unsigned("facts of the decision (key 16)"))
        step = try Self.step(try reader.unsigned("step of the decision (key 16)"))
        let knowledge = try Self.terminal(&reader)
        var drawn = try PayloadReader(
            try reader.next("draw (key 16)"), "draw (key 16)")
        draw = Draw(bytes: try drawn.bytes("draw's seed (key 16)", count: Draw.seedLength))
        drawThreshold = try drawn.unsigned("draw's threshold (key 16)")
        try drawn.end()
        sale = try Self.sale(
            try reader.next("sale of the decision (key 16)"), reference, currency)
        (memory, isConflicting) = try Self.memory(
            try reader.next("voucher's memory (key 16)"))
        let known = try reader.next("journal's facts (key 16)")
        if format == Self.formatWithLimits {
            let (limits, outstanding) = try Self.agreed(
                try reader.next("agreed limits (key 16)"))
            terminal = knowledge.limited(by: limits)
            journal = try Self.journal(known, currency, issuer: outstanding)
        } else {
            terminal = knowledge
            journal = try Self.journal(known, currency, issuer: nil)
        }
        try reader.end()
    }

    private static func agreed(_ value: CBORValue) throws(MessageError) -> (
        AgreedLimits, issuer: UInt64?
    ) {
        let name = "agreed limits (key 16)"
        var reader = try PayloadReader(value, name)
        guard let isAccepted = try reader.next(name).asBool else { throw .shape(name) }
        let limits = AgreedLimits(
            isCurrencyAccepted: isAccepted, perPayment: try reader.optional(name),
            ofIssuer: try reader.optional(name), ofTerminal: try reader.optional(name))
        let outstanding = try reader.optional(name)
        try reader.end()
        return (limits, outstanding)
    }

    private static func step(_ number: UInt64) throws(MessageError) -> DecisionStep {
        guard let raw = UInt8(exactly: number), let step = DecisionStep(rawValue: raw) else {
            throw .shape("step of the decision (key 16)")
        }
        return step
    }

    private static func terminal(_ reader: inout PayloadReader) throws(MessageError)
        -> TerminalFacts
    {
        let documents = try documents(try reader.next("documents (key 16)"))
        var clock = try PayloadReader(try reader.next("clock (key 16)"), "clock (key 16)")
        let now = try clock.unsigned("time (key 16)")
        let floor = try clock.unsigned("clock's floor (key 16)")
        let uncertainty = try clock.optional("clock's uncertainty (key 16)")
        try clock.end()
        var ages = try PayloadReader(try reader.next("ages (key 16)"), "ages (key 16)")
        let trustList = try ages.optional("trust list's age (key 16)")
        let hotListAge = try ages.optional("hot list's age (key 16)")
        let sync = try ages.optional("time since the last sync (key 16)")
        try ages.end()
        let listed = try reader.unsigned("hot list's answer (key 16)")
        guard let raw = UInt8(exactly: listed), let hotList = HotListAnswer(rawValue: raw) else {
            throw .shape("hot list's answer (key 16)")
        }
        return TerminalFacts(
            now: now, clockFloor: floor, clockUncertainty: uncertainty, trustListAge: trustList,
            hotListAge: hotListAge, lastSyncAge: sync, hotList: hotList,
            online: try online(try reader.next("hub's answer (key 16)")), documents: documents)
    }

    private static func documents(_ value: CBORValue) throws(MessageError) -> DocumentsInForce {
        var reader = try PayloadReader(value, "documents (key 16)")
        func shared(_ policy: DocumentReference?) throws(MessageError) -> DocumentReference? {
            _ = try reader.next("document (key 16)")
            guard let policy else { throw .shape("document (key 16)") }
            return policy
        }
        func reference() throws(MessageError) -> DocumentReference? {
            let value = try reader.next("document (key 16)")
            if value == .null { return nil }
            var pair = try PayloadReader(value, "document (key 16)")
            let version = try pair.unsigned("document's version (key 16)")
            let hash = try pair.bytes("document's hash (key 16)", count: JournalEntry.hashLength)
            try pair.end()
            return DocumentReference(version: version, hash: hash)
        }
        let policy = try reference()
        let trustList = reader.isNextTrue ? try shared(policy) : try reference()
        let documents = DocumentsInForce(
            policy: policy, trustList: trustList, hotList: try reference())
        try reader.end()
        return documents
    }

    private static func online(_ value: CBORValue) throws(MessageError) -> OnlineAnswer {
        var reader = try PayloadReader(value, "hub's answer (key 16)")
        let number = try reader.unsigned("hub's answer (key 16)")
        let answer: OnlineAnswer
        switch number {
        case 0: answer = .notAsked
        case 1: answer = .unavailable
        case 2: answer = .unanswered
        case 3: answer = .approved
        case 4:
            let code = try reader.text("code of the hub's answer (key 16)")
            guard code.utf8.count <= maximumOnlineCodeLength else {
                throw .shape("code of the hub's answer (key 16)")
            }
            answer = .declined(code)
        default: throw .shape("hub's answer (key 16)")
        }
        try reader.end()
        return answer
    }

    private static func sale(
        _ value: CBORValue, _ reference: SaleReference, _ currency: Currency
    ) throws(MessageError) -> Sale {
        let name = "sale of the decision (key 16)"
        var reader = try PayloadReader(value, name)
        let total = try reader.unsigned(name)
        let captured = try reader.unsigned(name)
        let asked = try reader.unsigned(name)
        let expiry = try reader.unsigned(name)
        let nonce = try reader.bytes(name, count: PaymentRequest.nonceLength)
        let opened = try reader.unsigned(name)
        try reader.end()
        guard captured <= total else { throw .shape(name) }
        return Sale(
            reference: reference, key: nil, total: Amount(minorUnits: total, currency: currency),
            captured: captured,
            request: PaymentRequest(
                nonce: nonce, amount: Amount(minorUnits: asked, currency: currency),
                expiry: expiry), openedAt: opened)
    }

    private static func memory(_ value: CBORValue) throws(MessageError)
        -> (VoucherMemory?, isConflicting: Bool)
    {
        if value == .null { return (nil, false) }
        let name = "voucher's memory (key 16)"
        var reader = try PayloadReader(value, name)
        guard let isConflicting = try reader.next(name).asBool else { throw .shape(name) }
        let ceiling = try reader.unsigned(name)
        let spent = try reader.unsigned(name)
        var last: Redemption?
        let here = try reader.next(name)
        if here != .null {
            var fields = try PayloadReader(here, name)
            last = Redemption(
                at: try fields.unsigned(name), amount: try fields.unsigned(name),
                receipt: try fields.unsigned(name))
            try fields.end()
        }
        var elsewhere: ElsewhereRedemption?
        let there = try reader.next(name)
        if there != .null {
            var fields = try PayloadReader(there, name)
            elsewhere = ElsewhereRedemption(
                terminal: try fields.terminal(name), at: try fields.unsigned(name),
                amount: try fields.unsigned(name))
            try fields.end()
        }
        try reader.end()
        return (
            VoucherMemory(
                coreDigest: [], ceiling: ceiling, spent: spent, last: last, elsewhere: elsewhere),
            isConflicting
        )
    }

    private static func journal(_ value: CBORValue, _ currency: Currency, issuer: UInt64?)
        throws(MessageError) -> JournalFacts
    {
        let name = "journal's facts (key 16)"
        var reader = try PayloadReader(value, name)
        guard let known = try reader.next(name).asBool, let paid = try reader.next(name).asBool
        else { throw .shape(name) }
        let outstanding = try reader.unsigned(name)
        let count = try reader.unsigned(name)
        let oldest = try reader.optional(name)
        var kind: CountAndSum?
        let kindValue = try reader.next(name)
        if kindValue != .null {
            var fields = try PayloadReader(kindValue, name)
            kind = CountAndSum(
                count: try fields.unsigned(name), sum: try fields.unsigned(name))
            try fields.end()
        }
        var windows: [WindowTotal] = []
        for window in try reader.array(name, atMost: maximumWindows) {
            var fields = try PayloadReader(window, name)
            windows.append(
                WindowTotal(
                    windowSeconds: try fields.unsigned(name),
                    total: CountAndSum(
                        count: try fields.unsigned(name), sum: try fields.unsigned(name))))
            try fields.end()
        }
        try reader.end()
        return JournalFacts(
            memory: nil, presentationKnown: known, requestPaid: paid,
            exposure: Exposure(
                amounts: outstanding == 0 ? [:] : [currency.number: outstanding], count: count,
                oldest: oldest), kindExposure: kind, issuerOutstanding: issuer, windows: windows)
    }
}

extension DecisionRecord {
    /// The record of a decision; nil where it would be longer than ``maximumBytes``, which only
    /// amounts near 2^53 reach: such a decision is kept without.
    public init?(_ basis: DecisionBasis) {
        let fields = RecordedDecision.fields(basis)
        guard CBORValue.array(fields).encoded().count <= Self.maximumBytes else { return nil }
        self.init(fields: fields)
    }
}

extension RecordedDecision {
    /// What the journal knew, with `voucher`'s own terms where they agreed with it.
    public func journal(with voucher: Voucher) -> JournalFacts {
        JournalFacts(
            memory: memory.map {
                VoucherMemory(
                    coreDigest: isConflicting ? [] : voucher.coreDigest, ceiling: $0.ceiling,
                    spent: $0.spent, last: $0.last, elsewhere: $0.elsewhere)
            }, presentationKnown: journal.presentationKnown, requestPaid: journal.requestPaid,
            exposure: journal.exposure, kindExposure: journal.kindExposure,
            issuerOutstanding: journal.issuerOutstanding, windows: journal.windows)
    }

    /// Takes the decision on `voucher` again, under `policy`.
    public func replay(on voucher: Voucher, policy: Policy) -> Ruling {
        OfflineAuthoriser.rule(
            on: voucher, sale: sale, journal: journal(with: voucher), terminal: terminal,
            policy: policy, draw: draw)
    }
}
