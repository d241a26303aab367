public import Money

/// Tips (`docs/spec/tip.md`): a part of what a sale comes to that is no price of anything.
public enum Tip {
    /// The most choices that a customer is offered beside none: four are read at a glance.
    public static let maximumChoices = 4
    /// The highest share offered, and the highest tip of a bill, in per cent: a digit too many is no tip.
    public static let maximumPercent: UInt64 = 100

    /// Reads the shares that a shop offers, whole per cents, ascending: `5,10,15`; nil where that is
    /// broken.
    public static func percents(_ text: String) -> [UInt64]? {
        var percents: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let percent = UInt64(part),
                (1...maximumPercent).contains(percent), percent > percents.last ?? 0
            else { return nil }
            percents.append(percent)
        }
        return percents.count <= maximumChoices ? percents : nil
    }

    /// So many per cent of a bill in minor units, half a minor unit rounded up.
    public static func amount(_ percent: UInt64, of bill: UInt64) -> UInt64 {
        UInt64((UInt128(bill) * UInt128(percent) + 50) / 100)
    }

    /// What of `part` minor units is tip, where `before` of a total were moved before: the bill is paid
    /// first, and given back first; the tip is what is above it.
    public static func share(
        of tip: UInt64, in total: UInt64, taking part: UInt64, after before: UInt64
    )
        -> UInt64
    {
        precondition(tip <= total && before + part <= total, "No part is more than is left.")
        let bill = total - tip
        return max(before + part, bill) - max(before, bill)
    }
}

/// One of the tips that a customer is offered.
public struct TipChoice: Hashable, Sendable {
    /// Its share of the bill.
    public let percent: UInt64
    /// What it comes to.
    public let tip: Amount

    /// Makes a choice.
    public init(percent: UInt64, tip: Amount) {
        self.percent = percent
        self.tip = tip
    }
}

/// How often there was a tip, and how much in minor units.
public struct TipSum: Hashable, Sendable {
    /// How often.
    public let count: UInt64
    /// How much.
    public let amount: UInt64

    /// Makes a sum.
    public init(count: UInt64, amount: UInt64) {
        self.count = count
        self.amount = amount
    }
}

/// The tips of a reconciliation period in one currency.
public struct PeriodTips: Hashable, Sendable {
    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// Of the period's payments.
    public let captured: TipSum
    /// Of what was given back in it, of earlier periods' payments too.
    public let givenBack: TipSum

    /// Makes a line.
    public init(currencyNumber: UInt16, captured: TipSum, givenBack: TipSum) {
        self.currencyNumber = currencyNumber
        self.captured = captured
        self.givenBack = givenBack
    }
}
