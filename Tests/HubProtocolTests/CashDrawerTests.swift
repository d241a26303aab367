import CBOR
import HubProtocol
import Money
import Testing

/// What is said of a cash drawer, in an entry and against the totals.
@Suite struct CashDrawerTests {
    private static func entry(_ drawer: CashDrawer?) -> JournalEntry {
        JournalEntry(
            sequence: 1, previousHash: JournalEntry.genesis, at: 100, subject: nil,
            event: .periodClosed(PeriodEntry(number: 7, totals: [], drawer: drawer)))
    }

    @Test(arguments: [
        nil, CashDrawer(currencyNumber: 978, float: 0),
        CashDrawer(currencyNumber: 978, float: 10_000, counted: 0, counts: 1),
        CashDrawer(
            currencyNumber: 392, float: Amount.maximumMinorUnits, counted: 9_300, counts: 3),
    ])
    func aDrawerComesBackAsItWasWritten(_ drawer: CashDrawer?) throws {
        let entry = Self.entry(drawer)
        #expect(try JournalEntry(decoding: entry.encoded()) == entry)
    }

    @Test(
        arguments: [
            [978], [978, 1, 2], [0, 1], [1_000, 1], [978, 1 << 53], [978, 1, 2, 0],
            [978, 1, 1 << 53, 1],
            [978, 1, 2, 1, 1],
        ] as [[UInt64]])
    func aDrawerOfAnotherShapeIsRefused(_ figures: [UInt64]) throws {
        let fields: [(Int64, CBORValue)] = [
            (1, .unsigned(1)), (2, .bytes(JournalEntry.genesis)), (3, .unsigned(100)),
            (4, .unsigned(6)), (22, .unsigned(7)), (23, .array([])),
            (28, .array(figures.map { .unsigned($0) })),
        ]
        let bytes = CBORValue.map(fields.map { CBORPair(.integer($0.0), $0.1) }).encoded()
        #expect(throws: JournalEntryError.shape("cash drawer (key 28)")) {
            try JournalEntry(decoding: bytes)
        }
    }

    @Test func whatIsOverOrShortCountsWhatWasRefundedInCash() {
        var totals = PeriodTotals(currencyNumber: 978)
        totals.refundsOutside = CountedSum(count: 2, amount: 770)
        var other = PeriodTotals(currencyNumber: 756)
        other.refundsOutside = CountedSum(count: 1, amount: 5_000)
        func balance(_ counted: UInt64?, float: UInt64 = 10_000) -> String {
            let drawer = CashDrawer(
                currencyNumber: 978, float: float, counted: counted, counts: counted == nil ? 0 : 1)
            return drawer.balance([other, totals]).map { "\($0.balance) \($0.difference)" }
                ?? "none"
        }
        #expect(balance(nil) == "none")
        #expect(balance(9_230) == "exact 0")
        #expect(balance(9_300) == "over 70")
        #expect(balance(9_200) == "short 30")
        // More was given back than lay in the drawer: the money came from elsewhere.
        #expect(balance(0, float: 500) == "over 270")
    }
}
