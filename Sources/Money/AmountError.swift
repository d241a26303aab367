/// Why a typed text is no amount of the currency.
public enum AmountError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing was typed.
    case empty

    /// Not digits, perhaps with a point and digits after it.
    case notANumber

    /// A number with a minus sign before it.
    case negative

    /// A number, but nothing is left of it: a payment of nothing is no payment.
    case zero

    /// The wrong number of digits after the point for this currency.
    case wrongDecimals(expected: Int, found: Int)

    /// More than `Amount.maximumMinorUnits`.
    case tooLarge

    /// The stable code of the reason, kebab-case, for programs.
    public var reason: String {
        switch self {
        case .empty: "amount-empty"
        case .notANumber: "amount-not-a-number"
        case .negative: "amount-negative"
        case .zero: "amount-zero"
        case .wrongDecimals: "amount-wrong-decimals"
        case .tooLarge: "amount-too-large"
        }
    }

    /// One sentence for a person: what is wrong and what was expected.
    public var description: String {
        switch self {
        case .empty:
            "The amount is empty: type digits, for example 12.50."
        case .notANumber:
            "The amount is not a number: only digits and one point are allowed, for example 12.50."
        case .negative:
            "The amount is negative: a payment is above zero."
        case .zero:
            "The amount is zero: a payment is above zero."
        case .wrongDecimals(expected: 0, let found):
            "The amount has \(found) digits after the point, but this currency has none."
        case .wrongDecimals(let expected, let found):
            "The amount has \(Self.digits(found)) after the point, but this currency has "
                + "\(expected) (or no point at all)."
        case .tooLarge:
            "The amount is too large: at most \(Amount.maximumMinorUnits) minor units."
        }
    }

    private static func digits(_ count: Int) -> String {
        count == 1 ? "1 digit" : "\(count) digits"
    }
}
