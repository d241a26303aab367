import HubProtocol
import Payments
import Vouchers

/// Decides what becomes of a verified batch, from it and a snapshot alone.
struct BatchJudge {
    /// What becomes of a batch.
    enum Judgement {
        /// It has been answered before, by this acknowledgement.
        case repeated([UInt8])
        /// It is not taken.
        case refused(BatchRefusal)
        /// It is taken: its rows, and the journal's state after it.
        case accepted(rows: [LedgerRow], position: JournalPosition)
    }

    private let batch: VerifiedBatch
    private let findings: [EvidenceFinding?]

    /// Verifies the evidence of all captures in `batch`, which no snapshot bears on.
    init(batch: VerifiedBatch, evidence: CaptureEvidence) {
        self.batch = batch
        findings = batch.entries.map { entry in
            guard case .capture(let capture) = entry.event else { return nil }
            return evidence.judge(capture, of: entry)
        }
    }

    /// What has to be looked up.
    var query: BatchQuery {
        let vouchers = findings.compactMap { finding -> Voucher? in
            guard case .right(let voucher) = finding else { return nil }
            return voucher
        }
        let undoings = batch.entries.compactMap { entry -> UndoEntry? in
            if case .undo(let undo) = entry.event { undo } else { nil }
        }
        return BatchQuery(
            terminal: batch.batch.terminal, journal: batch.batch.journal,
            number: batch.batch.number,
            vouchers: Set(vouchers.map(\.identity))
                .union(undoings.compactMap { $0.restoration?.voucher }),
            presentations: Set(vouchers.compactMap { $0.presentation?.identity }),
            undone: Set(undoings.map(\.undone)))
    }

    /// Judges the batch, which was received as `bytes`.
    func judge(_ bytes: [UInt8], on snapshot: BatchSnapshot) -> Judgement {
        let number = batch.batch.number
        if let answered = snapshot.answered {
            return answered.bytes == bytes
                ? .repeated(answered.acknowledgement) : .refused(.numberReused(number))
        }
        let position = snapshot.position
        guard number == position.number + 1 else {
            return .refused(.numberGap(expected: position.number + 1, found: number))
        }
        guard batch.first.sequence == position.sequence + 1,
            batch.first.previousHash == position.hash
        else {
            return .refused(
                .chainBroken(expected: position.sequence + 1, found: batch.first.sequence))
        }
        if let refusal = forkRefusal(on: snapshot) { return .refused(refusal) }
        var run = Run(snapshot, terminal: batch.batch.terminal, journal: batch.batch.journal)
        let rows = zip(batch.entries, findings).map { run.row(of: $0, finding: $1) }
        return .accepted(
            rows: rows,
            position: JournalPosition(
                number: number, sequence: batch.last.sequence, hash: batch.lastHash,
                receipt: run.receipt))
    }
}

extension BatchJudge {
    /// Why the batch's checkpoint, or its entries, cannot be of the journal that signed the
    /// checkpoints before; nil where they can.
    private func forkRefusal(on snapshot: BatchSnapshot) -> BatchRefusal? {
        let own = batch.checkpoint.map { KnownCheckpoint(size: $0.size, hash: $0.hash) }
        if let known = snapshot.checkpoint, let own, own.size < known.size {
            return .journalSetBack(signed: known.size, found: own.size)
        }
        for checkpoint in [snapshot.checkpoint, own].compactMap({ $0 }) {
            guard let hash = hash(after: checkpoint.size), hash != checkpoint.hash else { continue }
            return .journalForked(at: checkpoint.size)
        }
        if let known = snapshot.checkpoint, let own, own.size == known.size, own.hash != known.hash
        {
            return .journalForked(at: known.size)
        }
        return nil
    }

    /// The hash of the entry `sequence`, where it is in the batch or just before it.
    private func hash(after sequence: UInt64) -> [UInt8]? {
        let first = batch.first.sequence
        if sequence + 1 == first { return batch.first.previousHash }
        guard sequence >= first, sequence <= batch.last.sequence else { return nil }
        return JournalEntry.hash(of: batch.batch.entries[Int(sequence - first)])
    }
}

/// What is known while the entries of one batch are judged one after another.
private struct Run {
    private let terminal: TerminalID
    private let journal: [UInt8]
    private var histories: [VoucherIdentity: VoucherHistory]
    private var presentations: [[UInt8]: CaptureLocation]
    private var undoables: [UInt64: UndoableCapture]
    /// The highest receipt number so far.
    private(set) var receipt: UInt64

    init(_ snapshot: BatchSnapshot, terminal: TerminalID, journal: [UInt8]) {
        self.terminal = terminal
        self.journal = journal
        histories = snapshot.histories
        presentations = snapshot.presentations
        undoables = snapshot.undoables
        receipt = snapshot.position.receipt
    }

    mutating func row(of entry: JournalEntry, finding: EvidenceFinding?) -> LedgerRow {
        if let problem = receiptProblem(entry) { return problem }
        switch entry.event {
        case .decline(let decline):
            return LedgerRow(entry, standing: .declined(reason: decline.reason))
        case .undo(let undo): return accept(entry, undo)
        case .periodClosed, .document, .clock, .markedPaid:
            return LedgerRow(entry, standing: .noted(entry.kind))
        case .capture(let capture):
            switch finding {
            case .wrong(let reason, let detail): return quarantine(entry, reason, detail)
            case .right(let voucher): return accept(entry, capture, voucher)
            case nil: preconditionFailure("Every capture's evidence has been judged.")
            }
        }
    }

    /// Counts the receipt of an entry that takes one; the row of an entry whose receipt does not
    /// come next.
    private mutating func receiptProblem(_ entry: JournalEntry) -> LedgerRow? {
        guard let found = entry.receipt else { return nil }
        let expected = receipt + 1
        receipt = max(receipt, found)
        if found < expected {
            return quarantine(entry, "receipt-repeated", "Receipt \(found) is there already.")
        }
        guard found == expected else {
            return quarantine(
                entry, "receipt-gap", "Receipt \(expected) is missing before receipt \(found).")
        }
        return nil
    }

    private func quarantine(_ entry: JournalEntry, _ reason: String, _ detail: String) -> LedgerRow
    {
        LedgerRow(entry, standing: .quarantined(reason: reason, detail: detail))
    }

    private mutating func accept(_ entry: JournalEntry, _ capture: CaptureEntry, _ voucher: Voucher)
        -> LedgerRow
    {
        let before = histories[voucher.identity]
        if let before, before.coreDigest != voucher.coreDigest {
            return quarantine(
                entry, "conflicting-voucher",
                "Voucher \(voucher.identity.shortName) was captured before with other terms.")
        }
        let location = CaptureLocation(
            terminal: terminal, journal: journal, sequence: entry.sequence,
            receipt: capture.receipt, at: entry.at, amount: entry.subject?.amount ?? 0)
        let plain = record(capture, voucher, doubleSpend: nil)
        let after = before?.adding(plain, at: location) ?? .first(plain, at: location)
        guard plain.redeemed <= after.ceiling, plain.consumed <= after.ceiling - plain.redeemed
        else {
            return quarantine(
                entry, "evidence-amount-differs",
                "\(plain.consumed) was spent of a voucher with \(plain.redeemed) redeemed of "
                    + "\(after.ceiling) in all.")
        }
        histories[voucher.identity] = after
        if let subject = entry.subject {
            undoables[entry.sequence] = UndoableCapture(
                capture: plain, subject: subject, undone: 0, isWhole: false)
        }
        let mark = doubleSpend(voucher, before: before, after: after, consumed: capture.consumed)
        if let presentation = voucher.presentation?.identity, presentations[presentation] == nil {
            presentations[presentation] = location
        }
        return LedgerRow(
            entry, standing: .captured(record(capture, voucher, doubleSpend: mark)))
    }

    private mutating func accept(_ entry: JournalEntry, _ undo: UndoEntry) -> LedgerRow {
        guard let subject = entry.subject else {
            preconditionFailure("An undoing is about a sale.")
        }
        let target = undoables[undo.undone]
        let accepted: LedgerUndo
        do { accepted = try UndoJudge.judge(undo, of: subject, target: target) } catch {
            return quarantine(entry, error.reason, error.detail)
        }
        undoables[undo.undone] = target?.undoing(accepted, subject.amount)
        if let paid = target?.capture {
            histories[paid.voucher] = histories[paid.voucher]?
                .givingBack(accepted.returned, redeemed: paid.redeemed)
        }
        return LedgerRow(entry, standing: .undone(accepted))
    }

    private func doubleSpend(
        _ voucher: Voucher, before: VoucherHistory?, after: VoucherHistory, consumed: UInt64
    ) -> DoubleSpend? {
        if let before, after.excess > before.excess {
            return DoubleSpend(other: before.other, excess: after.excess - before.excess)
        }
        // Within what the voucher is worth, but the holder signed only once.
        if let presentation = voucher.presentation?.identity,
            let earlier = presentations[presentation]
        {
            return DoubleSpend(other: earlier, excess: consumed)
        }
        return nil
    }

    private func record(_ capture: CaptureEntry, _ voucher: Voucher, doubleSpend: DoubleSpend?)
        -> LedgerCapture
    {
        let redeemed: UInt64
        if case .stored(_, let value) = voucher.value { redeemed = value } else { redeemed = 0 }
        return LedgerCapture(
            receipt: capture.receipt, voucher: voucher.identity, kind: capture.kind,
            consumed: capture.consumed, redeemed: redeemed, ceiling: voucher.value.ceiling,
            coreDigest: voucher.coreDigest, presentation: voucher.presentation?.identity,
            doubleSpend: doubleSpend)
    }
}
