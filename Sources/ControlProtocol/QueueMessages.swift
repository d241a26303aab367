/// An entry that the hub has put aside, in `GET /v1/queue`.
public struct RefusedEntryMessage: Codable, Hashable, Sendable {
    /// Its place in the journal.
    public let sequence: UInt64
    /// The hub's stable code.
    public let reason: String
    /// What happened, what it means for the money, what to do.
    public let message: String
    /// When the hub said so, RFC 3339 in UTC.
    public let at: String
    /// The entry; missing where it is archived.
    public let entry: EntryMessage?

    /// Makes one.
    public init(
        sequence: UInt64, reason: String, message: String, at: String, entry: EntryMessage?
    ) {
        self.sequence = sequence
        self.reason = reason
        self.message = message
        self.at = at
        self.entry = entry
    }
}

/// `GET /v1/queue`: what waits for the hub, and what the hub has put aside.
public struct QueueMessage: Codable, Hashable, Sendable {
    /// Entries that wait, declines included.
    public let entries: UInt64
    /// Payments among them.
    public let payments: UInt64
    /// When the oldest of those payments was made, RFC 3339 in UTC.
    public let oldest: String?
    /// `online`, `offline`, `captive-portal` or `unknown`: how the last exchange with the hub went.
    public let networkStatus: String
    /// When the hub last answered, RFC 3339 in UTC.
    public let lastSync: String?
    /// What the last exchange failed with.
    public let problem: String?
    /// The oldest entries that wait, in order, at most 100.
    public let waiting: [EntryMessage]
    /// What the hub has put aside, the newest first, at most 100.
    public let refused: [RefusedEntryMessage]

    /// Makes one.
    public init(
        entries: UInt64, payments: UInt64, oldest: String?, networkStatus: String,
        lastSync: String?, problem: String?, waiting: [EntryMessage],
        refused: [RefusedEntryMessage]
    ) {
        self.entries = entries
        self.payments = payments
        self.oldest = oldest
        self.networkStatus = networkStatus
        self.lastSync = lastSync
        self.problem = problem
        self.waiting = waiting
        self.refused = refused
    }
}
