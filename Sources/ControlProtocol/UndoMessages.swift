/// `POST /v1/receipts/N/refund`, `…/cancel` and `…/reverse`: undoes a payment.
public struct UndoOrderMessage: Codable, Hashable, Sendable {
    /// Of a refund: the amount, with the currency's own number of decimals; all that is left
    /// where nil.
    public let amount: String?
    /// Of a refund: `stored-value`, `voucher` or `cash`; where nil, to what paid, or by a refund
    /// voucher where what paid takes nothing back.
    public let to: String?
    /// Why, for the records; at most 100 bytes.
    public let reason: String?
    /// An idempotency key, at most 64 bytes: the same key is the same undoing.
    public let key: String?

    /// Makes an order.
    public init(
        amount: String? = nil, to: String? = nil, reason: String? = nil, key: String? = nil
    ) {
        self.amount = amount
        self.to = to
        self.reason = reason
        self.key = key
    }
}

/// A payment of this terminal: `GET /v1/receipts/N`.
public struct PaymentMessage: Codable, Hashable, Sendable {
    /// The receipt number.
    public let receipt: UInt64
    /// The place of its capture in the journal.
    public let sequence: UInt64
    /// The sale's reference.
    public let sale: String
    /// When it was captured, RFC 3339 in UTC.
    public let at: String
    /// How much was captured.
    public let amount: MoneyMessage
    /// `unclear`, `complete`, `refunded-in-part`, `refunded`, `cancelled` or `reversed`.
    public let standing: String
    /// What may still be given back.
    public let refundable: MoneyMessage
    /// The voucher's issuer and short name.
    public let voucher: String
    /// `fixed`, `stored-value` or `certificate`.
    public let voucherKind: String
    /// The receipt once more, line by line, marked as a copy; missing where many are listed.
    public let receiptText: [String]?
    /// The receipt's signed code (`TR1:…`), where the payment counts; missing where many are listed.
    public let receiptCode: String?
    /// Its value-added tax; missing where it has none, and where many are listed.
    public let vat: [VATLineMessage]?
    /// What of it is a tip; missing where none is.
    public let tip: MoneyMessage?

    /// Makes a payment's message.
    public init(
        receipt: UInt64, sequence: UInt64, sale: String, at: String, amount: MoneyMessage,
        standing: String, refundable: MoneyMessage, voucher: String, voucherKind: String,
        receiptText: [String]? = nil, receiptCode: String? = nil, vat: [VATLineMessage]? = nil,
        tip: MoneyMessage? = nil
    ) {
        self.receipt = receipt
        self.sequence = sequence
        self.sale = sale
        self.at = at
        self.amount = amount
        self.standing = standing
        self.refundable = refundable
        self.voucher = voucher
        self.voucherKind = voucherKind
        self.receiptText = receiptText
        self.receiptCode = receiptCode
        self.vat = vat
        self.tip = tip
    }
}

/// An undoing that is durable.
public struct UndoMessage: Codable, Hashable, Sendable {
    /// `cancellation`, `refund` or `reversal`.
    public let kind: String
    /// Its own receipt number; nil for a reversal.
    public let receipt: UInt64?
    /// The receipt of the payment.
    public let payment: UInt64
    /// The sale's reference.
    public let sale: String
    /// When, RFC 3339 in UTC.
    public let at: String
    /// How much was given back.
    public let amount: MoneyMessage
    /// What of the payment may still be given back.
    public let refundable: MoneyMessage
    /// Of a refund: `stored-value`, `voucher` or `cash`.
    public let to: String?
    /// Why, as it was given.
    public let reason: String?
    /// The refund voucher's text (`TV1:…`), where there is one: whoever has it has the money.
    public let code: String?
    /// The same as half blocks, to print on a terminal.
    public let halfBlocks: String?
    /// The customer's receipt, line by line.
    public let receiptText: [String]
    /// The receipt's signed code (`TR1:…`); nil for a reversal.
    public let receiptCode: String?
    /// A sentence for the cashier.
    public let message: String
    /// Whether it had been made before, under the same key.
    public let repeated: Bool
    /// The value-added tax that was given back; missing where there is none.
    public let vat: [VATLineMessage]?
    /// What of it is a tip; missing where none is.
    public let tip: MoneyMessage?

    /// Makes an undoing's message.
    public init(
        kind: String, receipt: UInt64?, payment: UInt64, sale: String, at: String,
        amount: MoneyMessage, refundable: MoneyMessage, to: String?, reason: String?,
        code: String?, halfBlocks: String?, receiptText: [String],
        receiptCode: String?, message: String, repeated: Bool, vat: [VATLineMessage]? = nil,
        tip: MoneyMessage? = nil
    ) {
        self.kind = kind
        self.receipt = receipt
        self.payment = payment
        self.sale = sale
        self.at = at
        self.amount = amount
        self.refundable = refundable
        self.to = to
        self.reason = reason
        self.code = code
        self.halfBlocks = halfBlocks
        self.receiptText = receiptText
        self.receiptCode = receiptCode
        self.message = message
        self.repeated = repeated
        self.vat = vat
        self.tip = tip
    }
}
