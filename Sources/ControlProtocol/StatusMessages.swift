/// How much a terminal's trust documents are worth.
public struct TrustMessage: Codable, Hashable, Sendable {
    /// The root's version.
    public let rootVersion: UInt64
    /// The generation of the trust list.
    public let generation: UInt64
    /// The trust list's version.
    public let listVersion: UInt64
    /// The freshness statement's version, where one names the list in force.
    public let freshnessVersion: UInt64?
    /// When the list was last known to be the newest, RFC 3339 in UTC.
    public let confirmedAt: String
    /// How long ago that is, in seconds.
    public let ageSeconds: UInt64
    /// When the list expires, RFC 3339 in UTC.
    public let expiresAt: String
    /// Whether it has: then nothing is approved.
    public let expired: Bool
    /// Whether the terminal's own key is in the list and not revoked.
    public let listed: Bool
    /// Whether the terminal's own key is revoked: then nothing is approved.
    public let revoked: Bool
    /// The code of what the last document that was offered was refused for.
    public let problem: String?

    /// Makes a message.
    public init(
        rootVersion: UInt64, generation: UInt64, listVersion: UInt64, freshnessVersion: UInt64?,
        confirmedAt: String, ageSeconds: UInt64, expiresAt: String, expired: Bool, listed: Bool,
        revoked: Bool, problem: String?
    ) {
        self.rootVersion = rootVersion
        self.generation = generation
        self.listVersion = listVersion
        self.freshnessVersion = freshnessVersion
        self.confirmedAt = confirmedAt
        self.ageSeconds = ageSeconds
        self.expiresAt = expiresAt
        self.expired = expired
        self.listed = listed
        self.revoked = revoked
        self.problem = problem
    }
}

/// `GET /v1/status`.
public struct StatusMessage: Codable, Hashable, Sendable {
    /// `ready`, `out-of-order` or `clock-suspect`.
    public let state: String
    /// What is wrong, where something is.
    public let problem: String?
    /// The terminal's id.
    public let terminal: String
    /// The merchant's name.
    public let merchant: String
    /// The program's version.
    public let version: String
    /// `online`, `offline`, `captive-portal` or `unknown`: how the last exchange with the hub went.
    public let networkStatus: String
    /// When the hub last acknowledged something, RFC 3339 in UTC.
    public let lastSync: String?
    /// What the last exchange failed with.
    public let lastSyncProblem: String?
    /// Captures that the hub has not acknowledged.
    public let offlinePaymentsCount: UInt64
    /// Entries, declines included, that the hub has not acknowledged.
    public let queuedEntries: UInt64
    /// When the oldest of those captures was made, RFC 3339 in UTC.
    public let oldestQueued: String?
    /// Captures that may still be made before the hub must be reached.
    public let paymentsLeft: UInt64
    /// One line for each currency accepted.
    public let allowances: [AllowanceMessage]
    /// The band, the minutes that are left, and what runs out first.
    public let exposure: ExposureMessage
    /// The last journal entry.
    public let lastSequence: UInt64
    /// The version of the configuration that the hub signed.
    public let configurationVersion: UInt64
    /// The issuers whose vouchers are taken.
    public let issuers: [String]
    /// The reference of the open sale, if one is.
    public let openSale: String?
    /// What the camera could not look at since it last saw a code.
    public let camera: CameraMessage?
    /// What would help the code before the camera to be read: `closer`, `further`, `brighter` or
    /// `hold-still`.
    public let hint: String?
    /// Payments that nobody was told of, as far as the journal knows.
    public let unclear: [PaymentMessage]
    /// How many business days the open period touches: above 1, it was not closed in time.
    public let periodDays: Int64
    /// How much the trust documents are worth.
    public let trust: TrustMessage
    /// True on a terminal in training, where nothing is money; missing on any other.
    public let training: Bool?
    /// What went over the line to the hub today.
    public let link: LinkMessage?
    /// What is known of the hub's log, once it was asked for.
    public let hubLog: HubLogMessage?

    /// Makes a status.
    public init(
        state: String, problem: String?, terminal: String, merchant: String, version: String,
        networkStatus: String, lastSync: String?, lastSyncProblem: String?,
        offlinePaymentsCount: UInt64, queuedEntries: UInt64, oldestQueued: String?,
        paymentsLeft: UInt64, allowances: [AllowanceMessage], exposure: ExposureMessage,
        lastSequence: UInt64,
        configurationVersion: UInt64, issuers: [String], openSale: String?,
        unclear: [PaymentMessage], periodDays: Int64, trust: TrustMessage,
        camera: CameraMessage? = nil,
        hint: String? = nil, training: Bool? = nil, link: LinkMessage? = nil,
        hubLog: HubLogMessage? = nil
    ) {
        self.state = state
        self.problem = problem
        self.terminal = terminal
        self.merchant = merchant
        self.version = version
        self.networkStatus = networkStatus
        self.lastSync = lastSync
        self.lastSyncProblem = lastSyncProblem
        self.offlinePaymentsCount = offlinePaymentsCount
        self.queuedEntries = queuedEntries
        self.oldestQueued = oldestQueued
        self.paymentsLeft = paymentsLeft
        self.allowances = allowances
        self.exposure = exposure
        self.lastSequence = lastSequence
        self.configurationVersion = configurationVersion
        self.issuers = issuers
        self.openSale = openSale
        self.unclear = unclear
        self.periodDays = periodDays
        self.trust = trust
        self.camera = camera
        self.hint = hint
        self.training = training
        self.link = link
        self.hubLog = hubLog
    }
}

/// What a terminal knows of its hub's log.
public struct HubLogMessage: Codable, Hashable, Sendable {
    /// How many batches it had, by the newest checkpoint that is believed.
    public let size: UInt64
    /// When that was signed, RFC 3339 in UTC; missing where there is none.
    public let at: String?
    /// The code of what the hub's log contradicts it in (`hub-log.md`), if in anything.
    public let finding: String?

    /// Makes a message.
    public init(size: UInt64, at: String?, finding: String?) {
        self.size = size
        self.at = at
        self.finding = finding
    }
}

/// What went over the line to the hub on a business day.
public struct LinkMessage: Codable, Hashable, Sendable {
    /// The business day, `2026-11-27`.
    public let day: String
    /// Bytes sent, counted as `hub-protocol.md` says.
    public let sentBytes: UInt64
    /// Bytes received.
    public let receivedBytes: UInt64
    /// What both may come to; missing where there is no limit.
    public let budgetBytes: UInt64?
    /// Whether downloads of lists wait until tomorrow.
    public let listsWait: Bool

    /// Makes a message; see the properties.
    public init(
        day: String, sentBytes: UInt64, receivedBytes: UInt64, budgetBytes: UInt64?,
        listsWait: Bool
    ) {
        self.day = day
        self.sentBytes = sentBytes
        self.receivedBytes = receivedBytes
        self.budgetBytes = budgetBytes
        self.listsWait = listsWait
    }
}

/// What the camera could not look at.
public struct CameraMessage: Codable, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// A sentence for people.
    public let message: String
    /// When, RFC 3339 in UTC.
    public let at: String

    /// Makes a message.
    public init(reason: String, message: String, at: String) {
        self.reason = reason
        self.message = message
        self.at = at
    }
}

/// `POST /v1/sync`.
public struct SyncMessage: Codable, Hashable, Sendable {
    /// Whether the hub answered and everything is acknowledged.
    public let complete: Bool
    /// Batches acknowledged in this exchange.
    public let batches: UInt64
    /// Entries acknowledged in this exchange.
    public let entries: UInt64
    /// Entries that the hub put aside, with its reasons.
    public let quarantined: [String]
    /// Entries that still wait.
    public let queuedEntries: UInt64
    /// The version of the configuration now in force.
    public let configurationVersion: UInt64
    /// The stable code of what went wrong.
    public let reason: String?
    /// A sentence on what went wrong.
    public let message: String?

    /// Makes a report.
    public init(
        complete: Bool, batches: UInt64, entries: UInt64, quarantined: [String],
        queuedEntries: UInt64, configurationVersion: UInt64, reason: String?, message: String?
    ) {
        self.complete = complete
        self.batches = batches
        self.entries = entries
        self.quarantined = quarantined
        self.queuedEntries = queuedEntries
        self.configurationVersion = configurationVersion
        self.reason = reason
        self.message = message
    }
}
