import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import LinuxClocks
import Payments
import SQLiteJournal
import Terminal
import TerminalState

/// Where periods come from: the daemon, or the journal itself past a dead one, which is opened once.
final class PeriodSource {
    private let daemon: DaemonOptions
    private var journal: SQLiteJournalReader?

    init(daemon: DaemonOptions) { self.daemon = daemon }

    /// The period that is open, and whether it was the daemon who said so.
    func open() async throws -> (period: PeriodMessage, isDaemonRunning: Bool) {
        do {
            return (try await daemon.ask { try await $0.period(nil) }, true)
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let journal = try journalPast(failure)
            return (try Self.message { () throws(JournalError) in try journal.openPeriod() }, false)
        }
    }

    /// A closed period; nil where none has this number, or its entries are archived.
    func closed(_ number: UInt64) async throws -> PeriodMessage? {
        do { return try await needed(number) } catch let failure as CommandFailure
            where failure.status == .notFound
        { return nil }
    }

    /// A closed period, which must be there.
    func needed(_ number: UInt64) async throws -> PeriodMessage {
        do {
            return try await daemon.ask { try await $0.period(number) }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let journal = try journalPast(failure)
            return try Self.message { () throws(JournalError) in try journal.period(number) }
        }
    }

    /// Payments that wait for the hub, past a dead daemon.
    func queuedPayments() throws -> UInt64 {
        let journal = try journal ?? StateFolder(daemon.state.folder).readJournal()
        do throws(JournalError) { return try journal.queue().exposure.count } catch {
            throw StateFolder.failure(error)
        }
    }

    private func journalPast(_ failure: CommandFailure) throws -> SQLiteJournalReader {
        if let journal { return journal }
        let opened = try EntrySource.journalPast(failure, state: daemon.state)
        journal = opened
        return opened
    }

    private static func message(_ look: () throws(JournalError) -> Period?) throws -> PeriodMessage
    {
        let found: Period?
        do throws(JournalError) { found = try look() } catch { throw StateFolder.failure(error) }
        guard let period = found else {
            throw CommandFailure(
                .notFound, reason: "no-period",
                message: "No shift was closed under this number, or its entries are archived.")
        }
        return PeriodMessage(
            number: period.number, firstSequence: period.firstSequence, firstAt: period.firstAt,
            closedBy: period.closedBy, closedAt: period.closedAt, totals: period.totals,
            markedPaid: period.marked.map {
                CountedSumMessage($0.sum, currency: $0.currencyNumber)
            },
            drawer: period.drawer, vat: period.vat, tips: period.tips,
            calendar: MachineZone.calendar(
                cutMinutes: try DayCut.minutes(nil, ProcessInfo.processInfo.environment)),
            now: secondsNow())
    }
}
