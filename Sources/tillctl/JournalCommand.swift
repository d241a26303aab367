import ArgumentParser
import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import SQLiteJournal
import Terminal
import TerminalState

/// `tillctl journal`: what the terminal has done.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Look at the terminal's journal, check it, export it.",
        subcommands: [
            JournalListCommand.self, JournalVerifyCommand.self, JournalExportCommand.self,
            JournalImportCheckCommand.self, JournalCheckpointCommand.self,
            JournalArchiveCommand.self, JournalMigrateCommand.self,
        ])
}

/// `tillctl journal list`.
struct JournalListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the journal's entries in order.")

    /// Entries asked for at a time.
    static let pageSize = 500

    @Option(help: "Only entries above this sequence number.")
    var after: UInt64 = 0
    @Option(help: "At most so many entries.")
    var limit: Int?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func perform() async throws {
        let entries: [EntryMessage]
        do {
            entries = try await list { last, wanted in
                try await daemon.ask { try await $0.journal(after: last, limit: wanted) }
            }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            entries = try await listPastTheDaemon(failure)
        }
        if output.json {
            try Output.json(entries)
        } else {
            for entry in entries { Output.line(Self.text(entry)) }
        }
    }

    /// All entries that are wanted, page by page.
    private func list(_ page: (UInt64, Int) async throws -> [EntryMessage]) async throws
        -> [EntryMessage]
    {
        var entries: [EntryMessage] = []
        while true {
            let wanted = min(Self.pageSize, (limit ?? Int.max) - entries.count)
            guard wanted > 0 else { return entries }
            let next = try await page(entries.last?.sequence ?? after, wanted)
            entries += next
            if next.count < wanted { return entries }
        }
    }

    /// Reads the journal itself where no daemon runs; without one, the first failure stands.
    private func listPastTheDaemon(_ failure: CommandFailure) async throws -> [EntryMessage] {
        let folder = StateFolder(daemon.state.folder)
        guard FileManager.default.fileExists(atPath: folder.journalPath) else { throw failure }
        let journal = try folder.readJournal()
        Output.note("No daemon runs; this is read from the journal itself.")
        do {
            let acknowledged = try journal.queue().acknowledgedThrough
            return try await list { last, wanted in
                try journal.entries(after: last, limit: wanted).map {
                    EntryMessage($0, acknowledgedThrough: acknowledged)
                }
            }
        } catch let error as JournalError {
            throw StateFolder.failure(error)
        }
    }

    private static func text(_ entry: EntryMessage) -> String {
        var line = "\(entry.sequence)  \(entry.at)"
        if let amount = entry.amount { line += "  \(amount.amount) \(amount.currency)" }
        switch entry.kind {
        case "capture": line += "  receipt \(entry.receipt ?? 0)"
        case "decline": line += "  declined: \(entry.reason ?? "unknown")"
        case "period-closed": line += "  period \(entry.period ?? 0) closed"
        default: line += "  \(entry.detail ?? entry.kind)"
        }
        if let undone = entry.undone { line += " of entry \(undone)" }
        if entry.undone != nil, let receipt = entry.receipt { line += ", receipt \(receipt)" }
        if let voucher = entry.voucher { line += ", voucher \(voucher)" }
        if let by = entry.operatedBy { line += ", by \(by.name) (\(by.role))" }
        return line + (entry.acknowledged ? "" : ", not yet at the hub")
    }
}
