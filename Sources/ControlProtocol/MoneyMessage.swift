public import Money

/// An amount of money in JSON, in the form that all programs of Till use: text with the currency's
/// own decimals, and the minor units.
public struct MoneyMessage: Codable, Hashable, Sendable {
    /// ISO 4217 letters, or the number of a currency that has none here.
    public let currency: String
    /// The amount as people write it: `12.50`. Minor units where the currency is not known.
    public let amount: String
    /// The amount in minor units.
    public let minorUnits: UInt64

    /// The message of an amount.
    public init(_ amount: Amount) {
        currency = amount.currency.code
        self.amount = amount.decimalText
        minorUnits = amount.minorUnits
    }

    /// The message of so many minor units of a currency, by its ISO 4217 number.
    public init(_ minorUnits: UInt64, currency number: UInt16) {
        let known = Currency(number: number)
        currency = known?.code ?? "\(number)"
        // A sum of amounts may pass what one amount may be; then its minor units tell it.
        let isAmount = minorUnits <= Amount.maximumMinorUnits
        amount =
            known.flatMap { currency in
                isAmount ? Amount(minorUnits: minorUnits, currency: currency).decimalText : nil
            } ?? "\(minorUnits)"
        self.minorUnits = minorUnits
    }

    /// The message of so many minor units; nil of none.
    public static func unlessZero(_ minorUnits: UInt64, currency: UInt16) -> MoneyMessage? {
        minorUnits > 0 ? MoneyMessage(minorUnits, currency: currency) : nil
    }

    /// The amount for people: `12.50 EUR`.
    public var shown: String { "\(amount) \(currency)" }
}
