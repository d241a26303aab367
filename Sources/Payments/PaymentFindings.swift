import Money
import Vouchers

/// What is true of one payment, and the figures that its reasons are told with. Nothing is
/// decided here: this looks, ``OfflineAuthoriser`` judges.
struct PaymentFindings {
    private(set) var facts: PaymentFacts = []
    /// The worst of the four bands.
    let band: Band
    /// What the voucher would pay, in minor units: at most what is due.
    private(set) var amount: UInt64 = 0
    /// The floor limit, shrunk, in minor units.
    private(set) var floorLimit: UInt64 = 0
    /// What is left of the sum outstanding, in minor units.
    private(set) var allowance: UInt64 = 0
    /// The count outstanding that is allowed, shrunk.
    let countLimit: UInt64
    /// The limits of the voucher's kind, shrunk; what is nil has no limit.
    private(set) var kindLimits: KindLimits
    /// What is left of the kind's sum outstanding, in minor units.
    private(set) var kindAllowance: UInt64 = 0
    /// What is left of the sums that the trust list lets be outstanding, in minor units.
    private(set) var agreedAllowance: UInt64 = 0
    /// The draws below which the payment is selected, in millionths.
    private(set) var drawThreshold: UInt64 = 0
    /// What is known of the voucher, this object included.
    let memory: VoucherMemory

    init(
        _ voucher: Voucher, sale: Sale, journal: JournalFacts, terminal: TerminalFacts,
        policy: Policy, draw: Draw
    ) {
        memory = VoucherMemory.remembering(voucher, on: journal.memory)
        let ages = Self.ages(terminal, policy.bands)
        band = ages.band
        facts = ages.facts
        countLimit = policy.bands.shrink(policy.outstandingCount, in: band)
        kindLimits = KindLimits(kind: voucher.value.kind)
        note(terminal.now < terminal.clockFloor, .clockSuspect)
        note(voucher.currencyNumber != sale.total.currency.number, .currencyDiffers)
        note(memory.coreDigest != voucher.coreDigest, .conflictingVoucher)
        note(terminal.hotList == .issuerRevoked, .issuerRevoked)
        note(terminal.hotList == .listed, .hotListed)
        note(terminal.hotList == .mayBeListed, .mayBeHotListed)
        note(terminal.hotList == .notHeld, .hotListNotHeld)
        note(!policy.hours.allow(terminal.now), .outsideHours)
        note(journal.presentationKnown, .presentationKnown)
        // A sale that was paid while its confirmation was on the way owes nothing to it.
        note(journal.requestPaid || sale.due == 0, .requestPaid)
        noteUse(of: voucher)
        noteWay(of: voucher, policy: policy)
        noteMismatch(of: voucher, with: sale, policy: policy)
        noteAmount(of: voucher, due: sale.due, policy: policy)
        noteTooSoon(at: terminal.now, seconds: policy.tooSoonSeconds)
        if let agreed = terminal.agreed {
            noteAgreed(agreed, journal, currency: sale.total.currency)
        }
        guard let limits = policy.limits(for: sale.total.currency) else {
            facts.insert(.currencyNotAccepted)
            return
        }
        noteLimits(limits, policy.bands, exposure: journal.exposure)
        noteKindLimits(limits, policy.bands, exposure: journal.kindExposure)
        noteVelocity(limits, windows: journal.windows)
        drawThreshold =
            limits.selection?.threshold(for: amount, floorLimit: limits.perPayment) ?? 0
        note(draw.value < drawThreshold, .selectedForOnline)
    }

    private mutating func note(_ isTrue: Bool, _ fact: PaymentFacts) {
        if isTrue { facts.insert(fact) }
    }

    private static func ages(_ terminal: TerminalFacts, _ rules: BandRules)
        -> (band: Band, facts: PaymentFacts)
    {
        var worst = Band.fresh
        var facts: PaymentFacts = []
        func note(
            _ age: UInt64?, _ thresholds: BandThresholds, _ firstBit: Int, unknown: PaymentFacts
        ) {
            guard let age else {
                facts.insert(unknown)
                return
            }
            let band = thresholds.band(of: age)
            worst = max(worst, band)
            facts.formUnion(.of(band, firstBit: firstBit))
        }
        note(
            terminal.trustListAge, rules.trustList, PaymentFacts.FirstBit.trustList,
            unknown: .trustListAgeUnknown)
        note(
            terminal.hotListAge, rules.hotList, PaymentFacts.FirstBit.hotList,
            unknown: .hotListAgeUnknown)
        note(
            terminal.clockUncertainty, rules.clockUncertainty, PaymentFacts.FirstBit.clock,
            unknown: .clockUncertaintyUnknown)
        note(
            terminal.lastSyncAge, rules.lastSync, PaymentFacts.FirstBit.sync,
            unknown: .syncAgeUnknown)
        return (worst, facts)
    }

    /// Whether anything is left of the voucher at all, and who took it.
    private mutating func noteUse(of voucher: Voucher) {
        let isFixedAndUsed = voucher.value.kind == .fixed && memory.spent > 0
        guard memory.left == 0 || isFixedAndUsed else { return }
        note(memory.last != nil, .spentHere)
        note(memory.elsewhere != nil, .spentElsewhere)
        note(memory.last == nil && memory.elsewhere == nil, .nothingLeft)
    }

    private mutating func noteWay(of voucher: Voucher, policy: Policy) {
        let isOneWay = !Self.answersRequest(voucher)
        note(isOneWay, .oneWay)
        note(
            isOneWay && !policy.oneWayKinds.contains(voucher.value.kind), .oneWayKindNotAllowed)
        note(voucher.holder == nil && voucher.confirmationNonce == nil, .bearer)
    }

    /// Whether the code was made for one request of this terminal.
    static func answersRequest(_ voucher: Voucher) -> Bool {
        voucher.confirmationNonce != nil || voucher.presentation?.nonce != nil
    }

    /// A code that answers the request must name its amount: exactly for a confirmation; less
    /// only where a sale may be split, never more, for a presentation (`formats.md` 1.1, 1.2).
    private mutating func noteMismatch(of voucher: Voucher, with sale: Sale, policy: Policy) {
        let asked = sale.request.amount.minorUnits
        if let nonce = voucher.confirmationNonce {
            note(
                nonce != sale.request.nonce || voucher.value.ceiling != asked,
                .notForThisRequest)
        }
        if let presentation = voucher.presentation, presentation.nonce != nil,
            let presented = presentation.amount
        {
            note(
                presented > asked || (presented < asked && !policy.splitSales),
                .notForThisRequest)
        }
    }

    /// How much of `due` the voucher would pay.
    private mutating func noteAmount(of voucher: Voucher, due: UInt64, policy: Policy) {
        amount = due
        if let presentation = voucher.presentation, let named = presentation.amount, named < due {
            let splits = voucher.value.kind == .stored && policy.splitSales
            note(presentation.nonce == nil && !splits, .aboveCodeCeiling)
            amount = named
        }
        switch voucher.value {
        case .fixed(let face): note(amount > face, .aboveVoucher)
        case .stored:
            note(amount > memory.left && !policy.splitSales, .aboveVoucher)
            amount = min(amount, memory.left)
        case .certificate(let perPayment, _):
            note(amount > perPayment, .abovePerPaymentMaximum)
            note(amount > memory.left, .voucherAllowanceUsedUp)
        }
        note(amount < due, .partial)
    }

    private mutating func noteTooSoon(at now: UInt64, seconds: UInt64) {
        guard let last = memory.last else { return }
        // A clock that was set back makes no time pass.
        note((now > last.at ? now - last.at : 0) < seconds, .tooSoon)
    }

    /// What root keys have agreed to, which no policy widens and no band shrinks.
    private mutating func noteAgreed(
        _ agreed: AgreedLimits, _ journal: JournalFacts, currency: Currency
    ) {
        note(!agreed.isCurrencyAccepted, .currencyNotAccepted)
        if let limit = agreed.perPayment { note(amount > limit, .aboveAgreedLimit) }
        // What the journal was not asked counts as used up.
        let left = [
            agreed.ofIssuer.map { limit in
                journal.issuerOutstanding.map { Self.left(of: limit, $0) } ?? 0
            },
            agreed.ofTerminal.map { Self.left(of: $0, journal.exposure.amount(in: currency)) },
        ].compactMap { $0 }
        guard let least = left.min() else { return }
        agreedAllowance = least
        note(amount > least, .agreedAllowanceUsedUp)
    }

    private mutating func noteLimits(
        _ limits: CurrencyLimits, _ bands: BandRules, exposure: Exposure
    ) {
        floorLimit = bands.shrink(limits.perPayment, in: band)
        allowance = Self.left(
            of: bands.shrink(limits.outstanding, in: band), exposure.amount(in: limits.currency))
        note(amount > floorLimit, .aboveFloorLimit)
        note(amount > allowance, .allowanceUsedUp)
        note(exposure.count >= countLimit, .tooManyOutstanding)
    }

    private mutating func noteKindLimits(
        _ limits: CurrencyLimits, _ bands: BandRules, exposure: CountAndSum?
    ) {
        guard let line = limits.limits(for: kindLimits.kind) else { return }
        func shrink(_ limit: UInt64?) -> UInt64? { limit.map { bands.shrink($0, in: band) } }
        kindLimits = KindLimits(
            kind: line.kind, perPayment: shrink(line.perPayment), oneWay: shrink(line.oneWay),
            outstanding: shrink(line.outstanding),
            outstandingCount: shrink(line.outstandingCount))
        if let limit = kindLimits.perPayment { note(amount > limit, .aboveKindLimit) }
        if let limit = kindLimits.oneWay, facts.contains(.oneWay) {
            note(amount > limit, .oneWayAboveLimit)
        }
        // What the journal was not asked counts as used up.
        if let limit = kindLimits.outstanding {
            kindAllowance = exposure.map { Self.left(of: limit, $0.sum) } ?? 0
            note(amount > kindAllowance, .kindAllowanceUsedUp)
        }
        if let limit = kindLimits.outstandingCount {
            note((exposure?.count ?? limit) >= limit, .tooManyOfKind)
        }
    }

    private mutating func noteVelocity(_ limits: CurrencyLimits, windows: [WindowTotal]) {
        for rule in limits.velocity {
            // What the journal was not asked counts as passed.
            guard let past = windows.first(where: { $0.windowSeconds == rule.windowSeconds })
            else {
                facts.insert(.velocityExceeded)
                continue
            }
            if let count = rule.count { note(past.total.count >= count, .velocityExceeded) }
            if let sum = rule.sum {
                note(amount > Self.left(of: sum, past.total.sum), .velocityExceeded)
            }
        }
        let window = limits.splitSaleWindowSeconds
        guard window > 0 else { return }
        let past = windows.first { $0.windowSeconds == window }?.total.sum
        note(
            past.map { $0 > 0 && amount > Self.left(of: floorLimit, $0) } ?? true,
            .splitSaleExceeded)
    }

    private static func left(of limit: UInt64, _ used: UInt64) -> UInt64 {
        limit > used ? limit - used : 0
    }
}
