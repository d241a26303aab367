public import Vouchers

/// What has to be looked up before an authorisation request can be answered.
public struct AuthorisationQuery: Hashable, Sendable {
    /// The terminal that asks.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// The request's id, 16 bytes.
    public let identity: [UInt8]
    /// The sale that it is about: what is kept for it is in nobody's way who asks again.
    public let sale: String
    /// The voucher, where the evidence was right.
    public let voucher: VoucherIdentity?
    /// The presentation's identity, 32 bytes, where the code is one.
    public let presentation: [UInt8]?
    /// The hub's time, in seconds since 1970 UTC.
    public let now: UInt64

    /// Makes a query.
    public init(
        terminal: TerminalID, journal: [UInt8], identity: [UInt8], sale: String,
        voucher: VoucherIdentity?, presentation: [UInt8]?, now: UInt64
    ) {
        self.terminal = terminal
        self.journal = journal
        self.identity = identity
        self.sale = sale
        self.voucher = voucher
        self.presentation = presentation
        self.now = now
    }
}

/// What an approval keeps for a terminal until its capture arrives, or until its time is up.
public struct Reservation: Hashable, Sendable {
    /// The voucher.
    public let voucher: VoucherIdentity
    /// The captured amount that was asked for, in minor units.
    public let amount: UInt64
    /// What would be used up of the voucher, in minor units.
    public let consumed: UInt64
    /// What the shown object said was redeemed before, in minor units; 0 but for stored value.
    public let redeemed: UInt64
    /// The most that may ever be redeemed by the shown object, in minor units.
    public let ceiling: UInt64
    /// What all objects of the voucher's identity share, 32 bytes.
    public let coreDigest: [UInt8]
    /// The presentation's identity, 32 bytes, where the code is one.
    public let presentation: [UInt8]?
    /// When it ends, in seconds since 1970 UTC.
    public let until: UInt64

    /// Makes a reservation; see the properties for units and shapes.
    public init(
        voucher: VoucherIdentity, amount: UInt64, consumed: UInt64, redeemed: UInt64,
        ceiling: UInt64, coreDigest: [UInt8], presentation: [UInt8]?, until: UInt64
    ) {
        self.voucher = voucher
        self.amount = amount
        self.consumed = consumed
        self.redeemed = redeemed
        self.ceiling = ceiling
        self.coreDigest = coreDigest
        self.presentation = presentation
        self.until = until
    }
}

/// A reservation of another journal that has not ended.
public struct StandingReservation: Hashable, Sendable {
    /// The terminal that it was made for.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// When it was made, by the hub's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// What it keeps.
    public let reservation: Reservation

    /// Makes a standing reservation.
    public init(terminal: TerminalID, journal: [UInt8], at: UInt64, reservation: Reservation) {
        self.terminal = terminal
        self.journal = journal
        self.at = at
        self.reservation = reservation
    }
}

/// What the ledger knows that bears on one authorisation request, read at one moment.
public struct AuthorisationSnapshot: Hashable, Sendable {
    /// A request that was answered under the id asked for.
    public struct Answered: Hashable, Sendable {
        /// The SHA-256 of the signed request, 32 bytes.
        public let digest: [UInt8]
        /// The signed answer.
        public let answer: [UInt8]

        /// Makes an answer.
        public init(digest: [UInt8], answer: [UInt8]) {
            self.digest = digest
            self.answer = answer
        }
    }

    /// The number of the authorisation that comes next.
    public let nextNumber: UInt64
    /// The arrival number of the batch that comes next.
    public let nextArrival: UInt64
    /// What was answered under this id, if anything.
    public let answered: Answered?
    /// The accepted captures of the voucher.
    public let history: VoucherHistory?
    /// The capture that the presentation has made, if one has.
    public let presentation: CaptureLocation?
    /// What is kept of the voucher for other journals and other sales, the oldest first.
    public let reservations: [StandingReservation]

    /// Makes a snapshot.
    public init(
        nextNumber: UInt64, nextArrival: UInt64, answered: Answered?, history: VoucherHistory?,
        presentation: CaptureLocation?, reservations: [StandingReservation]
    ) {
        self.nextNumber = nextNumber
        self.nextArrival = nextArrival
        self.answered = answered
        self.history = history
        self.presentation = presentation
        self.reservations = reservations
    }
}

/// An authorisation request that was answered, as the hub keeps it.
public struct LedgerAuthorisation: Hashable, Sendable {
    /// Its place among all that the hub has answered, from 1 without gaps.
    public let number: UInt64
    /// The arrival number that came next when it was decided.
    public let nextArrival: UInt64
    /// The terminal that asked.
    public let terminal: TerminalID
    /// Its journal, 8 bytes.
    public let journal: [UInt8]
    /// The request's id, 16 bytes.
    public let identity: [UInt8]
    /// The SHA-256 of the signed request, 32 bytes.
    public let digest: [UInt8]
    /// The sale that would be paid.
    public let sale: String
    /// When it was answered, by the hub's clock, in seconds since 1970 UTC.
    public let at: UInt64
    /// Why it was declined; nil where it was approved.
    public let reason: String?
    /// What an approval keeps for the terminal.
    public let reservation: Reservation?
    /// The signed answer.
    public let answer: [UInt8]

    /// Makes a record; `reason` is nil exactly where `reservation` is not.
    public init(
        number: UInt64, nextArrival: UInt64, terminal: TerminalID, journal: [UInt8],
        identity: [UInt8], digest: [UInt8], sale: String, at: UInt64, reason: String?,
        reservation: Reservation?, answer: [UInt8]
    ) {
        precondition(
            (reason == nil) == (reservation != nil), "An approval reserves, a decline has a reason."
        )
        self.number = number
        self.nextArrival = nextArrival
        self.terminal = terminal
        self.journal = journal
        self.identity = identity
        self.digest = digest
        self.sale = sale
        self.at = at
        self.reason = reason
        self.reservation = reservation
        self.answer = answer
    }
}
