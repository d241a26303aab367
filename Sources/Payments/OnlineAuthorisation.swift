public import Vouchers

/// Whether the hub is believed to be within reach.
public enum HubConnection: Hashable, Sendable {
    /// The terminal knows no way to its hub.
    case none
    /// The last exchange failed: nobody waits for the hub until one has succeeded.
    case down
    /// The last exchange succeeded, or none was tried yet.
    case up
}

/// Another payment with the same voucher that the hub names.
public struct OtherPayment: Hashable, Sendable {
    /// The terminal that made it.
    public let terminal: TerminalID
    /// Its receipt there; 0 where it is promised, but has not arrived at the hub.
    public let receipt: ReceiptNumber
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// How much, in minor units of the voucher's currency.
    public let amount: UInt64

    /// Makes a mention; see the properties for units.
    public init(terminal: TerminalID, receipt: ReceiptNumber, at: UInt64, amount: UInt64) {
        self.terminal = terminal
        self.receipt = receipt
        self.at = at
        self.amount = amount
    }
}

/// Why the hub would not have a payment made.
public struct HubDecline: Hashable, Sendable {
    /// The hub's stable code, `[a-z0-9-]+`: `spent-elsewhere`, or a reason of `voucher.md`.
    public let reason: String
    /// What stands in the way, where something does.
    public let other: OtherPayment?

    /// Makes a decline.
    public init(reason: String, other: OtherPayment?) {
        self.reason = reason
        self.other = other
    }
}

/// What came back from the hub, in time.
public enum HubReply: Hashable, Sendable {
    /// The payment may be made; the voucher is kept for this terminal until then, in seconds
    /// since 1970 UTC.
    case approved(reservedUntil: UInt64)
    /// The payment may not be made.
    case declined(HubDecline)
    /// The hub would not answer the question: its stable code.
    case refused(reason: String)
    /// There was no way to the hub, or its answer was not its own; the stable code.
    case unreachable(reason: String)
}

/// What the machine wants to know of the hub before it records a payment.
public struct OnlineQuestion: Hashable, Sendable {
    /// Which question it is: answers to others are not listened to.
    public let number: UInt64
    /// The payment as it would be recorded.
    public let capture: Capture
    /// How long to wait for an answer, in milliseconds.
    public let budgetMilliseconds: UInt64
}

/// What part the hub had in one decision: shown with the verdict, and recorded with it.
public enum OnlineOutcome: Hashable, Sendable {
    /// The policy does not want the hub asked about this payment.
    case notWanted
    /// The terminal knows no way to its hub.
    case noHub
    /// The last exchange with the hub had failed.
    case noConnection
    /// The hub approved.
    case approved
    /// The hub declined.
    case declined(HubDecline)
    /// The hub would not answer: its stable code.
    case refused(reason: String)
    /// The hub could not be reached: the stable code.
    case unreachable(reason: String)
    /// No answer came within so many milliseconds.
    case noAnswer(budgetMilliseconds: UInt64)

    /// The stable code of this outcome in JSON.
    public var code: String {
        switch self {
        case .notWanted: "not-wanted"
        case .noHub: "no-hub"
        case .noConnection: "no-connection"
        case .approved: "online-approved"
        case .declined: "online-declined"
        case .refused: "hub-refused"
        case .unreachable: "hub-unreachable"
        case .noAnswer: "no-answer"
        }
    }

    /// Whether the hub's own word decided.
    public var isOnline: Bool {
        switch self {
        case .approved, .declined: true
        default: false
        }
    }
}
