public import HubProtocol

/// What a receipt came to at the exit (`docs/spec/receipt.md`, *Exit mark*).
public enum ExitVerdict: Hashable, Sendable {
    /// It is marked now, for the first time at this terminal.
    case marked
    /// It was marked at this terminal before, at this time in seconds since 1970 UTC.
    case markedBefore(at: UInt64)
    /// It receipts no payment.
    case notForExit
    /// It is older than ``ExitGate/lifeSeconds``.
    case tooOld
    /// Its time is ahead of this terminal's clock by more than ``ExitGate/skewSeconds``.
    case fromTheFuture

    /// The stable code.
    public var reason: String {
        switch self {
        case .marked: "receipt-exit-marked"
        case .markedBefore: "receipt-marked-before"
        case .notForExit: "receipt-not-for-exit"
        case .tooOld: "receipt-too-old"
        case .fromTheFuture: "receipt-from-the-future"
        }
    }
}

/// Lets each genuine receipt of a payment out once.
public struct ExitGate: Sendable {
    /// How long after its payment a receipt is good for an exit: a day in a large shop, and a night.
    public static let lifeSeconds: UInt64 = 86_400
    /// How far two terminals' clocks may differ that were both without a network for days.
    public static let skewSeconds: UInt64 = 3_600

    private let marks: any ExitMarks

    /// Makes a gate that keeps its marks there.
    public init(marks: any ExitMarks) { self.marks = marks }

    /// Judges a receipt at `now` (seconds since 1970 UTC), and marks it where it may leave.
    public func pass(_ verified: VerifiedReceipt, at now: UInt64) throws(ExitMarkError)
        -> ExitVerdict
    {
        let receipt = verified.receipt
        guard receipt.kind == .payment else { return .notForExit }
        if receipt.at > now {
            guard receipt.at - now <= Self.skewSeconds else { return .fromTheFuture }
        } else {
            guard now - receipt.at <= Self.lifeSeconds else { return .tooOld }
        }
        let before = try marks.mark(receipt.mark, issuedAt: receipt.at, at: now)
        return before.map { .markedBefore(at: $0) } ?? .marked
    }
}
