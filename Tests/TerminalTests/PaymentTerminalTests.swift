import COSE
import HubProtocol
import Money
import PaymentCodes
import Payments
import SQLiteJournal
import Screens
import Testing
import VoucherMint
import Vouchers

@testable import Terminal

@Suite struct PaymentTerminalTests {
    @Test func showsAShopQRThatItHasReadItself() async throws {
        let counter = try await Counter()
        let view = try await counter.charge(1_250)
        let symbol = try #require(view.symbol)
        let screen = try #require(counter.display.screens.last)
        #expect(screen.symbol == symbol)
        let payload = try #require(
            RealReader().read(try counter.display.picture(of: screen)).first)
        let text = String(decoding: payload, as: UTF8.self)
        guard
            case .accepted(let request) = ShopQR.verify(
                text, terminals: [counter.key.publicKey], now: VoucherMint.now)
        else {
            Issue.record("a wallet accepts the request")
            return
        }
        #expect(request.amount.minorUnits == 1_250)
        #expect(request.nonce == view.sale.request.nonce)
    }

    @Test func approvesAVoucherAndSaysSpentHereTheSecondTime() async throws {
        let counter = try await Counter()
        let voucher = counter.mint.object(.fixed(amount: 800))
        _ = try await counter.charge(800)
        guard case .approved(let capture, receipt: 1)? = await counter.show(voucher) else {
            Issue.record("the voucher is approved")
            return
        }
        #expect(capture.amount.minorUnits == 800)
        #expect(counter.display.screens.last?.kind == .approved)
        _ = try await counter.charge(800)
        let again = await counter.show(voucher)
        #expect(
            again
                == .declined(
                    .spentHere(last: Redemption(at: VoucherMint.now, amount: 800, receipt: 1))))
    }

    @Test("A shift that was not closed in time is told in the status, and a closed one no more")
    func tellsOfAForgottenClose() async throws {
        let counter = try await Counter()
        func days() async throws -> Int64 { try await counter.terminal.status().periodDays }
        #expect(try await days() == 1, "nothing was sold yet")
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(try await days() == 1)
        // Midnight in UTC, and a minute before it.
        let midnight = (VoucherMint.now / 86_400 + 1) * 86_400
        counter.clock.set(midnight - 60)
        #expect(try await days() == 1)
        counter.clock.set(midnight)
        #expect(try await days() == 2)
        counter.clock.set(midnight + 2 * 86_400)
        #expect(try await days() == 4)
        _ = try await counter.terminal.closePeriod(nil, by: nil)
        #expect(try await days() == 1)
    }

    @Test func takesUpAnOpenSaleAfterACrash() async throws {
        let counter = try await Counter()
        let before = try await counter.charge(800, key: "k1")
        try await counter.restart()
        let after = try #require(await counter.terminal.currentSale)
        #expect(after.sale == before.sale)
        #expect(after.symbol != nil, "the same request is on the screen again")
        guard case .approved? = await counter.show(counter.mint.object(.fixed(amount: 800))) else {
            Issue.record("the sale goes on")
            return
        }
        let known = try await counter.charge(800, key: "k1")
        #expect(known.sale.state == .paid, "the same key is the same sale")
    }

    @Test func refusesAKeyForAnotherAmount() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800, key: "k1")
        await #expect {
            try await counter.charge(900, key: "k1")
        } throws: { ($0 as? SaleRefusal)?.reason == "key-used-otherwise" }
    }

    @Test func countsADiskErrorAsPaidWhereTheRecordIsThere() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800)
        failing.journal?.set(.failsAfterWriting)
        guard case .approved? = await counter.show(counter.mint.object(.fixed(amount: 800))) else {
            Issue.record("what is on disk is approved")
            return
        }
        #expect(try await counter.journal.queue().exposure.count == 1)
    }

    @Test func countsADiskErrorAsUnpaidWhereTheRecordIsNotThere() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800)
        failing.journal?.set(.failsBeforeWriting)
        let outcome = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(outcome == .declined(.journalUnavailable(detail: JournalError.diskFull.message)))
        failing.journal?.set(.none)
        guard case .approved? = await counter.show(counter.mint.object(.fixed(amount: 800))) else {
            Issue.record("nothing was lost")
            return
        }
    }

    @Test func goesOutOfOrderWhereARecordIsUncertain() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800)
        failing.journal?.set(.failsAndCannotBeRead)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(try await counter.terminal.status().condition == .outOfOrder)
        #expect(counter.display.screens.last?.kind == .outOfOrder)
        await #expect {
            try await counter.charge(100)
        } throws: { ($0 as? SaleRefusal)?.reason == "journal-unavailable" }
    }

    @Test func refusesSalesByAClockBeforeItsFloor() async throws {
        let counter = try await Counter()
        counter.clock.set(VoucherMint.now - 1_000 - PaymentTerminal.clockToleranceSeconds - 1)
        #expect(try await counter.terminal.status().condition == .clockSuspect)
        await #expect {
            try await counter.charge(100)
        } throws: { ($0 as? SaleRefusal)?.reason == "clock-suspect" }
    }

    @Test func takesAConfirmationAfterTheSaleHasLeftTheScreen() async throws {
        let counter = try await Counter()
        let sale = try await counter.charge(700).sale
        _ = try await counter.terminal.cancel()
        let confirmation = counter.mint.object(.fixed(amount: 700), confirms: sale.request.nonce)
        await counter.terminal.see(.code(counter.mint.text(confirmation)))
        let paid = try #require(
            await counter.terminal.parts.journal.sale(reference: sale.reference))
        #expect(paid.state == .paid)
        await counter.terminal.see(.code(counter.mint.text(confirmation)))
        #expect(try await counter.journal.queue().exposure.count == 1)
    }

    @Test func tellsEachVerdictOnceToWhoeverWaits() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 100)))
        let first = try #require(await counter.terminal.nextOutcome(milliseconds: 10))
        #expect(first.view.outcomeCount == first.told + 1)
        let second = try #require(await counter.terminal.nextOutcome(milliseconds: 10))
        #expect(second.view.outcomeCount == second.told, "nothing new")
    }

    @Test func refusesSeveralCodesInView() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        await counter.terminal.see(.severalCodes(count: 2))
        #expect(
            await counter.terminal.currentSale?.outcomes.last
                == .declined(.severalCodes(count: 2)))
    }
}

/// Hands the failing journal out of the counter's construction.
final class Failing {
    private(set) var journal: FailingJournal?

    /// Gives the real journal back, whose lock goes with its last reference.
    func letGo() { journal = nil }

    func wrap(_ real: any Journal) -> any Journal {
        let made = FailingJournal(real)
        journal = made
        return made
    }
}
