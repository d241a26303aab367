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
        case .opening, .lookingUp, .asking, .undoing, .recording, .halted: return []
        }
        switch code {
        case .voucher(let voucher):
            // With no sale on the screen only the answer to an earlier request means anything.
            guard open != nil || voucher.confirmationNonce != nil else { return [] }
            phase = .lookingUp(open: open, voucher)
            return [.lookUp(FactsQuery(voucher, policy: policy, at: now))]
        case .refused(let code):
            guard let open else { return [] }
            return record(
                .refused(code.refusal), voucher: nil, evidence: code.evidence, for: open, at: now,
                basis: code.basis(for: open))
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
        // What the terminal knows of itself, with whether the hub can be asked.
        let believed = terminal.answered(
            connection == .up ? .notAsked : .unavailable, at: terminal.now)
        let payment = PendingPayment(
            voucher: voucher, sale: sale, journal: facts, terminal: believed, draw: draw,
            question: lastQuestion + 1)
        return settle(payment, open: open, online: outcomeWithoutAsking)
    }

    /// What part the hub has where it is not asked.
    private var outcomeWithoutAsking: OnlineOutcome {
        switch connection {
        case .none: .noHub
        case .down: .noConnection
        case .up: .notWanted
        }
    }

    /// Decides on `payment`, and records what was decided; or asks the hub first. `online` is what
    /// part the hub had.
    mutating func settle(
        _ payment: PendingPayment, open: Sale?, online: OnlineOutcome
    ) -> [Effect] {
        let ruling = OfflineAuthoriser.rule(
            on: payment.voucher, sale: payment.sale, journal: payment.journal,
            terminal: payment.terminal, policy: policy, draw: payment.draw)
        switch ruling.decision {
        case .decline(let reason):
            let told = reason.naming(online)
            guard let open else { return goOn(nil, telling: told) }
            return record(
                told, voucher: payment.voucher, for: open, at: payment.terminal.now,
                basis: ruling.basis)
        case .capture(let capture):
            let decided = capture.decided(online)
            let after = payment.sale.capturing(decided.amount.minorUnits)
            phase = .recording(open: open, .capture(decided, before: payment.sale, after: after))
            return [.record(.capture(decided, after))]
        case .askOnline(let capture): return ask(about: capture, for: payment, open: open)
        }
    }

    mutating func record(
        _ reason: DeclineReason, voucher: Voucher?, evidence: [UInt8]? = nil, for sale: Sale,
        at now: UInt64, basis: DecisionBasis? = nil
    ) -> [Effect] {
        phase = .recording(open: sale, .decline(reason))
        let decline = Decline(
            sale: sale.reference, asked: sale.request.amount, reason: reason,
            voucher: voucher, evidence: evidence ?? voucher?.evidence, at: now, basis: basis)
        return [.record(.decline(decline))]
    }

    mutating func recorded(receipt: ReceiptNumber?, nonce: [UInt8], at now: UInt64) -> [Effect] {
        guard case .recording(let open, let settlement) = phase else { return [] }
        switch settlement {
        case .decline(let reason):
            return goOn(reason == .unconfirmed ? open?.claimed() : open, telling: reason)
        case .capture(let capture, let before, let after):
            guard let receipt else { preconditionFailure("A journal numbers every capture.") }
            if let open, open.reference != before.reference {
                // An earlier sale was paid; the one on the screen goes on.
                phase = .waiting(open)
                return [
                    .tell(.approved(capture, receipt: receipt), after), .show(open),
                    .confirm(receipt),
                ]
            }
            guard open != nil, after.due > 0 else {
                phase = .idle
                return [
                    .tell(.approved(capture, receipt: receipt), after), .ended(after),
                    .confirm(receipt),
                ]
            }
            return askForRest(of: after, after: capture, receipt: receipt, nonce: nonce, at: now)
        case .undo(let undo, let order):
            return undone(undo, receipt: receipt, order: order, open: open)
        case .mark(_, let after, let order): return marked(after, order: order, open: open)
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
            .confirm(receipt),
        ]
    }

    mutating func notRecorded(_ detail: String) -> [Effect] {
        // What could not be recorded has not happened: the sale is as it was before.
        guard case .recording(let open, let settlement) = phase else { return [] }
        switch settlement {
        case .undo(_, let order):
            return refuse(order, .journalUnavailable(detail: detail), open: open)
        case .mark(_, _, let order):
            return refuseMark(order, .journalUnavailable(detail: detail), open: open)
        case .capture, .decline: return goOn(open, telling: .journalUnavailable(detail: detail))
        }
    }

    mutating func recordUncertain(_ detail: String) -> [Effect] {
        guard case .recording(_, let settlement) = phase else { return [] }
        phase = .halted(detail)
        switch settlement {
        case .undo(_, let order):
            return [.refuseUndo(order, .journalUnavailable(detail: detail))]
        case .mark(_, _, let order):
            return [.refuseMark(order, .journalUnavailable(detail: detail))]
        case .capture, .decline: return []
        }
    }

    /// The sale on the screen, if any, waits for another code.
    mutating func goOn(_ open: Sale?, telling reason: DeclineReason) -> [Effect] {
        guard let open else {
            phase = .idle
            return []
        }
        phase = .waiting(open)
        // What the customer says is paid ends by the cashier's own word, not by the next sale.
        isAbandonable = open.captured == 0 && !open.isClaimed
        return [.tell(.declined(reason), open)]
    }
}
