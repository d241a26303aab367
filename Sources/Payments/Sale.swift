public import Money

/// What identifies a sale for people and for wallets: 1 to 25 of `[A-Za-z0-9]`
/// (`formats.md` 3, object 62/05).
public struct SaleReference: Hashable, Sendable, CustomStringConvertible {
    /// The longest reference, from the EMVCo field it travels in.
    public static let maximumLength = 25

    /// The reference as text.
    public let text: String

    /// Reads a reference, or answers nil where the grammar is broken.
    public init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: false
            }
        }
        guard allowed, (1...Self.maximumLength).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    /// The reference as text.
    public var description: String { text }
}

/// The terminal's question to a wallet: pay this much before then (`formats.md` 3).
public struct PaymentRequest: Hashable, Sendable {
    /// The nonce's length in bytes (`formats.md` 3, template 90).
    public static let nonceLength = 8

    /// 8 random bytes that the answer must carry.
    public let nonce: [UInt8]
    /// The amount that is asked for.
    public let amount: Amount
    /// The moment from which no answer is taken, in seconds since 1970 UTC.
    public let expiry: UInt64

    /// Makes a request; `nonce` has 8 bytes.
    public init(nonce: [UInt8], amount: Amount, expiry: UInt64) {
        precondition(nonce.count == Self.nonceLength, "A request's nonce has 8 bytes.")
        self.nonce = nonce
        self.amount = amount
        self.expiry = expiry
    }
}

/// Where a sale stands. Every sale ends in one of the states other than `open`.
public enum SaleState: String, Hashable, Sendable, CaseIterable {
    /// Waiting for a code.
    case open
    /// Paid in full: the goods may be handed over.
    case paid
    /// Ended with a part captured and a part still owed; the part stays captured.
    case partlyPaid = "partly-paid"
    /// Ended by the cashier with nothing captured.
    case cancelled
    /// Ended by time with nothing captured.
    case expired
    /// Ended while the customer says that a scheme's wallet has paid what is due, and no word of
    /// it has come. What was captured before stays captured.
    case unconfirmed
    /// Unconfirmed, and a supervisor has said that the money is there. That is no capture.
    case markedPaid = "marked-paid"
}

/// One sale at the counter, from the amount typed to its end.
public struct Sale: Hashable, Sendable {
    /// The reference that people and wallets see.
    public let reference: SaleReference
    /// The caller's idempotency key, at most ``maximumKeyLength`` bytes: the same key is the
    /// same sale.
    public let key: String?
    /// What the sale comes to.
    public let total: Amount
    /// What has been captured so far, in minor units of the total's currency.
    public private(set) var captured: UInt64
    /// Where the sale stands.
    public private(set) var state: SaleState
    /// The request now (or last) shown for what is due.
    public private(set) var request: PaymentRequest
    /// Whether the customer says that a scheme's wallet has paid what is due of the open sale, and
    /// no word of it has come: it is in the journal, as a decline for ``DeclineReason/unconfirmed``.
    public private(set) var isClaimed: Bool
    /// When the sale was opened, in seconds since 1970 UTC.
    public let openedAt: UInt64
    /// Its value-added tax, in the order of the letters; they come to the total less the tip, or there
    /// are none.
    public let vat: [VATLine]
    /// What of the total is a tip, in minor units; below it.
    public let tip: UInt64

    /// The longest idempotency key, in bytes of UTF-8: room for a UUID with a prefix.
    public static let maximumKeyLength = 64

    /// Opens a sale, or (for a journal) restores one.
    public init(
        reference: SaleReference, key: String?, total: Amount, captured: UInt64 = 0,
        state: SaleState = .open, request: PaymentRequest, isClaimed: Bool = false,
        openedAt: UInt64, vat: [VATLine] = [], tip: UInt64 = 0
    ) {
        precondition(captured <= total.minorUnits, "No sale captures more than its total.")
        precondition(
            tip < max(1, total.minorUnits)
                && (vat.isEmpty || vat.reduce(tip) { $0 + $1.gross } == total.minorUnits),
            "VAT lines and the tip come to the total.")
        self.reference = reference
        self.key = key
        self.total = total
        self.captured = captured
        self.state = state
        self.request = request
        self.isClaimed = isClaimed
        self.openedAt = openedAt
        self.vat = vat
        self.tip = tip
    }

    /// What is still owed, in minor units.
    public var due: UInt64 { total.minorUnits - captured }

    /// The sale after `amount` minor units more were captured.
    func capturing(_ amount: UInt64) -> Sale {
        precondition(amount > 0 && amount <= due, "A capture is above 0 and at most what is due.")
        var sale = self
        sale.captured += amount
        if sale.due == 0 {
            sale.state = .paid
            sale.isClaimed = false
        }
        return sale
    }

    /// The sale ended without being paid in full.
    func ended(_ state: SaleState) -> Sale {
        var sale = self
        sale.state = isClaimed ? .unconfirmed : captured > 0 ? .partlyPaid : state
        sale.isClaimed = false
        return sale
    }

    /// The sale of which no word has come, though the customer says that it is paid.
    public func claimed() -> Sale {
        var sale = self
        sale.isClaimed = true
        return sale
    }

    /// The unconfirmed sale after a supervisor's word.
    func marked() -> Sale {
        var sale = self
        sale.state = .markedPaid
        return sale
    }

    /// The sale asking for what is still due.
    func asking(_ request: PaymentRequest) -> Sale {
        var sale = self
        sale.request = request
        return sale
    }
}
