import COSE
import HubProtocol
import JournalExport
import Money
public import Payments
import Screens
import Vouchers

// What is asked of the journal beside sales: periods, checkpoints, the export, the archive.
extension PaymentTerminal {
    /// Closes the period, under the next number. A checkpoint of it is signed at once: printed with
    /// the totals, it leaves the device. Where `number` is given, no other period is closed.
    public func closePeriod(_ number: UInt64? = nil, by operatedBy: EntryOperator?)
        async throws(JournalError) -> (period: Period, checkpoint: [UInt8])
    {
        let period = try await parts.journal.closePeriod(
            number, at: parts.clock.now(), by: operatedBy)
        // The next sale opens the counter again.
        show(screens.composer.closed())
        return (period, try await signedCheckpoint())
    }

    /// Keeps what is said of the open period's cash drawer, in the terminal's own currency.
    public func tell(_ word: DrawerWord, of period: UInt64) async throws(JournalError) -> Period {
        try await parts.journal.tell(word, of: period, currencyNumber: currency.number)
    }

    /// The period that is open.
    public func openPeriod() async throws(JournalError) -> Period {
        try await parts.journal.openPeriod()
    }

    /// A closed period, unless its entries are archived.
    public func period(_ number: UInt64) async throws(JournalError) -> Period? {
        try await parts.journal.period(number)
    }

    /// A signed checkpoint of all entries there are.
    public func signedCheckpoint() async throws(JournalError) -> [UInt8] {
        let (key, now) = (parts.key, parts.clock.now())
        let (terminal, journal) = (configuration.terminal, parts.journal.identity)
        return try await parts.journal.checkpoint { position in
            Checkpoint(
                terminal: terminal, journal: journal, size: position.sequence,
                hash: position.hash, at: now, receipt: position.receipt, period: position.period
            ).signed(by: key)
        }
    }

    /// Whose journal an export is.
    private var exportIdentity: ExportIdentity {
        ExportIdentity(
            terminal: configuration.terminal, key: parts.key.publicKey, hub: configuration.hub,
            seal: parts.key)
    }

    /// Writes everything that the journal holds, as one file, chunk by chunk to `sink`, which is
    /// called on a thread of its own and may block.
    public func exportJournal(
        to sink: @Sendable @escaping ([UInt8]) throws -> Void
    ) async throws(JournalError) {
        try await parts.journal.export(as: exportIdentity, at: parts.clock.now(), to: sink)
    }

    /// Whether the whole journal was read against itself before it was opened.
    public nonisolated var journalWasAudited: Bool { parts.journal.wasAuditedAtOpening }

    /// Reads the whole journal against itself, while payments go on; after damage is found none is
    /// taken any more.
    public func auditJournal() async throws(JournalError) { try await parts.journal.audit() }

    /// Archives what may go, and forgets vouchers that have long expired.
    public func archiveJournal() async throws(JournalError) -> ArchiveReport {
        try await parts.journal.archive(as: exportIdentity, at: parts.clock.now())
    }
}
