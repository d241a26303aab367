import COSE
import HubProtocol
import Vouchers

/// What a verifier knows of the entries that it has seen.
struct ExportChain: Sendable {
    /// What a capture has become.
    struct Captured {
        let capture: CaptureEntry
        let subject: EntrySubject
        let at: UInt64
        var undone: UInt64 = 0
        var isUndoneWhole = false
        var hasRedemption = false
    }

    private(set) var link = ChainPosition.start
    private(set) var count: UInt64 = 0
    /// The position after each entry, the first at ``first``.
    private var positions: [ChainPosition] = []
    var first: UInt64 { start.sequence + 1 }
    private var start = ChainPosition.start
    var captures: [UInt64: Captured] = [:]
    /// What the codes say that were shown.
    private(set) var evidence = ExportEvidence()
    /// What undoing has given back to each voucher, in minor units.
    private(set) var restored: [VoucherIdentity: UInt64] = [:]
    private var totals: [UInt16: PeriodTotals] = [:]
    private var adopted: [[UInt8]: DocumentEntry] = [:]
    private var kept: Set<[UInt8]> = []
    private var archived = ChainPosition.start
    private var segments: UInt64 = 0
    private var lastBatch: ExportedBatch?

    /// Whether the file has the journal from its first entry to its last.
    private(set) var isWhole = false

    mutating func begin(_ header: ExportHeader) {
        link = header.start
        start = header.start
        isWhole = header.segment == 0 && header.start.sequence == 0
    }

    /// The position after the entry `sequence`; nil where it is not in this file.
    func position(after sequence: UInt64) -> ChainPosition? {
        guard sequence >= first, sequence - first < UInt64(positions.count) else { return nil }
        return positions[Int(sequence - first)]
    }

    mutating func take(_ segment: ExportedSegment, _ list: inout FindingList) {
        if segment.number != segments + 1 || segment.first != archived.sequence + 1
            || segment.last < segment.first || segment.previous != archived.hash
            || segment.receipt < archived.receipt
        {
            list.find(
                "segment-gap", at: "segment \(segment.number)",
                "The segment does not go on from the one before.")
        }
        segments = segment.number
        archived = ChainPosition(
            sequence: segment.last, hash: segment.hash, receipt: segment.receipt, period: 0)
    }

    mutating func take(_ bytes: [UInt8], _ list: inout FindingList) {
        if count == 0 { compareStart(&list) }
        count += 1
        let hash = JournalEntry.hash(of: bytes)
        let entry: JournalEntry
        do throws(JournalEntryError) { entry = try JournalEntry(decoding: bytes) } catch {
            list.find(
                "entry-malformed", at: "entry \(link.sequence + 1)", error.description)
            advance(
                ChainPosition(
                    sequence: link.sequence + 1, hash: hash, receipt: link.receipt,
                    period: link.period))
            return
        }
        if entry.sequence != link.sequence + 1 {
            list.find(
                "entry-missing", at: "entry \(link.sequence + 1)",
                "Entry \(link.sequence + 1) is missing: entry \(entry.sequence) is in its place.")
        }
        if entry.previousHash != link.hash {
            list.find(
                "entry-chain-broken", at: "entry \(entry.sequence)",
                "Entry \(entry.sequence) does not go on from the one before: one of the two "
                    + "was changed, or others are missing between them.")
        }
        if let receipt = entry.receipt, receipt != link.receipt + 1 {
            list.find(
                "receipt-gap", at: "entry \(entry.sequence)",
                "Receipt \(link.receipt + 1) comes next, and \(receipt) is there.")
        }
        let period = judge(entry, &list)
        evidence.take(entry, &list)
        advance(
            ChainPosition(
                sequence: entry.sequence, hash: hash, receipt: entry.receipt ?? link.receipt,
                period: period))
    }

    private mutating func advance(_ position: ChainPosition) {
        link = position
        positions.append(position)
    }

    /// A file whose first entries were archived says so twice.
    private func compareStart(_ list: inout FindingList) {
        guard
            archived.sequence != link.sequence || archived.hash != link.hash
                || archived.receipt != link.receipt
        else { return }
        list.find(
            "segment-missing", at: "the first entry",
            "The entries go on from entry \(link.sequence), and the segments end with entry "
                + "\(archived.sequence).")
    }

    /// What an entry says beyond its place; answers with the last closed period's number.
    private mutating func judge(_ entry: JournalEntry, _ list: inout FindingList) -> UInt64 {
        let place = "entry \(entry.sequence)"
        switch entry.event {
        case .decline, .clock, .markedPaid: break
        case .capture(let capture):
            guard let subject = entry.subject else { break }
            captures[entry.sequence] = Captured(
                capture: capture, subject: subject, at: entry.at)
            count(entry, subject)
        case .undo(let undo):
            guard let subject = entry.subject else { break }
            count(entry, subject)
            restore(undo)
            if undo.undone >= first { judge(undo, subject, at: place, &list) }
        case .document(let document): adopted[document.digest] = document
        case .periodClosed(let period):
            if period.number != link.period + 1 {
                list.find(
                    "period-gap", at: place,
                    "Period \(link.period + 1) comes next, and \(period.number) is there.")
            }
            let sums = totals.values.sorted { $0.currencyNumber < $1.currencyNumber }
            if period.totals != sums {
                list.find(
                    "period-totals-differ", at: place,
                    "The totals of period \(period.number) are not those of its entries.")
            }
            totals = [:]
            return period.number
        }
        return link.period
    }

    /// A refund by a voucher makes a new one, and gives nothing back to the old.
    private mutating func restore(_ undo: UndoEntry) {
        if case .refund(_, .voucher) = undo.kind { return }
        guard let restoration = undo.restoration else { return }
        let sum = (restored[restoration.voucher] ?? 0)
            .addingReportingOverflow(restoration.amount)
        restored[restoration.voucher] = sum.overflow ? .max : sum.partialValue
    }

    private mutating func count(_ entry: JournalEntry, _ subject: EntrySubject) {
        var line =
            totals[subject.currencyNumber] ?? PeriodTotals(currencyNumber: subject.currencyNumber)
        line.add(entry, subject.amount)
        totals[subject.currencyNumber] = line
    }

    private mutating func judge(
        _ undo: UndoEntry, _ subject: EntrySubject, at place: String,
        _ list: inout FindingList
    ) {
        guard var captured = captures[undo.undone] else {
            list.find(
                "undo-of-no-capture", at: place, "Entry \(undo.undone) is no capture to undo.")
            return
        }
        let isRefund = if case .refund = undo.kind { true } else { false }
        let (sum, overflow) = captured.undone.addingReportingOverflow(subject.amount)
        if captured.subject.sale != subject.sale
            || captured.subject.currencyNumber != subject.currencyNumber
        {
            list.find(
                "undo-of-other-sale", at: place, "What is undone is of another sale or currency.")
        }
        if captured.isUndoneWhole || (!isRefund && captured.undone > 0) || overflow
            || sum > captured.subject.amount || (!isRefund && sum != captured.subject.amount)
        {
            list.find(
                "undo-above-its-capture", at: place,
                "More is undone of entry \(undo.undone) than it captured, or a part of it where "
                    + "only the whole can be.")
        }
        if case .cancellation = undo.kind, let then = position(after: undo.undone)?.period,
            then != link.period
        {
            list.find(
                "cancellation-after-period", at: place,
                "Entry \(undo.undone) was cancelled after its period had closed.")
        }
        captured.undone = overflow ? .max : sum
        captured.isUndoneWhole = !isRefund
        captures[undo.undone] = captured
    }
}

// What stands beside the entries.
extension ExportChain {
    mutating func take(
        documentOf kind: UInt8, version: UInt64, _ bytes: [UInt8], at place: String,
        _ list: inout FindingList
    ) {
        let digest = Hashing.sha256(bytes)
        // A document that is still in force may have been adopted before the first entry.
        let entry = adopted[digest]
        if entry == nil && first == 1 {
            list.find(
                "document-unknown", at: place, "No entry says that this document was in force.")
        } else if let entry, entry.kind.rawValue != kind || entry.version != version {
            list.find(
                "document-differs", at: place,
                "The document's kind or version is not what its entry says.")
        }
        if !kept.insert(digest).inserted {
            list.find("document-repeated", at: place, "The document is there twice.")
        }
    }

    /// Holds a signed checkpoint against the chain.
    func hold(_ checkpoint: Checkpoint, at place: String, _ list: inout FindingList) {
        if checkpoint.size > link.sequence {
            list.find(
                "journal-cut", at: place,
                "The journal once had \(checkpoint.size) entries, and now ends with entry "
                    + "\(link.sequence): its end was cut off, or an older copy was restored.")
            return
        }
        guard checkpoint.size >= first || checkpoint.size + 1 == first else { return }
        let known =
            checkpoint.size >= first ? position(after: checkpoint.size) : start
        guard let known, known.hash == checkpoint.hash, known.receipt == checkpoint.receipt,
            known.period == checkpoint.period
        else {
            list.find(
                "checkpoint-differs", at: place,
                "Of the entries up to \(checkpoint.size), which were signed, some were changed: "
                    + "this is another journal than the one that was signed.")
            return
        }
    }

    mutating func take(
        _ batch: ExportedBatch, of header: ExportHeader, _ list: inout FindingList
    ) {
        let place = "batch \(batch.number)"
        if let before = lastBatch,
            batch.number != before.number + 1 || batch.first != before.last + 1
                || before.acknowledgement == nil
        {
            list.find("batch-gap", at: place, "The batch does not follow the one before.")
        }
        if lastBatch == nil, first == 1, batch.number != 1 || batch.first != 1 {
            list.find("batch-gap", at: place, "Batches are missing before this one.")
        }
        if batch.last > link.sequence || batch.last < batch.first {
            list.find(
                "journal-cut", at: place,
                "Entries up to \(batch.last) were sent, and the journal ends with entry "
                    + "\(link.sequence).")
        }
        lastBatch = batch
        guard let bytes = batch.acknowledgement, let hub = header.hub else { return }
        guard let answer = try? Acknowledgement.read(bytes, signedBy: hub),
            answer.terminal == header.terminal, answer.journal == header.journal,
            answer.number == batch.number, answer.digest == batch.digest,
            answer.lastSequence == batch.last
        else {
            list.find(
                "acknowledgement-differs", at: place,
                "The hub's answer is not its answer to this batch.")
            return
        }
        if let known = position(after: batch.last), known.hash != answer.lastHash {
            list.find(
                "acknowledgement-differs", at: place,
                "The hub has another entry \(batch.last) than this journal.")
        }
    }

    func finish(_ list: inout FindingList) {
        if count == 0 { compareStart(&list) }
        for document in adopted.values.sorted(by: { $0.digest.lexicographicallyPrecedes($1.digest) }
        )
        where !kept.contains(document.digest) {
            list.find(
                "document-missing", at: "the documents",
                "A document of kind \(document.kind.rawValue), version \(document.version), was "
                    + "in force and is not there.")
        }
    }
}

extension PeriodTotals {
    /// Adds what an entry about money comes to.
    fileprivate mutating func add(_ entry: JournalEntry, _ amount: UInt64) {
        let place: WritableKeyPath<PeriodTotals, CountedSum>
        switch entry.event {
        case .capture: place = \.captures
        case .undo(let undo):
            switch undo.kind {
            case .cancellation: place = \.cancellations
            case .reversal: place = \.reversals
            case .refund(_, .storedValue): place = \.refundsToStoredValue
            case .refund(_, .voucher): place = \.refundsByVoucher
            case .refund(_, .outside): place = \.refundsOutside
            }
        case .decline, .periodClosed, .document, .clock, .markedPaid: return
        }
        self[keyPath: place].count += 1
        let (sum, overflow) = self[keyPath: place].amount.addingReportingOverflow(amount)
        self[keyPath: place].amount = overflow ? .max : sum
    }
}
