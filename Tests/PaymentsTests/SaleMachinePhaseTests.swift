import Money
import Payments
import Testing
import VoucherMint
import Vouchers

/// Where the machine stands after what it answers: nothing is left half done.
@Suite struct SaleMachinePhaseTests {
    private let base = SaleMachineTests()
    private let first = SaleReference("S1")!
    private let second = SaleReference("S2")!

    /// Declines a code that is none.
    private func decline(_ machine: inout SaleMachine) {
        _ = machine.handle(.presented(.unusable(.notAPaymentCode), at: base.now))
        _ = machine.handle(.recorded(receipt: nil, nonce: [], at: base.now))
    }

    /// Pays with a voucher, up to the record.
    private func pay(_ machine: inout SaleMachine, _ voucher: Voucher) {
        _ = machine.handle(.presented(.voucher(voucher), at: base.now))
        _ = machine.handle(.factsRead(base.facts(), base.terminal, base.draw))
    }

    @Test func aDeclinedSaleThatWasPaidLeavesTheNextOneItsPlace() {
        var machine = base.waiting()
        decline(&machine)
        pay(&machine, base.mint.fixed(1_250))
        _ = machine.handle(.recorded(receipt: 1, nonce: [], at: base.now))
        _ = machine.handle(.charge(base.order("S2")))
        _ = machine.handle(.saleStored(second))
        #expect(!machine.isAbandonable)
        #expect(
            machine.handle(.charge(base.order("S3")))
                == [.refuse(SaleReference("S3")!, .saleOpen(second))])
    }

    @Test func aDeclinedSaleThatWasPaidInPartIsNotGivenUpForAnother() {
        var machine = base.waiting(1_000)
        decline(&machine)
        pay(&machine, base.mint.stored(400))
        _ = machine.handle(.recorded(receipt: 1, nonce: VoucherMint.nonce, at: base.now))
        #expect(machine.sale?.request.expiry == base.now + machine.policy.requestLifetimeSeconds)
        _ = machine.handle(.saleStored(first))
        #expect(!machine.isAbandonable)
        #expect(machine.handle(.charge(base.order("S2"))) == [.refuse(second, .saleOpen(first))])
    }

    @Test func noSaleIsAbandonableOnceItHasEnded() {
        var machine = base.waiting()
        decline(&machine)
        _ = machine.handle(.cancel)
        #expect(machine.phase == .idle && !machine.isAbandonable)
    }

    @Test func aCodeInTheSecondOfTheExpiryComesTooLate() {
        var machine = base.waiting()
        let expiry = machine.sale!.request.expiry
        var late = machine
        let effects = late.handle(.presented(.voucher(base.mint.fixed(1_250)), at: expiry))
        #expect(effects.count == 2 && late.phase == .idle)
        let before = machine.handle(.presented(.voucher(base.mint.fixed(1_250)), at: expiry - 1))
        #expect(before.count == 1 && machine.sale?.state == .open)
    }

    @Test func aFloorOnlyRisesAndTheFloorItselfIsBelieved() {
        var machine = base.machine()
        _ = machine.handle(.clockFloorRaised(base.now))
        _ = machine.handle(.clockFloorRaised(base.now - 1_000))
        #expect(machine.clockFloor == base.now)
        var later = machine
        _ = later.handle(.charge(base.order("S1")))
        #expect(later.sale?.reference == first, "the floor itself is honest")
        _ = machine.handle(.clockFloorRaised(base.now + 1))
        #expect(
            machine.handle(.charge(base.order("S1")))
                == [.refuse(first, .clockSuspect(floor: base.now + 1))])
    }

    @Test func anOrderThatCouldNotBeStoredNeverWas() {
        var machine = base.machine()
        _ = machine.handle(.charge(base.order("S1")))
        #expect(machine.handle(.saleNotStored(second, "late")).isEmpty, "not the one on its way")
        #expect(
            machine.handle(.saleNotStored(first, "disk full"))
                == [.refuse(first, .journalUnavailable("disk full"))])
        #expect(machine.phase == .idle)
        #expect(machine.handle(.charge(base.order("S2"))).count == 1)
    }

    @Test func aSaleWhoseRestCouldNotBeStoredEndsAsPartlyPaid() {
        var machine = base.waiting(1_000)
        pay(&machine, base.mint.stored(400))
        _ = machine.handle(.recorded(receipt: 1, nonce: VoucherMint.nonce, at: base.now))
        let effects = machine.handle(.saleNotStored(first, "disk full"))
        guard case .ended(let sale)? = effects.last else {
            Issue.record("the sale is real, and ends: \(effects)")
            return
        }
        #expect(sale.state == .partlyPaid && sale.captured == 400)
    }

    /// The answer to a request that nobody knows, with no sale on the screen.
    @Test func anAnswerToNoRequestLeavesTheMachineFree() {
        var machine = base.machine()
        pay(&machine, confirmation(of: [7, 7, 7, 7, 7, 7, 7, 7]))
        #expect(machine.phase == .idle)
    }

    @Test func anEarlierSalesPaymentThatWasNotRecordedLeavesTheMachineFree() {
        var machine = base.machine()
        answer(&machine, nil)
        #expect(machine.handle(.notRecorded("disk full")).isEmpty)
        #expect(machine.phase == .idle)
    }

    @Test func theSaleOnTheScreenWaitsOnAfterAnEarlierOneWasPaid() {
        var machine = base.waiting()
        let open = machine.sale!
        answer(&machine, open)
        _ = machine.handle(.recorded(receipt: 4, nonce: [], at: base.now))
        #expect(machine.phase == .waiting(open))
    }

    /// Undoes a payment beside `open`, up to `answer`.
    private func undoing(_ open: Bool) -> SaleMachine {
        var machine = open ? base.waiting() : base.machine()
        let order = UndoAuthoriserTests.order(.refund(.outside), 400)
        #expect(machine.handle(.undo(order, nil)) == [.lookUpReceipt(order.receipt)])
        return machine
    }

    private let earlier = CapturedPayment(
        sequence: 3, receipt: 2, sale: SaleReference("S0")!,
        amount: Amount(minorUnits: 1_000, currency: UndoAuthoriserTests.euro),
        at: VoucherMint.now - 60,
        voucher: VoucherIdentity(issuer: VoucherMint.issuer, cti: VoucherMint.cti(1)),
        voucherKind: .stored, voucherExpiry: VoucherMint.now + 1_000, consumed: 1_000,
        undone: .nothing, isPeriodClosed: false, isTold: true)

    @Test(arguments: [true, false])
    func anUndoingIsRecordedToldAndOver(_ open: Bool) {
        var machine = undoing(open)
        let before = machine.sale
        let effects = machine.handle(.receiptRead(.payment(earlier)))
        guard case .record(.undo(let undo))? = effects.first, effects.count == 1 else {
            Issue.record("an undoing is recorded first: \(effects)")
            return
        }
        #expect(machine.handle(.charge(base.order("S3"))).count == 1, "refused meanwhile")
        let told = machine.handle(.recorded(receipt: 8, nonce: [], at: base.now))
        #expect(
            told == [.undone(undo, receipt: 8, order: 1)] + (before.map { [.show($0)] } ?? []))
        #expect(machine.phase == before.map { .waiting($0) } ?? .idle)
    }

    @Test(arguments: [true, false])
    func anUndoingThatIsRefusedChangesNothing(_ open: Bool) {
        var machine = undoing(open)
        let before = machine.sale
        #expect(
            machine.handle(.receiptRead(.unknown)) == [.refuseUndo(1, .receiptUnknown)])
        #expect(machine.phase == before.map { .waiting($0) } ?? .idle)
    }

    private func confirmation(of nonce: [UInt8]) -> Voucher {
        base.mint.voucher(
            base.mint.object(.fixed(amount: 700), confirms: nonce), openNonce: nonce)
    }

    /// Pays a sale that has left the screen, up to the record.
    private func answer(_ machine: inout SaleMachine, _ open: Sale?) {
        let amount = Amount(minorUnits: 700, currency: base.euro)
        let gone = Sale(
            reference: SaleReference("S0")!, key: nil, total: amount, state: .cancelled,
            request: PaymentRequest(
                nonce: [5, 5, 5, 5, 5, 5, 5, 5], amount: amount, expiry: base.now + 60),
            openedAt: base.now)
        _ = machine.handle(
            .presented(.voucher(confirmation(of: gone.request.nonce)), at: base.now))
        let effects = machine.handle(
            .factsRead(
                JournalFacts(
                    memory: nil, presentationKnown: false, requestPaid: false, answeredSale: gone,
                    exposure: .none), base.terminal, base.draw))
        #expect(effects.count == 1 && machine.sale == open, "recorded first: \(effects)")
    }
}
