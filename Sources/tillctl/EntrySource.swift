import CommandSupport
import ControlProtocol
import Foundation
import HTTPControlClient
import SQLiteJournal
import Terminal
import TerminalState

/// Where entries of the journal come from: the daemon, or the journal itself past a dead one.
struct EntrySource {
    /// Entries asked for at a time.
    static let pageSize = 500

    let daemon: DaemonOptions

    /// The entries above `after`, or where it is nil above the last that the hub has acknowledged,
    /// in order, at most `limit` of them.
    func list(after: UInt64?, limit: Int = .max) async throws -> [EntryMessage] {
        do {
            let start =
                if let after { after } else {
                    try await daemon.ask {
                        let status = try await $0.status()
                        return status.lastSequence - status.queuedEntries
                    }
                }
            return try await Self.list(start, limit) { last, count in
                try await daemon.ask { try await $0.journal(after: last, limit: count) }
            }
        } catch let failure as CommandFailure where failure.status == .daemonNotRunning {
            let journal = try Self.journalPast(failure, state: daemon.state)
            do {
                let acknowledged = try journal.queue().acknowledgedThrough
                return try await Self.list(after ?? acknowledged, limit) { last, count in
                    try journal.entries(after: last, limit: count).map {
                        EntryMessage($0, acknowledgedThrough: acknowledged)
                    }
                }
            } catch let error as JournalError {
                throw StateFolder.failure(error)
            }
        }
    }

    /// The journal for reading where no daemon runs; without one, the first failure stands.
    static func journalPast(_ failure: CommandFailure, state: StateOptions) throws
        -> SQLiteJournalReader
    {
        let folder = StateFolder(state.folder)
        guard FileManager.default.fileExists(atPath: folder.journalPath) else { throw failure }
        let journal = try folder.readJournal()
        Output.note("No daemon runs; this is read from the journal itself.")
        return journal
    }

    /// Page by page.
    private static func list(
        _ after: UInt64, _ limit: Int,
        _ page: (UInt64, Int) async throws -> [EntryMessage]
    ) async throws -> [EntryMessage] {
        var entries: [EntryMessage] = []
        var last = after
        while entries.count < limit {
            let count = min(pageSize, limit - entries.count)
            let next = try await page(last, count)
            entries += next
            guard next.count == count, let end = next.last else { break }
            last = end.sequence
        }
        return entries
    }
}
