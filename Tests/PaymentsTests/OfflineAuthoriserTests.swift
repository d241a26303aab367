import COSE
import Money
import Payments
import Testing
import VoucherMint
import Vouchers

@Suite struct OfflineAuthoriserTests {
    let mint = VoucherMint()

    @Test func paysAVoucherThatCoversTheSale() throws {
        let capture = try Case(mint.fixed(2_500), amount: 1_250).capture()
        #expect(capture.amount.minorUnits == 1_250)
        #expect(capture.consumed == 2_500, "a fixed voucher is spent whole")
    }

    @Test func paysNothingAboveAFixedVoucher() {
        #expect(Case(mint.fixed(1_000), amount: 1_001).reason == .aboveVoucher(left: 1_000))
    }

    @Test func paysStoredValueInPartsByPolicy() throws {
        let card = mint.stored(2_000, redeemed: 1_500)
        #expect(try Case(card, amount: 800).capture().amount.minorUnits == 500)
        #expect(Case(card, amount: 800, splits: false).reason == .aboveVoucher(left: 500))
    }

    @Test func doesNotSpendTwiceWhatTheIssuerKnewToBeRedeemed() throws {
        // 30 were redeemed elsewhere; 50 are paid here; then 20 are left, not 50.
        let card = mint.stored(10_000, redeemed: 3_000)
        let memory = VoucherMemory(
            coreDigest: card.coreDigest, ceiling: 10_000, spent: 8_000,
            last: Redemption(at: 1, amount: 5_000, receipt: 1))
        let capture = try Case(card, amount: 3_000, memory: memory).capture()
        #expect(capture.amount.minorUnits == 2_000)
    }

    @Test func takesTheHighestCreditSeen() throws {
        let old = mint.stored(1_000)
        let memory = VoucherMemory(
            coreDigest: old.coreDigest, ceiling: 5_000, spent: 1_000, last: nil)
        #expect(try Case(old, amount: 4_000, memory: memory).capture().amount.minorUnits == 4_000)
    }

    @Test func keepsACertificateWithinItsTotals() throws {
        let object = mint.object(
            .certificate(perPayment: 5_000, offlineTotal: 8_000), bound: true)
        func answer(_ amount: UInt64) -> Voucher {
            mint.voucher(mint.presentation(of: object, nonce: VoucherMint.nonce, amount: amount))
        }
        let memory = VoucherMemory(
            coreDigest: answer(1).coreDigest, ceiling: 8_000, spent: 6_000, last: nil)
        #expect(try Case(answer(5_000), amount: 5_000).capture().amount.minorUnits == 5_000)
        #expect(
            Case(answer(2_001), amount: 2_001, memory: memory).reason
                == .voucherAllowanceUsedUp(left: 2_000))
        let oneWay = mint.voucher(mint.presentation(of: object), openNonce: nil)
        #expect(Case(oneWay, amount: 5_001).reason == .abovePerPaymentMaximum(maximum: 5_000))
    }

    @Test func takesAConfirmationForExactlyItsRequest() throws {
        func confirmation(_ amount: UInt64) -> Voucher {
            mint.voucher(mint.object(.fixed(amount: amount), confirms: VoucherMint.nonce))
        }
        #expect(try Case(confirmation(1_250), amount: 1_250).capture().requestNonce != nil)
        for amount: UInt64 in [1_249, 1_251] {
            #expect(
                Case(confirmation(amount), amount: 1_250).reason
                    == .notForThisRequest(presented: amount, asked: 1_250))
        }
    }

    @Test func takesAPresentationForLessOnlyWhereASaleMayBeSplit() throws {
        let object = mint.object(.stored(credit: 5_000, redeemed: 0), bound: true)
        let less = mint.voucher(
            mint.presentation(of: object, nonce: VoucherMint.nonce, amount: 400))
        #expect(try Case(less, amount: 1_000).capture().amount.minorUnits == 400)
        let refused = DeclineReason.notForThisRequest(presented: 400, asked: 1_000)
        #expect(Case(less, amount: 1_000, splits: false).reason == refused)
        let more = mint.voucher(
            mint.presentation(of: object, nonce: VoucherMint.nonce, amount: 1_001))
        #expect(
            Case(more, amount: 1_000).reason == .notForThisRequest(presented: 1_001, asked: 1_000))
    }

    @Test func takesAOneWayCodeUpToItsCeiling() throws {
        let object = mint.object(.fixed(amount: 5_000), bound: true)
        let code = mint.voucher(mint.presentation(of: object), openNonce: nil)
        #expect(try Case(code, amount: 4_000).capture().amount.minorUnits == 4_000)
        #expect(
            Case(code, amount: 4_000, oneWay: []).reason == .oneWayNotAllowed(kind: .fixed))
        let certificate = mint.object(
            .certificate(perPayment: 5_000, offlineTotal: 9_000), bound: true)
        let limited = mint.voucher(
            mint.presentation(of: certificate, amount: 999), openNonce: nil)
        #expect(Case(limited, amount: 1_000).reason == .aboveCodeCeiling(ceiling: 999))
    }

    @Test func stopsAtEachLimitOfTheTerminal() {
        let voucher = mint.fixed(1_000_000)
        #expect(Case(voucher, amount: 25_000).reason == nil)
        #expect(Case(voucher, amount: 25_001).reason == .aboveFloorLimit(limit: 25_000))
        let nearly = Exposure(amounts: [978: 99_000], count: 3, oldest: 1)
        #expect(Case(voucher, amount: 1_000, exposure: nearly).reason == nil)
        #expect(
            Case(voucher, amount: 1_001, exposure: nearly).reason == .allowanceUsedUp(left: 1_000))
        let many = Exposure(amounts: [:], count: 500, oldest: 1)
        #expect(Case(voucher, amount: 1, exposure: many).reason == .tooManyOutstanding(limit: 500))
    }

    @Test func tellsTheEarlierReasonWhereSeveralApply() {
        // Each row adds one more fault on top of those below it, and is then the one told.
        let reasons = Faults.ladder.map { Faults($0).reason(mint) }
        let codes = reasons.map { $0?.code }
        #expect(codes == Faults.ladder.map(\.rawValue))
    }
}

/// One decision, all of its facts harmless unless said otherwise.
private struct Case {
    var voucher: Voucher
    var amount: UInt64
    var memory: VoucherMemory?
    var presentationKnown = false
    var requestPaid = false
    var exposure = Exposure.none
    var splits = true
    var oneWay = Set(VoucherKind.allCases)
    var currency = Currency(code: "EUR")!
    var accepted = [Currency(code: "EUR")!]
    var clockFloor: UInt64 = 0

    init(
        _ voucher: Voucher, amount: UInt64, memory: VoucherMemory? = nil,
        exposure: Exposure = .none, splits: Bool = true,
        oneWay: Set<VoucherKind> = Set(VoucherKind.allCases)
    ) {
        self.voucher = voucher
        self.amount = amount
        self.memory = memory
        self.exposure = exposure
        self.splits = splits
        self.oneWay = oneWay
    }

    var decision: Decision {
        let total = Amount(minorUnits: amount, currency: currency)
        let sale = Sale(
            reference: SaleReference("S1")!, key: nil, total: total,
            request: PaymentRequest(
                nonce: VoucherMint.nonce, amount: total, expiry: VoucherMint.now + 300),
            openedAt: VoucherMint.now)
        let standard = Policy.standard(for: accepted)
        return OfflineAuthoriser.rule(
            on: voucher, sale: sale,
            journal: JournalFacts(
                memory: memory, presentationKnown: presentationKnown, requestPaid: requestPaid,
                exposure: exposure),
            terminal: TerminalFacts(now: VoucherMint.now, clockFloor: clockFloor),
            policy: Policy(limits: standard.limits, splitSales: splits, oneWayKinds: oneWay),
            draw: Draw(seed: 1)
        ).decision
    }

    var reason: DeclineReason? {
        if case .decline(let reason) = decision { reason } else { nil }
    }

    func capture() throws -> Capture {
        guard case .capture(let capture) = decision else {
            throw Declined(reason: reason)
        }
        return capture
    }

    struct Declined: Error { let reason: DeclineReason? }
}

/// A code with a fault and every later one as well: the order of `DeclineReason`, from the front.
private struct Faults {
    enum Fault: String, CaseIterable {
        case clockSuspect = "clock-suspect"
        case currencyDiffers = "currency-differs"
        case currencyNotAccepted = "currency-not-accepted"
        case conflictingVoucher = "conflicting-voucher"
        case notForThisRequest = "not-for-this-request"
        case sameCodeAgain = "same-code-again"
        case spentHere = "spent-here"
        case allowanceUsedUp = "voucher-allowance-used-up"
        case aboveFloorLimit = "above-floor-limit"
        case outstanding = "allowance-used-up"
        case count = "too-many-outstanding"
    }

    static let ladder = Fault.allCases
    let first: Fault

    init(_ first: Fault) { self.first = first }

    private func has(_ fault: Fault) -> Bool {
        Self.ladder.firstIndex(of: fault)! >= Self.ladder.firstIndex(of: first)!
    }

    func reason(_ mint: VoucherMint) -> DeclineReason? {
        let due: UInt64 = has(.aboveFloorLimit) ? 26_000 : 1_000
        let presented = has(.notForThisRequest) ? due + 1 : due
        let object = mint.object(
            .certificate(perPayment: 90_000, offlineTotal: 90_000),
            currency: has(.currencyDiffers) ? 840 : 978, bound: true)
        let voucher = mint.voucher(
            mint.presentation(of: object, nonce: VoucherMint.nonce, amount: presented))
        let spent: UInt64 = has(.spentHere) ? 90_000 : has(.allowanceUsedUp) ? 89_500 : 0
        var made = Case(
            voucher, amount: due,
            memory: VoucherMemory(
                coreDigest: has(.conflictingVoucher) ? [0] : voucher.coreDigest, ceiling: 90_000,
                spent: spent, last: Redemption(at: 1, amount: spent, receipt: 1)))
        made.exposure = Exposure(
            amounts: has(.outstanding) ? [978: 99_999] : [:], count: has(.count) ? 500 : 0,
            oldest: nil)
        made.presentationKnown = has(.sameCodeAgain)
        made.accepted = has(.currencyNotAccepted) ? [] : made.accepted
        made.clockFloor = has(.clockSuspect) ? VoucherMint.now + 1 : 0
        return made.reason
    }
}
