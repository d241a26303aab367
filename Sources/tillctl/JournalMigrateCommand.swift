import ArgumentParser
import CommandSupport
import Foundation
import HubProtocol
import Payments
import SQLiteJournal
import Terminal
import TerminalState

/// `tillctl journal migrate`: what a package's upgrade holds the journal against.
struct JournalMigrateCommand: TillCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the journal to this program's schema, and say what it holds.",
        discussion: """
            The daemon must not run; it does the same at its start. Without --dry-run an older \
            journal is migrated on a copy and compared, and the old file is kept beside it. Told \
            are the journal's identity, its last entry with its hash, and what waits for the hub: \
            the same before an upgrade and after it. Needs no key and no configuration.
            """)

    @Flag(help: "Read, and migrate nothing.")
    var dryRun = false
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let identity: String
        let lastSequence: UInt64
        let lastEntry: String
        let acknowledgedThrough: UInt64
        let queuedEntries: UInt64
        let queuedCaptures: UInt64
        let queuedMinorUnits: [String: UInt64]
    }

    func perform() async throws {
        let folder = StateFolder(state.folder)
        guard FileManager.default.fileExists(atPath: folder.journalPath + "/journal.sqlite") else {
            throw CommandFailure(
                .notFound, reason: "journal-missing",
                message: "There is no journal in \(folder.journalPath). Nothing was changed.")
        }
        // Opened for writing and let go of at once: that migrates.
        if !dryRun { _ = try folder.openJournal() }
        let answer = try Self.look(try folder.readJournal())
        if output.json { return try Output.json(answer) }
        Output.line(
            "Journal \(answer.identity): \(answer.lastSequence) entries, "
                + "\(answer.queuedCaptures) payments wait for the hub.")
    }

    private static func look(_ journal: SQLiteJournalReader) throws -> Answer {
        do throws(JournalError) {
            try journal.audit()
            let queue = try journal.queue()
            let last = queue.lastSequence
            let entry = try last == 0 ? nil : journal.entries(after: last - 1, limit: 1).first
            return Answer(
                identity: journal.identity.hex, lastSequence: last,
                lastEntry: entry.map { JournalEntry.hash(of: $0.encoded()).hex } ?? "",
                acknowledgedThrough: queue.acknowledgedThrough, queuedEntries: queue.entries,
                queuedCaptures: queue.exposure.count,
                queuedMinorUnits: Dictionary(
                    uniqueKeysWithValues: queue.exposure.amounts.map { ("\($0.key)", $0.value) }))
        } catch { throw StateFolder.failure(error) }
    }
}
