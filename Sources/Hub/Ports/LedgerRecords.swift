public import COSE
public import HubProtocol
public import Vouchers

/// Who a hub is: fixed when it is made.
public struct HubProfile: Hashable, Sendable {
    /// The merchant whose terminals it serves.
    public let merchant: MerchantID
    /// The hub's own entry in the trust list, as an issuer.
    public let issuer: IssuerID
    /// The hub's name for people; the `iss` of its vouchers.
    public let name: String

    /// Makes a profile.
    public init(merchant: MerchantID, issuer: IssuerID, name: String) {
        self.merchant = merchant
        self.issuer = issuer
        self.name = name
    }
}

/// One version of what all terminals are told.
public struct TermsVersion: Hashable, Sendable {
    /// The version, from 1 without gaps.
    public let version: UInt64
    /// When it was made, in seconds since 1970 UTC.
    public let at: UInt64
    /// The terms.
    public let terms: TerminalTerms

    /// Makes a version of terms.
    public init(version: UInt64, at: UInt64, terms: TerminalTerms) {
        self.version = version
        self.at = at
        self.terms = terms
    }
}

/// A journal of a terminal that the hub knows, and the key that signs its batches for ever.
public struct Enrolment: Hashable, Sendable {
    /// The terminal.
    public let terminal: TerminalID
    /// The journal's identity, 8 bytes.
    public let journal: [UInt8]
    /// The key that signs this journal's batches.
    public let key: PublicKey
    /// When it was enrolled, in seconds since 1970 UTC.
    public let at: UInt64

    /// Makes an enrolment.
    public init(terminal: TerminalID, journal: [UInt8], key: PublicKey, at: UInt64) {
        self.terminal = terminal
        self.journal = journal
        self.key = key
        self.at = at
    }
}

/// Where a capture is found: in which journal, on which receipt.
public struct CaptureLocation: Hashable, Sendable {
    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The entry's place in the journal.
    public let sequence: UInt64
    /// The receipt number.
    public let receipt: UInt64
    /// When it was captured, by the terminal's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// The captured amount in minor units of the voucher's currency.
    public let amount: UInt64

    /// Makes a location.
    public init(
        terminal: TerminalID, journal: [UInt8], sequence: UInt64, receipt: UInt64, at: UInt64,
        amount: UInt64
    ) {
        self.terminal = terminal
        self.journal = journal
        self.sequence = sequence
        self.receipt = receipt
        self.at = at
        self.amount = amount
    }
}

/// The mark on a capture that spent a voucher beyond its worth, found when it arrived.
public struct DoubleSpend: Hashable, Sendable {
    /// The other capture, by preference of another terminal.
    public let other: CaptureLocation
    /// By how much the voucher was overspent with this capture, in minor units.
    public let excess: UInt64

    /// Makes a mark.
    public init(other: CaptureLocation, excess: UInt64) {
        self.other = other
        self.excess = excess
    }
}

/// An accepted capture, as the hub keeps it beside the entry.
public struct LedgerCapture: Hashable, Sendable {
    /// The receipt number.
    public let receipt: UInt64
    /// The voucher that paid.
    public let voucher: VoucherIdentity
    /// The voucher's kind, the first element of its value array.
    public let kind: UInt8
    /// What was used up of the voucher, in minor units.
    public let consumed: UInt64
    /// What the shown object said was redeemed before, in minor units; 0 but for stored value.
    public let redeemed: UInt64
    /// The most that may ever be redeemed by the shown object, in minor units.
    public let ceiling: UInt64
    /// What all objects of the voucher's identity share, 32 bytes.
    public let coreDigest: [UInt8]
    /// The identity of the presentation, 32 bytes, where one was shown.
    public let presentation: [UInt8]?
    /// The mark, where the voucher was spent beyond its worth.
    public let doubleSpend: DoubleSpend?

    /// Makes a capture; see the properties for units and shapes.
    public init(
        receipt: UInt64, voucher: VoucherIdentity, kind: UInt8, consumed: UInt64, redeemed: UInt64,
        ceiling: UInt64, coreDigest: [UInt8], presentation: [UInt8]?, doubleSpend: DoubleSpend?
    ) {
        self.receipt = receipt
        self.voucher = voucher
        self.kind = kind
        self.consumed = consumed
        self.redeemed = redeemed
        self.ceiling = ceiling
        self.coreDigest = coreDigest
        self.presentation = presentation
        self.doubleSpend = doubleSpend
    }
}

/// One journal entry as the hub keeps it.
public struct LedgerRow: Hashable, Sendable {
    /// What the hub made of the entry.
    public enum Standing: Hashable, Sendable {
        /// A capture whose evidence is right.
        case captured(LedgerCapture)
        /// A refusal at the terminal, with its stable reason.
        case declined(reason: String)
        /// An entry that the hub does not accept as it is: the stable reason, and a sentence.
        case quarantined(reason: String, detail: String)
        /// The undoing of an accepted capture, which is right.
        case undone(LedgerUndo)
        /// An entry of another kind, which is kept.
        case noted(JournalEntry.Kind)
    }

    /// The entry's place in the journal.
    public let sequence: UInt64
    /// When, by the terminal's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// The sale and the money that it is about; nil for entries that are about none.
    public let subject: EntrySubject?
    /// What the hub made of it.
    public let standing: Standing

    /// The same row with another standing.
    func standing(_ standing: Standing) -> LedgerRow {
        LedgerRow(sequence: sequence, at: at, subject: subject, standing: standing)
    }

    /// Makes the row of `entry`.
    public init(_ entry: JournalEntry, standing: Standing) {
        self.init(
            sequence: entry.sequence, at: entry.at, subject: entry.subject, standing: standing)
    }

    /// Restores a row about a sale; see the properties for units.
    public init(
        sequence: UInt64, at: UInt64, sale: String, currencyNumber: UInt16, amount: UInt64,
        standing: Standing
    ) {
        self.init(
            sequence: sequence, at: at,
            subject: EntrySubject(sale: sale, currencyNumber: currencyNumber, amount: amount),
            standing: standing)
    }

    /// Restores a row; see the properties for units.
    public init(sequence: UInt64, at: UInt64, subject: EntrySubject?, standing: Standing) {
        self.sequence = sequence
        self.at = at
        self.subject = subject
        self.standing = standing
    }
}

/// An accepted batch as the hub keeps it: the signed bytes, its rows and its answer.
public struct LedgerBatch: Hashable, Sendable {
    /// The batch's place among all that the hub has accepted, from 1 without gaps.
    public let arrival: UInt64
    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The batch's number within the journal.
    public let number: UInt64
    /// When it was accepted, by the hub's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// The signed batch.
    public let bytes: [UInt8]
    /// The signed acknowledgement.
    public let acknowledgement: [UInt8]
    /// The journal's state after the batch.
    public let position: JournalPosition
    /// One row for each entry, in order.
    public let rows: [LedgerRow]
    /// The checkpoint that came with it, if one did.
    public let checkpoint: KnownCheckpoint?
    /// The signed checkpoint of the hub's log with this batch as its last leaf, if one was signed
    /// (``HubProtocol/HubLogCheckpoint``).
    public let logCheckpoint: [UInt8]?

    /// Makes a batch; see the properties.
    public init(
        arrival: UInt64, terminal: TerminalID, journal: [UInt8], number: UInt64, at: UInt64,
        bytes: [UInt8], acknowledgement: [UInt8], position: JournalPosition, rows: [LedgerRow],
        checkpoint: KnownCheckpoint? = nil, logCheckpoint: [UInt8]? = nil
    ) {
        self.arrival = arrival
        self.terminal = terminal
        self.journal = journal
        self.number = number
        self.at = at
        self.bytes = bytes
        self.acknowledgement = acknowledgement
        self.position = position
        self.rows = rows
        self.checkpoint = checkpoint
        self.logCheckpoint = logCheckpoint
    }

    /// The batch's leaf of the hub's log.
    public var leaf: HubLogLeaf {
        HubLogLeaf(
            terminal: terminal, journal: journal, number: number, batch: bytes,
            acknowledgement: acknowledgement)
    }
}

/// What a journal has signed that it was: so many entries, and the hash of the last.
public struct KnownCheckpoint: Hashable, Sendable {
    /// How many entries.
    public let size: UInt64
    /// The hash of the last one, 32 bytes.
    public let hash: [UInt8]

    /// Makes a checkpoint.
    public init(size: UInt64, hash: [UInt8]) {
        self.size = size
        self.hash = hash
    }
}

/// How far the hub has followed one journal.
public struct JournalPosition: Hashable, Sendable {
    /// The number of the last batch; 0 before the first.
    public let number: UInt64
    /// The sequence number of the last entry; 0 before the first.
    public let sequence: UInt64
    /// The hash of the last entry; ``HubProtocol/JournalEntry/genesis`` before the first.
    public let hash: [UInt8]
    /// The highest receipt number; 0 before the first.
    public let receipt: UInt64

    /// Makes a position.
    public init(number: UInt64, sequence: UInt64, hash: [UInt8], receipt: UInt64) {
        self.number = number
        self.sequence = sequence
        self.hash = hash
        self.receipt = receipt
    }

    /// Before the first batch.
    public static let start = JournalPosition(
        number: 0, sequence: 0, hash: JournalEntry.genesis, receipt: 0)
}

/// What has to be looked up before a batch can be judged.
public struct BatchQuery: Hashable, Sendable {
    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The batch's number.
    public let number: UInt64
    /// The vouchers that its captures name.
    public let vouchers: Set<VoucherIdentity>
    /// The presentations that its captures show.
    public let presentations: Set<[UInt8]>
    /// The sequence numbers of the captures that its entries undo.
    public let undone: Set<UInt64>

    /// Makes a query.
    public init(
        terminal: TerminalID, journal: [UInt8], number: UInt64, vouchers: Set<VoucherIdentity>,
        presentations: Set<[UInt8]>, undone: Set<UInt64> = []
    ) {
        self.terminal = terminal
        self.journal = journal
        self.number = number
        self.vouchers = vouchers
        self.presentations = presentations
        self.undone = undone
    }
}

/// What the ledger knows that bears on one batch, read at one moment.
public struct BatchSnapshot: Hashable, Sendable {
    /// A batch that has been accepted under the number asked for.
    public struct Answer: Hashable, Sendable {
        /// The signed batch.
        public let bytes: [UInt8]
        /// The signed acknowledgement.
        public let acknowledgement: [UInt8]

        /// Makes an answer.
        public init(bytes: [UInt8], acknowledgement: [UInt8]) {
            self.bytes = bytes
            self.acknowledgement = acknowledgement
        }
    }

    /// The arrival number that comes next.
    public let nextArrival: UInt64
    /// How far the journal has been followed.
    public let position: JournalPosition
    /// The checkpoint with most entries that came with a batch of the journal, if one did.
    public let checkpoint: KnownCheckpoint?
    /// What was answered under the batch's number, if anything.
    public let answered: Answer?
    /// The accepted captures of each voucher asked for.
    public let histories: [VoucherIdentity: VoucherHistory]
    /// The capture that each presentation asked for has made, if one has.
    public let presentations: [[UInt8]: CaptureLocation]
    /// The accepted captures asked for that entries undo, by sequence number.
    public let undoables: [UInt64: UndoableCapture]
    /// The right edge of the hub's log.
    public let log: MerkleFrontier

    /// Makes a snapshot.
    public init(
        nextArrival: UInt64, position: JournalPosition, checkpoint: KnownCheckpoint? = nil,
        answered: Answer?,
        histories: [VoucherIdentity: VoucherHistory], presentations: [[UInt8]: CaptureLocation],
        undoables: [UInt64: UndoableCapture] = [:], log: MerkleFrontier = MerkleFrontier()
    ) {
        self.nextArrival = nextArrival
        self.position = position
        self.checkpoint = checkpoint
        self.answered = answered
        self.histories = histories
        self.presentations = presentations
        self.undoables = undoables
        self.log = log
    }
}

/// A batch that its terminal has signed and the hub has refused: evidence of a terminal that
/// contradicts itself.
public struct RefusedBatch: Hashable, Sendable {
    /// The most that are kept of one journal: a terminal repeats itself, and the first few tell.
    public static let maximumKept = 20

    /// The terminal.
    public let terminal: TerminalID
    /// The journal, 8 bytes.
    public let journal: [UInt8]
    /// The number that the batch has.
    public let number: UInt64
    /// The stable code of the refusal.
    public let reason: String
    /// When it came first, in seconds since 1970 UTC.
    public let at: UInt64
    /// The signed batch.
    public let bytes: [UInt8]

    /// Makes a refused batch.
    public init(
        terminal: TerminalID, journal: [UInt8], number: UInt64, reason: String, at: UInt64,
        bytes: [UInt8]
    ) {
        self.terminal = terminal
        self.journal = journal
        self.number = number
        self.reason = reason
        self.at = at
        self.bytes = bytes
    }
}

/// A voucher that the hub itself has issued. The code is not kept: for a bearer voucher it is
/// the money.
public struct IssuedVoucher: Hashable, Sendable {
    /// The voucher's identity.
    public let identity: VoucherIdentity
    /// What it is worth, as it was issued.
    public let value: VoucherValue
    /// ISO 4217 number of its currency.
    public let currencyNumber: UInt16
    /// The second from which it is refused, in seconds since 1970 UTC.
    public let expiry: UInt64
    /// When it was issued, in seconds since 1970 UTC.
    public let at: UInt64
    /// What accepted captures have consumed of it, in minor units.
    public let redeemed: UInt64

    /// Makes an issued voucher; see the properties for units.
    public init(
        identity: VoucherIdentity, value: VoucherValue, currencyNumber: UInt16, expiry: UInt64,
        at: UInt64, redeemed: UInt64 = 0
    ) {
        self.identity = identity
        self.value = value
        self.currencyNumber = currencyNumber
        self.expiry = expiry
        self.at = at
        self.redeemed = redeemed
    }
}
