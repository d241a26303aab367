public import Payments

/// What people are told of the hub's part in a decision: why a payment was decided online, or why
/// not.
public struct OnlineSentences: Hashable, Sendable {
    /// For the cashier.
    public let cashier: String

    /// The sentence for an outcome.
    public init(_ outcome: OnlineOutcome) {
        cashier =
            switch outcome {
            case .approved: "Decided online: the hub approved."
            case .declined: "Decided online: the hub declined."
            case .notWanted: "Decided offline: the policy does not ask the hub about this payment."
            case .noHub: "Decided offline: this terminal knows no way to its hub."
            case .noConnection: "Decided offline: the last exchange with the hub failed."
            case .refused(let reason):
                "Decided offline: the hub would not answer (\(reason))."
            case .unreachable(let reason):
                "Decided offline: the hub could not be reached (\(reason))."
            case .noAnswer(let budget):
                "Decided offline: the hub did not answer within \(budget) ms."
            }
    }
}
