import ArgumentParser
import COSE
import CommandSupport
import ControlProtocol
import Hub
import HubProtocol
import Payments
import Vouchers

/// `tillhub ledger`: what has arrived, held against what the terminals signed.
struct LedgerCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Show what has arrived, after checking it against the terminals' signatures.",
        discussion: "A ledger that somebody has changed is refused with exit code 20.")

    @OptionGroup var hub: HubOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let folder = hub.folder
        let ledger = try folder.openLedger()
        let key = try folder.identity().publicKey
        var report = LedgerReport()
        do {
            let finding = try await LedgerAuditor(ledger: ledger, hub: key).audit {
                report.add($0)
            }
            if let finding {
                throw CommandFailure(
                    .dataDamaged, reason: finding.reason, message: finding.message)
            }
            report.add(try await ledger.refusedBatches())
        } catch let error as HubLedgerError {
            throw CommandFailure(error)
        }
        if output.json { return try Output.json(report) }
        report.lines.forEach(Output.line)
    }
}

/// What the ledger holds, for people and as JSON.
struct LedgerReport: Encodable {
    struct Other: Encodable {
        let terminal: String
        let receipt: UInt64
        let at: String
        let amount: MoneyMessage
        let excess: MoneyMessage
    }

    struct CaptureLine: Encodable {
        let terminal: String
        let journal: String
        let sequence: UInt64
        let receipt: UInt64
        let at: String
        let sale: String
        let voucher: String
        let kind: String
        let amount: MoneyMessage
        let consumed: MoneyMessage
        let doubleSpend: Other?
    }

    struct UndoLine: Encodable {
        let terminal: String
        let journal: String
        let sequence: UInt64
        let kind: String
        let receipt: UInt64?
        let at: String
        let sale: String
        let capture: UInt64
        let amount: MoneyMessage
        let to: String?
        let voucher: String?
        let reason: String?
    }

    struct QuarantineLine: Encodable {
        let terminal: String
        let journal: String
        let sequence: UInt64
        let at: String
        let amount: MoneyMessage
        let reason: String
        let detail: String
    }

    struct Total: Encodable {
        let terminal: String
        let currency: String
        var captures: UInt64 = 0
        var amount: MoneyMessage
        var undone: MoneyMessage
        var doubleSpends: UInt64 = 0
        var quarantined: UInt64 = 0
    }

    struct RefusedLine: Encodable {
        let terminal: String
        let journal: String
        let number: UInt64
        let reason: String
        let at: String
    }

    private(set) var batches: UInt64 = 0
    private(set) var entries: UInt64 = 0
    private(set) var declines: UInt64 = 0
    /// Entries of other kinds: undoings, closed periods, documents, the clock.
    private(set) var others: UInt64 = 0
    private(set) var captures: [CaptureLine] = []
    private(set) var undoings: [UndoLine] = []
    private(set) var quarantine: [QuarantineLine] = []
    private(set) var totals: [Total] = []
    private(set) var refusedBatches: [RefusedLine] = []

    mutating func add(_ refused: [RefusedBatch]) {
        refusedBatches = refused.map {
            RefusedLine(
                terminal: $0.terminal.text, journal: $0.journal.hex, number: $0.number,
                reason: $0.reason, at: Shown.time($0.at))
        }
    }

    mutating func add(_ batch: LedgerBatch) {
        batches += 1
        for row in batch.rows {
            entries += 1
            switch row.standing {
            case .declined: declines += 1
            case .noted: others += 1
            case .undone(let undo):
                guard let subject = row.subject else { continue }
                add(undo, row, subject, batch)
            case .captured(let capture):
                guard let subject = row.subject else { continue }
                add(capture, row, subject, batch)
            case .quarantined(let reason, let detail):
                guard let subject = row.subject else { continue }
                quarantine.append(
                    QuarantineLine(
                        terminal: batch.terminal.text, journal: batch.journal.hex,
                        sequence: row.sequence, at: Shown.time(row.at),
                        amount: MoneyMessage(subject.amount, currency: subject.currencyNumber),
                        reason: reason, detail: detail))
                count(subject, batch) { $0.quarantined += 1 }
            }
        }
    }

    private mutating func add(
        _ capture: LedgerCapture, _ row: LedgerRow, _ subject: EntrySubject, _ batch: LedgerBatch
    ) {
        let number = subject.currencyNumber
        captures.append(
            CaptureLine(
                terminal: batch.terminal.text, journal: batch.journal.hex, sequence: row.sequence,
                receipt: capture.receipt, at: Shown.time(row.at), sale: subject.sale,
                voucher: capture.voucher.shortName,
                kind: VoucherKind(rawValue: capture.kind)?.name ?? "\(capture.kind)",
                amount: MoneyMessage(subject.amount, currency: number),
                consumed: MoneyMessage(capture.consumed, currency: number),
                doubleSpend: capture.doubleSpend.map { mark in
                    Other(
                        terminal: mark.other.terminal.text, receipt: mark.other.receipt,
                        at: Shown.time(mark.other.at),
                        amount: MoneyMessage(mark.other.amount, currency: number),
                        excess: MoneyMessage(mark.excess, currency: number))
                }))
        count(subject, batch) { total in
            total.captures += 1
            let (sum, overflow) = total.amount.minorUnits.addingReportingOverflow(subject.amount)
            total.amount = MoneyMessage(overflow ? .max : sum, currency: number)
            if capture.doubleSpend != nil { total.doubleSpends += 1 }
        }
    }

    private mutating func add(
        _ undo: LedgerUndo, _ row: LedgerRow, _ subject: EntrySubject, _ batch: LedgerBatch
    ) {
        let number = subject.currencyNumber
        let (receipt, way) = Self.receiptAndWay(undo.kind)
        undoings.append(
            UndoLine(
                terminal: batch.terminal.text, journal: batch.journal.hex, sequence: row.sequence,
                kind: undo.entryKind.name, receipt: receipt, at: Shown.time(row.at),
                sale: subject.sale, capture: undo.capture,
                amount: MoneyMessage(subject.amount, currency: number), to: way,
                voucher: undo.restoration?.voucher.shortName, reason: undo.reason))
        count(subject, batch) { total in
            let (sum, overflow) = total.undone.minorUnits.addingReportingOverflow(subject.amount)
            total.undone = MoneyMessage(overflow ? .max : sum, currency: number)
        }
    }

    private static func receiptAndWay(_ kind: UndoEntry.Kind) -> (UInt64?, String?) {
        switch kind {
        case .cancellation(let receipt): (receipt, nil)
        case .reversal: (nil, nil)
        case .refund(let receipt, let way):
            (receipt, RefundWay(rawValue: way.rawValue)?.name)
        }
    }

    private mutating func count(
        _ subject: EntrySubject, _ batch: LedgerBatch, _ body: (inout Total) -> Void
    ) {
        let (terminal, currency) = (batch.terminal.text, Shown.code(subject.currencyNumber))
        let place = totals.firstIndex { $0.terminal == terminal && $0.currency == currency }
        let index = place ?? totals.endIndex
        if place == nil {
            totals.append(
                Total(
                    terminal: terminal, currency: currency,
                    amount: MoneyMessage(0, currency: subject.currencyNumber),
                    undone: MoneyMessage(0, currency: subject.currencyNumber)))
        }
        body(&totals[index])
    }

    /// The report for people.
    var lines: [String] {
        var lines = captures.map { capture in
            var line =
                "\(capture.at)  \(capture.terminal)  receipt \(capture.receipt)  "
                + "\(capture.amount.shown)  \(capture.voucher)"
            if let other = capture.doubleSpend {
                line +=
                    "  SPENT TWICE: also \(other.amount.shown) on \(other.terminal), "
                    + "receipt \(other.receipt), \(other.at); too much by "
                    + "\(other.excess.shown)"
            }
            return line
        }
        lines += undoings.map { undo in
            "\(undo.at)  \(undo.terminal)  "
                + (undo.receipt.map { "receipt \($0)  " } ?? "") + "-\(undo.amount.shown)  "
                + "\(undo.kind) of entry \(undo.capture)" + (undo.to.map { " to \($0)" } ?? "")
        }
        lines += quarantine.map {
            "\($0.at)  \($0.terminal)  entry \($0.sequence)  \($0.amount.shown)  "
                + "IN QUARANTINE (\($0.reason)): \($0.detail)"
        }
        lines += refusedBatches.map {
            "\($0.at)  \($0.terminal)  batch \($0.number)  REFUSED (\($0.reason))"
        }
        lines += totals.map { total in
            var line =
                "Total \(total.terminal): \(total.captures) captures, "
                + total.amount.shown
            if total.undone.minorUnits > 0 { line += ", \(total.undone.shown) given back" }
            if total.doubleSpends > 0 { line += ", \(total.doubleSpends) spent twice" }
            if total.quarantined > 0 { line += ", \(total.quarantined) in quarantine" }
            return line
        }
        let rest = others > 0 ? ", \(others) of other kinds" : ""
        lines.append("\(batches) batches, \(entries) entries, \(declines) declines\(rest)")
        return lines
    }
}
