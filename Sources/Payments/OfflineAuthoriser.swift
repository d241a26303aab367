import Money
public import Vouchers

/// Decides, from facts and policy alone, whether a voucher pays a request.
///
/// A pure function: the same facts and the same policy give the same answer for ever, so that
/// yesterday's journal can be replayed. The early returns stand in the order of
/// ``DeclineReason``; `docs/spec/authorisation.md` tells the same order in words.
public enum OfflineAuthoriser {
    /// Decides on `voucher` for `sale`, of which `request` asks for what is due.
    ///
    /// - Parameters:
    ///   - now: the terminal's time, in seconds since 1970 UTC.
    ///   - clockFloor: no honest clock stands before this, in seconds since 1970 UTC.
    public static func decide(
        _ voucher: Voucher, sale: Sale, facts: JournalFacts, policy: Policy, now: UInt64,
        clockFloor: UInt64
    ) -> Decision {
        let currency = sale.total.currency
        let memory = VoucherMemory.remembering(voucher, on: facts.memory)

        if now < clockFloor { return .decline(.clockSuspect(floor: clockFloor)) }
        if voucher.currencyNumber != currency.number {
            return .decline(.currencyDiffers(voucherCurrency: voucher.currencyNumber))
        }
        guard let limits = policy.limits(for: currency) else {
            return .decline(.currencyNotAccepted)
        }
        if memory.coreDigest != voucher.coreDigest { return .decline(.conflictingVoucher) }
        if let refusal = mismatch(of: voucher, with: sale, policy: policy) {
            return .decline(refusal)
        }
        if facts.presentationKnown { return .decline(.sameCodeAgain) }
        if let refusal = used(voucher, memory: memory) { return .decline(refusal) }
        if facts.requestPaid { return .decline(.sameCodeAgain) }
        if !answersRequest(voucher), !policy.oneWayKinds.contains(voucher.value.kind) {
            return .decline(.oneWayNotAllowed(kind: voucher.value.kind))
        }

        let amount: UInt64
        switch payable(by: voucher, memory: memory, due: sale.due, policy: policy) {
        case .nothing(let reason): return .decline(reason)
        case .amount(let value): amount = value
        }

        if amount > limits.perPayment {
            return .decline(.aboveFloorLimit(limit: limits.perPayment))
        }
        let outstanding = facts.exposure.amount(in: currency)
        let allowance = limits.outstanding > outstanding ? limits.outstanding - outstanding : 0
        if amount > allowance { return .decline(.allowanceUsedUp(left: allowance)) }
        if facts.exposure.count >= policy.outstandingCount {
            return .decline(.tooManyOutstanding(limit: policy.outstandingCount))
        }
        return .capture(
            Capture(
                sale: sale.reference, amount: Amount(minorUnits: amount, currency: currency),
                consumed: voucher.value.kind == .fixed ? voucher.value.ceiling : amount,
                voucher: voucher,
                requestNonce: voucher.confirmationNonce ?? voucher.presentation?.nonce, at: now))
    }

    /// Whether the code was made for one request of this terminal.
    private static func answersRequest(_ voucher: Voucher) -> Bool {
        voucher.confirmationNonce != nil || voucher.presentation?.nonce != nil
    }

    /// A code that answers the request must name its amount: exactly for a confirmation; less
    /// only where a sale may be split, never more, for a presentation (`formats.md` 1.1, 1.2).
    private static func mismatch(of voucher: Voucher, with sale: Sale, policy: Policy)
        -> DeclineReason?
    {
        let asked = sale.request.amount.minorUnits
        if let nonce = voucher.confirmationNonce,
            nonce != sale.request.nonce || voucher.value.ceiling != asked
        {
            return .notForThisRequest(presented: voucher.value.ceiling, asked: asked)
        }
        guard let presentation = voucher.presentation, presentation.nonce != nil,
            let presented = presentation.amount
        else { return nil }
        if presented > asked || (presented < asked && !policy.splitSales) {
            return .notForThisRequest(presented: presented, asked: asked)
        }
        return nil
    }

    /// Whether anything is left of the voucher at all.
    private static func used(_ voucher: Voucher, memory: VoucherMemory) -> DeclineReason? {
        let isUsedUp = memory.left == 0 || (voucher.value.kind == .fixed && memory.spent > 0)
        guard isUsedUp else { return nil }
        return memory.last.map { .spentHere(last: $0) } ?? .nothingLeft
    }

    /// What a voucher pays of a sale.
    private enum Payable {
        case amount(UInt64)
        case nothing(DeclineReason)
    }

    /// How much of `due` the voucher pays, in minor units, or why none of it.
    private static func payable(
        by voucher: Voucher, memory: VoucherMemory, due: UInt64, policy: Policy
    ) -> Payable {
        var ceiling = due
        if let presentation = voucher.presentation, let amount = presentation.amount {
            if amount < due {
                guard presentation.nonce != nil || splits(voucher, policy) else {
                    return .nothing(.aboveCodeCeiling(ceiling: amount))
                }
                ceiling = amount
            }
        }
        switch voucher.value {
        case .fixed(let face):
            return ceiling <= face ? .amount(ceiling) : .nothing(.aboveVoucher(left: face))
        case .stored:
            if ceiling <= memory.left { return .amount(ceiling) }
            return policy.splitSales
                ? .amount(memory.left) : .nothing(.aboveVoucher(left: memory.left))
        case .certificate(let perPayment, _):
            if ceiling > perPayment {
                return .nothing(.abovePerPaymentMaximum(maximum: perPayment))
            }
            return ceiling <= memory.left
                ? .amount(ceiling) : .nothing(.voucherAllowanceUsedUp(left: memory.left))
        }
    }

    /// Whether this voucher may pay a part of a sale by a one-way code.
    private static func splits(_ voucher: Voucher, _ policy: Policy) -> Bool {
        voucher.value.kind == .stored && policy.splitSales
    }
}
