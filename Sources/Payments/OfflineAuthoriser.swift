import Money
public import Vouchers

/// Decides, from facts and policy alone, whether a voucher pays a request.
///
/// A pure function: the same facts and the same policy give the same answer for ever, so that
/// yesterday's journal can be replayed. First everything that is true is found
/// (``PaymentFindings``), then it is judged in steps; within a step the earliest of the reasons that
/// apply is told. `docs/spec/authorisation.md` tells steps and order in words.
public enum OfflineAuthoriser {
    /// Decides on `voucher` for `sale`, of which its request asks for what is due.
    ///
    /// - Parameters:
    ///   - journal: what the journal knows that bears on it.
    ///   - terminal: time, ages, and what hot list and hub have said.
    ///   - draw: this decision's own draw, for the random selection.
    public static func rule(
        on voucher: Voucher, sale: Sale, journal: JournalFacts, terminal: TerminalFacts,
        policy: Policy, draw: Draw
    ) -> Ruling {
        let found = PaymentFindings(
            voucher, sale: sale, journal: journal, terminal: terminal, policy: policy, draw: draw)
        let payment = PaymentCase(
            voucher: voucher, sale: sale, journal: journal, terminal: terminal, draw: draw,
            found: found)
        let masks = policy.masks

        if let reason = payment.reason(within: .unconditional) {
            return payment.declined(reason, by: .unconditional)
        }
        if let reason = payment.reason(within: masks.denial) {
            return payment.declined(reason, by: .denial)
        }
        switch terminal.online {
        case .approved: return payment.captured(by: .hub)
        case .declined(let code):
            return payment.declined(
                .declinedOnline(HubDecline(reason: code, other: nil)), by: .hub)
        case .notAsked where !found.facts.isDisjoint(with: masks.online):
            return payment.toBeAsked()
        case .notAsked, .unavailable, .unanswered: break
        }
        if let reason = payment.reason(within: masks.stranded) {
            return payment.declined(reason, by: .stranded)
        }
        return payment.captured(by: .none)
    }
}

/// One payment to be judged.
private struct PaymentCase {
    let voucher: Voucher
    let sale: Sale
    let journal: JournalFacts
    let terminal: TerminalFacts
    let draw: Draw
    let found: PaymentFindings

    func declined(_ reason: DeclineReason, by step: DecisionStep) -> Ruling {
        Ruling(.decline(reason), basis: basis(step))
    }

    func captured(by step: DecisionStep) -> Ruling {
        let basis = basis(step)
        return Ruling(.capture(capture(basis)), basis: basis)
    }

    func toBeAsked() -> Ruling {
        let basis = basis(.online)
        return Ruling(.askOnline(capture(basis)), basis: basis)
    }

    private func basis(_ step: DecisionStep) -> DecisionBasis {
        DecisionBasis(
            sale: sale, journal: journal, terminal: terminal, draw: draw,
            drawThreshold: found.drawThreshold, facts: found.facts, band: found.band, step: step)
    }

    /// A fixed voucher is used up whole: what it was worth above the sale lapses.
    private func capture(_ basis: DecisionBasis) -> Capture {
        Capture(
            sale: sale.reference,
            amount: Amount(minorUnits: found.amount, currency: sale.total.currency),
            consumed: voucher.value.kind == .fixed ? voucher.value.ceiling : found.amount,
            voucher: voucher,
            requestNonce: voucher.confirmationNonce ?? voucher.presentation?.nonce,
            at: terminal.now, basis: basis)
    }

    /// The earliest reason for which one of `mask`'s facts is true.
    func reason(within mask: PaymentFacts) -> DeclineReason? {
        let facts = found.facts.intersection(mask)
        if facts.isEmpty { return nil }
        return unconditionalReason(facts) ?? weighedReason(facts)
    }
}

// The order of the reasons, as `docs/spec/authorisation.md` has it.
extension PaymentCase {
    /// What no policy can allow.
    private func unconditionalReason(_ facts: PaymentFacts) -> DeclineReason? {
        if facts.contains(.clockSuspect) { return .clockSuspect(floor: terminal.clockFloor) }
        if facts.contains(.currencyDiffers) {
            return .currencyDiffers(voucherCurrency: voucher.currencyNumber)
        }
        if facts.contains(.currencyNotAccepted) { return .currencyNotAccepted }
        if facts.contains(.conflictingVoucher) { return .conflictingVoucher }
        if facts.contains(.issuerRevoked) { return .issuerRevoked }
        if facts.contains(.hotListed) { return .hotListed }
        if facts.contains(.notForThisRequest) {
            return .notForThisRequest(
                presented: voucher.presentation?.amount ?? voucher.value.ceiling,
                asked: sale.request.amount.minorUnits)
        }
        if facts.contains(.presentationKnown) { return .sameCodeAgain }
        if facts.contains(.spentHere), let last = found.memory.last {
            return .spentHere(last: last)
        }
        if facts.contains(.spentElsewhere), let last = found.memory.elsewhere {
            return .spentElsewhere(last: last)
        }
        if facts.contains(.nothingLeft) { return .nothingLeft }
        if facts.contains(.requestPaid) { return .sameCodeAgain }
        if facts.contains(.oneWayKindNotAllowed) {
            return .oneWayNotAllowed(kind: voucher.value.kind)
        }
        if facts.contains(.aboveCodeCeiling) {
            return .aboveCodeCeiling(ceiling: voucher.presentation?.amount ?? 0)
        }
        if facts.contains(.aboveVoucher) { return .aboveVoucher(left: found.memory.left) }
        if facts.contains(.abovePerPaymentMaximum),
            case .certificate(let maximum, _) = voucher.value
        {
            return .abovePerPaymentMaximum(maximum: maximum)
        }
        if facts.contains(.voucherAllowanceUsedUp) {
            return .voucherAllowanceUsedUp(left: found.memory.left)
        }
        if facts.contains(.aboveAgreedLimit) {
            return .aboveAgreedLimit(limit: terminal.agreed?.perPayment ?? 0)
        }
        if facts.contains(.agreedAllowanceUsedUp) {
            return .agreedAllowanceUsedUp(left: found.agreedAllowance)
        }
        return nil
    }

    /// What the policy weighs.
    private func weighedReason(_ facts: PaymentFacts) -> DeclineReason? {
        let kind = voucher.value.kind
        if !facts.isDisjoint(with: .ofTrustList) {
            return .trustDataTooOld(age: terminal.trustListAge)
        }
        if !facts.isDisjoint(with: .ofHotList) { return .hotListTooOld(age: terminal.hotListAge) }
        if !facts.isDisjoint(with: .ofClock) {
            return .clockUncertain(by: terminal.clockUncertainty)
        }
        if !facts.isDisjoint(with: .ofSync) { return .syncOverdue(age: terminal.lastSyncAge) }
        if facts.contains(.mayBeHotListed) { return .mayBeHotListed }
        if facts.contains(.outsideHours) { return .outsideHours }
        if facts.contains(.tooSoon), let last = found.memory.last {
            return .tooSoon(seconds: terminal.now > last.at ? terminal.now - last.at : 0)
        }
        if facts.contains(.velocityExceeded) { return .velocityExceeded }
        if facts.contains(.splitSaleExceeded) {
            return .splitSaleExceeded(limit: found.floorLimit)
        }
        if facts.contains(.oneWayAboveLimit) {
            return .oneWayAboveLimit(limit: found.kindLimits.oneWay ?? 0)
        }
        if facts.contains(.aboveFloorLimit) { return .aboveFloorLimit(limit: found.floorLimit) }
        if facts.contains(.aboveKindLimit) {
            return .aboveKindLimit(kind: kind, limit: found.kindLimits.perPayment ?? 0)
        }
        if facts.contains(.allowanceUsedUp) { return .allowanceUsedUp(left: found.allowance) }
        if facts.contains(.kindAllowanceUsedUp) {
            return .kindAllowanceUsedUp(kind: kind, left: found.kindAllowance)
        }
        if facts.contains(.tooManyOutstanding) {
            return .tooManyOutstanding(limit: found.countLimit)
        }
        if facts.contains(.tooManyOfKind) {
            return .tooManyOfKind(kind: kind, limit: found.kindLimits.outstandingCount ?? 0)
        }
        if facts.contains(.selectedForOnline) { return .selectedForOnline }
        if facts.contains(.oneWay) { return .oneWayRefused }
        if facts.contains(.bearer) { return .bearerRefused }
        if facts.contains(.partial) { return .partRefused }
        return nil
    }
}
