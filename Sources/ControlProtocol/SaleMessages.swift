/// `POST /v1/sales`: opens a sale.
public struct SaleOrderMessage: Codable, Hashable, Sendable {
    /// The amount, with the currency's own number of decimals: `12.50`.
    public let amount: String
    /// ISO 4217 letters; the terminal's own currency where nil.
    public let currency: String?
    /// An idempotency key, at most 64 bytes: the same key is the same sale.
    public let key: String?
    /// The sale's value-added tax: lines that come to the amount; none where nil.
    public let vat: [VATOrderMessage]?
    /// A tip beside the amount, with the currency's decimals; none where nil.
    public let tip: String?

    /// Makes an order.
    public init(
        amount: String, currency: String?, key: String?, vat: [VATOrderMessage]? = nil,
        tip: String? = nil
    ) {
        self.amount = amount
        self.currency = currency
        self.key = key
        self.vat = vat
        self.tip = tip
    }
}

/// `POST /v1/sales/current/codes`: a code that was typed for the open sale.
public struct TypedCodeMessage: Codable, Hashable, Sendable {
    /// The code's text: a voucher reference (`TVR:…`) or any other code. It may be the money.
    public let code: String

    /// Makes one.
    public init(code: String) { self.code = code }
}

/// The order to mark a sale as paid, as a caller at the socket gives it; at the console whoever
/// is logged in, or vouches, is the one who says so.
public struct MarkOrderMessage: Codable, Hashable, Sendable {
    /// Who has seen the money: 1 to 32 bytes, kept with the entry. At the console it is whoever is
    /// logged in, whatever stands here.
    public let by: String?

    /// Makes an order.
    public init(by: String?) { self.by = by }
}

/// A payment already made with a voucher, told with *spent here*.
public struct RedemptionMessage: Codable, Hashable, Sendable {
    /// When, RFC 3339 in UTC.
    public let at: String
    /// On which receipt.
    public let receipt: UInt64
    /// How much.
    public let amount: MoneyMessage

    /// Makes a redemption.
    public init(at: String, receipt: UInt64, amount: MoneyMessage) {
        self.at = at
        self.receipt = receipt
        self.amount = amount
    }
}

/// What became of one code.
public struct VerdictMessage: Codable, Hashable, Sendable {
    /// `approved`, `approved-in-part` or `declined`.
    public let verdict: String
    /// The stable code of a decline.
    public let reason: String?
    /// A sentence for the cashier.
    public let message: String
    /// What was captured.
    public let captured: MoneyMessage?
    /// The receipt number of the capture.
    public let receipt: UInt64?
    /// What of a fixed voucher lapses, because it was worth more than the sale.
    public let lapsed: MoneyMessage?
    /// For *spent here*: the redemption that used the voucher up.
    public let spent: RedemptionMessage?
    /// Why it was decided online or offline: a stable code (`sale.md`).
    public let online: String?

    /// Makes a verdict.
    public init(
        verdict: String, reason: String? = nil, message: String, captured: MoneyMessage? = nil,
        receipt: UInt64? = nil, lapsed: MoneyMessage? = nil, spent: RedemptionMessage? = nil,
        online: String? = nil
    ) {
        self.verdict = verdict
        self.reason = reason
        self.message = message
        self.captured = captured
        self.receipt = receipt
        self.lapsed = lapsed
        self.spent = spent
        self.online = online
    }
}

/// A sale as the terminal sees it: the answer of every `/v1/sales` route.
public struct SaleMessage: Codable, Hashable, Sendable {
    /// The reference that people and wallets see.
    public let reference: String
    /// `open`, `paid`, `partly-paid`, `cancelled` or `expired`.
    public let state: String
    /// What the sale comes to.
    public let total: MoneyMessage
    /// What has been captured.
    public let captured: MoneyMessage
    /// What of that has been given back since.
    public let undone: MoneyMessage
    /// What is still due.
    public let due: MoneyMessage
    /// When it was opened, RFC 3339 in UTC.
    public let openedAt: String
    /// When the request on the screen expires, RFC 3339 in UTC.
    public let expiresAt: String
    /// Whether the shop QR is on the screen, read back by the terminal's own scanner.
    public let symbolShown: Bool
    /// Why the shop QR is not on the screen.
    public let symbolProblem: String?
    /// The file that the display draws to, where it is one.
    public let screen: String?
    /// The shop QR as half blocks, to print on a terminal.
    public let halfBlocks: String?
    /// The verdicts since the daemon started, oldest first, the last 20 of them.
    public let verdicts: [VerdictMessage]
    /// The verdict that the caller waited for, where one came.
    public let news: VerdictMessage?
    /// Rises with every change of what is told here; wait for a change with `?after=`.
    public let version: UInt64
    /// What is left offline in the sale's currency, and what runs out first.
    public let offline: ExposureMessage?
    /// True on a terminal in training, where nothing is money; missing on any other.
    public let training: Bool?
    /// The sale's value-added tax, in the order of the letters; absent where it came with none.
    public let vat: [VATLineMessage]?
    /// What of the total is a tip; absent where none is.
    public let tip: MoneyMessage?

    /// Makes a sale's message.
    public init(
        reference: String, state: String, total: MoneyMessage, captured: MoneyMessage,
        undone: MoneyMessage, due: MoneyMessage, openedAt: String, expiresAt: String,
        symbolShown: Bool,
        symbolProblem: String?, screen: String?, halfBlocks: String?, verdicts: [VerdictMessage],
        news: VerdictMessage?, version: UInt64, offline: ExposureMessage? = nil,
        training: Bool? = nil, vat: [VATLineMessage]? = nil, tip: MoneyMessage? = nil
    ) {
        self.reference = reference
        self.state = state
        self.total = total
        self.captured = captured
        self.undone = undone
        self.due = due
        self.openedAt = openedAt
        self.expiresAt = expiresAt
        self.symbolShown = symbolShown
        self.symbolProblem = symbolProblem
        self.screen = screen
        self.halfBlocks = halfBlocks
        self.verdicts = verdicts
        self.news = news
        self.version = version
        self.offline = offline
        self.training = training
        self.vat = vat
        self.tip = tip
    }
}
