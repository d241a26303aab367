public import COSE
public import HubProtocol
import Vouchers

/// What is wrong in a ledger: somebody or something has changed it.
public enum AuditFinding: Error, Hashable, Sendable {
    /// A signed batch does not verify, or its acknowledgement does not.
    case batch(arrival: UInt64, String)
    /// A row says something else than the signed entry that it was made from.
    case row(arrival: UInt64, sequence: UInt64, String)
    /// A batch does not continue the one before it of its journal, or an arrival is missing.
    case gap(arrival: UInt64, String)
    /// The log is not that of the batches.
    case log(arrival: UInt64, String)

    /// The stable code of the finding in JSON.
    public var reason: String { "ledger-damaged" }

    /// What was found, as a sentence.
    public var message: String {
        let end =
            "Do not trust the ledger's totals. Keep the file as it is and restore the last copy."
        return switch self {
        case .batch(let arrival, let detail):
            "The batch that arrived as number \(arrival) has been changed (\(detail)). \(end)"
        case .row(let arrival, let sequence, let detail):
            "Entry \(sequence) of the batch that arrived as number \(arrival) has been changed in "
                + "the ledger: its \(detail) is not what the terminal signed. \(end)"
        case .gap(let arrival, let detail):
            "The ledger is not whole at arrival \(arrival): \(detail). \(end)"
        case .log(let arrival, let detail):
            "The log of accepted batches has been changed at arrival \(arrival): \(detail). \(end)"
        }
    }
}

/// Goes through the ledger from its first batch and holds every row against what the terminal
/// signed and the hub acknowledged.
public struct LedgerAuditor: Sendable {
    /// How many batches are held in memory at a time.
    static let pageSize = 50

    private let ledger: any HubLedger
    private let hub: PublicKey

    /// Makes an auditor; `hub` is the key that has signed the acknowledgements.
    public init(ledger: any HubLedger, hub: PublicKey) {
        self.ledger = ledger
        self.hub = hub
    }

    /// Hands each batch that is right to `body`, in the order of arrival; ends at the first
    /// finding and returns it, or nil where all is right.
    public func audit(_ body: (LedgerBatch) -> Void) async throws(HubLedgerError) -> AuditFinding? {
        try await audit { batch, _ in body(batch) }
    }

    /// The same, with the entries as the terminal signed them.
    public func audit(_ body: (LedgerBatch, [JournalEntry]) -> Void)
        async throws(HubLedgerError) -> AuditFinding?
    {
        var enrolments: [Journal: PublicKey] = [:]
        for enrolment in try await ledger.enrolments() {
            enrolments[Journal(enrolment.terminal, enrolment.journal)] = enrolment.key
        }
        var positions: [Journal: JournalPosition] = [:]
        var arrival: UInt64 = 0
        var log = MerkleFrontier()
        while true {
            let page = try await ledger.batches(after: arrival, limit: Self.pageSize)
            for batch in page {
                let journal = Journal(batch.terminal, batch.journal)
                let entries: [JournalEntry]
                do throws(AuditFinding) {
                    guard batch.arrival == arrival + 1 else {
                        throw AuditFinding.gap(
                            arrival: arrival + 1, "it is followed by arrival \(batch.arrival)")
                    }
                    (positions[journal], entries) = try check(
                        batch, key: enrolments[journal], after: positions[journal] ?? .start)
                } catch { return error }
                arrival = batch.arrival
                if let finding = try await checkLog(batch, after: &log) { return finding }
                body(batch, entries)
            }
            guard page.count < Self.pageSize else { continue }
            // The checkpoint and the size first: what arrives meanwhile brings its own.
            let latest = try await ledger.latestLogCheckpoint()
            let size: UInt64
            do throws(HubLedgerError) { size = try await ledger.logFrontier().size } catch .damaged(
                let place)
            { return .log(arrival: arrival + 1, place) }
            let isLast = try await ledger.batches(after: arrival, limit: 1).isEmpty
            if let latest, latest.size > size {
                return .log(arrival: size + 1, "it was longer: a checkpoint of it is kept")
            }
            return size > arrival && isLast
                ? .log(arrival: arrival + 1, "it has a leaf without a batch") : nil
        }
    }

    /// Holds the log's hashes that `batch` has made, and the checkpoint that came with it, against
    /// what they should be; `log` is the log before it, and then with it.
    private func checkLog(_ batch: LedgerBatch, after log: inout MerkleFrontier)
        async throws(HubLedgerError) -> AuditFinding?
    {
        let made = log.append(batch.leaf.hash)
        do throws(HubLedgerError) {
            guard try await ledger.logHashes(of: made.map(\.node)) == made.map(\.hash) else {
                return .log(arrival: batch.arrival, "its hashes are not those of the batches")
            }
        } catch .damaged(let place) { return .log(arrival: batch.arrival, place) }
        guard let bytes = batch.logCheckpoint else { return nil }
        do throws(HubLogError) {
            let checkpoint = try HubLogCheckpoint.verify(bytes, signedBy: hub)
            guard checkpoint.size == log.size, checkpoint.root == log.root else {
                return .log(arrival: batch.arrival, "its checkpoint is of another log")
            }
            return nil
        } catch { return .log(arrival: batch.arrival, error.message) }
    }

    private struct Journal: Hashable {
        let terminal: TerminalID
        let identity: [UInt8]

        init(_ terminal: TerminalID, _ identity: [UInt8]) {
            self.terminal = terminal
            self.identity = identity
        }
    }

    private func check(_ row: LedgerBatch, key: PublicKey?, after position: JournalPosition)
        throws(AuditFinding) -> (JournalPosition, [JournalEntry])
    {
        guard let key else { throw .batch(arrival: row.arrival, "its journal is not enrolled") }
        let batch: VerifiedBatch
        let answer: Acknowledgement
        do {
            batch = try UnverifiedBatch(decoding: row.bytes).verified(signedBy: key)
            answer = try Acknowledgement.verify(
                row.acknowledgement, answering: row.bytes, signedBy: hub)
        } catch { throw .batch(arrival: row.arrival, error.description) }
        guard batch.batch.terminal == row.terminal, batch.batch.journal == row.journal,
            batch.batch.number == row.number, answer.at == row.at,
            row.position.number == row.number, row.position.sequence == batch.last.sequence,
            row.position.hash == batch.lastHash
        else { throw .batch(arrival: row.arrival, "its place is not what was signed") }
        guard row.number == position.number + 1, batch.first.sequence == position.sequence + 1,
            batch.first.previousHash == position.hash
        else { throw .gap(arrival: row.arrival, "a batch of its journal is missing before it") }
        guard row.rows.count == batch.entries.count else {
            throw .gap(arrival: row.arrival, "it has \(row.rows.count) rows")
        }
        let quarantined = row.rows.compactMap { line -> QuarantinedEntry? in
            guard case .quarantined(let reason, _) = line.standing else { return nil }
            return QuarantinedEntry(sequence: line.sequence, reason: reason)
        }
        guard quarantined == answer.quarantined else {
            throw .batch(arrival: row.arrival, "its quarantine is not what was acknowledged")
        }
        for (line, entry) in zip(row.rows, batch.entries) {
            if let detail = Self.difference(line, entry) {
                throw .row(arrival: row.arrival, sequence: entry.sequence, detail)
            }
        }
        return (row.position, batch.entries)
    }

    /// What in `row` is not as `entry` has it; nil where all is.
    private static func difference(_ row: LedgerRow, _ entry: JournalEntry) -> String? {
        if row.sequence != entry.sequence { return "place" }
        if row.at != entry.at { return "time" }
        if row.subject?.sale != entry.subject?.sale { return "sale" }
        if row.subject?.currencyNumber != entry.subject?.currencyNumber { return "currency" }
        if row.subject?.amount != entry.subject?.amount { return "amount" }
        switch (row.standing, entry.event) {
        case (.declined(let reason), .decline(let decline)):
            return reason == decline.reason ? nil : "reason"
        case (.captured(let kept), .capture(let capture)):
            if kept.receipt != capture.receipt { return "receipt" }
            if kept.voucher != capture.voucher { return "voucher" }
            if kept.kind != capture.kind { return "voucher kind" }
            return kept.consumed == capture.consumed ? nil : "consumed amount"
        case (.quarantined, .capture), (.quarantined, .undo): return nil
        case (.undone(let kept), .undo(let undo)):
            return kept.kind == undo.kind && kept.capture == undo.undone
                && kept.restoration == undo.restoration && kept.reason == undo.reason
                ? nil : "undoing"
        // As the ledger kept undoings before it judged them.
        case (.noted(let kind), .undo), (.noted(let kind), .periodClosed),
            (.noted(let kind), .document), (.noted(let kind), .clock),
            (.noted(let kind), .markedPaid):
            return kind == entry.kind ? nil : "kind"
        default: return "kind"
        }
    }
}
