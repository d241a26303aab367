import COSE
import Money
import Payments
import Synchronization
import VoucherMint
import Vouchers

/// One payment to be decided on: harmless in every respect until it is made otherwise.
struct Situation {
    static let euro = Currency(code: "EUR")!
    /// Midday by UTC, so that hours can be written around it.
    static let now = VoucherMint.now - VoucherMint.now % 86_400 + 43_200

    // The voucher.
    var value = VoucherValue.certificate(perPayment: 90_000, offlineTotal: 90_000)
    var currency: UInt16 = 978
    var isBearer = false
    var answers = true
    var named: UInt64?
    var confirms: [UInt8]?

    // The sale.
    var due: UInt64 = 1_000
    var captured: UInt64 = 0
    var nonce = VoucherMint.nonce

    // The journal.
    var spent: UInt64 = 0
    var ceiling: UInt64?
    var last: Redemption?
    var elsewhere: ElsewhereRedemption?
    var isConflicting = false
    var presentationKnown = false
    var requestPaid = false
    var exposure = Exposure.none
    var kindExposure: CountAndSum? = CountAndSum(count: 0, sum: 0)
    var issuerOutstanding: UInt64? = 0
    var windows: [WindowTotal] = []

    // The terminal.
    var clockFloor: UInt64 = 0
    var clockUncertainty: UInt64? = 0
    var trustListAge: UInt64? = 0
    var hotListAge: UInt64? = 0
    var lastSyncAge: UInt64? = 0
    var hotList = HotListAnswer.clear
    var online = OnlineAnswer.unavailable
    var seed: UInt64 = 1
    var agreed: AgreedLimits?

    // The policy.
    var perPayment: UInt64 = 25_000
    var outstanding: UInt64 = 100_000
    var accepts = true
    var kindLine: KindLimits?
    var velocity: [VelocityRule] = []
    var splitWindow: UInt64 = 0
    var selection: RandomSelection?
    var splits = true
    var oneWayKinds = Set(VoucherKind.allCases)
    var masks = FactMasks.standard
    var hours = OfflineHours.always
    var tooSoonSeconds: UInt64 = 0
    var bands = BandRules()

    /// A situation with these changes.
    init(_ changes: (inout Situation) -> Void = { _ in }) { changes(&self) }

    var policy: Policy {
        let line = CurrencyLimits(
            currency: Self.euro, perPayment: perPayment, outstanding: outstanding,
            kinds: kindLine.map { [$0] } ?? [], velocity: velocity,
            splitSaleWindowSeconds: splitWindow, selection: selection)
        return Policy(
            limits: accepts ? [line] : [], splitSales: splits, oneWayKinds: oneWayKinds,
            masks: masks, bands: bands, hours: hours, tooSoonSeconds: tooSoonSeconds)
    }

    var sale: Sale {
        let asked = Amount(minorUnits: due, currency: Self.euro)
        return Sale(
            reference: SaleReference("S1")!, key: nil,
            total: Amount(minorUnits: due + captured, currency: Self.euro), captured: captured,
            request: PaymentRequest(nonce: nonce, amount: asked, expiry: Self.now + 300),
            openedAt: Self.now - 5)
    }

    /// Adds to what the trust list allows.
    mutating func agree(
        isAccepted: Bool = true, perPayment: UInt64? = nil, ofIssuer: UInt64? = nil,
        ofTerminal: UInt64? = nil
    ) {
        agreed = AgreedLimits(
            isCurrencyAccepted: isAccepted && agreed?.isCurrencyAccepted != false,
            perPayment: perPayment ?? agreed?.perPayment, ofIssuer: ofIssuer ?? agreed?.ofIssuer,
            ofTerminal: ofTerminal ?? agreed?.ofTerminal)
    }

    /// What a code depends on, so that each is signed once.
    private struct Code: Hashable {
        let value: VoucherValue
        let currency: UInt16
        let isBearer: Bool
        let answers: Bool
        let named: UInt64?
        let confirms: [UInt8]?
        let due: UInt64
    }

    private static let signed = Mutex<[Code: Voucher]>([:])

    func voucher() -> Voucher {
        let code = Code(
            value: value, currency: currency, isBearer: isBearer, answers: answers,
            named: named, confirms: confirms, due: due)
        return Self.signed.withLock { known in
            if let voucher = known[code] { return voucher }
            let voucher = sign(VoucherMint())
            known[code] = voucher
            return voucher
        }
    }

    private func sign(_ mint: VoucherMint) -> Voucher {
        let isCertificate = if case .certificate = value { true } else { false }
        let object = mint.object(
            value, currency: currency, expiry: Self.now + 86_400,
            bound: !isBearer && confirms == nil || isCertificate, confirms: confirms)
        guard !isBearer, confirms == nil else {
            return mint.voucher(object, openNonce: confirms, now: Self.now)
        }
        let isFixed = if case .fixed = value { true } else { false }
        let amount = isFixed ? nil : named ?? (answers ? due : nil)
        let shown = mint.presentation(
            of: object, at: Self.now, nonce: answers ? VoucherMint.nonce : nil, amount: amount)
        return mint.voucher(shown, openNonce: VoucherMint.nonce, now: Self.now)
    }

    func journal(_ voucher: Voucher) -> JournalFacts {
        let knows = spent > 0 || last != nil || elsewhere != nil || isConflicting || ceiling != nil
        let memory = VoucherMemory(
            coreDigest: isConflicting ? [0] : voucher.coreDigest,
            ceiling: ceiling ?? voucher.value.ceiling, spent: spent, last: last,
            elsewhere: elsewhere)
        return JournalFacts(
            memory: knows ? memory : nil, presentationKnown: presentationKnown,
            requestPaid: requestPaid, exposure: exposure, kindExposure: kindExposure,
            issuerOutstanding: issuerOutstanding, windows: windows)
    }

    var terminal: TerminalFacts {
        TerminalFacts(
            now: Self.now, clockFloor: clockFloor, clockUncertainty: clockUncertainty,
            trustListAge: trustListAge, hotListAge: hotListAge, lastSyncAge: lastSyncAge,
            hotList: hotList, online: online, agreed: agreed)
    }

    var ruling: Ruling {
        let voucher = voucher()
        return OfflineAuthoriser.rule(
            on: voucher, sale: sale, journal: journal(voucher), terminal: terminal,
            policy: policy, draw: Draw(seed: seed))
    }

    var facts: PaymentFacts { ruling.basis.facts }

    var reason: DeclineReason? {
        if case .decline(let reason) = ruling.decision { reason } else { nil }
    }

    /// What is captured, in minor units; nil where nothing is.
    var amount: UInt64? { capture?.amount.minorUnits }

    var capture: Capture? {
        if case .capture(let capture) = ruling.decision { capture } else { nil }
    }
}
