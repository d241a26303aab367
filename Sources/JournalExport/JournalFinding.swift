/// Something in an exported journal that is not as its terminal wrote it.
public struct JournalFinding: Hashable, Sendable {
    /// The stable code (`docs/spec/journal-export.md`, *Findings*).
    public let reason: String
    /// Where: a byte, an entry, a voucher.
    public let place: String
    /// What is wrong, as a sentence.
    public let message: String

    /// Makes a finding.
    public init(_ reason: String, at place: String, _ message: String) {
        self.reason = reason
        self.place = place
        self.message = message
    }
}

/// Findings up to a limit.
struct FindingList: Sendable {
    private let limit: Int
    private(set) var findings: [JournalFinding] = []

    init(limit: Int) {
        precondition(limit > 0, "A verifier finds at least one thing.")
        self.limit = limit
    }

    var isFull: Bool { findings.count >= limit }

    mutating func find(_ reason: String, at place: String, _ message: String) {
        if !isFull { findings.append(JournalFinding(reason, at: place, message)) }
    }
}

/// What came of verifying an export.
public struct ExportReport: Hashable, Sendable {
    /// Whose journal it is; nil where the first record cannot be read.
    public let header: ExportHeader?
    /// Where its chain ends.
    public let end: ChainPosition
    /// How many entries it has.
    public let entries: UInt64
    /// Whether the terminal's key has sealed it.
    public let isSealed: Bool
    /// What is wrong, in the order in which it was found.
    public let findings: [JournalFinding]
}
