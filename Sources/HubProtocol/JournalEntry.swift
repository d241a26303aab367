import Crypto
public import Payments

/// One entry of a terminal's journal, as it is chained, signed in batches and kept by the hub.
///
/// The bytes of an entry are a CBOR map with integer keys, core deterministic
/// (`docs/spec/journal.md`, *Entry*); its hash is the SHA-256 of those bytes, and the next entry
/// carries it. Sequence numbers run from 1 without gaps.
public struct JournalEntry: Hashable, Sendable {
    /// What happened.
    public enum Event: Hashable, Sendable {
        /// A payment was captured.
        case capture(CaptureEntry)
        /// A code was declined.
        case decline(DeclineEntry)
        /// A capture was undone, whole or in part: cancelled, refunded or reversed.
        case undo(UndoEntry)
        /// A reconciliation period was closed.
        case periodClosed(PeriodEntry)
        /// A signed document was put in force.
        case document(DocumentEntry)
        /// The clock did something that bears on what may be approved.
        case clock(ClockEntry)
        /// A supervisor has said that an unconfirmed sale is paid. It is no capture.
        case markedPaid(MarkEntry)

        /// Whether an event of this kind is about a sale and its money.
        public var hasSubject: Bool {
            switch self {
            case .capture, .decline, .undo, .markedPaid: true
            case .periodClosed, .document, .clock: false
            }
        }
    }

    /// The length of a hash in bytes (SHA-256).
    public static let hashLength = 32
    /// The longest entry in bytes: evidence of 1,000 bytes, a decision record of 400 and the other
    /// fields at their largest.
    public static let maximumBytes = 1_800
    /// The longest evidence in bytes: the longest text of a code (`formats.md` 1).
    public static let maximumEvidenceBytes = 1_000
    /// The longest reason of a decline, in bytes.
    public static let maximumReasonLength = 100
    /// What the first entry carries as its predecessor's hash: 32 zero bytes.
    public static let genesis = [UInt8](repeating: 0, count: hashLength)

    /// The place in the journal, from 1.
    public let sequence: UInt64
    /// The hash of the entry before, 32 bytes.
    public let previousHash: [UInt8]
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// The sale and the money that it is about; nil exactly for kinds 6 to 8.
    public let subject: EntrySubject?
    /// What happened.
    public let event: Event
    /// Who was at the terminal, where that is known.
    public let operatedBy: EntryOperator?

    /// Makes an entry; see the properties for units and shapes. `subject` is there exactly where
    /// the event is about a sale.
    public init(
        sequence: UInt64, previousHash: [UInt8], at: UInt64, subject: EntrySubject?, event: Event,
        operatedBy: EntryOperator? = nil
    ) {
        precondition(previousHash.count == Self.hashLength, "A SHA-256 hash has 32 bytes.")
        precondition(
            (subject != nil) == event.hasSubject,
            "Captures, declines, undoings and marks have a sale.")
        self.sequence = sequence
        self.previousHash = previousHash
        self.at = at
        self.subject = subject
        self.event = event
        self.operatedBy = operatedBy
    }

    /// Makes an entry about a sale: of kinds 1 to 5 and 9.
    public init(
        sequence: UInt64, previousHash: [UInt8], at: UInt64, sale: String, currencyNumber: UInt16,
        amount: UInt64, event: Event, operatedBy: EntryOperator? = nil
    ) {
        self.init(
            sequence: sequence, previousHash: previousHash, at: at,
            subject: EntrySubject(sale: sale, currencyNumber: currencyNumber, amount: amount),
            event: event, operatedBy: operatedBy)
    }

    /// The receipt number, where an entry of this kind takes one: captures, cancellations and
    /// refunds do.
    public var receipt: UInt64? {
        switch event {
        case .capture(let capture): capture.receipt
        case .undo(let undo): undo.receipt
        case .decline, .periodClosed, .document, .clock, .markedPaid: nil
        }
    }

    /// The stable code of its reason: of a decline, or of an undoing that names one.
    public var reason: String? {
        switch event {
        case .decline(let decline): decline.reason
        case .undo(let undo): undo.reason
        case .capture, .periodClosed, .document, .clock, .markedPaid: nil
        }
    }

    /// The hash that chains `bytes`, an encoded entry: 32 bytes of SHA-256.
    public static func hash(of bytes: [UInt8]) -> [UInt8] { [UInt8](SHA256.hash(data: bytes)) }
}

/// What an entry of kinds 1 to 5 and 9 is about.
public struct EntrySubject: Hashable, Sendable {
    /// The sale, 1 to 25 of `[A-Za-z0-9]`.
    public let sale: String
    /// ISO 4217 number of the sale's currency.
    public let currencyNumber: UInt16
    /// Minor units: what was captured, asked for, undone, or due and marked as paid.
    public let amount: UInt64

    /// Makes a subject; see the properties for units and shapes.
    public init(sale: String, currencyNumber: UInt16, amount: UInt64) {
        self.sale = sale
        self.currencyNumber = currencyNumber
        self.amount = amount
    }
}
