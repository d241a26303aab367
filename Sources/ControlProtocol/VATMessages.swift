public import Money
public import Payments

/// A line of value-added tax as an external till gives it with its sale (`docs/spec/vat.md`).
public struct VATOrderMessage: Codable, Hashable, Sendable {
    /// The letter on the receipt, `A` to `Z`; by the line's place where nil.
    public let code: String?
    /// The rate in basis points: 1900 is 19 %.
    public let rate: UInt64
    /// With the tax, with the currency's decimals: `11.90`.
    public let gross: String
    /// Without the tax; worked out where nil, and compared where not.
    public let net: String?
    /// The tax; worked out where nil, and compared where not.
    public let tax: String?

    /// Makes a line.
    public init(
        code: String?, rate: UInt64, gross: String, net: String? = nil, tax: String? = nil
    ) {
        self.code = code
        self.rate = rate
        self.gross = gross
        self.net = net
        self.tax = tax
    }

    /// The line with its amounts in minor units of `currency`.
    public func claim(in currency: Currency) throws(AmountError) -> VATClaim {
        func minorUnits(_ text: String?) throws(AmountError) -> UInt64? {
            guard let text else { return nil }
            do throws(AmountError) {
                return try Amount(parsing: text, currency: currency).minorUnits
            } catch .zero { return 0 }
        }
        return VATClaim(
            code: code, rate: rate, gross: try minorUnits(gross) ?? 0, net: try minorUnits(net),
            tax: try minorUnits(tax))
    }
}

/// A line of value-added tax: of a sale, a receipt or an entry.
public struct VATLineMessage: Codable, Hashable, Sendable {
    /// The letter on the receipt.
    public let code: String
    /// The rate in basis points.
    public let rate: UInt16
    /// With the tax.
    public let gross: MoneyMessage
    /// Without the tax.
    public let net: MoneyMessage
    /// The tax.
    public let tax: MoneyMessage

    init(code: String, rate: UInt16, _ sum: VATSum, currency: UInt16) {
        self.code = code
        self.rate = rate
        gross = MoneyMessage(sum.gross, currency: currency)
        net = MoneyMessage(sum.net, currency: currency)
        tax = MoneyMessage(sum.tax, currency: currency)
    }

    /// The lines in a currency by its ISO 4217 number; nil where there are none.
    public static func messages(_ lines: [VATLine], currency: UInt16) -> [VATLineMessage]? {
        lines.isEmpty
            ? nil
            : lines.map {
                VATLineMessage(
                    code: $0.code, rate: $0.rate, VATSum(gross: $0.gross, tax: $0.tax),
                    currency: currency)
            }
    }
}

/// What one rate came to in a period, in one currency.
public struct PeriodVATMessage: Codable, Hashable, Sendable {
    /// Of the period's payments.
    public let captured: VATLineMessage
    /// Of what was given back in it, of earlier payments too.
    public let givenBack: VATLineMessage
    /// The tax of the payments less that of what was given back, in minor units; below 0 where more
    /// was given back.
    public let taxMinorUnits: Int64

    /// The message of one line.
    public init(_ line: PeriodVAT) {
        func message(_ sum: VATSum) -> VATLineMessage {
            VATLineMessage(
                code: line.code, rate: line.rate, sum, currency: line.currencyNumber)
        }
        captured = message(line.captured)
        givenBack = message(line.givenBack)
        taxMinorUnits = Int64(clamping: line.captured.tax) - Int64(clamping: line.givenBack.tax)
    }
}

/// One of the shop's rates, as the console offers it.
public struct VATRateMessage: Codable, Hashable, Sendable {
    /// The letter on the receipt.
    public let code: String
    /// The rate in basis points.
    public let rate: UInt16

    /// Makes a rate.
    public init(code: String, rate: UInt16) {
        self.code = code
        self.rate = rate
    }
}
