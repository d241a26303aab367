public import Clocks
public import HubProtocol
public import Money
public import Payments
public import Screens
import Vouchers

/// Whether the terminal can take payments.
public enum TerminalCondition: String, Hashable, Sendable {
    /// It can.
    case ready
    /// The journal could not say whether a record was written: restart the daemon.
    case outOfOrder = "out-of-order"
    /// The clock stands before its floor.
    case clockSuspect = "clock-suspect"
    /// The trust list has expired: nobody has said for too long whom to trust.
    case trustExpired = "trust-data-too-old"
    /// The terminal's own key is revoked.
    case revoked = "terminal-revoked"
}

/// How the last exchange with the hub went.
public enum NetworkStatus: String, Hashable, Sendable {
    /// The hub answered.
    case online
    /// It did not.
    case offline
    /// The network's log-in page answered in its place.
    case captivePortal = "captive-portal"
    /// Nothing was tried yet.
    case unknown
}

/// Where the terminal stands, for people and programs.
public struct TerminalStatus: Hashable, Sendable {
    /// Whether it can take payments.
    public let condition: TerminalCondition
    /// What is wrong, as a sentence.
    public let problem: String?
    /// The terminal's id.
    public let terminal: String
    /// The merchant's name.
    public let merchant: String
    /// How the last exchange went.
    public let network: NetworkStatus
    /// When the hub last answered, in seconds since 1970 UTC.
    public let lastSync: UInt64?
    /// What the last exchange failed with.
    public let lastSyncProblem: String?
    /// What waits for the hub.
    public let queue: QueueStatus
    /// What is left offline, and what ends first.
    public let meter: ExposureMeter
    /// The version of the hub's configuration.
    public let configurationVersion: UInt64
    /// The issuers taken, by name.
    public let issuers: [String]
    /// The open sale's reference.
    public let openSale: String?
    /// The payments whose completion is unclear: told to nobody, as far as the journal knows.
    public let unclear: [CapturedPayment]
    /// How much the trust documents are worth.
    public let trust: TrustStanding
    /// How many business days the open period touches: above 1, it was not closed in time.
    public let periodDays: Int64
    /// What the camera could not look at since it last saw a code.
    public let camera: CameraTrouble?
    /// What would help the code before the camera to be read.
    public let hint: AimHint?
    /// How the line to the hub stands today, where it is counted.
    public let link: LinkStanding?
    /// What is known of the hub's log, once it was asked for.
    public let hubLog: HubLogStanding?
}

/// What was wrong with the camera, or with the last picture that was held before it.
public struct CameraTrouble: Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// A sentence for people.
    public let message: String
    /// In seconds since 1970 UTC.
    public let at: UInt64
}

/// A stretch of the journal.
public struct JournalPage: Hashable, Sendable {
    /// The entries, in order.
    public let entries: [JournalEntry]
    /// The last entry that the hub has acknowledged; 0 if none.
    public let acknowledgedThrough: UInt64
}

extension PaymentTerminal {
    /// Makes receipts with this terminal's names.
    public var receiptComposer: ReceiptComposer {
        ReceiptComposer(
            merchant: configuration.merchant.name, terminal: configuration.terminal.text,
            isTraining: isTraining, calendar: calendar)
    }

    /// Makes the customer's screens.
    public var screenComposer: ScreenComposer { screens.composer }

    /// The shop's time zone and business days.
    public nonisolated var calendar: ShopCalendar { parts.calendar }

    /// The terminal's time, in seconds since 1970 UTC.
    public var now: UInt64 { parts.clock.now() }

    /// Whether the terminal is in training: nothing that it takes is money.
    public nonisolated var isTraining: Bool { parts.configuration.terminal.isTraining }

    /// How the line to the hub stands today, where it is counted.
    public nonisolated var linkStanding: LinkStanding? { parts.meter?.standing }

    /// Where the terminal stands.
    public func status() async throws(JournalError) -> TerminalStatus {
        let queue = try await parts.journal.queue()
        var condition = TerminalCondition.ready
        var problem: String?
        if case .halted(let detail) = machine.phase {
            condition = .outOfOrder
            problem = detail
        } else if let trouble = clockTrouble {
            condition = .clockSuspect
            problem = trouble
        }
        let trust = trustStanding()
        if condition == .ready, trust.isRevoked {
            condition = .revoked
            problem =
                "This terminal's key is revoked by its hub. No sale is opened; what was approved "
                + "before is in the journal and still goes out. Ask the hub's operator."
        } else if condition == .ready, trust.isExpired {
            condition = .trustExpired
            problem =
                "The trust list was last confirmed \(trust.ageSeconds / 86_400) days ago and has "
                + "expired. Nothing is approved offline. Synchronise, or import a newer one: "
                + "tillctl trust import FILE."
        }
        return TerminalStatus(
            condition: condition, problem: problem, terminal: configuration.terminal.text,
            merchant: configuration.merchant.name, network: syncState.network,
            lastSync: syncState.lastSuccess, lastSyncProblem: syncState.lastProblem, queue: queue,
            meter: meter(queue.exposure), configurationVersion: configuration.version,
            issuers: issuers.issuers.map(\.id.name),
            openSale: machine.sale?.reference.text,
            unclear: try await parts.journal.unclearPayments(), trust: trust,
            periodDays: calendar.businessDays(
                from: try await parts.journal.openPeriodBegan() ?? now, to: now),
            camera: cameraTrouble,
            hint: aimHint, link: linkStanding, hubLog: syncState.log)
    }

    /// What is left offline now; nil where the journal cannot be read.
    public func exposureMeter() async -> ExposureMeter? {
        (try? await parts.journal.queue()).map { meter($0.exposure) }
    }

    private func meter(_ exposure: Exposure) -> ExposureMeter {
        ExposureMeter(
            policy: machine.policy, exposure: exposure,
            terminal: terminalFacts(at: parts.clock.now()))
    }

    /// Keeps what the camera could not look at, until it sees a code.
    public func note(_ error: CameraError) {
        cameraTrouble = CameraTrouble(
            reason: error.reason, message: "\(error)", at: parts.clock.now())
    }

    /// Journal entries above `sequence`, at most `limit`.
    public func journalPage(after sequence: UInt64, limit: Int) async throws(JournalError)
        -> JournalPage
    {
        JournalPage(
            entries: try await parts.journal.entries(after: sequence, limit: limit),
            acknowledgedThrough: try await parts.journal.queue().acknowledgedThrough)
    }

    /// The currency that amounts without a name are in.
    public var currency: Currency { configuration.currency }

    /// The merchant's name, as shop QRs and receipts bear it.
    public var merchantName: String { configuration.merchant.name }

    /// Reads an amount that somebody typed; without a currency, in the terminal's own.
    public func amount(_ text: String, currencyCode: String?) throws(SaleRefusal) -> Amount {
        let currency: Currency
        if let currencyCode {
            guard let known = Currency(code: currencyCode) else {
                throw SaleRefusal(
                    reason: "currency-unknown",
                    message: "\(currencyCode.prefix(8)) is no currency of ISO 4217. "
                        + "No sale was opened.")
            }
            currency = known
        } else {
            currency = configuration.currency
        }
        let amount: Amount
        do { amount = try Amount(parsing: text, currency: currency) } catch {
            throw SaleRefusal(reason: error.reason, message: "\(error) No sale was opened.")
        }
        return try withinLimit(amount)
    }

    /// Refuses what is above the limit of one payment.
    func withinLimit(_ amount: Amount) throws(SaleRefusal) -> Amount {
        if let limits = machine.policy.limits(for: amount.currency),
            amount.minorUnits > limits.perPayment
        {
            let limit = Amount(minorUnits: limits.perPayment, currency: amount.currency)
            throw SaleRefusal(
                reason: "above-floor-limit",
                message: "\(amount) is above this terminal's limit of \(limit) for one payment. "
                    + "No sale was opened. Take it in parts or another way.")
        }
        return amount
    }
}
