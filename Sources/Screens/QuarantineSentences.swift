/// What a cashier is told of an entry that the hub has put aside: what happened, what it means for
/// the money, what to do (`docs/spec/hub-protocol.md`, *Quarantine*).
public struct QuarantineSentences: Hashable, Sendable {
    /// The sentence.
    public let cashier: String

    /// The sentence for a hub's reason; one that is not known here is told by its code.
    public init(reason: String) {
        cashier =
            Self.happened(reason)
            + " It stays booked here, and is not credited until the hub's operator has looked at "
            + "it. " + Self.advice(reason)
    }

    private static func happened(_ reason: String) -> String {
        switch reason {
        case "receipt-repeated", "receipt-gap":
            "The receipt numbers do not follow each other: this journal may be an older copy, or "
                + "another machine uses its key."
        case "terminal-revoked": "It was taken after this terminal's key was revoked."
        case "conflicting-voucher":
            "Another voucher with the same number and other terms has been paid with before."
        case _ where reason.hasPrefix("evidence-"):
            "The entry and the voucher's own proof do not say the same (\(reason))."
        case _ where reason.hasPrefix("undo-"):
            "What was given back does not fit the payment as the hub knows it (\(reason))."
        default: "The hub does not accept the voucher's proof (\(reason))."
        }
    }

    private static func advice(_ reason: String) -> String {
        switch reason {
        case "receipt-repeated", "receipt-gap", "terminal-revoked":
            "Take no more payments here, and call the operator."
        default: "Tell the operator the entry's number; go on selling."
        }
    }
}
