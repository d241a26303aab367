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
