public import HubProtocol
public import Vouchers

/// What each terminal took in each of its periods, as the hub accepted it, held against what the
/// terminal's own Z says (`docs/spec/hub-protocol.md`, *Periods*).
public struct PeriodReport: Hashable, Sendable {
    /// One period of one journal in one currency.
    public struct Line: Hashable, Sendable {
        /// The terminal.
        public let terminal: TerminalID
        /// The journal, 8 bytes.
        public let journal: [UInt8]
        /// The Z number; nil while the period is open.
        public fileprivate(set) var period: UInt64?
        /// When it was closed, in seconds since 1970 UTC.
        public fileprivate(set) var closedAt: UInt64?
        /// ISO 4217 number.
        public let currencyNumber: UInt16
        /// Captures that count.
        public fileprivate(set) var captured = CountedSum()
        /// What was given back, by cancellations, reversals and refunds that count.
        public fileprivate(set) var returned = CountedSum()
        /// Captures and undoings in quarantine: neither counted nor lost.
        public fileprivate(set) var quarantined = CountedSum()
        /// Captures with which a voucher was spent beyond its worth, and by how much.
        public fileprivate(set) var overspent = CountedSum()
        /// Unconfirmed sales that a supervisor marked as paid: no captures, and no part of the net.
        public fileprivate(set) var marked = CountedSum()
        /// Captures and undoings that the terminal's Z says; nil while the period is open.
        public fileprivate(set) var told: (captured: CountedSum, returned: CountedSum)?

        /// What the terminal's merchant is owed, in minor units: negative where more went back.
        public var net: Int64 {
            Int64(clamping: captured.amount) - Int64(clamping: returned.amount)
        }

        /// Whether the terminal's Z says what the hub has, that in quarantine included; nil while
        /// the period is open.
        public var agrees: Bool? {
            told.map { told in
                told.captured.count + told.returned.count
                    == captured.count + returned.count + quarantined.count
                    && told.captured.amount + told.returned.amount
                        == captured.amount + returned.amount + quarantined.amount
            }
        }

        fileprivate init(_ batch: LedgerBatch, _ currencyNumber: UInt16) {
            terminal = batch.terminal
            journal = batch.journal
            self.currencyNumber = currencyNumber
        }

        /// Whether two lines say the same.
        public static func == (a: Line, b: Line) -> Bool {
            a.terminal == b.terminal && a.journal == b.journal && a.period == b.period
                && a.closedAt == b.closedAt && a.currencyNumber == b.currencyNumber
                && a.captured == b.captured && a.returned == b.returned
                && a.marked == b.marked && a.quarantined == b.quarantined
                && a.overspent == b.overspent
                && a.told?.captured == b.told?.captured && a.told?.returned == b.told?.returned
        }

        /// Hashes what names the line.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(terminal)
            hasher.combine(journal)
            hasher.combine(period)
            hasher.combine(currencyNumber)
        }
    }

    /// The lines of closed periods, in the order in which they were closed; then those of open ones.
    public var lines: [Line] { closed + open }

    private var closed: [Line] = []
    private var open: [Line] = []

    /// Makes an empty report.
    public init() {}

    /// Adds a batch, with its entries as the terminal signed them.
    public mutating func add(_ batch: LedgerBatch, _ entries: [JournalEntry]) {
        for (row, entry) in zip(batch.rows, entries) {
            if let subject = row.subject { add(row, subject, batch) }
            if case .periodClosed(let period) = entry.event {
                close(period, at: entry.at, of: batch)
            }
        }
    }

    private mutating func add(_ row: LedgerRow, _ subject: EntrySubject, _ batch: LedgerBatch) {
        let amount = subject.amount
        switch row.standing {
        case .noted(.markedPaid):
            change(batch, subject.currencyNumber) { $0.marked.add(amount) }
        case .declined, .noted: return
        case .captured(let capture):
            change(batch, subject.currencyNumber) { line in
                line.captured.add(amount)
                if let mark = capture.doubleSpend { line.overspent.add(mark.excess) }
            }
        case .undone: change(batch, subject.currencyNumber) { $0.returned.add(amount) }
        case .quarantined: change(batch, subject.currencyNumber) { $0.quarantined.add(amount) }
        }
    }

    private mutating func change(
        _ batch: LedgerBatch, _ currencyNumber: UInt16, _ body: (inout Line) -> Void
    ) {
        let place = open.firstIndex {
            $0.terminal == batch.terminal && $0.journal == batch.journal
                && $0.currencyNumber == currencyNumber
        }
        if place == nil { open.append(Line(batch, currencyNumber)) }
        body(&open[place ?? open.endIndex - 1])
    }

    private mutating func close(_ period: PeriodEntry, at: UInt64, of batch: LedgerBatch) {
        // A currency that the Z names and the hub has nothing of is a line too: it differs.
        for totals in period.totals { change(batch, totals.currencyNumber) { _ in } }
        for index in open.indices
        where open[index].terminal == batch.terminal && open[index].journal == batch.journal {
            var line = open[index]
            let totals =
                period.totals.first { $0.currencyNumber == line.currencyNumber }
                ?? PeriodTotals(currencyNumber: line.currencyNumber)
            var returned = CountedSum()
            for part in [
                totals.cancellations, totals.reversals, totals.refundsToStoredValue,
                totals.refundsByVoucher, totals.refundsOutside,
            ] {
                returned.count += part.count
                returned.amount += part.amount
            }
            line.period = period.number
            line.closedAt = at
            line.told = (totals.captures, returned)
            closed.append(line)
        }
        open.removeAll { $0.terminal == batch.terminal && $0.journal == batch.journal }
    }
}

extension CountedSum {
    fileprivate mutating func add(_ amount: UInt64) {
        count += 1
        let (sum, overflow) = self.amount.addingReportingOverflow(amount)
        self.amount = overflow ? .max : sum
    }
}
