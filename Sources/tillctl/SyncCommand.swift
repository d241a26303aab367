import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import Payments
import SQLiteJournal
import Terminal
import TerminalState

/// `tillctl sync`: the exchange with the hub, and what still waits for it.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Exchange with the hub now; tell what waits, and what it has put aside.",
        subcommands: [
            SyncNowCommand.self, SyncStatusCommand.self, SyncQueueCommand.self,
            SyncQuarantineCommand.self,
        ],
        defaultSubcommand: SyncNowCommand.self)
}

/// `tillctl sync now`: exchanges with the hub now.
struct SyncNowCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "now",
        abstract: "Deliver waiting payments to the hub now, and fetch its configuration.",
        discussion: """
            An exchange that is under way already is waited for. Exit code: 0 all acknowledged, 4 \
            something still waits.
            """)

    /// How often the daemon is asked while it is in an exchange of its own, and how long between:
    /// half a minute, in which a hub has answered or is known to be away.
    private static let attempts = 60
    private static let pause = Duration.milliseconds(500)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func perform() async throws {
        let report = try await exchange()
        if output.json {
            try Output.json(report)
        } else {
            Output.line(
                "Acknowledged: \(report.entries) entries in \(report.batches) batches. "
                    + "Waiting: \(report.queuedEntries).")
            for line in report.quarantined { Output.line("Put aside by the hub: entry \(line)") }
            if let message = report.message { Output.note("error: \(message)") }
        }
        if !report.complete { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    private func exchange() async throws -> SyncMessage {
        for _ in 1..<Self.attempts {
            let report = try await daemon.ask { try await $0.sync() }
            guard report.reason == "sync-running" else { return report }
            try await Task.sleep(for: Self.pause)
        }
        return try await daemon.ask { try await $0.sync() }
    }
}

/// `tillctl sync status`: how far the hub is behind.
struct SyncStatusCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell what waits for the hub, and when it last answered.",
        discussion: """
            Past a dead daemon the journal itself is read. Exit code: 0 the hub has everything, 4 \
            something waits.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    /// What is told; of the hub only where a daemon runs.
    private struct Answer: Encodable {
        let version = 1
        let daemon: Bool
        let queuedEntries: UInt64
        let queuedPayments: UInt64
        let lastSequence: UInt64
        let oldestQueued: String?
        let network: String?
        let lastSync: String?
        let problem: String?
        let link: LinkMessage?
        let hubLog: HubLogMessage?
    }

    /// Bytes as people say them.
    static func shown(_ bytes: UInt64) -> String {
        bytes < 1_000_000
            ? "\((bytes + 500) / 1_000) kB"
            : "\((bytes + 50_000) / 1_000_000).\((bytes + 50_000) / 100_000 % 10) MB"
    }

    private static func text(_ link: LinkMessage) -> String {
        "Line to the hub on \(link.day): \(shown(link.sentBytes)) sent, "
            + "\(shown(link.receivedBytes)) received"
            + (link.budgetBytes.map { ", of \(shown($0))" } ?? "")
            + (link.listsWait
                ? "; what is left is kept for payments, and lists wait until tomorrow" : "")
    }

    func perform() async throws {
        let answer = try await look()
        if output.json {
            try Output.json(answer)
        } else {
            Output.line(
                "Waiting for the hub: \(answer.queuedPayments) payments, "
                    + "\(answer.queuedEntries) entries of \(answer.lastSequence)"
                    + (answer.oldestQueued.map { ", the oldest of \($0)" } ?? ""))
            if let network = answer.network {
                Output.line(
                    "Hub: \(network)"
                        + (answer.lastSync.map { ", last answer \($0)" } ?? ", no answer yet"))
            }
            if let problem = answer.problem { Output.line("  \(problem)") }
            if let link = answer.link { Output.line(Self.text(link)) }
            if let log = answer.hubLog {
                Output.line(
                    "The hub's log: \(log.size) batches" + (log.at.map { ", signed \($0)" } ?? "")
                        + (log.finding.map { "; the hub CONTRADICTS it (\($0))" } ?? ""))
            }
        }
        if answer.queuedEntries > 0 { throw ExitCode(ExitStatus.degraded.rawValue) }
    }

    private func look() async throws -> Answer {
        do {
            let status = try await daemon.ask { try await $0.status() }
            return Answer(
                daemon: true, queuedEntries: status.queuedEntries,
                queuedPayments: status.offlinePaymentsCount, lastSequence: status.lastSequence,
                oldestQueued: status.oldestQueued, network: status.networkStatus,
                lastSync: status.lastSync, problem: status.lastSyncProblem, link: status.link,
                hubLog: status.hubLog)
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let journal = try EntrySource.journalPast(failure, state: daemon.state)
            do throws(JournalError) {
                let queue = try journal.queue()
                let oldest = try journal.entries(after: queue.acknowledgedThrough, limit: 1).first
                return Answer(
                    daemon: false, queuedEntries: queue.entries,
                    queuedPayments: queue.exposure.count, lastSequence: queue.lastSequence,
                    oldestQueued: oldest.map {
                        EntryMessage($0, acknowledgedThrough: queue.acknowledgedThrough).at
                    }, network: nil, lastSync: nil, problem: nil, link: nil, hubLog: nil)
            } catch { throw StateFolder.failure(error) }
        }
    }
}

/// `tillctl sync queue`: the entries that no acknowledgement covers.
struct SyncQueueCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "List the journal's entries that the hub has not acknowledged.",
        discussion: """
            A payment leaves the queue only against the hub's signed answer, however long that \
            takes. Past a dead daemon the journal itself is read.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let version = 1
        let entries: [EntryMessage]
    }

    func perform() async throws {
        let entries = try await EntrySource(daemon: daemon).list(after: nil)
            .filter { !$0.acknowledged }
        if output.json { return try Output.json(Answer(entries: entries)) }
        for entry in entries { Output.line(JournalListCommand.text(entry)) }
        if entries.isEmpty { Output.line("Nothing waits: the hub has all entries.") }
    }
}
