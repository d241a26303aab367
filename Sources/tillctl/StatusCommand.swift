import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import Payments
import SQLiteJournal
import Terminal
import TerminalState

/// `tillctl status`: whether payments can be taken, and how much is left.
struct StatusCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell whether payments can be taken, what waits, and what is left offline.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let status: StatusMessage
        do { status = try await daemon.ask { try await $0.status() } } catch let failure
            as CommandFailure where failure.status == .daemonNotRunning
        {
            try tellPastTheDaemon(failure)
            throw failure
        }
        if output.json {
            try Output.json(status)
        } else {
            describe(status)
        }
        if status.state != "ready" { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    /// What the journal itself says where no daemon does, on standard error: the failure is still
    /// the answer.
    private func tellPastTheDaemon(_ failure: CommandFailure) throws {
        let folder = StateFolder(daemon.state.folder)
        guard !output.json, FileManager.default.fileExists(atPath: folder.journalPath) else {
            return
        }
        do throws(JournalError) {
            let queue = try SQLiteJournalReader(folder: folder.journalPath).queue()
            Output.note(
                "The journal can be read: \(queue.lastSequence) entries, "
                    + "\(queue.exposure.count) payments wait for the hub. `tillctl doctor` looks "
                    + "further.")
        } catch {
            Output.note("The journal: \(error.message) `tillctl doctor` looks further.")
        }
    }

    private func describe(_ status: StatusMessage) {
        if status.training == true { Output.line(DaemonOptions.trainingLine) }
        Output.line("\(status.terminal), \(status.merchant): \(status.state)")
        if let problem = status.problem { Output.line("  \(problem)") }
        Output.line(
            "Hub: \(status.networkStatus)"
                + (status.lastSync.map { ", last answer \($0)" } ?? ", no answer yet"))
        if let problem = status.lastSyncProblem { Output.line("  \(problem)") }
        Output.line(
            "Trust list \(status.trust.listVersion), last confirmed "
                + "\(status.trust.ageSeconds / 60) minutes ago"
                + (status.trust.problem.map { "; a newer one was refused (\($0))" } ?? ""))
        Output.line(
            "Waiting for the hub: \(status.offlinePaymentsCount) payments, "
                + "\(status.queuedEntries) entries"
                + (status.oldestQueued.map { ", the oldest of \($0)" } ?? ""))
        for line in status.allowances {
            Output.line(
                "Left offline: \(line.left.amount) \(line.left.currency) "
                    + "(at most \(line.perPayment.amount) a payment), "
                    + "\(status.paymentsLeft) payments")
        }
        if let camera = status.camera { Output.line("Camera: \(camera.message) (\(camera.at))") }
        for sentence in status.exposure.sentences { Output.line("  \(sentence)") }
        if let sale = status.openSale { Output.line("Open sale: \(sale)") }
        if status.periodDays > 1 {
            Output.line(
                "The shift spans \(status.periodDays) business days: it was not closed in time. Close it "
                    + "when nothing is being sold: tillctl shift close")
        }
        for payment in status.unclear {
            Output.line(
                "Unclear: receipt \(payment.receipt) of \(payment.amount.shown), \(payment.at). "
                    + "The terminal stopped before it was told. If the customer left or paid "
                    + "another way, `tillctl reverse \(payment.receipt)`; else keep it.")
        }
    }
}
