import Testing

@testable import Payments

/// Tips: the shares that are offered, and what of a part is tip.
@Suite struct TipTests {
    @Test(
        arguments: [
            ("5,10,15", [5, 10, 15]), ("100", [100]), ("1,2,3,4", [1, 2, 3, 4]),
            ("", nil), ("0", nil), ("101", nil), ("10,5", nil), ("5,5", nil), ("5,", nil),
            ("1,2,3,4,5", nil), ("+5", nil), ("5.5", nil), ("5%", nil),
        ] as [(String, [UInt64]?)])
    func sharesAreWholePerCentsAscending(_ text: String, _ percents: [UInt64]?) {
        #expect(Tip.percents(text) == percents)
    }

    @Test(
        arguments: [
            (1_250, 10, 125), (1_255, 10, 126), (1_254, 10, 125), (1, 5, 0), (10, 5, 1),
            ((1 << 53) - 1, 100, (1 << 53) - 1),
        ] as [(UInt64, UInt64, UInt64)])
    func aShareIsRoundedHalfUp(_ bill: UInt64, _ percent: UInt64, _ tip: UInt64) {
        #expect(Tip.amount(percent, of: bill) == tip)
    }

    @Test("The bill comes first, and the tip is what is above it, in whatever parts")
    func billFirst() {
        func shares(_ parts: [UInt64]) -> [UInt64] {
            var before: UInt64 = 0
            return parts.map { part in
                defer { before += part }
                return Tip.share(of: 100, in: 1_100, taking: part, after: before)
            }
        }
        #expect(shares([1_100]) == [100])
        #expect(shares([1_000, 100]) == [0, 100])
        #expect(shares([999, 2, 99]) == [0, 1, 99])
        #expect(shares([1_050, 20]) == [50, 20])
        #expect(Tip.share(of: 0, in: 1_100, taking: 1_100, after: 0) == 0)
    }
}
