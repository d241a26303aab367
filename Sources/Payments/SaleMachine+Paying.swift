import Money
import Vouchers

// How a code becomes a payment or a refusal.
extension SaleMachine {
    mutating func presented(_ code: PresentedCode, at now: UInt64) -> [Effect] {
        let open: Sale?
        switch phase {
        case .waiting(let sale):
            if now >= sale.request.expiry { return end(as: .expired) }
            open = sale
        case .idle: open = nil
        case .opening, .lookingUp, .recording, .halted: return []
        }
        switch code {
        case .voucher(let voucher):
            // With no sale on the screen only the answer to an earlier request means anything.
            guard open != nil || voucher.confirmationNonce != nil else { return [] }
            phase = .lookingUp(open: open, voucher)
            return [.lookUp(FactsQuery(voucher, policy: policy, at: now))]
        case .unusable(let reason):
            guard let open else { return [] }
            return record(reason, voucher: nil, for: open, at: now)
        }
    }

    mutating func factsUnreadable(_ detail: String) -> [Effect] {
        guard case .lookingUp(let open, _) = phase else { return [] }
        return goOn(open, telling: .journalUnavailable(detail: detail))
    }

    mutating func decide(_ facts: JournalFacts, _ terminal: TerminalFacts, _ draw: Draw)
        -> [Effect]
    {
        guard case .lookingUp(let open, let voucher) = phase else { return [] }
        // A confirmation pays the sale whose request it names, even one that left the screen.
        let answered = facts.answeredSale?.reference == open?.reference ? open : facts.answeredSale
        guard let sale = answered ?? open else {
            phase = .idle
            return []
        }
        let ruling = OfflineAuthoriser.rule(
            on: voucher, sale: sale, journal: facts, terminal: terminal, policy: policy,
            draw: draw)
        switch ruling.decision {
        case .decline(let reason):
            guard let open else { return goOn(nil, telling: reason) }
            return record(
                reason, voucher: voucher, for: open, at: terminal.now, basis: ruling.basis)
        case .capture(let capture):
            let after = sale.capturing(capture.amount.minorUnits)
            phase = .recording(open: open, .capture(capture, before: sale, after: after))
            return [.record(.capture(capture, after))]
        case .askOnline:
            // Nobody can be asked yet: the facts say so, and no such answer is given to them.
            preconditionFailure("The hub is asked only where the facts say that it can be.")
        }
    }

    private mutating func record(
        _ reason: DeclineReason, voucher: Voucher?, for sale: Sale, at now: UInt64,
        basis: DecisionBasis? = nil
    ) -> [Effect] {
        phase = .recording(open: sale, .decline(reason))
        let decline = Decline(
            sale: sale.reference, asked: sale.request.amount, reason: reason,
            voucher: voucher, at: now, basis: basis)
        return [.record(.decline(decline))]
    }

    mutating func recorded(receipt: ReceiptNumber?, nonce: [UInt8], at now: UInt64) -> [Effect] {
        guard case .recording(let open, let settlement) = phase else { return [] }
        switch settlement {
        case .decline(let reason): return goOn(open, telling: reason)
        case .capture(let capture, let before, let after):
            guard let receipt else { preconditionFailure("A journal numbers every capture.") }
            if let open, open.reference != before.reference {
                // An earlier sale was paid; the one on the screen goes on.
                phase = .waiting(open)
                return [.tell(.approved(capture, receipt: receipt), after), .show(open)]
            }
            guard open != nil, after.due > 0 else {
                phase = .idle
                return [.tell(.approved(capture, receipt: receipt), after), .ended(after)]
            }
            return askForRest(of: after, after: capture, receipt: receipt, nonce: nonce, at: now)
        }
    }

    private mutating func askForRest(
        of sale: Sale, after capture: Capture, receipt: ReceiptNumber, nonce: [UInt8],
        at now: UInt64
    ) -> [Effect] {
        let rest = sale.asking(
            PaymentRequest(
                nonce: nonce, amount: Amount(minorUnits: sale.due, currency: sale.total.currency),
                expiry: now + policy.requestLifetimeSeconds))
        phase = .opening(rest)
        isAbandonable = false
        return [
            .tell(.approvedInPart(capture, receipt: receipt, due: rest.due), rest), .store(rest),
        ]
    }

    mutating func notRecorded(_ detail: String) -> [Effect] {
        // What could not be recorded has not happened: the sale is as it was before.
        guard case .recording(let open, _) = phase else { return [] }
        return goOn(open, telling: .journalUnavailable(detail: detail))
    }

    /// The sale on the screen, if any, waits for another code.
    private mutating func goOn(_ open: Sale?, telling reason: DeclineReason) -> [Effect] {
        guard let open else {
            phase = .idle
            return []
        }
        phase = .waiting(open)
        isAbandonable = open.captured == 0
        return [.tell(.declined(reason), open)]
    }
}
