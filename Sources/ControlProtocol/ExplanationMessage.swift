/// `GET /v1/decisions`, and `tillctl explain --json`: why an entry says what it says.
public struct ExplanationMessage: Codable, Hashable, Sendable {
    /// A document that the decision relied on.
    public struct Document: Codable, Hashable, Sendable {
        /// `policy`, `trust-list` or `hot-list`.
        public let kind: String
        /// Its version.
        public let version: UInt64
        /// Its SHA-256, in hexadecimal.
        public let hash: String

        /// Makes a document's message.
        public init(kind: String, version: UInt64, hash: String) {
            self.kind = kind
            self.version = version
            self.hash = hash
        }
    }

    /// The clock, as the terminal judged it.
    public struct Clock: Codable, Hashable, Sendable {
        /// The terminal's time, RFC 3339 in UTC.
        public let now: String
        /// No honest clock stands before this, RFC 3339 in UTC.
        public let floor: String
        /// How far it may be off, in seconds, where that is known.
        public let uncertaintySeconds: UInt64?

        /// Makes a clock's message.
        public init(now: String, floor: String, uncertaintySeconds: UInt64?) {
            self.now = now
            self.floor = floor
            self.uncertaintySeconds = uncertaintySeconds
        }
    }

    /// The draw of the random selection.
    public struct Draw: Codable, Hashable, Sendable {
        /// The seed, in hexadecimal.
        public let seed: String
        /// The number drawn, in millionths.
        public let value: UInt64
        /// The draws below which it was selected, in millionths.
        public let threshold: UInt64

        /// Makes a draw's message.
        public init(seed: String, value: UInt64, threshold: UInt64) {
            self.seed = seed
            self.value = value
            self.threshold = threshold
        }
    }

    /// The entry.
    public let entry: EntryMessage
    /// What was decided: `approved`, or the reason of the decline.
    public let decision: String
    /// The sentence for people.
    public let message: String
    /// The issuer's key that signed the voucher: its COSE thumbprint, in hexadecimal.
    public let issuerKey: String?
    /// The documents that it relied on.
    public let documents: [Document]
    /// The clock.
    public let clock: Clock?
    /// What was true, by the words of `policy.md`.
    public let facts: [String]?
    /// The facts as the number in the record.
    public let factBits: UInt64?
    /// Which step decided: `none`, `unconditional`, `denial`, `hub` or `default`.
    public let step: String?
    /// The policy's three masks, by the words of `policy.md`.
    public let masks: [String: [String]]?
    /// The draw.
    public let draw: Draw?
    /// `same`, `differs` or `impossible`: whether the decision follows again from what is stored.
    public let replay: String
    /// What is different, or missing.
    public let replayDetail: String?
    /// What the policy that was asked for would have decided.
    public let underOtherPolicy: String?

    /// Makes an explanation.
    public init(
        entry: EntryMessage, decision: String, message: String, issuerKey: String?,
        documents: [Document], clock: Clock?, facts: [String]?, factBits: UInt64?, step: String?,
        masks: [String: [String]]?, draw: Draw?, replay: String, replayDetail: String?,
        underOtherPolicy: String?
    ) {
        self.entry = entry
        self.decision = decision
        self.message = message
        self.issuerKey = issuerKey
        self.documents = documents
        self.clock = clock
        self.facts = facts
        self.factBits = factBits
        self.step = step
        self.masks = masks
        self.draw = draw
        self.replay = replay
        self.replayDetail = replayDetail
        self.underOtherPolicy = underOtherPolicy
    }
}
