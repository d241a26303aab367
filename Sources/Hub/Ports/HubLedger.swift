public import Vouchers

/// Why the ledger did not do what it was asked.
public enum HubLedgerError: Error, Hashable, Sendable {
    /// The disk has no room; nothing was written.
    case diskFull
    /// The database or its file system cannot be written.
    case readOnly
    /// The database is damaged; the text says where.
    case damaged(String)
    /// The database was written by a newer version of Till.
    case newerSchema(found: Int, known: Int)
    /// Another process held the database for too long.
    case locked
    /// A constraint of the schema refused the record: it would have broken a promise.
    case constraint(String)
    /// The system refused a read or a write; whether it happened is not known.
    case inputOutput(String)

    /// The stable code of this error in JSON and in problem details.
    public var reason: String {
        switch self {
        case .diskFull: "disk-full"
        case .readOnly: "ledger-read-only"
        case .damaged: "ledger-damaged"
        case .newerSchema: "ledger-newer"
        case .locked: "ledger-locked"
        case .constraint: "ledger-constraint"
        case .inputOutput: "ledger-io-error"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .diskFull:
            "The hub's disk is full. No batch is accepted until there is room; the terminals keep "
                + "theirs and send them again. Free some space."
        case .readOnly:
            "The hub's ledger cannot be written. No batch is accepted; the terminals keep theirs. "
                + "Check the folder's owner and mode, and that its file system is mounted writable."
        case .damaged(let place):
            "The hub's ledger is damaged (\(place)). Do not trust its totals. Keep the file as it "
                + "is and restore the last copy; the signed batches in it prove what was sent."
        case .newerSchema(let found, let known):
            "The hub's ledger has schema \(found); this program knows \(known). Nothing was "
                + "changed. Install the newer version of Till."
        case .locked:
            "Another process has held the hub's ledger for too long. Nothing was changed. Try again."
        case .constraint(let name):
            "The hub's ledger refused a record that would have broken a rule (\(name)). Nothing "
                + "was changed."
        case .inputOutput(let detail):
            "The hub's disk reported an error (\(detail)). What was acknowledged before is kept. "
                + "Check the disk."
        }
    }
}

/// What the hub knows and keeps. All that is in it is only ever added.
///
/// Each call is atomic and, where it writes, durable on return. Where a call takes a number that
/// continues a row (an arrival, a version) and answers `false`, another process has taken that
/// number in between: read again and decide again. Every implementation passes
/// `HubLedgerContract`.
public protocol HubLedger: TrustLedger, HotListLedger, AccountLedger, StatementLedger, LogLedger {
    /// Who the hub is, or nil before it is initialised.
    func profile() async throws(HubLedgerError) -> HubProfile?

    /// Makes the hub: its profile and its first terms; `false` where it has been made already.
    func initialise(_ profile: HubProfile, terms: TermsVersion) async throws(HubLedgerError) -> Bool

    /// The newest terms, or nil before the hub is initialised.
    func latestTerms() async throws(HubLedgerError) -> TermsVersion?

    /// Adds terms whose version is one above the newest; `false` where it is taken.
    func append(_ terms: TermsVersion) async throws(HubLedgerError) -> Bool

    /// All enrolments, in the order of their making.
    func enrolments() async throws(HubLedgerError) -> [Enrolment]

    /// The enrolment of one journal of one terminal.
    func enrolment(of terminal: TerminalID, journal: [UInt8]) async throws(HubLedgerError)
        -> Enrolment?

    /// Adds an enrolment; `false` where that journal of that terminal is enrolled already.
    func append(_ enrolment: Enrolment) async throws(HubLedgerError) -> Bool

    /// Everything that bears on one batch, read at one moment.
    func snapshot(for query: BatchQuery) async throws(HubLedgerError) -> BatchSnapshot

    /// Adds an accepted batch with its rows, its acknowledgement, its leaf of the log and the log's
    /// checkpoint in one transaction; `false` where its arrival number is taken.
    func append(_ batch: LedgerBatch) async throws(HubLedgerError) -> Bool

    /// Everything that bears on one authorisation request, read at one moment.
    func authorisationSnapshot(for query: AuthorisationQuery) async throws(HubLedgerError)
        -> AuthorisationSnapshot

    /// Adds an answered authorisation request; `false` where its number is taken, or a batch has
    /// arrived since its snapshot.
    func append(_ authorisation: LedgerAuthorisation) async throws(HubLedgerError) -> Bool

    /// How far each journal has come, by terminal and journal.
    func journals() async throws(HubLedgerError) -> [JournalStanding]

    /// The vouchers that others than the asking journal have captured, or given back to, in the
    /// arrivals that follow, each as it stands now.
    func standings(for query: StandingsQuery) async throws(HubLedgerError) -> StandingsPage

    /// Accepted batches above `arrival`, in order, at most `limit`, with their rows.
    func batches(after arrival: UInt64, limit: Int) async throws(HubLedgerError) -> [LedgerBatch]

    /// Keeps a signed batch that was refused as evidence, once, and at most
    /// ``RefusedBatch/maximumKept`` of one journal.
    func keep(_ refused: RefusedBatch) async throws(HubLedgerError)

    /// The refused batches that are kept, in the order of their coming.
    func refusedBatches() async throws(HubLedgerError) -> [RefusedBatch]

    /// Adds a voucher of the hub's own; its `cti` is there once.
    func append(_ voucher: IssuedVoucher) async throws(HubLedgerError)

    /// The hub's own vouchers with what is redeemed of each, in the order of their making.
    func issuedVouchers() async throws(HubLedgerError) -> [IssuedVoucher]
}
