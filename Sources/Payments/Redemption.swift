public import Vouchers

/// The number on a receipt: from 1, without gaps, one for each capture of a journal.
public typealias ReceiptNumber = UInt64

/// One redemption that a journal remembers of a voucher.
public struct Redemption: Hashable, Sendable {
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// How much, in minor units of the voucher's currency.
    public let amount: UInt64
    /// On which receipt.
    public let receipt: ReceiptNumber

    /// Makes a redemption; see the properties for units.
    public init(at: UInt64, amount: UInt64, receipt: ReceiptNumber) {
        self.at = at
        self.amount = amount
        self.receipt = receipt
    }
}

/// One redemption that another terminal made, as the hub has told.
public struct ElsewhereRedemption: Hashable, Sendable {
    /// The terminal, by its id.
    public let terminal: TerminalID
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// How much, in minor units of the voucher's currency.
    public let amount: UInt64

    /// Makes a redemption; see the properties for units.
    public init(terminal: TerminalID, at: UInt64, amount: UInt64) {
        self.terminal = terminal
        self.at = at
        self.amount = amount
    }
}

/// What the hub has told of a voucher that other terminals have taken.
public struct HubStanding: Hashable, Sendable {
    /// What all terminals together have certainly spent of it, in minor units, as far as the hub
    /// knew then.
    public let spent: UInt64
    /// The last entry of this terminal's own journal that is counted in ``spent``.
    public let countedThrough: UInt64
    /// The last redemption that another terminal made.
    public let last: ElsewhereRedemption

    /// Makes a standing; see the properties for units.
    public init(spent: UInt64, countedThrough: UInt64, last: ElsewhereRedemption) {
        self.spent = spent
        self.countedThrough = countedThrough
        self.last = last
    }
}

/// What this terminal's own journal did to one voucher after a certain entry, in minor units.
public struct OwnRedemptions: Hashable, Sendable {
    /// What was used up of it.
    public let consumed: UInt64
    /// What was given back to it.
    public let returned: UInt64

    /// Makes a pair of sums.
    public init(consumed: UInt64, returned: UInt64) {
        self.consumed = consumed
        self.returned = returned
    }
}

extension JournalFacts {
    /// The same facts with what the hub has told of `voucher`, where it is more than the journal
    /// remembers (`docs/adr/0046`).
    ///
    /// What the hub counted happened in truth, and so did each redemption here since: their sum is
    /// a floor of what is spent, whatever the shown object knew. What was given back here since is
    /// taken off. Nothing that the journal remembers is forgotten over it.
    ///
    /// - Parameter since: what this journal did after ``HubStanding/countedThrough``.
    public func knowing(
        _ standing: HubStanding, since: OwnRedemptions, of voucher: Voucher
    ) -> JournalFacts {
        let memory = VoucherMemory.remembering(voucher, on: memory)
        let (sum, overflow) = standing.spent.addingReportingOverflow(since.consumed)
        let all = overflow ? UInt64.max : sum
        let told = all > since.returned ? all - since.returned : 0
        return JournalFacts(
            memory: VoucherMemory(
                coreDigest: memory.coreDigest, ceiling: memory.ceiling,
                spent: min(max(memory.spent, told), memory.ceiling), last: memory.last,
                elsewhere: standing.last),
            presentationKnown: presentationKnown, requestPaid: requestPaid,
            answeredSale: answeredSale, exposure: exposure, kindExposure: kindExposure,
            issuerOutstanding: issuerOutstanding, windows: windows)
    }
}
