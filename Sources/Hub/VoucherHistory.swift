/// The accepted captures of one voucher identity, from all terminals, summed up.
public struct VoucherHistory: Hashable, Sendable {
    /// What all objects of the identity share, 32 bytes.
    public private(set) var coreDigest: [UInt8]
    /// What was spent, and what of that given back.
    public private(set) var tally: RedemptionTally
    /// A capture to name beside another: by preference of another terminal than the one asked
    /// about, and of those the latest to arrive.
    public private(set) var other: CaptureLocation

    /// Restores a history; see the properties.
    public init(coreDigest: [UInt8], tally: RedemptionTally, other: CaptureLocation) {
        self.coreDigest = coreDigest
        self.tally = tally
        self.other = other
    }

    /// The history after `capture`, found at `location`, too.
    public func adding(_ capture: LedgerCapture, at location: CaptureLocation) -> VoucherHistory {
        var history = self
        history.tally.add(
            capture.consumed, redeemed: capture.redeemed, ceiling: capture.ceiling)
        if other.terminal == location.terminal { history.other = location }
        return history
    }

    /// The history after `amount` minor units of a capture were given back to the voucher, whose
    /// object had said that so much was `redeemed`.
    public func givingBack(_ amount: UInt64, redeemed: UInt64) -> VoucherHistory {
        var history = self
        history.tally.giveBack(amount, redeemed: redeemed)
        return history
    }

    /// The history of a voucher that `capture`, found at `location`, is the first of.
    public static func first(_ capture: LedgerCapture, at location: CaptureLocation)
        -> VoucherHistory
    {
        VoucherHistory(
            coreDigest: capture.coreDigest,
            tally: RedemptionTally(
                ceiling: capture.ceiling, consumed: [capture.redeemed: capture.consumed]),
            other: location)
    }

    /// The highest ceiling that a captured object had, in minor units.
    public var ceiling: UInt64 { tally.ceiling }
    /// See ``RedemptionTally/leastRedeemed``.
    public var leastRedeemed: UInt64 { tally.leastRedeemed }
    /// See ``RedemptionTally/excess``.
    public var excess: UInt64 { tally.excess }
}
