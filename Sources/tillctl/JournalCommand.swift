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
        commandName: "journal", abstract: "Look at the terminal's journal.",
        subcommands: [JournalListCommand.self])
}

/// `tillctl journal list`.
struct JournalListCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List captures and declines in order.")

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
        let amount = "\(entry.amount.amount) \(entry.amount.currency)"
        let what =
            entry.receipt.map { "receipt \($0)" } ?? "declined: \(entry.reason ?? "unknown")"
        let voucher = entry.voucher.map { ", voucher \($0)" } ?? ""
        let sent = entry.acknowledged ? "" : ", not yet at the hub"
        return "\(entry.sequence)  \(entry.at)  \(amount)  \(what)\(voucher)\(sent)"
    }
}
