public import Money

/// A supervisor's word that what was due of an unconfirmed sale has been paid: they have seen it in
/// the bank's app. It goes into the journal under their name, is reported apart, and is no capture.
public struct PaidMark: Hashable, Sendable {
    /// The sale.
    public let sale: SaleReference
    /// What was due of it.
    public let amount: Amount
    /// The nonce of the request that the customer says has been paid, 8 bytes.
    public let requestNonce: [UInt8]
    /// Who says so.
    public let operatedBy: EntryOperator
    /// When, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes a mark; see the properties for shapes.
    public init(
        sale: SaleReference, amount: Amount, requestNonce: [UInt8], operatedBy: EntryOperator,
        at: UInt64
    ) {
        self.sale = sale
        self.amount = amount
        self.requestNonce = requestNonce
        self.operatedBy = operatedBy
        self.at = at
    }
}

/// The order to mark a sale as paid.
public struct MarkOrder: Hashable, Sendable {
    /// Which order it is: the caller's own number, so that the answer finds its way.
    public let number: UInt64
    /// The sale, as the journal has it.
    public let sale: Sale
    /// Who says that it is paid.
    public let operatedBy: EntryOperator
    /// When, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes an order; see the properties for units.
    public init(number: UInt64, sale: Sale, operatedBy: EntryOperator, at: UInt64) {
        self.number = number
        self.sale = sale
        self.operatedBy = operatedBy
        self.at = at
    }
}

/// Why a sale was not marked as paid.
public enum MarkRefusal: Hashable, Sendable {
    /// Something else is being looked up or recorded.
    case busy
    /// The clock cannot be right; it stands before this, in seconds since 1970 UTC.
    case clockSuspect(floor: UInt64)
    /// The sale did not end unconfirmed: where it stands.
    case notUnconfirmed(SaleState)
    /// The journal cannot be written, or refused the mark: a word has come in between.
    case journalUnavailable(detail: String)
}
