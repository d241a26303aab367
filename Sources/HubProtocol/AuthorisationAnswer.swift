import CBOR
public import COSE
public import Vouchers

/// The hub's answer to one authorisation request (`docs/spec/hub-protocol.md`, *Authorisation*).
public struct AuthorisationAnswer: Hashable, Sendable {
    /// The `typ` of a signed authorisation answer.
    public static let type = "till-authorisation-answer/1"
    /// The longest signed answer in bytes.
    public static let maximumBytes = 1_024
    /// The longest reason of a decline in bytes, as in a quarantine.
    public static let maximumReasonLength = 64

    /// Another capture, or another promise, that stands in the way.
    public struct Other: Hashable, Sendable {
        /// The terminal that has captured, or that was promised, the voucher.
        public let terminal: TerminalID
        /// The receipt number there; 0 where nothing has arrived from there yet.
        public let receipt: UInt64
        /// When, in seconds since 1970 UTC.
        public let at: UInt64
        /// How much, in minor units of the voucher's currency.
        public let amount: UInt64

        /// Makes a mention; see the properties for units.
        public init(terminal: TerminalID, receipt: UInt64, at: UInt64, amount: UInt64) {
            self.terminal = terminal
            self.receipt = receipt
            self.at = at
            self.amount = amount
        }
    }

    /// What the hub says.
    public enum Verdict: Hashable, Sendable {
        /// The payment may be made; the voucher is kept for this terminal until then, in seconds
        /// since 1970 UTC.
        case approved(reservedUntil: UInt64)
        /// It may not: a stable code, `[a-z0-9-]+`, and what stands in the way, if anything does.
        case declined(reason: String, other: Other?)
    }

    /// The terminal that has asked.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// The request's id.
    public let identity: [UInt8]
    /// The SHA-256 of the signed request, 32 bytes.
    public let digest: [UInt8]
    /// The hub's time, in seconds since 1970 UTC.
    public let at: UInt64
    /// What the hub says.
    public let verdict: Verdict

    /// Answers `request`, which was received as `bytes`.
    public init(
        to request: AuthorisationRequest, bytes: [UInt8], at: UInt64, verdict: Verdict
    ) {
        terminal = request.terminal
        journal = request.journal
        identity = request.identity
        digest = AuthorisationRequest.digest(of: bytes)
        self.at = at
        self.verdict = verdict
    }

    /// The numbers of element 6.
    private enum VerdictNumber {
        static let approved: UInt64 = 1
        static let declined: UInt64 = 2
    }

    /// The answer as a signed message.
    public func signed(by key: PrivateKey) -> [UInt8] {
        let rest: [CBORValue]
        switch verdict {
        case .approved(let until):
            rest = [.unsigned(VerdictNumber.approved), .text(""), .unsigned(until), .array([])]
        case .declined(let reason, let other):
            let mention: [CBORValue] =
                other.map {
                    [
                        .text($0.terminal.text), .unsigned($0.receipt), .unsigned($0.at),
                        .unsigned($0.amount),
                    ]
                } ?? []
            rest = [
                .unsigned(VerdictNumber.declined), .text(reason), .unsigned(0), .array(mention),
            ]
        }
        return SignedMessage.seal(
            .array(
                [
                    .unsigned(1), .text(terminal.text), .bytes(journal), .bytes(identity),
                    .bytes(digest), .unsigned(at),
                ] + rest), type: Self.type, key: key)
    }

    /// Reads the answer that `hub` has signed to exactly `request`, a signed request of this
    /// terminal's own.
    public static func verify(_ bytes: [UInt8], answering request: [UInt8], signedBy hub: PublicKey)
        throws(MessageError) -> AuthorisationAnswer
    {
        let payload = try SignedMessage.open(bytes, type: type, limit: maximumBytes, key: hub)
        let answer = try AuthorisationAnswer(payload)
        let asked = try UnverifiedAuthorisationRequest(decoding: request)
        guard answer.terminal == asked.terminal else {
            throw .wrongTerminal(found: answer.terminal)
        }
        guard answer.journal == asked.journal else { throw .wrongJournal }
        guard answer.digest == AuthorisationRequest.digest(of: request) else {
            throw .wrongRequest
        }
        return answer
    }

    private init(_ payload: CBORValue) throws(MessageError) {
        var reader = try PayloadReader(payload, "authorisation answer")
        try reader.format()
        terminal = try reader.terminal("terminal id (element 1)")
        journal = try reader.bytes(
            "journal identity (element 2)", count: MessageLimits.journalIdentityLength)
        identity = try reader.bytes(
            "request id (element 3)", count: AuthorisationRequest.identityLength)
        digest = try reader.bytes("request digest (element 4)", count: JournalEntry.hashLength)
        at = try reader.unsigned("hub time (element 5)")
        let number = try reader.unsigned("verdict (element 6)")
        let reason = try reader.text("reason (element 7)")
        let until = try reader.unsigned("reserved until (element 8)")
        let mention = try reader.array("other (element 9)", atMost: 4)
        try reader.end()
        switch number {
        case VerdictNumber.approved:
            guard reason.isEmpty, mention.isEmpty, until > 0 else {
                throw .shape("reserved until (element 8)")
            }
            verdict = .approved(reservedUntil: until)
        case VerdictNumber.declined:
            guard Self.isReason(reason) else { throw .shape("reason (element 7)") }
            guard until == 0 else { throw .shape("reserved until (element 8)") }
            verdict = .declined(reason: reason, other: try Self.other(mention))
        default: throw .shape("verdict (element 6)")
        }
    }

    private static func isReason(_ text: String) -> Bool {
        (1...maximumReasonLength).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func other(_ mention: [CBORValue]) throws(MessageError) -> Other? {
        if mention.isEmpty { return nil }
        var reader = try PayloadReader(.array(mention), "other (element 9)")
        let other = Other(
            terminal: try reader.terminal("other terminal (element 9)"),
            receipt: try reader.unsigned("other receipt (element 9)"),
            at: try reader.unsigned("other time (element 9)"),
            amount: try reader.unsigned("other amount (element 9)"))
        try reader.end()
        return other
    }
}
