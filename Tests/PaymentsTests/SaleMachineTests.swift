import Money
import Payments
import Testing
import VoucherMint
import Vouchers

@Suite struct SaleMachineTests {
    let mint = VoucherMint()
    let now = VoucherMint.now
    let euro = Currency(code: "EUR")!

    let terminal = TerminalFacts(now: VoucherMint.now, clockFloor: 0)
    let draw = Draw(seed: 1)

    func machine() -> SaleMachine {
        SaleMachine(policy: .standard(for: [euro]), clockFloor: 0)
    }

    func order(_ reference: String, _ amount: UInt64 = 1_250) -> SaleOrder {
        SaleOrder(
            reference: SaleReference(reference)!, key: nil,
            total: Amount(minorUnits: amount, currency: euro), nonce: VoucherMint.nonce, at: now)
    }

    func facts(_ memory: VoucherMemory? = nil) -> JournalFacts {
        JournalFacts(
            memory: memory, presentationKnown: false, requestPaid: false, exposure: .none)
    }

    /// A machine that waits for a code.
    func waiting(_ amount: UInt64 = 1_250) -> SaleMachine {
        var machine = machine()
        _ = machine.handle(.charge(order("S1", amount)))
        _ = machine.handle(.saleStored(SaleReference("S1")!))
        return machine
    }

    @Test func showsNothingBeforeTheRequestIsOnDisk() {
        var machine = machine()
        let first = machine.handle(.charge(order("S1")))
        guard case .store(let sale)? = first.first, first.count == 1 else {
            Issue.record("an order is stored first: \(first)")
            return
        }
        #expect(machine.handle(.saleStored(sale.reference)) == [.show(sale)])
    }

    @Test func tellsAnApprovalOnlyOnceItIsRecorded() {
        var machine = waiting()
        #expect(machine.handle(.presented(.voucher(mint.fixed(1_250)), at: now)).count == 1)
        let effects = machine.handle(.factsRead(facts(), terminal, draw))
        guard case .record(.capture(let capture, let after))? = effects.first, effects.count == 1
        else {
            Issue.record("a capture is recorded first: \(effects)")
            return
        }
        #expect(after.state == .paid)
        let told = machine.handle(.recorded(receipt: 9, nonce: VoucherMint.nonce, at: now))
        #expect(
            told == [.tell(.approved(capture, receipt: 9), after), .ended(after), .confirm(9)])
        #expect(machine.phase == .idle)
    }

    @Test func makesOnePaymentOfTwoReadings() {
        var machine = waiting()
        let voucher = mint.fixed(1_250)
        #expect(!machine.handle(.presented(.voucher(voucher), at: now)).isEmpty)
        #expect(machine.handle(.presented(.voucher(voucher), at: now)).isEmpty)
        #expect(!machine.handle(.factsRead(facts(), terminal, draw)).isEmpty)
        #expect(machine.handle(.presented(.voucher(voucher), at: now)).isEmpty)
        #expect(machine.handle(.factsRead(facts(), terminal, draw)).isEmpty)
        #expect(machine.handle(.recorded(receipt: 1, nonce: [], at: now)).count == 3)
        #expect(machine.handle(.presented(.voucher(voucher), at: now)).isEmpty)
    }

    @Test func asksForTheRestOfASplitSale() {
        var machine = waiting(1_000)
        _ = machine.handle(.presented(.voucher(mint.stored(400)), at: now))
        _ = machine.handle(.factsRead(facts(), terminal, draw))
        let fresh: [UInt8] = [9, 9, 9, 9, 9, 9, 9, 9]
        let effects = machine.handle(.recorded(receipt: 1, nonce: fresh, at: now))
        guard effects.count == 3, case .tell(.approvedInPart(_, 1, 600), _) = effects[0],
            case .store(let rest) = effects[1]
        else {
            Issue.record("a part is told, then the rest is stored: \(effects)")
            return
        }
        #expect(rest.request.nonce == fresh)
        #expect(rest.request.amount.minorUnits == 600)
        _ = machine.handle(.saleStored(rest.reference))
        let ended = machine.handle(.cancel)
        #expect(
            ended.contains {
                if case .ended(let sale) = $0 { sale.state == .partlyPaid } else { false }
            })
    }

    @Test func keepsTheSaleOpenAfterADecline() {
        var machine = waiting()
        let effects = machine.handle(.presented(.unusable(.notAPaymentCode), at: now))
        guard case .record(.decline(let decline))? = effects.first else {
            Issue.record("a decline is recorded: \(effects)")
            return
        }
        #expect(decline.reason == .notAPaymentCode)
        _ = machine.handle(.recorded(receipt: nil, nonce: [], at: now))
        #expect(machine.sale?.state == .open)
        #expect(machine.isAbandonable)
    }

    @Test func letsTheNextOrderTakeThePlaceOfADeclinedSale() {
        var machine = waiting()
        _ = machine.handle(.presented(.unusable(.notAPaymentCode), at: now))
        _ = machine.handle(.recorded(receipt: nil, nonce: [], at: now))
        let effects = machine.handle(.charge(order("S2")))
        #expect(effects.count == 3, "the old one is stored and ended, the new one stored")
        #expect(machine.sale?.reference == SaleReference("S2"))
    }

    @Test func refusesASecondSaleBesideAnOpenOne() {
        var machine = waiting()
        let refused = machine.handle(.charge(order("S2")))
        #expect(
            refused == [.refuse(SaleReference("S2")!, .saleOpen(SaleReference("S1")!))])
    }

    @Test func takesBackNothingThatWasNotRecorded() {
        var machine = waiting()
        _ = machine.handle(.presented(.voucher(mint.fixed(1_250)), at: now))
        _ = machine.handle(.factsRead(facts(), terminal, draw))
        let effects = machine.handle(.notRecorded("disk full"))
        guard case .tell(.declined(.journalUnavailable("disk full")), let sale)? = effects.first
        else {
            Issue.record("the failure is told: \(effects)")
            return
        }
        #expect(sale.captured == 0)
        #expect(sale.state == .open)
    }

    @Test func stopsWhereARecordIsUncertain() {
        var machine = waiting()
        _ = machine.handle(.presented(.voucher(mint.fixed(1_250)), at: now))
        _ = machine.handle(.factsRead(facts(), terminal, draw))
        _ = machine.handle(.recordUncertain("I/O error"))
        #expect(machine.phase == .halted("I/O error"))
        #expect(machine.handle(.presented(.voucher(mint.fixed(1_250)), at: now)).isEmpty)
        let refused = machine.handle(.charge(order("S2")))
        #expect(
            refused == [.refuse(SaleReference("S2")!, .journalUnavailable("I/O error"))])
    }

    @Test func endsASaleWhoseTimeIsUp() {
        var machine = waiting()
        let expiry = machine.sale!.request.expiry
        #expect(machine.handle(.tick(expiry - 1)).isEmpty)
        #expect(machine.handle(.tick(expiry)).count == 2)
        #expect(machine.phase == .idle)
    }

    @Test func paysAnEarlierSaleByItsConfirmation() {
        var machine = waiting()
        let gone = Sale(
            reference: SaleReference("S0")!, key: nil,
            total: Amount(minorUnits: 700, currency: euro), state: .cancelled,
            request: PaymentRequest(
                nonce: [5, 5, 5, 5, 5, 5, 5, 5], amount: Amount(minorUnits: 700, currency: euro),
                expiry: now + 60), openedAt: now)
        let confirmation = mint.voucher(
            mint.object(.fixed(amount: 700), confirms: gone.request.nonce),
            openNonce: gone.request.nonce)
        _ = machine.handle(.presented(.voucher(confirmation), at: now))
        _ = machine.handle(
            .factsRead(
                JournalFacts(
                    memory: nil, presentationKnown: false, requestPaid: false, answeredSale: gone,
                    exposure: .none), terminal, draw))
        let effects = machine.handle(.recorded(receipt: 4, nonce: [], at: now))
        guard case .tell(.approved(let capture, receipt: 4), let paid)? = effects.first else {
            Issue.record("the earlier sale is paid: \(effects)")
            return
        }
        #expect(capture.sale == gone.reference)
        #expect(paid.state == .paid)
        #expect(machine.sale?.reference == SaleReference("S1"), "the open sale goes on")
    }
}
