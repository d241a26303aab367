/// `POST /v1/sales`: opens a sale.
public struct SaleOrderMessage: Codable, Hashable, Sendable {
    /// The amount, with the currency's own number of decimals: `12.50`.
    public let amount: String
    /// ISO 4217 letters; the terminal's own currency where nil.
    public let currency: String?
    /// An idempotency key, at most 64 bytes: the same key is the same sale.
    public let key: String?

    /// Makes an order.
    public init(amount: String, currency: String?, key: String?) {
        self.amount = amount
        self.currency = currency
        self.key = key
    }
}

/// `POST /v1/sales/current/codes`: a code that was typed for the open sale.
public struct TypedCodeMessage: Codable, Hashable, Sendable {
    /// The code's text: a voucher reference (`TVR:…`) or any other code. It may be the money.
    public let code: String

    /// Makes one.
    public init(code: String) { self.code = code }
}

/// The order to mark a sale as paid, as a caller at the socket gives it; at the console whoever
/// is logged in, or vouches, is the one who says so.
public struct MarkOrderMessage: Codable, Hashable, Sendable {
    /// Who has seen the money: 1 to 32 bytes, kept with the entry.
    public let by: String

    /// Makes an order.
    public init(by: String) { self.by = by }
}

/// A payment already made with a voucher, told with *spent here*.
public struct RedemptionMessage: Codable, Hashable, Sendable {
    /// When, RFC 3339 in UTC.
    public let at: String
    /// On which receipt.
    public let receipt: UInt64
    /// How much.
    public let amount: MoneyMessage

    /// Makes a redemption.
    public init(at: String, receipt: UInt64, amount: MoneyMessage) {
        self.at = at
        self.receipt = receipt
        self.amount = amount
    }
}

/// What became of one code.
public struct VerdictMessage: Codable, Hashable, Sendable {
    /// `approved`, `approved-in-part` or `declined`.
    public let verdict: String
    /// The stable code of a decline.
    public let reason: String?
    /// A sentence for the cashier.
    public let message: String
    /// What was captured.
    public let captured: MoneyMessage?
    /// The receipt number of the capture.
    public let receipt: UInt64?
    /// What of a fixed voucher lapses, because it was worth more than the sale.
    public let lapsed: MoneyMessage?
    /// For *spent here*: the redemption that used the voucher up.
    public let spent: RedemptionMessage?
    /// Why it was decided online or offline: a stable code (`sale.md`).
    public let online: String?

    /// Makes a verdict.
    public init(
        verdict: String, reason: String? = nil, message: String, captured: MoneyMessage? = nil,
        receipt: UInt64? = nil, lapsed: MoneyMessage? = nil, spent: RedemptionMessage? = nil,
        online: String? = nil
    ) {
        self.verdict = verdict
        self.reason = reason
        self.message = message
        self.captured = captured
        self.receipt = receipt
        self.lapsed = lapsed
        self.spent = spent
        self.online = online
    }
}

/// A sale as the terminal sees it: the answer of every `/v1/sales` route.
public struct SaleMessage: Codable, Hashable, Sendable {
    /// The reference that people and wallets see.
    public let reference: String
    /// `open`, `paid`, `partly-paid`, `cancelled` or `expired`.
    public let state: String
    /// What the sale comes to.
    public let total: MoneyMessage
    /// What has been captured.
    public let captured: MoneyMessage
    /// What of that has been given back since.
    public let undone: MoneyMessage
    /// What is still due.
    public let due: MoneyMessage
    /// When it was opened, RFC 3339 in UTC.
    public let openedAt: String
    /// When the request on the screen expires, RFC 3339 in UTC.
    public let expiresAt: String
    /// Whether the shop QR is on the screen, read back by the terminal's own scanner.
    public let symbolShown: Bool
    /// Why the shop QR is not on the screen.
    public let symbolProblem: String?
    /// The file that the display draws to, where it is one.
    public let screen: String?
    /// The shop QR as half blocks, to print on a terminal.
    public let halfBlocks: String?
    /// The verdicts since the daemon started, oldest first, the last 20 of them.
    public let verdicts: [VerdictMessage]
    /// The verdict that the caller waited for, where one came.
    public let news: VerdictMessage?
    /// Rises with every change of what is told here; wait for a change with `?after=`.
    public let version: UInt64
    /// What is left offline in the sale's currency, and what runs out first.
    public let offline: ExposureMessage?
    /// True on a terminal in training, where nothing is money; missing on any other.
    public let training: Bool?

    /// Makes a sale's message.
    public init(
        reference: String, state: String, total: MoneyMessage, captured: MoneyMessage,
        undone: MoneyMessage, due: MoneyMessage, openedAt: String, expiresAt: String,
        symbolShown: Bool,
        symbolProblem: String?, screen: String?, halfBlocks: String?, verdicts: [VerdictMessage],
        news: VerdictMessage?, version: UInt64, offline: ExposureMessage? = nil,
        training: Bool? = nil
    ) {
        self.reference = reference
        self.state = state
        self.total = total
        self.captured = captured
        self.undone = undone
        self.due = due
        self.openedAt = openedAt
        self.expiresAt = expiresAt
        self.symbolShown = symbolShown
        self.symbolProblem = symbolProblem
        self.screen = screen
        self.halfBlocks = halfBlocks
        self.verdicts = verdicts
        self.news = news
        self.version = version
        self.offline = offline
        self.training = training
    }
}

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
    /// `online`, `offline` or `unknown`: how the last exchange with the hub went.
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
    /// How much the trust documents are worth.
    public let trust: TrustMessage
    /// True on a terminal in training, where nothing is money; missing on any other.
    public let training: Bool?

    /// Makes a status.
    public init(
        state: String, problem: String?, terminal: String, merchant: String, version: String,
        networkStatus: String, lastSync: String?, lastSyncProblem: String?,
        offlinePaymentsCount: UInt64, queuedEntries: UInt64, oldestQueued: String?,
        paymentsLeft: UInt64, allowances: [AllowanceMessage], exposure: ExposureMessage,
        lastSequence: UInt64,
        configurationVersion: UInt64, issuers: [String], openSale: String?,
        unclear: [PaymentMessage], trust: TrustMessage, camera: CameraMessage? = nil,
        hint: String? = nil, training: Bool? = nil
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
        self.trust = trust
        self.camera = camera
        self.hint = hint
        self.training = training
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

/// One journal entry, as `GET /v1/journal` tells it.
public struct EntryMessage: Codable, Hashable, Sendable {
    /// The place in the journal, from 1.
    public let sequence: UInt64
    /// When, RFC 3339 in UTC.
    public let at: String
    /// `capture`, `decline`, `cancellation`, `refund`, `reversal`, `period-closed`, `document` or
    /// `clock`.
    public let kind: String
    /// The sale's reference; absent in the last three kinds.
    public let sale: String?
    /// What was captured, asked for, or undone; absent with the sale.
    public let amount: MoneyMessage?
    /// The receipt number of a capture, a cancellation or a refund.
    public let receipt: UInt64?
    /// The stable code of a decline, or of an undoing that names one.
    public let reason: String?
    /// The sequence number of the capture that is undone.
    public let undone: UInt64?
    /// The number of the period that was closed.
    public let period: UInt64?
    /// What an entry about a document or the clock says, in words.
    public let detail: String?
    /// The voucher's issuer and short name.
    public let voucher: String?
    /// `fixed`, `stored-value` or `certificate`.
    public let voucherKind: String?
    /// Who did it, where somebody was logged in.
    public let operatedBy: StaffMessage?
    /// Whether the hub has acknowledged it.
    public let acknowledged: Bool

    /// Makes an entry's message.
    public init(
        sequence: UInt64, at: String, kind: String, sale: String?, amount: MoneyMessage?,
        receipt: UInt64?, reason: String?, undone: UInt64? = nil, period: UInt64? = nil,
        detail: String? = nil, voucher: String?, voucherKind: String?,
        operatedBy: StaffMessage? = nil, acknowledged: Bool
    ) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.sale = sale
        self.amount = amount
        self.receipt = receipt
        self.reason = reason
        self.undone = undone
        self.period = period
        self.detail = detail
        self.voucher = voucher
        self.voucherKind = voucherKind
        self.operatedBy = operatedBy
        self.acknowledged = acknowledged
    }
}

/// A refusal of the control API, as a problem document (RFC 9457) with a stable reason.
public struct ProblemMessage: Codable, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// What happened, what it means for the money, and what to do.
    public let detail: String

    /// Makes a problem.
    public init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
