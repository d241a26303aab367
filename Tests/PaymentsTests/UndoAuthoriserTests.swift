import Money
import Payments
import Testing
import VoucherMint
import Vouchers

@Suite struct UndoAuthoriserTests {
    static let euro = Currency(code: "EUR")!
    static let now = VoucherMint.now
    static let issuer = IssuerID("refunds")!
    static let role = RefundVoucherRole(
        issuer: issuer, merchant: MerchantID("till:m42")!, limits: [978: 5_000])

    static func payment(
        _ kind: VoucherKind = .stored, amount: UInt64 = 1_000, consumed: UInt64? = nil,
        undone: CapturedPayment.Undone = .nothing, closed: Bool = false, told: Bool = true,
        expiry: UInt64 = now + 1_000
    ) -> CapturedPayment {
        CapturedPayment(
            sequence: 3, receipt: 2, sale: SaleReference("S1")!,
            amount: Amount(minorUnits: amount, currency: euro), at: now - 60,
            voucher: VoucherIdentity(issuer: VoucherMint.issuer, cti: VoucherMint.cti(1)),
            voucherKind: kind, voucherExpiry: expiry, consumed: consumed ?? amount, undone: undone,
            isPeriodClosed: closed, isTold: told)
    }

    static func order(_ kind: UndoKind, _ amount: UInt64? = nil, at: UInt64 = now) -> UndoOrder {
        UndoOrder(
            number: 1, receipt: 2, kind: kind,
            amount: amount.map { Amount(minorUnits: $0, currency: euro) }, reason: "goods back",
            key: "k", cti: [UInt8](repeating: 5, count: 10), at: at)
    }

    static func decide(
        _ kind: UndoKind, _ amount: UInt64? = nil, of payment: CapturedPayment = payment(),
        role: RefundVoucherRole? = nil
    ) -> UndoDecision {
        UndoAuthoriser.decide(
            order(kind, amount), found: .payment(payment), open: nil, role: role, clockFloor: 0)
    }

    static func refusal(
        _ kind: UndoKind, _ amount: UInt64? = nil, of payment: CapturedPayment = payment(),
        role: RefundVoucherRole? = nil
    ) -> UndoRefusal? {
        if case .refuse(let refusal) = decide(kind, amount, of: payment, role: role) {
            refusal
        } else {
            nil
        }
    }

    static func undo(
        _ kind: UndoKind, _ amount: UInt64? = nil, of payment: CapturedPayment = payment(),
        role: RefundVoucherRole? = nil
    ) throws -> Undo {
        guard case .undo(let undo) = decide(kind, amount, of: payment, role: role) else {
            Issue.record("refused: \(decide(kind, amount, of: payment, role: role))")
            throw CancellationError()
        }
        return undo
    }

    @Test func cancelsAWholePaymentAndPutsTheVoucherBackAsItWas() throws {
        let undo = try Self.undo(.cancellation, of: Self.payment(.fixed, consumed: 1_300))
        #expect(undo.amount.minorUnits == 1_000)
        #expect(undo.restoration?.amount == 1_300, "a fixed voucher is good again, whole")
        #expect(undo.restoration?.voucher.issuer == VoucherMint.issuer)
        #expect(undo.reason == "goods back")
    }

    @Test func refundsPartsUpToWhatWasPaid() throws {
        #expect(try Self.undo(.refund(.outside), 400).amount.minorUnits == 400)
        let part = Self.payment(
            undone: .init(refunded: 700, cancellation: nil, isReversed: false))
        #expect(part.standing == .refundedInPart)
        #expect(try Self.undo(.refund(.outside), of: part).amount.minorUnits == 300)
        #expect(Self.refusal(.refund(.outside), 301, of: part) == .moreThanPaid(left: 300))
        #expect(Self.refusal(.refund(.outside), 0) == .moreThanPaid(left: 1_000))
        let whole = Self.payment(
            undone: .init(refunded: 1_000, cancellation: nil, isReversed: false))
        #expect(Self.refusal(.refund(.outside), 1, of: whole) == .alreadyRefunded)
    }

    @Test func putsARefundBackToStoredValueAsANegativeRedemption() throws {
        let undo = try Self.undo(.refund(.storedValue), 400)
        #expect(undo.restoration?.amount == 400)
        #expect(undo.restoration?.kind == .stored)
        #expect(
            Self.refusal(.refund(.storedValue), 400, of: Self.payment(.fixed)) == .fixedVoucher)
        #expect(
            Self.refusal(.refund(.storedValue), of: Self.payment(expiry: Self.now))
                == .voucherExpired)
    }

    @Test func signsARefundVoucherOnlyWithinItsRole() throws {
        let payment = Self.payment(.fixed, amount: 6_000)
        #expect(Self.refusal(.refund(.voucher), of: payment) == .refundVoucherNotAllowed)
        #expect(
            Self.refusal(.refund(.voucher), of: payment, role: Self.role)
                == .aboveRefundLimit(limit: 5_000))
        let undo = try Self.undo(.refund(.voucher), 5_000, of: payment, role: Self.role)
        #expect(undo.restoration?.voucher.issuer == Self.issuer)
        #expect(undo.restoration?.voucher.cti == [UInt8](repeating: 5, count: 10))
        let claims = Self.role.claims(
            of: undo.amount, cti: undo.restoration!.voucher.cti, at: undo.at)
        #expect(claims.audience == .one("till:m42"))
        #expect(claims.value == .fixed(amount: 5_000))
        let anew = Self.role.claims(
            of: undo.amount, cti: undo.restoration!.voucher.cti, at: undo.at)
        let key = VoucherMint.key(3)
        #expect(claims.signed(by: key) == anew.signed(by: key), "made again from its entry")
    }

    @Test func undoesNothingTwice() {
        let cancelled = Self.payment(
            undone: .init(refunded: 0, cancellation: 9, isReversed: false))
        let reversed = Self.payment(
            undone: .init(refunded: 0, cancellation: nil, isReversed: true))
        for kind in [UndoKind.cancellation, .reversal, .refund(.outside)] {
            #expect(Self.refusal(kind, of: cancelled) == .alreadyCancelled(9))
            #expect(Self.refusal(kind, of: reversed) == .alreadyReversed)
        }
        let part = Self.payment(
            undone: .init(refunded: 1, cancellation: nil, isReversed: false), told: false)
        #expect(Self.refusal(.cancellation, of: part) == .refundedInPart(1))
        #expect(Self.refusal(.reversal, of: part) == .refundedInPart(1))
    }

    @Test func cancelsBeforeThePeriodClosesAndReversesWhatNobodyWasTold() throws {
        #expect(Self.refusal(.cancellation, of: Self.payment(closed: true)) == .periodClosed)
        #expect(Self.refusal(.refund(.outside), of: Self.payment(closed: true)) == nil)
        #expect(Self.refusal(.reversal) == .completionKnown)
        let unclear = Self.payment(closed: true, told: false)
        #expect(unclear.standing == .unclear)
        #expect(try Self.undo(.reversal, of: unclear).amount.minorUnits == 1_000)
    }

    @Test func undoesNoPartOfASaleThatIsOpen() {
        #expect(
            UndoAuthoriser.decide(
                Self.order(.cancellation), found: .payment(Self.payment()),
                open: SaleReference("S1"), role: nil, clockFloor: 0) == .refuse(.saleOpen))
    }

    @Test func namesWhatAReceiptIsNot() {
        func refusal(_ found: ReceiptLookUp, floor: UInt64 = 0) -> UndoDecision {
            UndoAuthoriser.decide(
                Self.order(.cancellation), found: found, open: nil, role: nil, clockFloor: floor)
        }
        #expect(refusal(.unknown) == .refuse(.receiptUnknown))
        #expect(refusal(.undoing) == .refuse(.notAPayment))
        #expect(
            refusal(.unknown, floor: Self.now + 1) == .refuse(.clockSuspect(floor: Self.now + 1)))
    }

    @Test func cancelsAndReversesNoVoucherThatHasExpired() {
        let last = Self.payment(told: false, expiry: Self.now + 1)
        #expect(Self.refusal(.cancellation, of: last) == nil)
        #expect(Self.refusal(.reversal, of: last) == nil)
        let over = Self.payment(told: false, expiry: Self.now)
        #expect(Self.refusal(.cancellation, of: over) == .voucherExpired)
        #expect(Self.refusal(.reversal, of: over) == .voucherExpired)
    }

    @Test func givesNothingBackInAnotherCurrency() {
        let yen = UndoOrder(
            number: 1, receipt: 2, kind: .refund(.outside),
            amount: Amount(minorUnits: 10, currency: Currency(code: "JPY")!),
            cti: [UInt8](repeating: 5, count: 10), at: Self.now)
        #expect(
            UndoAuthoriser.decide(
                yen, found: .payment(Self.payment()), open: nil, role: nil, clockFloor: 0)
                == .refuse(.currencyDiffers))
    }

    @Test func believesTheClockAtItsFloor() {
        #expect(
            UndoAuthoriser.decide(
                Self.order(.cancellation), found: .unknown, open: nil, role: nil,
                clockFloor: Self.now) == .refuse(.receiptUnknown))
    }
}
