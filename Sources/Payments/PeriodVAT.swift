/// What a rate came to, in minor units of one currency.
public struct VATSum: Hashable, Sendable {
    /// With the tax.
    public let gross: UInt64
    /// The tax in it.
    public let tax: UInt64

    /// Makes a sum.
    public init(gross: UInt64, tax: UInt64) {
        self.gross = gross
        self.tax = tax
    }

    /// Without the tax.
    public var net: UInt64 { gross - tax }
}

/// What was captured and given back at one rate in a reconciliation period.
public struct PeriodVAT: Hashable, Sendable {
    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// The letter that receipts call the rate by.
    public let code: String
    /// The rate in basis points.
    public let rate: UInt16
    /// Of the period's payments.
    public let captured: VATSum
    /// Of what was cancelled, reversed and refunded in it, of earlier periods' payments too.
    public let givenBack: VATSum

    /// Makes a line; see the properties for units.
    public init(
        currencyNumber: UInt16, code: String, rate: UInt16, captured: VATSum, givenBack: VATSum
    ) {
        self.currencyNumber = currencyNumber
        self.code = code
        self.rate = rate
        self.captured = captured
        self.givenBack = givenBack
    }
}
