public import Clocks
public import HubProtocol
public import Payments
import Screens

/// How often and how much, in a period's totals.
public struct CountedSumMessage: Codable, Hashable, Sendable {
    /// How often.
    public let count: UInt64
    /// How much.
    public let amount: MoneyMessage

    /// A sum in a currency by its ISO 4217 number.
    public init(_ sum: CountedSum, currency: UInt16) {
        count = sum.count
        amount = MoneyMessage(sum.amount, currency: currency)
    }
}

/// What was done in one currency in one period.
public struct PeriodTotalsMessage: Codable, Hashable, Sendable {
    /// Payments.
    public let captures: CountedSumMessage
    /// Payments that were cancelled within the period.
    public let cancellations: CountedSumMessage
    /// Payments whose completion was unclear, undone.
    public let reversals: CountedSumMessage
    /// Refunds to stored value.
    public let refundsToStoredValue: CountedSumMessage
    /// Refunds by a voucher of the terminal's.
    public let refundsByVoucher: CountedSumMessage
    /// Refunds outside Till.
    public let refundsOutside: CountedSumMessage

    /// The totals of one currency.
    public init(_ totals: PeriodTotals) {
        let currency = totals.currencyNumber
        captures = CountedSumMessage(totals.captures, currency: currency)
        cancellations = CountedSumMessage(totals.cancellations, currency: currency)
        reversals = CountedSumMessage(totals.reversals, currency: currency)
        refundsToStoredValue = CountedSumMessage(
            totals.refundsToStoredValue, currency: currency)
        refundsByVoucher = CountedSumMessage(totals.refundsByVoucher, currency: currency)
        refundsOutside = CountedSumMessage(totals.refundsOutside, currency: currency)
    }
}

/// Which period is to be closed: the body of `POST /v1/periods`.
public struct PeriodOrderMessage: Codable, Hashable, Sendable {
    /// Its number; where another is open, nothing is closed.
    public let number: UInt64

    /// Makes an order.
    public init(number: UInt64) { self.number = number }
}

/// What is said of the open period's cash drawer: the body of `POST /v1/periods/open/drawer`. One of
/// `float` and `counted` is there, with the currency's decimals.
public struct DrawerOrderMessage: Codable, Hashable, Sendable {
    /// The period's number; where another is open, nothing is kept.
    public let number: UInt64
    /// What lies in the drawer at the opening.
    public let float: String?
    /// What was counted.
    public let counted: String?

    /// Makes an order.
    public init(number: UInt64, float: String? = nil, counted: String? = nil) {
        self.number = number
        self.float = float
        self.counted = counted
    }
}

/// The cash drawer of a period.
public struct DrawerMessage: Codable, Hashable, Sendable {
    /// What lay in it at the opening.
    public let float: MoneyMessage
    /// What was counted last; absent while nothing was.
    public let counted: MoneyMessage?
    /// How often it was counted.
    public let counts: UInt64
    /// `exact`, `over` or `short`: beside the float less the refunds outside Till; absent while
    /// nothing was counted.
    public let balance: String?
    /// By how much it is over or short; absent while nothing was counted.
    public let difference: MoneyMessage?

    init(_ drawer: CashDrawer, totals: [PeriodTotals]) {
        let currency = drawer.currencyNumber
        let balance = drawer.balance(totals)
        float = MoneyMessage(drawer.float, currency: currency)
        counted = drawer.counted.map { MoneyMessage($0, currency: currency) }
        counts = drawer.counts
        self.balance = balance?.balance.rawValue
        difference = balance.map { MoneyMessage($0.difference, currency: currency) }
    }
}

/// A reconciliation period: `GET /v1/periods/…`, `POST /v1/periods`.
public struct PeriodMessage: Codable, Hashable, Sendable {
    /// Its number, from 1, never reset.
    public let number: UInt64
    /// Its first entry.
    public let firstSequence: UInt64
    /// When that was written, by the shop's clock, RFC 3339 with its offset; absent before it is.
    public let firstAt: String?
    /// The shop's time zone, by its name in the IANA database.
    public let timeZone: String
    /// The business day that it began in (`docs/spec/business-day.md`), as `2026-11-27`.
    public let businessDate: String
    /// How many business days it touches up to its end, or now: above 1, it was not closed in time.
    public let businessDays: Int64
    /// The entry that closed it; absent while it is open.
    public let closedBy: UInt64?
    /// When it was closed, RFC 3339 in UTC.
    public let closedAt: String?
    /// The same by the shop's clock, with its offset.
    public let closedAtLocal: String?
    /// One line for each currency.
    public let totals: [PeriodTotalsMessage]
    /// Sales that a supervisor marked as paid by a scheme's wallet, one line for each currency: no
    /// captures, and in no total.
    public let markedPaid: [CountedSumMessage]
    /// The cash drawer; absent where nothing was said of it.
    public let drawer: DrawerMessage?
    /// Its value-added tax, one line for each currency, letter and rate; empty where no sale came with
    /// any.
    public let vat: [PeriodVATMessage]
    /// Its tips, one line for each currency: a part of what was captured, and of no value-added tax.
    public let tips: [PeriodTipsMessage]
    /// A signed checkpoint that covers it; absent while it is open.
    public let checkpoint: String?

    /// Makes a message; `firstAt`, `closedAt` and `now` are in seconds since 1970 UTC.
    public init(
        number: UInt64, firstSequence: UInt64, firstAt: UInt64?, closedBy: UInt64?,
        closedAt: UInt64?, totals: [PeriodTotals], markedPaid: [CountedSumMessage],
        drawer: CashDrawer? = nil, vat: [PeriodVAT], tips: [PeriodTips], checkpoint: [UInt8]? = nil,
        calendar: ShopCalendar, now: UInt64
    ) {
        let end = closedAt ?? now
        let start = firstAt ?? end
        self.firstAt = firstAt.map { calendar.local($0).rfc3339 }
        timeZone = calendar.zone
        businessDate = calendar.businessDate(at: start).description
        businessDays = calendar.businessDays(from: start, to: end)
        closedAtLocal = closedAt.map { calendar.local($0).rfc3339 }
        self.number = number
        self.firstSequence = firstSequence
        self.closedBy = closedBy
        self.closedAt = closedAt.map { UTCTime($0).rfc3339 }
        self.totals = totals.map(PeriodTotalsMessage.init)
        self.markedPaid = markedPaid
        self.drawer = drawer.map { DrawerMessage($0, totals: totals) }
        self.vat = vat.map(PeriodVATMessage.init)
        self.tips = tips.map(PeriodTipsMessage.init)
        self.checkpoint = checkpoint.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// `GET /v1/journal/checkpoint`.
public struct CheckpointMessage: Codable, Hashable, Sendable {
    /// The signed text (`docs/spec/journal.md`, *Checkpoints*).
    public let checkpoint: String

    /// Makes a message of a checkpoint's bytes.
    public init(_ bytes: [UInt8]) { checkpoint = String(decoding: bytes, as: UTF8.self) }
}

/// `POST /v1/journal/archive`.
public struct ArchiveMessage: Codable, Hashable, Sendable {
    /// Entries that were archived.
    public let entries: UInt64
    /// Vouchers that were forgotten.
    public let vouchers: UInt64

    /// Makes a message.
    public init(entries: UInt64, vouchers: UInt64) {
        self.entries = entries
        self.vouchers = vouchers
    }
}
