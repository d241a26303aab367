public import Money
public import Vouchers

/// What the authoriser answers to one code.
public enum Decision: Hashable, Sendable {
    /// Pay this: it becomes an approval only once the journal has it.
    case capture(Capture)
    /// Do not.
    case decline(DeclineReason)
    /// Ask the hub whether this may be captured, then decide again with its answer.
    case askOnline(Capture)
}

/// Which part of the policy a decision stood on (`docs/spec/authorisation.md`, *Steps*).
public enum DecisionStep: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing spoke against it.
    case none = 0
    /// A fact that no policy can allow.
    case unconditional = 1
    /// The policy's mask *denial*.
    case denial = 2
    /// The policy's mask *online*: the hub is to be asked.
    case online = 3
    /// The hub's answer.
    case hub = 4
    /// The policy's mask *default*: the hub could not be asked, or did not answer.
    case stranded = 5
    /// The code's verification, before any rule was asked (`docs/spec/voucher.md`).
    case verification = 6

    /// The stable word for this step in messages and JSON.
    public var name: String {
        switch self {
        case .none: "none"
        case .unconditional: "unconditional"
        case .denial: "denial"
        case .online: "online"
        case .hub: "hub"
        case .stranded: "default"
        case .verification: "verification"
        }
    }
}

/// All that a decision was taken from besides the voucher and the policy, and what was found:
/// with them it can be taken again.
public struct DecisionBasis: Hashable, Sendable {
    /// The sale as it stood before.
    public let sale: Sale
    /// What the journal knew.
    public let journal: JournalFacts
    /// What the terminal knew.
    public let terminal: TerminalFacts
    /// The draw.
    public let draw: Draw
    /// The draws below which the payment was selected for online, in millionths.
    public let drawThreshold: UInt64
    /// What was true.
    public let facts: PaymentFacts
    /// The terminal's band.
    public let band: Band
    /// What decided.
    public let step: DecisionStep

    /// Gathers a basis.
    public init(
        sale: Sale, journal: JournalFacts, terminal: TerminalFacts, draw: Draw,
        drawThreshold: UInt64, facts: PaymentFacts, band: Band, step: DecisionStep
    ) {
        self.sale = sale
        self.journal = journal
        self.terminal = terminal
        self.draw = draw
        self.drawThreshold = drawThreshold
        self.facts = facts
        self.band = band
        self.step = step
    }
}

/// A decision and what it stood on.
public struct Ruling: Hashable, Sendable {
    /// What was decided.
    public let decision: Decision
    /// From what, and by which step.
    public let basis: DecisionBasis

    /// Joins a decision to its basis.
    public init(_ decision: Decision, basis: DecisionBasis) {
        self.decision = decision
        self.basis = basis
    }
}

/// The financial record of an approved payment, as it goes into the journal.
public struct Capture: Hashable, Sendable {
    /// The sale that is paid.
    public let sale: SaleReference
    /// How much is captured, at most what was due.
    public let amount: Amount
    /// What is used up of the voucher, in minor units: more than `amount` where a fixed
    /// voucher is spent whole on a smaller sale.
    public let consumed: UInt64
    /// The voucher that pays.
    public let voucher: Voucher
    /// The nonce of the request that is answered, if the code answers one.
    public let requestNonce: [UInt8]?
    /// When the decision was taken, in seconds since 1970 UTC.
    public let at: UInt64
    /// What the decision stood on, for the record.
    public let basis: DecisionBasis
    /// What part the hub had in it, for whoever is told; ``basis`` has what is recorded.
    public private(set) var online = OnlineOutcome.noHub

    /// The capture, once it is known what part the hub had in it.
    func decided(_ online: OnlineOutcome) -> Capture {
        var capture = self
        capture.online = online
        return capture
    }
}
