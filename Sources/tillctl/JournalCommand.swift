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
        let entries = try await EntrySource(daemon: daemon).list(
            after: after, limit: limit ?? .max)
        if output.json {
            try Output.json(entries)
        } else {
            for entry in entries { Output.line(Self.text(entry)) }
        }
    }

    /// An entry for people.
    static func text(_ entry: EntryMessage) -> String {
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
