/// One journal entry, as `GET /v1/journal` tells it.
public struct EntryMessage: Codable, Hashable, Sendable {
    /// The place in the journal, from 1.
    public let sequence: UInt64
    /// When, RFC 3339 in UTC.
    public let at: String
    /// `capture`, `decline`, `cancellation`, `refund`, `reversal`, `period-closed`, `document` or
    /// `clock`.
    public let kind: String
    /// The sale's reference; absent in the last three kinds.
    public let sale: String?
    /// What was captured, asked for, or undone; absent with the sale.
    public let amount: MoneyMessage?
    /// The receipt number of a capture, a cancellation or a refund.
    public let receipt: UInt64?
    /// The stable code of a decline, or of an undoing that names one.
    public let reason: String?
    /// The sequence number of the capture that is undone.
    public let undone: UInt64?
    /// The number of the period that was closed.
    public let period: UInt64?
    /// What an entry about a document or the clock says, in words.
    public let detail: String?
    /// The voucher's issuer and short name.
    public let voucher: String?
    /// `fixed`, `stored-value` or `certificate`.
    public let voucherKind: String?
    /// Who did it, where somebody was logged in.
    public let operatedBy: StaffMessage?
    /// Whether the hub has acknowledged it.
    public let acknowledged: Bool
    /// What of the amount is taxed at which rate; absent where nobody said.
    public let vat: [VATLineMessage]?
    /// What of the amount is a tip; absent where none is.
    public let tip: MoneyMessage?

    /// Makes an entry's message.
    public init(
        sequence: UInt64, at: String, kind: String, sale: String?, amount: MoneyMessage?,
        receipt: UInt64?, reason: String?, undone: UInt64? = nil, period: UInt64? = nil,
        detail: String? = nil, voucher: String?, voucherKind: String?,
        operatedBy: StaffMessage? = nil, acknowledged: Bool, vat: [VATLineMessage]? = nil,
        tip: MoneyMessage? = nil
    ) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.sale = sale
        self.amount = amount
        self.receipt = receipt
        self.reason = reason
        self.undone = undone
        self.period = period
        self.detail = detail
        self.voucher = voucher
        self.voucherKind = voucherKind
        self.operatedBy = operatedBy
        self.acknowledged = acknowledged
        self.vat = vat
        self.tip = tip
    }
}

/// A refusal of the control API, as a problem document (RFC 9457) with a stable reason.
public struct ProblemMessage: Codable, Hashable, Sendable {
    /// The stable code.
    public let reason: String
    /// What happened, what it means for the money, and what to do.
    public let detail: String

    /// Makes a problem.
    public init(reason: String, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
