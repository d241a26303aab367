public import Vouchers

/// A question after redemptions made elsewhere.
public struct StandingsQuery: Hashable, Sendable {
    /// The asking terminal.
    public let terminal: TerminalID
    /// Its journal, 8 bytes: what that captured itself is not told.
    public let journal: [UInt8]
    /// The arrival that was the last to be told.
    public let after: UInt64
    /// About so many vouchers are told at once: the arrival in which the last is found is told whole.
    public let limit: Int

    /// Makes a question; see the properties.
    public init(terminal: TerminalID, journal: [UInt8], after: UInt64, limit: Int) {
        self.terminal = terminal
        self.journal = journal
        self.after = after
        self.limit = limit
    }
}

/// What a ledger answers to a ``StandingsQuery``.
public struct StandingsPage: Sendable {
    /// The last arrival that is told of.
    public let through: UInt64
    /// The last entry of the asking journal that the ledger has.
    public let countedThrough: UInt64
    /// Whether nothing has arrived after ``through``.
    public let isComplete: Bool
    /// The vouchers, each once, in the order in which they were first touched.
    public let vouchers: [(identity: VoucherIdentity, history: VoucherHistory)]

    /// Makes a page; see the properties.
    public init(
        through: UInt64, countedThrough: UInt64, isComplete: Bool,
        vouchers: [(identity: VoucherIdentity, history: VoucherHistory)]
    ) {
        self.through = through
        self.countedThrough = countedThrough
        self.isComplete = isComplete
        self.vouchers = vouchers
    }
}

/// How far one journal has come at the hub.
public struct JournalStanding: Hashable, Sendable {
    /// The enrolment that the journal began with.
    public let enrolment: Enrolment
    /// When its last batch arrived, in seconds since 1970 UTC; nil where none has.
    public let lastBatch: UInt64?
    /// Batches accepted.
    public let batches: UInt64
    /// The last entry.
    public let sequence: UInt64
    /// The last receipt number.
    public let receipt: UInt64

    /// Makes a standing; see the properties.
    public init(
        enrolment: Enrolment, lastBatch: UInt64?, batches: UInt64, sequence: UInt64,
        receipt: UInt64
    ) {
        self.enrolment = enrolment
        self.lastBatch = lastBatch
        self.batches = batches
        self.sequence = sequence
        self.receipt = receipt
    }
}
