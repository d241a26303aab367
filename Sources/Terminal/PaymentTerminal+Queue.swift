public import HubProtocol

/// An entry that the hub has put aside: it is not credited until somebody has looked at it.
public struct RefusedEntry: Hashable, Sendable {
    /// Its place in the journal.
    public let sequence: UInt64
    /// The hub's reason (`docs/spec/hub-protocol.md`, *Quarantine*).
    public let reason: String
    /// When the hub said so, in seconds since 1970 UTC.
    public let at: UInt64
    /// The entry itself; nil where it is archived.
    public let entry: JournalEntry?
}

/// What lies between this terminal and its hub.
public struct QueueView: Hashable, Sendable {
    /// How much waits.
    public let status: QueueStatus
    /// The oldest entries that wait, in order, at most ``PaymentTerminal/maximumListedEntries``.
    public let waiting: [JournalEntry]
    /// What the hub has put aside, the newest first, at most as many.
    public let refused: [RefusedEntry]
    /// How the last exchange went.
    public let network: NetworkStatus
    /// When the hub last answered, in seconds since 1970 UTC, as far as this process knows.
    public let lastSync: UInt64?
    /// What the last exchange failed with.
    public let problem: String?
}

extension PaymentTerminal {
    /// As many entries as a person looks through.
    public static let maximumListedEntries = 100
    /// How many exchanges are looked through for what was put aside: months of them, each read in
    /// microseconds.
    static let acknowledgementsLookedAt = 5_000

    /// What waits for the hub, and what the hub has put aside.
    public func queueView() async throws(JournalError) -> QueueView {
        let status = try await parts.journal.queue()
        let waiting = try await parts.journal.entries(
            after: status.acknowledgedThrough, limit: Self.maximumListedEntries)
        return QueueView(
            status: status, waiting: waiting, refused: try await refusedEntries(),
            network: syncState.network, lastSync: syncState.lastSuccess ?? parts.lastContact,
            problem: syncState.lastProblem)
    }

    private func refusedEntries() async throws(JournalError) -> [RefusedEntry] {
        var refused: [RefusedEntry] = []
        let kept = try await parts.journal.acknowledgements(limit: Self.acknowledgementsLookedAt)
        for bytes in kept {
            let answer: Acknowledgement
            do { answer = try Acknowledgement.kept(bytes) } catch {
                throw .damaged("an acknowledgement is illegible: \(error.description)")
            }
            for line in answer.quarantined.reversed() {
                guard refused.count < Self.maximumListedEntries else { return refused }
                let entry = try await parts.journal.entries(after: line.sequence - 1, limit: 1)
                    .first
                refused.append(
                    RefusedEntry(
                        sequence: line.sequence, reason: line.reason, at: answer.at,
                        entry: entry?.sequence == line.sequence ? entry : nil))
            }
        }
        return refused
    }
}
