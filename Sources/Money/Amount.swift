/// An amount of money: a whole number of a currency's minor units, never a fraction.
public struct Amount: Hashable, Sendable, CustomStringConvertible {
    /// The largest amount that every format of ours can carry: 2^53 - 1 minor units.
    public static let maximumMinorUnits: UInt64 = (1 << 53) - 1

    /// The amount in the currency's minor units, 0 to `maximumMinorUnits` (1250 for 12.50 EUR).
    public let minorUnits: UInt64

    /// The currency that the minor units are counted in.
    public let currency: Currency

    /// An amount of so many minor units, at most `maximumMinorUnits`; zero is a total of nothing.
    public init(minorUnits: UInt64, currency: Currency) {
        precondition(
            minorUnits <= Self.maximumMinorUnits, "an amount has at most 2^53 - 1 minor units")
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Reads what a person typed: ASCII digits, then nothing or a point and exactly the currency's
    /// number of digits ("12" and "12.50" are EUR; "12.5", which may be a slip for either, is not).
    /// Leading zeros mean nothing and are accepted; signs, spaces, commas and exponents are not.
    public init(parsing text: String, currency: Currency) throws(AmountError) {
        self.init(
            minorUnits: try Self.minorUnits(of: Array(text.utf8), exponent: currency.exponent),
            currency: currency)
    }

    /// The amount in the major unit with all its decimals and nothing else ("12.50", JPY "1250").
    public var decimalText: String {
        guard currency.exponent > 0 else { return String(minorUnits) }
        let digits = String(minorUnits)
        let padded =
            String(repeating: "0", count: max(0, currency.exponent + 1 - digits.count)) + digits
        return padded.dropLast(currency.exponent) + "." + padded.suffix(currency.exponent)
    }

    /// The amount and its currency ("12.50 EUR").
    public var description: String { decimalText + " " + currency.code }

    private static func minorUnits(of text: [UInt8], exponent: Int) throws(AmountError) -> UInt64 {
        guard !text.isEmpty else { throw .empty }
        if text[0] == UInt8(ascii: "-") {
            guard isNumber(text.dropFirst()) else { throw .notANumber }
            throw .negative
        }
        guard isNumber(text[...]) else { throw .notANumber }
        let point = text.firstIndex(of: UInt8(ascii: "."))
        if let point, text.count - point - 1 != exponent || exponent == 0 {
            throw .wrongDecimals(expected: exponent, found: text.count - point - 1)
        }
        var units: UInt64 = 0
        for byte in text where byte != UInt8(ascii: ".") {
            units = try appending(byte - UInt8(ascii: "0"), to: units)
        }
        if point == nil {
            for _ in 0..<exponent { units = try appending(0, to: units) }
        }
        guard units > 0 else { throw .zero }
        return units
    }

    /// One or more digits, then perhaps a point and one or more digits.
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return parts.count <= 2
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy(digits.contains) }
    }

    private static func appending(_ digit: UInt8, to units: UInt64) throws(AmountError) -> UInt64 {
        // No overflow: units is at most 2^53 - 1 whenever this is called.
        let next = units * 10 + UInt64(digit)
        guard next <= maximumMinorUnits else { throw .tooLarge }
        return next
    }
}
