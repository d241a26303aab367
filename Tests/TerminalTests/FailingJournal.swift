import HubProtocol
import JournalExport
import Payments
import Synchronization
import Terminal
import Vouchers

/// A journal that refuses everything: what a terminal has between two lives.
struct NoJournal: Journal {
    var identity: [UInt8] { [UInt8](repeating: 0, count: 8) }
    func store(_ sale: Sale) async throws(JournalError) { throw .readOnly }
    func openSale() async throws(JournalError) -> Sale? { throw .readOnly }
    func sale(key: String) async throws(JournalError) -> Sale? { throw .readOnly }
    func sale(reference: SaleReference) async throws(JournalError) -> Sale? { throw .readOnly }
    func confirmableNonces(at now: UInt64) async throws(JournalError) -> Set<[UInt8]> {
        throw .readOnly
    }
    func facts(for query: FactsQuery) async throws(JournalError) -> JournalFacts {
        throw .readOnly
    }
    func record(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt {
        throw .readOnly
    }
    func find(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt? {
        throw .readOnly
    }
    func receipt(_ number: ReceiptNumber) async throws(JournalError) -> ReceiptLookUp {
        throw .readOnly
    }
    func vat(of receipt: ReceiptNumber) async throws(JournalError) -> [VATLine] { throw .readOnly }
    func tip(of receipt: ReceiptNumber) async throws(JournalError) -> UInt64 { throw .readOnly }
    func undoing(key: String) async throws(JournalError) -> RecordedUndo? { throw .readOnly }
    func undone(of sale: SaleReference) async throws(JournalError) -> UInt64 { throw .readOnly }
    func ownRedemptions(of voucher: VoucherIdentity, after sequence: UInt64)
        async throws(JournalError) -> OwnRedemptions
    { throw .readOnly }
    func confirm(_ receipt: ReceiptNumber) async throws(JournalError) { throw .readOnly }
    func unclearPayments() async throws(JournalError) -> [CapturedPayment] { throw .readOnly }
    func entries(after sequence: UInt64, limit: Int) async throws(JournalError) -> [JournalEntry] {
        throw .readOnly
    }
    func pendingBatch(
        maximumEntries: Int, sign: @Sendable @escaping (UInt64, [[UInt8]]) -> [UInt8]
    ) async throws(JournalError) -> PendingBatch? { throw .readOnly }
    func acknowledge(batch number: UInt64, acknowledgement: [UInt8]) async throws(JournalError) {
        throw .readOnly
    }
    func queue() async throws(JournalError) -> QueueStatus { throw .readOnly }
    func acknowledgements(limit: Int) async throws(JournalError) -> [[UInt8]] { throw .readOnly }
    func latestTime() async throws(JournalError) -> UInt64? { throw .readOnly }
    var wasAuditedAtOpening: Bool { false }
    func audit() async throws(JournalError) { throw .readOnly }
    func adopt(_ document: SignedDocument, at now: UInt64) async throws(JournalError) -> UInt64? {
        throw .readOnly
    }
    func document(digest: [UInt8]) async throws(JournalError) -> SignedDocument? {
        throw .readOnly
    }
    func documentInForce(_ kind: DocumentKind) async throws(JournalError) -> SignedDocument? {
        throw .readOnly
    }
    func note(_ clock: ClockEntry, at now: UInt64) async throws(JournalError) -> UInt64 {
        throw .readOnly
    }
    func closePeriod(_ number: UInt64?, at now: UInt64, by operatedBy: EntryOperator?)
        async throws(JournalError) -> Period
    { throw .readOnly }
    func tell(_ word: DrawerWord, of period: UInt64, currencyNumber: UInt16)
        async throws(JournalError) -> Period
    { throw .readOnly }
    func openPeriod() async throws(JournalError) -> Period { throw .readOnly }
    func openPeriodBegan() async throws(JournalError) -> UInt64? { throw .readOnly }
    func period(_ number: UInt64) async throws(JournalError) -> Period? { throw .readOnly }
    func checkpoint(sign: @Sendable @escaping (ChainPosition) -> [UInt8])
        async throws(JournalError) -> [UInt8]
    { throw .readOnly }
    func export(
        as identity: ExportIdentity, at now: UInt64,
        to sink: @Sendable @escaping ([UInt8]) throws -> Void
    ) async throws(JournalError) { throw .readOnly }
    func archive(as identity: ExportIdentity, at now: UInt64) async throws(JournalError)
        -> ArchiveReport
    { throw .readOnly }
}

/// The real journal behind a disk that lies: `record` may fail after or before it has written,
/// and reading back may fail as well.
final class FailingJournal: Journal {
    enum Fault {
        case none, failsBeforeWriting, failsAfterWriting, failsAndCannotBeRead
        case failsAfterWritingAndCannotBeRead
    }

    let real: any Journal
    private let fault = Mutex<Fault>(.none)

    init(_ real: any Journal) { self.real = real }

    func set(_ fault: Fault) { self.fault.withLock { $0 = fault } }
    private var now: Fault { fault.withLock { $0 } }

    var identity: [UInt8] { real.identity }

    func record(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt {
        switch now {
        case .none: return try await real.record(record)
        case .failsBeforeWriting: throw .diskFull
        case .failsAfterWriting, .failsAfterWritingAndCannotBeRead:
            _ = try await real.record(record)
            throw .inputOutput("EIO")
        case .failsAndCannotBeRead: throw .inputOutput("EIO")
        }
    }

    func find(_ record: JournalRecord) async throws(JournalError) -> JournalReceipt? {
        switch now {
        case .failsAndCannotBeRead, .failsAfterWritingAndCannotBeRead: throw .inputOutput("EIO")
        case .none, .failsBeforeWriting, .failsAfterWriting: break
        }
        return try await real.find(record)
    }

    func store(_ sale: Sale) async throws(JournalError) { try await real.store(sale) }
    func openSale() async throws(JournalError) -> Sale? { try await real.openSale() }
    func sale(key: String) async throws(JournalError) -> Sale? { try await real.sale(key: key) }
    func sale(reference: SaleReference) async throws(JournalError) -> Sale? {
        try await real.sale(reference: reference)
    }
    func confirmableNonces(at now: UInt64) async throws(JournalError) -> Set<[UInt8]> {
        try await real.confirmableNonces(at: now)
    }
    func facts(for query: FactsQuery) async throws(JournalError) -> JournalFacts {
        try await real.facts(for: query)
    }
    func receipt(_ number: ReceiptNumber) async throws(JournalError) -> ReceiptLookUp {
        try await real.receipt(number)
    }
    func tip(of receipt: ReceiptNumber) async throws(JournalError) -> UInt64 {
        try await real.tip(of: receipt)
    }
    func vat(of receipt: ReceiptNumber) async throws(JournalError) -> [VATLine] {
        try await real.vat(of: receipt)
    }
    func undoing(key: String) async throws(JournalError) -> RecordedUndo? {
        try await real.undoing(key: key)
    }
    func undone(of sale: SaleReference) async throws(JournalError) -> UInt64 {
        try await real.undone(of: sale)
    }
    func ownRedemptions(of voucher: VoucherIdentity, after sequence: UInt64)
        async throws(JournalError) -> OwnRedemptions
    {
        try await real.ownRedemptions(of: voucher, after: sequence)
    }
    func confirm(_ receipt: ReceiptNumber) async throws(JournalError) {
        try await real.confirm(receipt)
    }
    func unclearPayments() async throws(JournalError) -> [CapturedPayment] {
        try await real.unclearPayments()
    }
    func entries(after sequence: UInt64, limit: Int) async throws(JournalError) -> [JournalEntry] {
        try await real.entries(after: sequence, limit: limit)
    }
    func pendingBatch(
        maximumEntries: Int, sign: @Sendable @escaping (UInt64, [[UInt8]]) -> [UInt8]
    ) async throws(JournalError) -> PendingBatch? {
        try await real.pendingBatch(maximumEntries: maximumEntries, sign: sign)
    }
    func acknowledge(batch number: UInt64, acknowledgement: [UInt8]) async throws(JournalError) {
        try await real.acknowledge(batch: number, acknowledgement: acknowledgement)
    }
    func queue() async throws(JournalError) -> QueueStatus { try await real.queue() }
    var wasAuditedAtOpening: Bool { real.wasAuditedAtOpening }
    func audit() async throws(JournalError) { try await real.audit() }
    func acknowledgements(limit: Int) async throws(JournalError) -> [[UInt8]] {
        try await real.acknowledgements(limit: limit)
    }
    func latestTime() async throws(JournalError) -> UInt64? { try await real.latestTime() }
    func adopt(_ document: SignedDocument, at now: UInt64) async throws(JournalError) -> UInt64? {
        try await real.adopt(document, at: now)
    }
    func document(digest: [UInt8]) async throws(JournalError) -> SignedDocument? {
        try await real.document(digest: digest)
    }
    func documentInForce(_ kind: DocumentKind) async throws(JournalError) -> SignedDocument? {
        try await real.documentInForce(kind)
    }
    func note(_ clock: ClockEntry, at now: UInt64) async throws(JournalError) -> UInt64 {
        try await real.note(clock, at: now)
    }
    func closePeriod(_ number: UInt64?, at now: UInt64, by operatedBy: EntryOperator?)
        async throws(JournalError) -> Period
    { try await real.closePeriod(number, at: now, by: operatedBy) }
    func tell(_ word: DrawerWord, of period: UInt64, currencyNumber: UInt16)
        async throws(JournalError) -> Period
    { try await real.tell(word, of: period, currencyNumber: currencyNumber) }
    func openPeriod() async throws(JournalError) -> Period { try await real.openPeriod() }
    func openPeriodBegan() async throws(JournalError) -> UInt64? {
        try await real.openPeriodBegan()
    }
    func period(_ number: UInt64) async throws(JournalError) -> Period? {
        try await real.period(number)
    }
    func checkpoint(sign: @Sendable @escaping (ChainPosition) -> [UInt8])
        async throws(JournalError) -> [UInt8]
    { try await real.checkpoint(sign: sign) }
    func export(
        as identity: ExportIdentity, at now: UInt64,
        to sink: @Sendable @escaping ([UInt8]) throws -> Void
    ) async throws(JournalError) { try await real.export(as: identity, at: now, to: sink) }
    func archive(as identity: ExportIdentity, at now: UInt64) async throws(JournalError)
        -> ArchiveReport
    { try await real.archive(as: identity, at: now) }
}
