import CBOR
import Money

/// What was said of the cash drawer in one period (`docs/spec/journal.md`, *Cash drawer*).
///
/// Till takes no cash. It knows of what refunds outside Till took out of the drawer, and is told
/// the float and the count.
public struct CashDrawer: Hashable, Sendable {
    /// What a count came to.
    public enum Balance: String, Hashable, Sendable {
        /// The drawer holds what it should.
        case exact
        /// It holds more.
        case over
        /// It holds less.
        case short
    }

    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// What lay in it at the opening, in minor units.
    public let float: UInt64
    /// What was counted last, in minor units; nil while nothing was.
    public let counted: UInt64?
    /// How often it was counted: 0 exactly while nothing was. A second count was made knowing what
    /// the first came to.
    public let counts: UInt64

    /// Makes a drawer; see the properties for units.
    public init(currencyNumber: UInt16, float: UInt64, counted: UInt64? = nil, counts: UInt64 = 0) {
        precondition((counted == nil) == (counts == 0), "What was counted was counted once.")
        self.currencyNumber = currencyNumber
        self.float = float
        self.counted = counted
        self.counts = counts
    }

    /// How much more or less was counted than the float less the refunds outside Till in the
    /// drawer's currency; nil while nothing was counted. The difference is in minor units.
    public func balance(_ totals: [PeriodTotals]) -> (balance: Balance, difference: UInt64)? {
        guard let counted else { return nil }
        let out = totals.first { $0.currencyNumber == currencyNumber }?.refundsOutside.amount ?? 0
        let (found, expected) = (counted + out, float)
        if found == expected { return (.exact, 0) }
        return found > expected ? (.over, found - expected) : (.short, expected - found)
    }
}

extension CashDrawer {
    private static let name = "cash drawer (key 28)"

    /// `[currency, float]`, and `counted, counts` where it was counted.
    var field: CBORValue {
        let figures = [UInt64(currencyNumber), float] + (counted.map { [$0, counts] } ?? [])
        return .array(figures.map { .unsigned($0) })
    }

    /// Reads key 28; nil where it is absent.
    init?(_ fields: inout EntryFields) throws(JournalEntryError) {
        guard fields.has(JournalEntry.Key.drawer) else { return nil }
        let values = try fields.array(JournalEntry.Key.drawer, Self.name, count: 2...4)
        let figures = values.compactMap(\.asUnsigned)
        guard figures.count == values.count, figures.count != 3,
            let currency = UInt16(exactly: figures[0]), (1...999).contains(currency),
            figures.allSatisfy({ $0 <= Amount.maximumMinorUnits }),
            figures.count == 2 || figures[3] >= 1
        else { throw .shape(Self.name) }
        self.init(
            currencyNumber: currency, float: figures[1],
            counted: figures.count == 4 ? figures[2] : nil,
            counts: figures.count == 4 ? figures[3] : 0)
    }
}
