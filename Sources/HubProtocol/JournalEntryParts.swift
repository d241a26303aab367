public import CBOR
public import Payments
public import Vouchers

/// The part of an entry that only a capture has.
public struct CaptureEntry: Hashable, Sendable {
    /// The receipt number, from 1 without gaps.
    public let receipt: UInt64
    /// The voucher that paid.
    public let voucher: VoucherIdentity
    /// The voucher's kind, the first element of its value array.
    public let kind: UInt8
    /// What was used up of the voucher, in minor units; at least the captured amount.
    public let consumed: UInt64
    /// The nonce of the request that was answered, 8 bytes, if one was.
    public let requestNonce: [UInt8]?
    /// The code that was shown: the outer COSE_Sign1, entire.
    public let evidence: [UInt8]
    /// Why it was approved; nil in entries that were written before decisions were recorded.
    public let decision: DecisionRecord?
    /// What of the amount is taxed at which rate, in the order of the letters; empty where nobody said.
    public let vat: [VATLine]
    /// What of the amount is a tip, in minor units.
    public let tip: UInt64

    /// Makes the capture's part; see the properties for units and shapes.
    public init(
        receipt: UInt64, voucher: VoucherIdentity, kind: UInt8, consumed: UInt64,
        requestNonce: [UInt8]?, evidence: [UInt8], decision: DecisionRecord? = nil,
        vat: [VATLine] = [], tip: UInt64 = 0
    ) {
        self.receipt = receipt
        self.voucher = voucher
        self.kind = kind
        self.consumed = consumed
        self.requestNonce = requestNonce
        self.evidence = evidence
        self.decision = decision
        self.vat = vat
        self.tip = tip
    }
}

/// The part of an entry that only a decline has.
public struct DeclineEntry: Hashable, Sendable {
    /// The stable code of the reason.
    public let reason: String
    /// The voucher, where the code was one that verified.
    public let voucher: VoucherIdentity?
    /// What was shown, where it was a payment code.
    public let shown: ShownCode?
    /// Why it was declined; nil where no rule was asked.
    public let decision: DecisionRecord?

    /// Makes the decline's part.
    public init(
        reason: String, voucher: VoucherIdentity?, shown: ShownCode? = nil,
        decision: DecisionRecord? = nil
    ) {
        self.reason = reason
        self.voucher = voucher
        self.shown = shown
        self.decision = decision
    }
}

/// The code of a decline, as far as it may be kept.
public enum ShownCode: Hashable, Sendable {
    /// One of Till's own: the outer COSE_Sign1, entire, 1 to 1,000 bytes.
    case own([UInt8])
    /// One of another scheme. It may spend its holder's money, so that only its kind (a stable
    /// name, 1 to 32 bytes) and the SHA-256 of its bytes are kept.
    case foreign(kind: String, digest: [UInt8])

    /// The longest name of a kind, in bytes.
    public static let maximumKindLength = 32
}

/// The facts, the versions and the rule that a decision stood on (`docs/spec/journal.md`,
/// *Decision record*), carried whole.
public struct DecisionRecord: Hashable, Sendable {
    /// The longest record in bytes of CBOR.
    public static let maximumBytes = 400

    /// The elements of the record's array.
    public let fields: [CBORValue]

    /// Makes a record of the elements of its array.
    public init(fields: [CBORValue]) { self.fields = fields }
}

/// The part of an entry that undoes a capture, whole or in part.
public struct UndoEntry: Hashable, Sendable {
    /// How the money goes back in a refund (key 21).
    public enum RefundWay: UInt8, Hashable, Sendable, CaseIterable {
        /// To the stored value that paid: a negative redemption.
        case storedValue = 1
        /// By a voucher that this terminal signs.
        case voucher = 2
        /// Outside Till: in cash, for instance.
        case outside = 3
    }

    /// Which way of undoing it is.
    public enum Kind: Hashable, Sendable {
        /// The merchant undoes a payment before its period closes; takes a receipt number.
        case cancellation(receipt: UInt64)
        /// A new payment back; takes a receipt number.
        case refund(receipt: UInt64, way: RefundWay)
        /// Completion failed or is unclear; takes no receipt number.
        case reversal
    }

    /// What goes back to a voucher.
    public struct Restoration: Hashable, Sendable {
        /// The voucher.
        public let voucher: VoucherIdentity
        /// The voucher's kind, the first element of its value array.
        public let kind: UInt8
        /// How much of it may be spent again, in minor units.
        public let amount: UInt64

        /// Makes a restoration; see the properties for units.
        public init(voucher: VoucherIdentity, kind: UInt8, amount: UInt64) {
            self.voucher = voucher
            self.kind = kind
            self.amount = amount
        }
    }

    /// Which way of undoing it is.
    public let kind: Kind
    /// The sequence number of the capture that is undone, before this entry.
    public let undone: UInt64
    /// What goes back to a voucher, if anything does.
    public let restoration: Restoration?
    /// The signed object that carries the money back, where there is one: 1 to 1,000 bytes.
    public let evidence: [UInt8]?
    /// Why, as a stable code of 1 to 100 bytes, where one is given.
    public let reason: String?
    /// What of the amount was taxed at which rate, in the order of the letters.
    public let vat: [VATLine]
    /// What of the amount is a tip, in minor units.
    public let tip: UInt64

    /// Makes the undoing's part; see the properties for shapes.
    public init(
        kind: Kind, undone: UInt64, restoration: Restoration? = nil, evidence: [UInt8]? = nil,
        reason: String? = nil, vat: [VATLine] = [], tip: UInt64 = 0
    ) {
        self.kind = kind
        self.undone = undone
        self.restoration = restoration
        self.evidence = evidence
        self.reason = reason
        self.vat = vat
        self.tip = tip
    }

    /// The receipt number, where it takes one.
    public var receipt: UInt64? {
        switch kind {
        case .cancellation(let receipt), .refund(let receipt, _): receipt
        case .reversal: nil
        }
    }
}

/// The part of an entry that closes a reconciliation period (a Z report).
public struct PeriodEntry: Hashable, Sendable {
    /// The most currencies in one period, so that an entry stays within its length.
    public static let maximumCurrencies = 16

    /// The period's number, from 1 without gaps, never reset.
    public let number: UInt64
    /// What was done in each currency, ascending by number; currencies with nothing are left out.
    public let totals: [PeriodTotals]
    /// What was said of the cash drawer; nil where nothing was.
    public let drawer: CashDrawer?

    /// Makes the period's part; see the properties for shapes.
    public init(number: UInt64, totals: [PeriodTotals], drawer: CashDrawer? = nil) {
        self.number = number
        self.totals = totals
        self.drawer = drawer
    }
}

/// How often, and how much in minor units.
public struct CountedSum: Hashable, Sendable {
    /// How often, below 2^32.
    public var count: UInt64
    /// How much, in minor units, below 2^53.
    public var amount: UInt64

    /// Makes a sum.
    public init(count: UInt64 = 0, amount: UInt64 = 0) {
        self.count = count
        self.amount = amount
    }
}

/// What was done in one currency in one period.
public struct PeriodTotals: Hashable, Sendable {
    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// Captures.
    public var captures = CountedSum()
    /// Cancellations.
    public var cancellations = CountedSum()
    /// Reversals.
    public var reversals = CountedSum()
    /// Refunds to stored value.
    public var refundsToStoredValue = CountedSum()
    /// Refunds by a voucher of the terminal's.
    public var refundsByVoucher = CountedSum()
    /// Refunds outside Till.
    public var refundsOutside = CountedSum()

    /// Nothing yet in this currency.
    public init(currencyNumber: UInt16) { self.currencyNumber = currencyNumber }
}

/// Which document a terminal has put in force.
public enum DocumentKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A hub's configuration of the terminal.
    case configuration = 1
    /// The trust list.
    case trustList = 2
    /// The policy.
    case policy = 3
    /// The hot list.
    case hotList = 4
    /// The hub's statement of the newest versions.
    case freshness = 5
}

/// The part of an entry that says which document was put in force.
public struct DocumentEntry: Hashable, Sendable {
    /// What document.
    public let kind: DocumentKind
    /// Its version.
    public let version: UInt64
    /// The SHA-256 of its bytes, 32 bytes: where it lies in the journal's documents.
    public let digest: [UInt8]

    /// Makes the document's part; see the properties for shapes.
    public init(kind: DocumentKind, version: UInt64, digest: [UInt8]) {
        self.kind = kind
        self.version = version
        self.digest = digest
    }
}

/// The part of an entry that says what the clock did.
public struct ClockEntry: Hashable, Sendable {
    /// What happened.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// The clock was set forward.
        case steppedForward = 1
        /// The clock was set back.
        case steppedBack = 2
        /// What the clock says is no longer believed.
        case suspect = 3
        /// The hub's time settled it.
        case settledByHub = 4
        /// A technician settled it.
        case settledByTechnician = 5
    }

    /// What happened.
    public let kind: Kind
    /// The time that was expected, in seconds since 1970 UTC.
    public let expected: UInt64
    /// The time that was found, in seconds since 1970 UTC.
    public let found: UInt64
    /// How far either may be off, in seconds.
    public let uncertaintySeconds: UInt64

    /// Makes the clock's part; see the properties for units.
    public init(kind: Kind, expected: UInt64, found: UInt64, uncertaintySeconds: UInt64) {
        self.kind = kind
        self.expected = expected
        self.found = found
        self.uncertaintySeconds = uncertaintySeconds
    }
}
