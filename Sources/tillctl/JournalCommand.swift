import ArgumentParser
import CommandSupport
import ControlProtocol
import HTTPControlClient

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
        var entries: [EntryMessage] = []
        while true {
            let wanted = min(Self.pageSize, (limit ?? Int.max) - entries.count)
            guard wanted > 0 else { break }
            let last = entries.last?.sequence ?? after
            let page = try await daemon.ask { try await $0.journal(after: last, limit: wanted) }
            entries += page
            if page.count < wanted { break }
        }
        if output.json {
            try Output.json(entries)
        } else {
            for entry in entries { Output.line(Self.text(entry)) }
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
