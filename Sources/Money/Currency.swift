/// A currency of ISO 4217: its number, its alphabetic code and the digits of its minor unit.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// The ISO 4217 number, 1 to 999 (978 for the euro).
    public let number: UInt16

    /// The ISO 4217 alphabetic code, three upper-case letters ("EUR").
    public let code: String

    /// How many decimal digits the minor unit has (2 for EUR, 0 for JPY, 3 for KWD).
    public let exponent: Int

    /// Every currency of the table, ordered by alphabetic code.
    public static let all: [Currency] = CurrencyTable.rows.map(Currency.init(row:))

    /// The currency with this ISO 4217 number, or nil where the table has none.
    public init?(number: UInt16) {
        guard number < Self.positions.count, let position = Self.positions[Int(number)] else {
            return nil
        }
        self = Self.all[position]
    }

    /// The currency with this alphabetic code (upper case only), or nil where the table has none.
    public init?(code: String) {
        guard let currency = Self.all.first(where: { $0.code.utf8.elementsEqual(code.utf8) }) else {
            return nil
        }
        self = currency
    }

    private init(row: CurrencyTable.Row) {
        number = row.number
        code = row.code
        exponent = row.exponent
    }

    /// The alphabetic code.
    public var description: String { code }

    /// Two currencies are one when their numbers are: the rest follows from the table.
    public static func == (left: Currency, right: Currency) -> Bool { left.number == right.number }

    /// Hashes the number, which says all.
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }

    /// From the number (0 to 999) to the place in `all`: numbers are looked up for every voucher.
    private static let positions: [Int?] = {
        var positions = [Int?](repeating: nil, count: 1_000)
        for (position, currency) in all.enumerated() {
            positions[Int(currency.number)] = position
        }
        return positions
    }()
}
