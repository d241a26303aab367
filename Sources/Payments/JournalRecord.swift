public import Money
public import Vouchers

/// A declined code, as it goes into the journal.
public struct Decline: Hashable, Sendable {
    /// The sale it was presented for.
    public let sale: SaleReference
    /// What was asked for.
    public let asked: Amount
    /// Why not.
    public let reason: DeclineReason
    /// The voucher, where the code was one that verified. What it says of its ceiling and of
    /// what is redeemed is remembered although nothing was paid: an older object of the same
    /// identity, shown next, must not say less (`docs/spec/authorisation.md`).
    public let voucher: Voucher?
    /// The code that was shown, where it was one of Till's own: 1 to 1,000 bytes.
    public let evidence: [UInt8]?
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// What the decision stood on, where the code was one of Till's own.
    public let basis: DecisionBasis?
}

/// What one durable transaction of the journal writes.
public enum JournalRecord: Hashable, Sendable {
    /// A payment, with the sale as it stands after it.
    case capture(Capture, Sale)
    /// A refusal.
    case decline(Decline)
    /// A payment is undone, whole or in part.
    case undo(Undo)
    /// A supervisor's word that an unconfirmed sale is paid.
    case mark(PaidMark)
}
