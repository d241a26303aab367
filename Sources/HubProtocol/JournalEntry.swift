import Crypto
public import Vouchers

/// One entry of a terminal's journal, as it is chained, signed in batches and kept by the hub.
///
/// The bytes of an entry are a CBOR map with integer keys, core deterministic
/// (`docs/spec/journal.md`, *Entry*); its hash is the SHA-256 of those bytes, and the next entry
/// carries it. Sequence numbers run from 1 without gaps.
public struct JournalEntry: Hashable, Sendable {
    /// What happened.
    public enum Event: Hashable, Sendable {
        /// A payment was captured.
        case capture(CaptureEntry)
        /// A code was declined.
        case decline(DeclineEntry)
    }

    /// The length of a hash in bytes (SHA-256).
    public static let hashLength = 32
    /// The longest entry in bytes: evidence of 1,000 bytes and the other fields at their largest.
    public static let maximumBytes = 1_400
    /// The longest reason of a decline, in bytes.
    public static let maximumReasonLength = 100
    /// What the first entry carries as its predecessor's hash: 32 zero bytes.
    public static let genesis = [UInt8](repeating: 0, count: hashLength)

    /// The place in the journal, from 1.
    public let sequence: UInt64
    /// The hash of the entry before, 32 bytes.
    public let previousHash: [UInt8]
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// The sale, 1 to 25 of `[A-Za-z0-9]`.
    public let sale: String
    /// ISO 4217 number of the sale's currency.
    public let currencyNumber: UInt16
    /// Minor units: what was captured, or what was asked for.
    public let amount: UInt64
    /// What happened.
    public let event: Event

    /// Makes an entry; see the properties for units and shapes.
    public init(
        sequence: UInt64, previousHash: [UInt8], at: UInt64, sale: String, currencyNumber: UInt16,
        amount: UInt64, event: Event
    ) {
        precondition(previousHash.count == Self.hashLength, "A SHA-256 hash has 32 bytes.")
        self.sequence = sequence
        self.previousHash = previousHash
        self.at = at
        self.sale = sale
        self.currencyNumber = currencyNumber
        self.amount = amount
        self.event = event
    }

    /// The hash that chains `bytes`, an encoded entry: 32 bytes of SHA-256.
    public static func hash(of bytes: [UInt8]) -> [UInt8] { [UInt8](SHA256.hash(data: bytes)) }
}

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

    /// Makes the capture's part; see the properties for units and shapes.
    public init(
        receipt: UInt64, voucher: VoucherIdentity, kind: UInt8, consumed: UInt64,
        requestNonce: [UInt8]?, evidence: [UInt8]
    ) {
        self.receipt = receipt
        self.voucher = voucher
        self.kind = kind
        self.consumed = consumed
        self.requestNonce = requestNonce
        self.evidence = evidence
    }
}

/// The part of an entry that only a decline has.
public struct DeclineEntry: Hashable, Sendable {
    /// The stable code of the reason.
    public let reason: String
    /// The voucher, where the code was one that verified.
    public let voucher: VoucherIdentity?

    /// Makes the decline's part.
    public init(reason: String, voucher: VoucherIdentity?) {
        self.reason = reason
        self.voucher = voucher
    }
}
