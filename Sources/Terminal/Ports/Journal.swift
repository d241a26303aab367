import COSE
public import HubProtocol
public import JournalExport
public import Payments
public import Vouchers

/// Why the journal did not do what it was asked.
public enum JournalError: Error, Hashable, Sendable {
    /// The disk has no room; nothing was written.
    case diskFull
    /// The file or its file system cannot be written.
    case readOnly
    /// The database is damaged; the text says where.
    case damaged(String)
    /// The database was written by a newer version of Till.
    case newerSchema(found: Int, known: Int)
    /// The storage does not keep what it is told, or SQLite was not set to make it; the text says
    /// which setting reads back wrong.
    case notDurable(String)
    /// Another process holds the journal.
    case locked
    /// A sale waits for its code: its period cannot be closed over it.
    case saleOpen
    /// Another period is open than the one that was to be closed; its number.
    case periodOtherwise(open: UInt64)
    /// The float of a drawer that has been counted was to be changed.
    case drawerCounted
    /// A constraint of the schema refused the record: it would have broken a promise.
    case constraint(String)
    /// The system refused a read or a write; whether it happened is not known.
    case inputOutput(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .diskFull: "disk-full"
        case .readOnly: "journal-read-only"
        case .damaged: "journal-damaged"
        case .newerSchema: "journal-newer"
        case .notDurable: "journal-not-durable"
        case .locked: "journal-locked"
        case .saleOpen: "sale-open"
        case .periodOtherwise: "period-otherwise"
        case .drawerCounted: "drawer-counted"
        case .constraint: "journal-constraint"
        case .inputOutput: "journal-io-error"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .diskFull:
            "The disk is full. Nothing is approved until there is room; what was approved is kept. "
                + "Free some space."
        case .readOnly:
            "The journal cannot be written. Nothing is approved; what was approved is kept. "
                + "Check the folder's owner and mode, and that its file system is mounted writable."
        case .damaged(let place):
            "The journal is damaged (\(place)). Nothing is approved. Keep the file as it is and "
                + "restore the last copy, or send the file to your technician."
        case .newerSchema(let found, let known):
            "The journal has schema \(found); this program knows \(known). Nothing was changed. "
                + "Install the newer version of Till."
        case .notDurable(let setting):
            "The journal's storage would not keep a payment through a power cut (\(setting)). "
                + "Nothing is approved. Put the journal's folder on a local disk."
        case .locked:
            "Another process has the journal open. Nothing was changed. Stop the other tilld first."
        case .saleOpen:
            "A sale is open. The period stays open, and nothing was changed. Let the sale be paid or "
                + "give it up, and close the period then."
        case .periodOtherwise(let open):
            "Period \(open) is open, and another was to be closed: somebody has closed it meanwhile. "
                + "Nothing was changed. Look at the closed period first."
        case .drawerCounted:
            "The drawer has been counted: its float stays as it was said before. Nothing was changed. "
                + "Count again if the count was wrong."
        case .constraint("period-currencies-full"):
            "This period has payments in as many currencies as one can have. Nothing was paid. Close "
                + "the period with `tillctl shift close`, and take the payment again."
        case .constraint(let name):
            "The journal refused a record that would have spent twice (\(name)). Nothing was paid."
        case .inputOutput(let detail):
            "The disk reported an error (\(detail)). What was approved before is kept. "
                + "Check the disk before taking more payments."
        }
    }
}

/// What the journal says of a record that it has made durable.
public struct JournalReceipt: Hashable, Sendable {
    /// The entry's place in the journal, from 1 without gaps.
    public let sequence: UInt64
    /// The receipt number of a capture, a cancellation or a refund, from 1 without gaps; nil for
    /// a decline and a reversal.
    public let receipt: ReceiptNumber?

    /// Makes a receipt.
    public init(sequence: UInt64, receipt: ReceiptNumber?) {
        self.sequence = sequence
        self.receipt = receipt
    }
}

/// A batch that waits for the hub's answer; its bytes never change (`docs/spec/hub-protocol.md`).
public struct PendingBatch: Hashable, Sendable {
    /// The batch's number, from 1 without gaps.
    public let number: UInt64
    /// The first and the last entry in it.
    public let entries: ClosedRange<UInt64>
    /// The signed batch.
    public let bytes: [UInt8]

    /// Makes a pending batch.
    public init(number: UInt64, entries: ClosedRange<UInt64>, bytes: [UInt8]) {
        self.number = number
        self.entries = entries
        self.bytes = bytes
    }
}

/// What lies in the queue for the hub.
public struct QueueStatus: Hashable, Sendable {
    /// Entries that no acknowledgement covers, captures and declines.
    public let entries: UInt64
    /// The captures among them, as money.
    public let exposure: Exposure
    /// The last entry that an acknowledgement covers; 0 if none.
    public let acknowledgedThrough: UInt64
    /// The last entry of the journal; 0 if none.
    public let lastSequence: UInt64

    /// Makes a status; see the properties.
    public init(
        entries: UInt64, exposure: Exposure, acknowledgedThrough: UInt64, lastSequence: UInt64
    ) {
        self.entries = entries
        self.exposure = exposure
        self.acknowledgedThrough = acknowledgedThrough
        self.lastSequence = lastSequence
    }
}

/// A signed document as it was put in force, byte for byte.
public struct SignedDocument: Hashable, Sendable {
    /// The longest document in bytes (4 MiB): above the longest of any kind.
    public static let maximumBytes = 4 << 20

    /// What document.
    public let kind: DocumentKind
    /// Its version.
    public let version: UInt64
    /// Its bytes, 1 to ``maximumBytes``.
    public let bytes: [UInt8]

    /// Makes a document; see the properties for shapes.
    public init(kind: DocumentKind, version: UInt64, bytes: [UInt8]) {
        precondition(
            (1...Self.maximumBytes).contains(bytes.count), "A document has 1 byte to 4 MiB.")
        self.kind = kind
        self.version = version
        self.bytes = bytes
    }

    /// The SHA-256 of its bytes, 32 bytes: the name that entries call it by.
    public var digest: [UInt8] { Hashing.sha256(bytes) }
}

/// A reconciliation period, open or closed.
public struct Period: Hashable, Sendable {
    /// Its number, from 1 without gaps, never reset.
    public let number: UInt64
    /// Its first entry, which may not be written yet.
    public let firstSequence: UInt64
    /// When that was written, in seconds since 1970 UTC; nil before it is, and once it is archived.
    public let firstAt: UInt64?
    /// The entry that closed it; nil while it is open.
    public let closedBy: UInt64?
    /// When it was closed, in seconds since 1970 UTC.
    public let closedAt: UInt64?
    /// What was done in it, by currency.
    public let totals: [PeriodTotals]
    /// Sales that a supervisor marked as paid by a scheme's wallet: no captures, and in no total.
    public let marked: [MarkedSales]
    /// What was said of the cash drawer; nil where nothing was.
    public let drawer: CashDrawer?
    /// Its value-added tax, ascending by currency, letter and rate; empty where no sale came with any.
    public let vat: [PeriodVAT]
    /// Its tips, ascending by currency; empty where there were none.
    public let tips: [PeriodTips]

    /// Makes a period; see the properties for units.
    public init(
        number: UInt64, firstSequence: UInt64, firstAt: UInt64? = nil, closedBy: UInt64?,
        closedAt: UInt64?, totals: [PeriodTotals], marked: [MarkedSales] = [],
        drawer: CashDrawer? = nil, vat: [PeriodVAT] = [],
        tips: [PeriodTips] = []
    ) {
        self.number = number
        self.firstSequence = firstSequence
        self.firstAt = firstAt
        self.closedBy = closedBy
        self.closedAt = closedAt
        self.totals = totals
        self.marked = marked
        self.drawer = drawer
        self.vat = vat
        self.tips = tips
    }
}

/// Sales of one currency that were marked as paid in a period.
public struct MarkedSales: Hashable, Sendable {
    /// The currency, by its ISO 4217 number.
    public let currencyNumber: UInt16
    /// How many, and what was due.
    public let sum: CountedSum

    /// Makes a line.
    public init(currencyNumber: UInt16, sum: CountedSum) {
        self.currencyNumber = currencyNumber
        self.sum = sum
    }
}

/// What is said of a period's cash drawer, in minor units.
public enum DrawerWord: Hashable, Sendable {
    /// What lies in it at the opening.
    case float(UInt64)
    /// What was counted.
    case counted(UInt64)
}

/// An undoing as a journal gives it back.
public struct RecordedUndo: Hashable, Sendable {
    /// The undoing. Its payment stands as it does now, the undoing included.
    public let undo: Undo
    /// Its receipt number; nil for a reversal.
    public let receipt: ReceiptNumber?

    /// Makes a recorded undoing.
    public init(undo: Undo, receipt: ReceiptNumber?) {
        self.undo = undo
        self.receipt = receipt
    }
}

/// What archiving came to.
public struct ArchiveReport: Hashable, Sendable {
    /// Entries that were archived.
    public let entries: UInt64
    /// Vouchers that were forgotten.
    public let vouchers: UInt64

    /// Makes a report.
    public init(entries: UInt64, vouchers: UInt64) {
        self.entries = entries
        self.vouchers = vouchers
    }
}

/// The terminal's journal: what has happened, durable before anybody is told.
///
/// One process opens a journal, one connection of it writes. Each call is atomic: it has happened
/// entirely or not at all. Every implementation passes `JournalContract`.
public protocol Journal: Sendable {
    /// 8 random bytes that this journal has carried since it was made: a terminal that starts
    /// anew has another.
    var identity: [UInt8] { get }

    /// Makes a sale's state durable: inserts it, or replaces its state and request. What it has
    /// captured is not the caller's to say: another figure than the journal's is refused.
    func store(_ sale: Sale) async throws(JournalError)

    /// The sale that was open when the last process ended, if any.
    func openSale() async throws(JournalError) -> Sale?

    /// The sale that was opened under an idempotency key, in whatever state.
    func sale(key: String) async throws(JournalError) -> Sale?

    /// The sale with this reference.
    func sale(reference: SaleReference) async throws(JournalError) -> Sale?

    /// The requests of this terminal that have neither expired by `now` (seconds UTC) nor been
    /// paid: the nonces that a payment confirmation may still answer.
    func confirmableNonces(at now: UInt64) async throws(JournalError) -> Set<[UInt8]>

    /// What bears on one decision.
    func facts(for query: FactsQuery) async throws(JournalError) -> JournalFacts

    /// Writes one record in one durable transaction: the chained entry, the voucher's memory, the
    /// presentation, the request and the sale. On return it is on disk. Of a decline too the
    /// voucher is remembered, unless it conflicts with what is known. A caller that is cancelled
    /// undoes nothing.
    func record(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt

    /// Reads back whether `record` is on disk, after an error left that open. The answer is final:
    /// what is not found now will not be found after a restart.
    func find(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt?

    /// What a receipt number names, with all that has been undone of a payment.
    func receipt(_ number: ReceiptNumber) async throws(JournalError) -> ReceiptLookUp

    /// What of a receipt's amount is taxed at which rate, in the order of the letters; nothing where the
    /// sale came without, or no entry that is here has the number.
    func vat(of receipt: ReceiptNumber) async throws(JournalError) -> [VATLine]

    /// What of a receipt's amount is a tip, in minor units; 0 where no entry that is here has the number.
    func tip(of receipt: ReceiptNumber) async throws(JournalError) -> UInt64

    /// The undoing that was made under an idempotency key, and its receipt number; nil where none
    /// was. A reversal has no receipt number.
    func undoing(key: String) async throws(JournalError) -> RecordedUndo?

    /// What the journal did to one voucher after the entry with this sequence number.
    func ownRedemptions(of voucher: VoucherIdentity, after sequence: UInt64)
        async throws(JournalError) -> OwnRedemptions

    /// What has been given back of a sale's payments, in minor units of its currency.
    func undone(of sale: SaleReference) async throws(JournalError) -> UInt64

    /// Makes durable that people have been told of the payment with this receipt number.
    func confirm(_ receipt: ReceiptNumber) async throws(JournalError)

    /// The payments whose completion is unclear: in the journal, told to nobody as far as it
    /// knows, and not undone. In the order of their receipts.
    func unclearPayments() async throws(JournalError) -> [CapturedPayment]

    /// Entries above `sequence`, in order, at most `limit`.
    func entries(after sequence: UInt64, limit: Int) async throws(JournalError)
        -> [JournalEntry]

    /// The batch that waits for an answer; else a new one of the next entries (at most
    /// `maximumEntries`), which `sign` makes from its number and the entries' bytes, stored before
    /// it is returned; else nil, where every entry is acknowledged.
    func pendingBatch(
        maximumEntries: Int, sign: @Sendable @escaping (UInt64, [[UInt8]]) -> [UInt8]
    ) async throws(JournalError) -> PendingBatch?

    /// Stores the hub's verified acknowledgement of batch `number`, once; its entries leave the
    /// queue, and nothing that is remembered of vouchers changes.
    func acknowledge(batch number: UInt64, acknowledgement: [UInt8]) async throws(JournalError)

    /// What lies in the queue.
    func queue() async throws(JournalError) -> QueueStatus

    /// The acknowledgements that are kept, the newest first, at most `limit`.
    func acknowledgements(limit: Int) async throws(JournalError) -> [[UInt8]]

    /// Keeps a signed document that is put in force, and notes it in the chain, at `now` (seconds
    /// UTC). Answers with the entry's sequence number, or nil where this very document was the
    /// last of its kind to be put in force, and nothing is written.
    func adopt(_ document: SignedDocument, at now: UInt64) async throws(JournalError) -> UInt64?

    /// The document with this SHA-256 that was once put in force, if any.
    func document(digest: [UInt8]) async throws(JournalError) -> SignedDocument?

    /// The document of a kind that was put in force last, if any.
    func documentInForce(_ kind: DocumentKind) async throws(JournalError) -> SignedDocument?

    /// Notes what the clock did, at `now` (seconds UTC); answers with the entry's sequence number.
    func note(_ clock: ClockEntry, at now: UInt64) async throws(JournalError) -> UInt64

    /// Closes the period: all that was done since the last closing, with its totals, under the
    /// next number. Refused with ``JournalError/saleOpen`` while a sale waits for its code, and with
    /// ``JournalError/periodOtherwise(open:)`` where `number` is given and another period is open.
    func closePeriod(_ number: UInt64?, at now: UInt64, by operatedBy: EntryOperator?)
        async throws(JournalError) -> Period

    /// Keeps what is said of the open period's cash drawer, which is in the currency with this
    /// ISO 4217 number; refuses with ``JournalError/periodOtherwise(open:)`` where another period is
    /// open, and a float after a count with ``JournalError/drawerCounted``. A count without a float
    /// is one of a drawer that was empty.
    func tell(_ word: DrawerWord, of period: UInt64, currencyNumber: UInt16)
        async throws(JournalError) -> Period

    /// The period that is open: its number to be, and what was done in it so far.
    func openPeriod() async throws(JournalError) -> Period

    /// When the first entry of the open period was written, in seconds since 1970 UTC; nil before there
    /// is one. It is asked every second or two, and adds nothing up.
    func openPeriodBegan() async throws(JournalError) -> UInt64?

    /// The closed period with this number, unless its entries are archived.
    func period(_ number: UInt64) async throws(JournalError) -> Period?

    /// A signed checkpoint of all entries there are: the one that is kept, or a new one, which
    /// `sign` makes of where the chain stands, stored before it is returned.
    func checkpoint(sign: @Sendable @escaping (ChainPosition) -> [UInt8])
        async throws(JournalError) -> [UInt8]

    /// Writes everything that the journal holds, from one moment of it, as one file
    /// (`docs/spec/journal-export.md`), chunk by chunk to `sink`, which is called on a thread of
    /// its own and may block. Payments go on meanwhile.
    func export(
        as identity: ExportIdentity, at now: UInt64,
        to sink: @Sendable @escaping ([UInt8]) throws -> Void
    ) async throws(JournalError)

    /// Archives old entries that the hub has acknowledged, and forgets vouchers that have long
    /// expired by the hub's clock. Nothing that may still be shown becomes spendable.
    func archive(as identity: ExportIdentity, at now: UInt64) async throws(JournalError)
        -> ArchiveReport

    /// Whether everything was read against itself before the journal was opened: of a long one only
    /// the newest entries are, and the rest is for ``audit()``.
    var wasAuditedAtOpening: Bool { get }

    /// Reads everything that the journal holds against itself, while payments go on. What it finds
    /// is thrown; after ``JournalError/damaged(_:)`` no payment is taken any more.
    func audit() async throws(JournalError)

    /// The latest time that the journal has recorded, in seconds since 1970 UTC: no honest clock
    /// stands before it.
    func latestTime() async throws(JournalError) -> UInt64?
}
