public import COSE
import HubProtocol
public import Vouchers

/// One record of an exported journal (`docs/spec/journal-export.md`), in the order in which they
/// are written.
public enum ExportRecord: Hashable, Sendable {
    /// Whose journal it is, and where the entries go on from. The first record.
    case header(ExportHeader)
    /// A run of entries that was archived before.
    case segment(ExportedSegment)
    /// The bytes of one entry, as they are hashed.
    case entry([UInt8])
    /// A document that was put in force.
    case document(kind: UInt8, version: UInt64, bytes: [UInt8])
    /// A signed checkpoint.
    case checkpoint([UInt8])
    /// A batch, and the hub's answer to it.
    case batch(ExportedBatch)
    /// What is remembered of a voucher.
    case voucher(ExportedVoucher)
    /// What a capture used up of a voucher.
    case redemption(ExportedRedemption)
    /// What all records before come to. The last record.
    case trailer(ExportTrailer)

    /// The place of the record's kind in the order.
    var order: UInt64 {
        switch self {
        case .header: 0
        case .segment: 1
        case .entry: 2
        case .document: 3
        case .checkpoint: 4
        case .batch: 5
        case .voucher: 6
        case .redemption: 7
        case .trailer: 8
        }
    }
}

/// Where a chain stands: what an entry goes on from.
public struct ChainPosition: Hashable, Sendable {
    /// The sequence number of the last entry; 0 before the first.
    public let sequence: UInt64
    /// Its hash, 32 bytes; 32 zero bytes before the first.
    public let hash: [UInt8]
    /// The highest receipt number; 0 if none.
    public let receipt: UInt64
    /// The number of the last closed period; 0 if none.
    public let period: UInt64

    /// Makes a position; see the properties.
    public init(sequence: UInt64, hash: [UInt8], receipt: UInt64, period: UInt64) {
        self.sequence = sequence
        self.hash = hash
        self.receipt = receipt
        self.period = period
    }

    /// Before the first entry.
    public static let start = ChainPosition(
        sequence: 0, hash: JournalEntry.genesis, receipt: 0, period: 0)
}

/// Whose journal an export is of.
public struct ExportHeader: Hashable, Sendable {
    /// What the first element of the first record says.
    public static let magic = "till-journal-export"
    /// The version of the format.
    public static let format: UInt64 = 1

    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The terminal's public key, by which its checkpoints and this file are signed.
    public let key: PublicKey
    /// The hub's public key, by which its answers are signed; nil where it is not known.
    public let hub: PublicKey?
    /// When the export was made, in seconds since 1970 UTC.
    public let at: UInt64
    /// What the first entry goes on from: the start, unless entries were archived before.
    public let start: ChainPosition

    /// Makes a header; see the properties.
    public init(
        terminal: TerminalID, journal: [UInt8], key: PublicKey, hub: PublicKey?, at: UInt64,
        start: ChainPosition
    ) {
        self.terminal = terminal
        self.journal = journal
        self.key = key
        self.hub = hub
        self.at = at
        self.start = start
    }
}

/// A run of entries that lies in a file of its own.
public struct ExportedSegment: Hashable, Sendable {
    /// Its number, from 1 without gaps.
    public let number: UInt64
    /// The first and the last entry in it.
    public let first: UInt64, last: UInt64
    /// The hash before its first entry and the hash of its last, 32 bytes each.
    public let previous: [UInt8], hash: [UInt8]
    /// The highest receipt number up to its end.
    public let receipt: UInt64
    /// The SHA-256 of its file, 32 bytes.
    public let digest: [UInt8]

    /// Makes a segment; see the properties.
    public init(
        number: UInt64, first: UInt64, last: UInt64, previous: [UInt8], hash: [UInt8],
        receipt: UInt64, digest: [UInt8]
    ) {
        self.number = number
        self.first = first
        self.last = last
        self.previous = previous
        self.hash = hash
        self.receipt = receipt
        self.digest = digest
    }
}

/// A batch for the hub.
public struct ExportedBatch: Hashable, Sendable {
    /// Its number.
    public let number: UInt64
    /// The first and the last entry in it.
    public let first: UInt64, last: UInt64
    /// The SHA-256 of the signed batch, 32 bytes.
    public let digest: [UInt8]
    /// The hub's signed answer; nil while it waits.
    public let acknowledgement: [UInt8]?

    /// Makes a batch; see the properties.
    public init(
        number: UInt64, first: UInt64, last: UInt64, digest: [UInt8], acknowledgement: [UInt8]?
    ) {
        self.number = number
        self.first = first
        self.last = last
        self.digest = digest
        self.acknowledgement = acknowledgement
    }
}

/// What is remembered of a voucher.
public struct ExportedVoucher: Hashable, Sendable {
    /// The voucher.
    public let identity: VoucherIdentity
    /// Its kind, the first element of its value array.
    public let kind: UInt8
    /// ISO 4217 number.
    public let currencyNumber: UInt16
    /// What all its objects share, 32 bytes.
    public let core: [UInt8]
    /// When it expires, in seconds since 1970 UTC.
    public let expiry: UInt64
    /// The most that may ever be redeemed, and what is, in minor units.
    public let ceiling: UInt64, spent: UInt64

    /// Makes a memory; see the properties.
    public init(
        identity: VoucherIdentity, kind: UInt8, currencyNumber: UInt16, core: [UInt8],
        expiry: UInt64, ceiling: UInt64, spent: UInt64
    ) {
        self.identity = identity
        self.kind = kind
        self.currencyNumber = currencyNumber
        self.core = core
        self.expiry = expiry
        self.ceiling = ceiling
        self.spent = spent
    }
}

/// What a capture used up of a voucher.
public struct ExportedRedemption: Hashable, Sendable {
    /// The entry of the capture.
    public let sequence: UInt64
    /// The voucher.
    public let voucher: VoucherIdentity
    /// Its kind.
    public let kind: UInt8
    /// What was used up, in minor units.
    public let consumed: UInt64
    /// The nonce of the request that was answered, and the presentation that was shown, if any.
    public let nonce: [UInt8]?, presentation: [UInt8]?
    /// The entry's time, amount and receipt.
    public let at: UInt64, amount: UInt64, receipt: UInt64

    /// Makes a redemption; see the properties.
    public init(
        sequence: UInt64, voucher: VoucherIdentity, kind: UInt8, consumed: UInt64,
        nonce: [UInt8]?, presentation: [UInt8]?, at: UInt64, amount: UInt64, receipt: UInt64
    ) {
        self.sequence = sequence
        self.voucher = voucher
        self.kind = kind
        self.consumed = consumed
        self.nonce = nonce
        self.presentation = presentation
        self.at = at
        self.amount = amount
        self.receipt = receipt
    }
}

/// What all records of an export come to.
public struct ExportTrailer: Hashable, Sendable {
    /// What the seal's signature is over begins with this; the digest follows.
    static let sealPrefix = "till-journal-export-1\n"

    /// How many records lie before.
    public let records: UInt64
    /// The SHA-256 of all bytes before this record, 32 bytes.
    public let digest: [UInt8]
    /// The terminal's signature, 64 bytes; nil where its key could not be read.
    public let seal: [UInt8]?

    /// Makes a trailer; see the properties.
    public init(records: UInt64, digest: [UInt8], seal: [UInt8]?) {
        self.records = records
        self.digest = digest
        self.seal = seal
    }
}
