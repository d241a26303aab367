public import Money
public import Vouchers

/// What a camera or a reader found, once it is parsed and verified.
public enum PresentedCode: Hashable, Sendable {
    /// A voucher, proven genuine, for this terminal and in its time.
    case voucher(Voucher)
    /// A code of Till's own that its verification refused, with what that stood on.
    case refused(RefusedCode)
    /// A code that cannot pay, and why.
    case unusable(DeclineReason)
}

/// A code of Till's own that its verification refused.
public struct RefusedCode: Hashable, Sendable {
    /// Why.
    public let refusal: VoucherRefusal
    /// The code that was shown: the bytes of its text, 1 to 1,000.
    public let evidence: [UInt8]
    /// What the terminal knew.
    public let terminal: TerminalFacts

    /// Joins a refusal to what it stood on.
    public init(refusal: VoucherRefusal, evidence: [UInt8], terminal: TerminalFacts) {
        self.refusal = refusal
        self.evidence = evidence
        self.terminal = terminal
    }

    /// What the refusal stood on: no fact of a payment, for no rule was asked.
    func basis(for sale: Sale) -> DecisionBasis {
        DecisionBasis(
            sale: sale,
            journal: JournalFacts(
                memory: nil, presentationKnown: false, requestPaid: false, exposure: .none),
            terminal: terminal, draw: Draw(seed: 0), drawThreshold: 0, facts: [], band: .fresh,
            step: .verification)
    }
}

/// The order to open a sale.
public struct SaleOrder: Hashable, Sendable {
    /// The sale's reference, made by the caller from random bytes.
    public let reference: SaleReference
    /// The caller's idempotency key, if it gave one.
    public let key: String?
    /// What the sale comes to.
    public let total: Amount
    /// 8 random bytes for the request.
    public let nonce: [UInt8]
    /// When, in seconds since 1970 UTC.
    public let at: UInt64
    /// The sale's value-added tax: lines that come to the total less the tip, or none.
    public let vat: [VATLine]
    /// What of the total is a tip, in minor units; below it.
    public let tip: UInt64

    /// Makes an order; `nonce` has 8 random bytes.
    public init(
        reference: SaleReference, key: String?, total: Amount, nonce: [UInt8], at: UInt64,
        vat: [VATLine] = [], tip: UInt64 = 0
    ) {
        self.reference = reference
        self.key = key
        self.total = total
        self.nonce = nonce
        self.at = at
        self.vat = vat
        self.tip = tip
    }
}

/// What became of one code, told once it is in the journal.
public enum Outcome: Hashable, Sendable {
    /// The sale is paid in full.
    case approved(Capture, receipt: ReceiptNumber)
    /// A part is paid, so many minor units remain due.
    case approvedInPart(Capture, receipt: ReceiptNumber, due: UInt64)
    /// Nothing was paid.
    case declined(DeclineReason)
}

/// What is being written to the journal.
public enum Settlement: Hashable, Sendable {
    /// A payment: the sale as it stood before it, and as it will stand after.
    case capture(Capture, before: Sale, after: Sale)
    /// A refusal.
    case decline(DeclineReason)
    /// The undoing of a payment, for the order with this number.
    case undo(Undo, order: UInt64)
    /// A supervisor's word, the sale as it will stand after it, and the order's number.
    case mark(PaidMark, after: Sale, order: UInt64)
}

/// A payment that is being decided on, with all that the decision is taken from.
public struct PendingPayment: Hashable, Sendable {
    /// The voucher.
    public let voucher: Voucher
    /// The sale that it would pay, as it stands.
    public let sale: Sale
    /// What the journal knew.
    public let journal: JournalFacts
    /// What the terminal knew, the hub's word included.
    public let terminal: TerminalFacts
    /// The decision's draw.
    public let draw: Draw
    /// The number of the question to the hub, if one is asked.
    public let question: UInt64

    /// The same payment with the hub's word.
    func answered(_ online: OnlineAnswer) -> PendingPayment {
        PendingPayment(
            voucher: voucher, sale: sale, journal: journal,
            terminal: terminal.answered(online, at: terminal.now), draw: draw, question: question)
    }
}

/// Where the machine stands between two events. `open` is the sale on the screen; it is nil while
/// a payment confirmation for a sale that has left the screen is dealt with.
public enum SalePhase: Hashable, Sendable {
    /// No sale.
    case idle
    /// The sale's request is being made durable; nothing is shown yet.
    case opening(Sale)
    /// Waiting for a code.
    case waiting(Sale)
    /// The journal is being asked what it knows.
    case lookingUp(open: Sale?, Voucher)
    /// The hub is being asked, within its budget.
    case asking(open: Sale?, PendingPayment)
    /// The journal is being asked what a receipt number names.
    case undoing(open: Sale?, UndoOrder, RefundVoucherRole?)
    /// The journal is writing.
    case recording(open: Sale?, Settlement)
    /// The journal could neither confirm nor deny a write: nothing is approved until a restart
    /// has read it anew.
    case halted(String)
}

/// The sale as a machine that only talks: events in, effects out, no clock, no disk, no wait.
///
/// One actor performs the effects and hands their results back as events. While it looks up, asks
/// or records, further codes are dropped (the camera will show them again); that is what makes two
/// readings of one voucher one payment. The state chart is in `docs/spec/sale.md`.
public struct SaleMachine: Sendable {
    /// What happens to a sale.
    public enum Event: Sendable {
        /// A sale is wanted.
        case charge(SaleOrder)
        /// At start: the journal held this open sale.
        case restored(Sale)
        /// The open sale's state is on disk.
        case saleStored(SaleReference)
        /// The open sale's state could not be written.
        case saleNotStored(SaleReference, String)
        /// A code was presented.
        case presented(PresentedCode, at: UInt64)
        /// What the journal and the terminal know, for the voucher that was looked up, and the
        /// decision's draw.
        case factsRead(JournalFacts, TerminalFacts, Draw)
        /// The journal could not be read.
        case factsUnreadable(String)
        /// The hub's answer to the question with this number.
        case hubReplied(UInt64, HubReply)
        /// The time for the question with this number is over.
        case hubSilent(UInt64)
        /// Whether the hub is believed to be within reach has changed.
        case connectionChanged(HubConnection)
        /// A payment is to be undone; with the terminal's right to sign refund vouchers, if any.
        case undo(UndoOrder, RefundVoucherRole?)
        /// What the order's receipt number names.
        case receiptRead(ReceiptLookUp)
        /// The journal could not be read.
        case receiptUnreadable(String)
        /// The customer says that a scheme's wallet has paid this sale, and the hub, when asked, has
        /// no word of it; at this time, in seconds since 1970 UTC.
        case wordMissing(SaleReference, at: UInt64)
        /// An unconfirmed sale is to be marked as paid.
        case mark(MarkOrder)
        /// The record is on disk; `nonce` is 8 fresh random bytes, for the rest of a split sale.
        case recorded(receipt: ReceiptNumber?, nonce: [UInt8], at: UInt64)
        /// The record is certainly not on disk.
        case notRecorded(String)
        /// Whether the record is on disk is not known.
        case recordUncertain(String)
        /// The cashier gives up the sale.
        case cancel
        /// Time passes, in seconds since 1970 UTC.
        case tick(UInt64)
        /// The hub has sent another policy.
        case policyChanged(Policy)
        /// The time below which the clock is suspect has risen, in seconds since 1970 UTC.
        case clockFloorRaised(UInt64)
        /// The terminal's clock was judged: no honest clock stands before this, in seconds since
        /// 1970 UTC. A clock that is not believed at all is told as one before its floor.
        case clockJudged(floor: UInt64)
    }

    /// What the actor is to do.
    public enum Effect: Hashable, Sendable {
        /// Make this state of the sale durable; where it is open, then send `saleStored` or
        /// `saleNotStored`.
        case store(Sale)
        /// Look this up, then send `factsRead` or `factsUnreadable`.
        case lookUp(FactsQuery)
        /// Ask the hub, then send `hubReplied`, or `hubSilent` once the budget is over. An answer
        /// that comes later may be sent too: nothing listens to it any more.
        case ask(OnlineQuestion)
        /// Look up what this receipt number names, then send `receiptRead` or
        /// `receiptUnreadable`.
        case lookUpReceipt(ReceiptNumber)
        /// Make this durable in one transaction, then send `recorded`, `notRecorded` or
        /// `recordUncertain`.
        case record(JournalRecord)
        /// Tell cashier and customer where the sale stands.
        case show(Sale)
        /// Tell them what became of a code.
        case tell(Outcome, Sale)
        /// People have been told of the payment with this receipt: make that durable too.
        case confirm(ReceiptNumber)
        /// The payment has been undone, by this receipt (none for a reversal); the order's number.
        case undone(Undo, receipt: ReceiptNumber?, order: UInt64)
        /// The order to undo with this number is refused, and why.
        case refuseUndo(UInt64, UndoRefusal)
        /// The unconfirmed sale is marked as paid; the order's number.
        case marked(Sale, order: UInt64)
        /// The order to mark with this number is refused, and why.
        case refuseMark(UInt64, MarkRefusal)
        /// The sale has ended.
        case ended(Sale)
        /// The order for this sale is refused, and why: nothing has happened.
        case refuse(SaleReference, OrderRefusal)
    }

    /// Why a sale was not opened.
    public enum OrderRefusal: Hashable, Sendable {
        /// Another sale is open.
        case saleOpen(SaleReference)
        /// A confirmation for an earlier sale is being recorded: ask again at once.
        case busy
        /// The policy has no line for the currency.
        case currencyNotAccepted(Currency)
        /// The clock cannot be right; it stands before this, in seconds since 1970 UTC.
        case clockSuspect(floor: UInt64)
        /// The journal cannot be written.
        case journalUnavailable(String)
    }

    /// Where the machine stands.
    public internal(set) var phase: SalePhase = .idle
    /// What it may approve.
    public private(set) var policy: Policy
    /// Before this no clock is believed, in seconds since 1970 UTC.
    public private(set) var clockFloor: UInt64

    /// Whether the hub is believed to be within reach.
    public internal(set) var connection = HubConnection.none
    /// The number of the last question to the hub.
    var lastQuestion: UInt64 = 0

    /// Whether the open sale has had a code declined and nothing captured: the next order may
    /// take its place.
    public internal(set) var isAbandonable = false

    /// Makes an idle machine.
    public init(policy: Policy, clockFloor: UInt64) {
        self.policy = policy
        self.clockFloor = clockFloor
    }

    /// The sale that is open, if any.
    public var sale: Sale? {
        switch phase {
        case .idle, .halted: nil
        case .opening(let sale), .waiting(let sale): sale
        case .lookingUp(let open, _), .recording(let open, _): open
        case .asking(let open, _), .undoing(let open, _, _): open
        }
    }

    /// Takes one event and answers with what is to be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .charge(let order): return charge(order)
        case .restored(let sale): return restore(sale)
        case .saleStored(let reference): return saleStored(reference)
        case .saleNotStored(let reference, let detail): return saleNotStored(reference, detail)
        case .presented(let code, let now): return presented(code, at: now)
        case .factsRead(let facts, let terminal, let draw):
            return decide(facts, terminal, draw)
        case .factsUnreadable(let detail): return factsUnreadable(detail)
        case .hubReplied(let number, let reply): return hubReplied(number, reply)
        case .hubSilent(let number): return hubSilent(number)
        case .undo(let order, let role): return undo(order, role)
        case .receiptRead(let found): return decideUndo(found)
        case .receiptUnreadable(let detail): return receiptUnreadable(detail)
        case .wordMissing(let reference, let now): return wordMissing(reference, at: now)
        case .mark(let order): return mark(order)
        case .recorded(let receipt, let nonce, let now):
            return recorded(receipt: receipt, nonce: nonce, at: now)
        case .notRecorded(let detail): return notRecorded(detail)
        case .recordUncertain(let detail): return recordUncertain(detail)
        case .cancel: return end(as: .cancelled)
        case .tick(let now):
            guard case .waiting(let sale) = phase, now >= sale.request.expiry else { return [] }
            return end(as: .expired)
        case .policyChanged(let policy):
            self.policy = policy
            return []
        case .connectionChanged(let connection):
            self.connection = connection
            return []
        case .clockFloorRaised(let floor):
            clockFloor = max(clockFloor, floor)
            return []
        case .clockJudged(let floor):
            clockFloor = floor
            return []
        }
    }
}
