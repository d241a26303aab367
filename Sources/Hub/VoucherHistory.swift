/// The accepted captures of one voucher identity, from all terminals, summed up.
public struct VoucherHistory: Hashable, Sendable {
    /// What all objects of the identity share, 32 bytes.
    public private(set) var coreDigest: [UInt8]
    /// The highest ceiling that a captured object had, in minor units.
    public private(set) var ceiling: UInt64
    /// What was consumed, in minor units, by what the captured object said was redeemed before.
    public private(set) var consumed: [UInt64: UInt64]
    /// A capture to name beside another: by preference of another terminal than the one asked
    /// about, and of those the latest to arrive.
    public private(set) var other: CaptureLocation

    /// Restores a history; see the properties.
    public init(
        coreDigest: [UInt8], ceiling: UInt64, consumed: [UInt64: UInt64], other: CaptureLocation
    ) {
        self.coreDigest = coreDigest
        self.ceiling = ceiling
        self.consumed = consumed
        self.other = other
    }

    /// The history after `capture`, found at `location`, too.
    public func adding(_ capture: LedgerCapture, at location: CaptureLocation) -> VoucherHistory {
        var history = self
        history.ceiling = max(ceiling, capture.ceiling)
        history.consumed[capture.redeemed] = Self.sum(
            consumed[capture.redeemed] ?? 0, capture.consumed)
        if other.terminal == location.terminal { history.other = location }
        return history
    }

    /// The history of a voucher that `capture`, found at `location`, is the first of.
    public static func first(_ capture: LedgerCapture, at location: CaptureLocation)
        -> VoucherHistory
    {
        VoucherHistory(
            coreDigest: capture.coreDigest, ceiling: capture.ceiling,
            consumed: [capture.redeemed: capture.consumed], other: location)
    }

    /// The least that has been redeemed of the voucher, in minor units.
    ///
    /// An object that says `redeemed` cannot know of a capture that was made with itself or with
    /// an object signed after it, and `redeemed` only grows. So for each `redeemed` seen, that
    /// much and all that was consumed by objects saying at least as much have certainly been
    /// spent; nobody is accused of more, in whatever order the batches arrive.
    public var leastRedeemed: UInt64 {
        var sum: UInt64 = 0
        var least: UInt64 = 0
        for redeemed in consumed.keys.sorted(by: >) {
            sum = Self.sum(sum, consumed[redeemed] ?? 0)
            least = max(least, Self.sum(redeemed, sum))
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
