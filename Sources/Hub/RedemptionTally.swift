/// What of one voucher has been spent at all terminals, summed up, and what of that given back.
public struct RedemptionTally: Hashable, Sendable {
    /// The highest ceiling that a captured object had, in minor units.
    public private(set) var ceiling: UInt64
    /// What was consumed and not given back, in minor units, by what the captured object said was
    /// redeemed before.
    public private(set) var consumed: [UInt64: UInt64]
    /// What was given back in all, in minor units.
    public private(set) var returned: UInt64

    /// Restores a tally; see the properties for units.
    public init(ceiling: UInt64, consumed: [UInt64: UInt64] = [:], returned: UInt64 = 0) {
        self.ceiling = ceiling
        self.consumed = consumed
        self.returned = returned
    }

    /// Counts a capture of `amount` with an object that said so much was `redeemed` before.
    public mutating func add(_ amount: UInt64, redeemed: UInt64, ceiling: UInt64) {
        self.ceiling = max(self.ceiling, ceiling)
        consumed[redeemed] = Self.sum(consumed[redeemed] ?? 0, amount)
    }

    /// Takes back `amount` of a capture with an object that said so much was `redeemed` before.
    public mutating func giveBack(_ amount: UInt64, redeemed: UInt64) {
        let held = consumed[redeemed] ?? 0
        consumed[redeemed] = held > amount ? held - amount : 0
        returned = Self.sum(returned, amount)
    }

    /// The least that has been redeemed of the voucher, in minor units.
    ///
    /// An object that says `redeemed` cannot know of a capture that was made with itself or with
    /// an object signed after it, and `redeemed` only grows. So for each `redeemed` seen, that
    /// much and all that was consumed by objects saying at least as much have certainly been
    /// spent; nobody is accused of more, in whatever order the batches arrive. What an issuer
    /// knew to be redeemed may have been given back since: it counts only as far as it cannot
    /// have been (`docs/adr/0020`).
    public var leastRedeemed: UInt64 {
        var sum: UInt64 = 0
        var least: UInt64 = 0
        for redeemed in consumed.keys.sorted(by: >) {
            sum = Self.sum(sum, consumed[redeemed] ?? 0)
            let certain = redeemed > returned ? redeemed - returned : 0
            least = max(least, Self.sum(certain, sum))
        }
        return least
    }

    /// By how much the voucher is certainly overspent, in minor units; 0 where it is not.
    public var excess: UInt64 { leastRedeemed > ceiling ? leastRedeemed - ceiling : 0 }

    /// The sum, held at the largest integer: a forger's numbers must not stop the hub.
    private static func sum(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }
}
