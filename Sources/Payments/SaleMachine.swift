public import Money
public import Vouchers

/// What a camera or a reader found, once it is parsed and verified.
public enum PresentedCode: Hashable, Sendable {
    /// A voucher, proven genuine, for this terminal and in its time.
    case voucher(Voucher)
    /// A code that cannot pay, and why.
    case unusable(DeclineReason)
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

    /// Makes an order; `nonce` has 8 random bytes.
    public init(reference: SaleReference, key: String?, total: Amount, nonce: [UInt8], at: UInt64) {
        self.reference = reference
        self.key = key
        self.total = total
        self.nonce = nonce
        self.at = at
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

/// Where the machine stands between two events.
public enum SalePhase: Hashable, Sendable {
    /// No sale.
    case idle
    /// The sale's request is being made durable; nothing is shown yet.
    case opening(Sale)
    /// Waiting for a code.
    case waiting(Sale)
    /// The journal is being asked what it knows.
    case lookingUp(Sale, Voucher)
    /// The journal is writing; `sale` is how it stands once that is done.
    case recording(Sale, Outcome)
    /// The journal could neither confirm nor deny a write: nothing is approved until a restart
    /// has read it anew.
    case halted(String)
}

/// The sale as a machine that only talks: events in, effects out, no clock, no disk, no wait.
///
/// One actor performs the effects and hands their results back as events. While it looks up or
/// records, further codes are dropped (the camera will show them again); that is what makes two
/// readings of one voucher one payment. The state chart is in `docs/spec/authorisation.md`.
public struct SaleMachine: Sendable {
    /// What happens to a sale.
    public enum Event: Sendable {
        /// A sale is wanted.
        case charge(SaleOrder)
        /// At start: the journal held this open sale.
        case restored(Sale)
        /// The sale's state is on disk.
        case saleStored
        /// The sale's state could not be written.
        case saleNotStored(String)
        /// A code was presented.
        case presented(PresentedCode, at: UInt64)
        /// What the journal knows, for the voucher that was looked up.
        case factsRead(JournalFacts, at: UInt64)
        /// The journal could not be read.
        case factsUnreadable(String)
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
    }

    /// What the actor is to do.
    public enum Effect: Hashable, Sendable {
        /// Make this state of the sale durable, then send `saleStored` or `saleNotStored`.
        case store(Sale)
        /// Look this up, then send `factsRead` or `factsUnreadable`.
        case lookUp(FactsQuery)
        /// Make this durable in one transaction, then send `recorded`, `notRecorded` or
        /// `recordUncertain`.
        case record(JournalRecord)
        /// Tell cashier and customer where the sale stands.
        case show(Sale)
        /// Tell them what became of a code.
        case tell(Outcome, Sale)
        /// The sale has ended.
        case ended(Sale)
        /// The order is refused, and why: nothing has happened.
        case refuse(OrderRefusal)
    }

    /// Why a sale was not opened.
    public enum OrderRefusal: Hashable, Sendable {
        /// Another sale is open.
        case saleOpen(SaleReference)
        /// The policy has no line for the currency.
        case currencyNotAccepted(Currency)
        /// The clock cannot be right; it stands before this, in seconds since 1970 UTC.
        case clockSuspect(floor: UInt64)
        /// The journal cannot be written.
        case journalUnavailable(String)
    }

    /// Where the machine stands.
    public private(set) var phase: SalePhase = .idle
    /// What it may approve.
    public private(set) var policy: Policy
    /// Before this no clock is believed, in seconds since 1970 UTC.
    public private(set) var clockFloor: UInt64

    /// Whether the open sale has had a code declined and nothing captured: the next order may
    /// take its place.
    public private(set) var isAbandonable = false

    /// Makes an idle machine.
    public init(policy: Policy, clockFloor: UInt64) {
        self.policy = policy
        self.clockFloor = clockFloor
    }

    /// The sale that is open, if any.
    public var sale: Sale? {
        switch phase {
        case .idle, .halted: nil
        case .opening(let sale), .waiting(let sale), .lookingUp(let sale, _),
            .recording(let sale, _):
            sale
        }
    }

    /// Takes one event and answers with what is to be done, in order.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .charge(let order): return charge(order)
        case .restored(let sale): return restore(sale)
        case .saleStored: return saleStored()
        case .saleNotStored(let detail): return saleNotStored(detail)
        case .presented(let code, let now): return presented(code, at: now)
        case .factsRead(let facts, let now): return decide(facts, at: now)
        case .factsUnreadable(let detail):
            guard case .lookingUp(let sale, _) = phase else { return [] }
            return stayOpen(sale, telling: .journalUnavailable(detail: detail))
        case .recorded(let receipt, let nonce, let now):
            return recorded(receipt: receipt, nonce: nonce, at: now)
        case .notRecorded(let detail): return notRecorded(detail)
        case .recordUncertain(let detail):
            phase = .halted(detail)
            return []
        case .cancel: return end(as: .cancelled)
        case .tick(let now):
            guard case .waiting(let sale) = phase, now >= sale.request.expiry else { return [] }
            return end(as: .expired)
        case .policyChanged(let policy):
            self.policy = policy
            return []
        case .clockFloorRaised(let floor):
            clockFloor = max(clockFloor, floor)
            return []
        }
    }
}

extension SaleMachine {
    private mutating func charge(_ order: SaleOrder) -> [Effect] {
        var effects: [Effect] = []
        switch phase {
        case .idle: break
        case .halted(let detail): return [.refuse(.journalUnavailable(detail))]
        case .waiting(let open) where isAbandonable:
            effects = end(as: .cancelled)
            precondition(phase == .idle, "An abandonable sale ends at once: \(open.reference).")
        case .opening(let open), .waiting(let open), .lookingUp(let open, _),
            .recording(let open, _):
            return [.refuse(.saleOpen(open.reference))]
        }
        guard order.at >= clockFloor else {
            return effects + [.refuse(.clockSuspect(floor: clockFloor))]
        }
        guard policy.limits(for: order.total.currency) != nil else {
            return effects + [.refuse(.currencyNotAccepted(order.total.currency))]
        }
        let sale = Sale(
            reference: order.reference, key: order.key, total: order.total,
            request: PaymentRequest(
                nonce: order.nonce, amount: order.total,
                expiry: order.at + policy.requestLifetimeSeconds),
            openedAt: order.at)
        phase = .opening(sale)
        isAbandonable = false
        return effects + [.store(sale)]
    }

    private mutating func restore(_ sale: Sale) -> [Effect] {
        guard case .idle = phase, sale.state == .open else { return [] }
        phase = .waiting(sale)
        return [.show(sale)]
    }

    private mutating func saleStored() -> [Effect] {
        guard case .opening(let sale) = phase else { return [] }
        phase = .waiting(sale)
        return [.show(sale)]
    }

    private mutating func saleNotStored(_ detail: String) -> [Effect] {
        guard case .opening(let sale) = phase else { return [] }
        guard sale.captured == 0 else { return end(as: .cancelled) }
        phase = .idle
        return [.refuse(.journalUnavailable(detail))]
    }

    private mutating func presented(_ code: PresentedCode, at now: UInt64) -> [Effect] {
        guard case .waiting(let sale) = phase else { return [] }
        if now >= sale.request.expiry { return end(as: .expired) }
        switch code {
        case .voucher(let voucher):
            phase = .lookingUp(sale, voucher)
            return [.lookUp(FactsQuery(voucher))]
        case .unusable(let reason):
            return record(reason, voucher: nil, for: sale, at: now)
        }
    }

    private mutating func decide(_ facts: JournalFacts, at now: UInt64) -> [Effect] {
        guard case .lookingUp(let sale, let voucher) = phase else { return [] }
        let decision = OfflineAuthoriser.decide(
            voucher, sale: sale, facts: facts, policy: policy, now: now, clockFloor: clockFloor)
        switch decision {
        case .decline(let reason): return record(reason, voucher: voucher, for: sale, at: now)
        case .capture(let capture):
            let after = sale.capturing(capture.amount.minorUnits)
            // The receipt number is the journal's to give: 0 stands in until it has.
            phase = .recording(after, .approved(capture, receipt: 0))
            return [.record(.capture(capture, after))]
        }
    }

    private mutating func record(
        _ reason: DeclineReason, voucher: Voucher?, for sale: Sale, at now: UInt64
    ) -> [Effect] {
        phase = .recording(sale, .declined(reason))
        let decline = Decline(
            sale: sale.reference, asked: sale.request.amount, reason: reason,
            voucher: voucher?.identity, at: now)
        return [.record(.decline(decline))]
    }

    private mutating func recorded(receipt: ReceiptNumber?, nonce: [UInt8], at now: UInt64)
        -> [Effect]
    {
        guard case .recording(let sale, let outcome) = phase else { return [] }
        switch outcome {
        case .declined(let reason): return stayOpen(sale, telling: reason)
        case .approved(let capture, _), .approvedInPart(let capture, _, _):
            let receipt = receipt ?? 0
            guard sale.due > 0 else {
                phase = .idle
                return [.tell(.approved(capture, receipt: receipt), sale), .ended(sale)]
            }
            let rest = sale.asking(
                PaymentRequest(
                    nonce: nonce, amount: Amount(minorUnits: sale.due, currency: sale.total.currency),
                    expiry: now + policy.requestLifetimeSeconds))
            phase = .opening(rest)
            isAbandonable = false
            return [
                .tell(.approvedInPart(capture, receipt: receipt, due: sale.due), rest),
                .store(rest),
            ]
        }
    }

    private mutating func notRecorded(_ detail: String) -> [Effect] {
        guard case .recording(let sale, let outcome) = phase else { return [] }
        // What could not be recorded has not happened: the sale is as it was before.
        var before = sale
        if case .approved(let capture, _) = outcome {
            before = Sale(
                reference: sale.reference, key: sale.key, total: sale.total,
                captured: sale.captured - capture.amount.minorUnits, request: sale.request,
                openedAt: sale.openedAt)
        }
        return stayOpen(before, telling: .journalUnavailable(detail: detail))
    }

    private mutating func stayOpen(_ sale: Sale, telling reason: DeclineReason) -> [Effect] {
        phase = .waiting(sale)
        isAbandonable = sale.captured == 0
        return [.tell(.declined(reason), sale)]
    }

    private mutating func end(as state: SaleState) -> [Effect] {
        let open: Sale
        switch phase {
        case .waiting(let sale), .opening(let sale): open = sale
        case .idle, .lookingUp, .recording, .halted: return []
        }
        phase = .idle
        isAbandonable = false
        let sale = open.ended(state)
        return [.store(sale), .ended(sale)]
    }
}
