public import Payments
public import Screens

/// A sale as the counter sees it: where it stands and what its codes came to.
public struct SaleView: Hashable, Sendable {
    /// How many outcomes are kept for telling; the journal keeps them all.
    public static let maximumOutcomes = 20

    /// The sale.
    public internal(set) var sale: Sale
    /// What its codes came to since the daemon started, oldest first.
    public internal(set) var outcomes: [Outcome]
    /// How many outcomes there have been, the forgotten ones included.
    public internal(set) var outcomeCount: UInt64 = 0
    /// How many of them ``PaymentTerminal/nextOutcome(milliseconds:)`` has told somebody.
    public internal(set) var toldCount: UInt64 = 0
    /// What has been given back of its payments since, in minor units.
    public internal(set) var undone: UInt64 = 0
    /// The shop QR on the screen, once it has been read back.
    public internal(set) var symbol: SymbolMatrix?
    /// Why there is none.
    public internal(set) var symbolProblem: String?
    /// Rises with every change.
    public internal(set) var version: UInt64

    init(sale: Sale, version: UInt64) {
        self.sale = sale
        self.version = version
        outcomes = []
    }

    mutating func add(_ outcome: Outcome) {
        outcomes.append(outcome)
        outcomeCount += 1
        if outcomes.count > Self.maximumOutcomes { outcomes.removeFirst() }
    }
}

/// Why a sale was not opened, or not changed.
public struct SaleRefusal: Error, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// What happened, what it means for the money, and what to do.
    public let message: String

    /// Makes a refusal.
    public init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}
