import COSE
import Money
import Payments
import SQLiteJournal
import Screens
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import Terminal

@Suite struct UndoingTests {
    /// A counter at which 8.00 were paid with an object of the mint.
    static func paid(_ value: VoucherValue = .fixed(amount: 1_000)) async throws -> Counter {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        guard case .approved? = await counter.show(counter.mint.object(value)) else {
            Issue.record("the voucher is approved")
            return counter
        }
        return counter
    }

    static func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return (error as? SaleRefusal)?.reason }
    }

    @Test func cancelsAPaymentAndTakesTheVoucherAgain() async throws {
        let counter = try await Self.paid()
        let result = try await counter.terminal.undo(receipt: 1, kind: .cancellation)
        #expect(result.receipt == 2)
        #expect(counter.display.screens.last?.kind == .undone)
        #expect(try await counter.terminal.payment(receipt: 1).standing == .cancelled)
        _ = try await counter.charge(800)
        guard
            case .approved(_, receipt: 3)? = await counter.show(
                counter.mint.object(.fixed(amount: 1_000)))
        else {
            Issue.record("the voucher is good again, and receipts have no gap")
            return
        }
        let again = await Self.reason {
            _ = try await counter.terminal.undo(receipt: 1, kind: .cancellation)
        }
        #expect(again == "already-cancelled")
    }

    @Test func refundsInPartsWithReceiptsOfTheirOwn() async throws {
        let counter = try await Self.paid(.stored(credit: 2_000, redeemed: 0))
        let part = Amount(minorUnits: 300, currency: counter.euro)
        let first = try await counter.terminal.undo(
            receipt: 1, kind: .refund(.storedValue), amount: part, reason: "scratched", key: "k1")
        let again = try await counter.terminal.undo(
            receipt: 1, kind: .refund(.storedValue), amount: part, key: "k1")
        #expect(again.receipt == first.receipt)
        #expect(again.isRepeated && !first.isRepeated)
        #expect(again.undo.reason == "scratched")
        let otherwise = await Self.reason {
            _ = try await counter.terminal.undo(receipt: 1, kind: .refund(.outside), key: "k1")
        }
        #expect(otherwise == "key-used-otherwise")
        let tooMuch = await Self.reason {
            _ = try await counter.terminal.undo(
                receipt: 1, kind: .refund(.outside),
                amount: Amount(minorUnits: 501, currency: counter.euro))
        }
        #expect(tooMuch == "more-than-paid")
        let rest = try await counter.terminal.undo(receipt: 1, kind: .refund(.outside))
        #expect(rest.undo.amount.minorUnits == 500)
        #expect(rest.receipt == 3)
        let text = await counter.terminal.receiptComposer.lines(of: rest.undo, receipt: 3)
        #expect(text.contains("Given back: 5.00 EUR"))
        #expect(text.contains("For receipt 1 of 8.00 EUR"))
        let sale = try await counter.charge(800)
        #expect(sale.sale.state == .open, "another sale is not disturbed")
        let card = counter.mint.object(.stored(credit: 2_000, redeemed: 0))
        guard case .approved? = await counter.show(card) else {
            Issue.record("3.00 are back on the card: 15.00 are left")
            return
        }
    }

    @Test func signsARefundVoucherThatTheShopsTerminalsTakeOnce() async throws {
        let refunds = IssuerID("refunds-t7")!
        let euro = Currency(code: "EUR")!
        let counter = try await Counter(
            refunds: RefundRight(
                issuer: refunds, limits: [RefundRight.Limit(currency: euro, most: 500)]))
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        let whole = await Self.reason {
            _ = try await counter.terminal.undo(receipt: 1, kind: .refund(.voucher))
        }
        #expect(whole == "above-refund-limit")
        let amount = Amount(minorUnits: 500, currency: counter.euro)
        let refund = try await counter.terminal.undo(
            receipt: 1, kind: .refund(.voucher), amount: amount, key: "k")
        let code = try #require(refund.code)
        #expect(counter.display.screens.last?.symbol == refund.symbol)
        let again = try await counter.terminal.undo(
            receipt: 1, kind: .refund(.voucher), amount: amount, key: "k")
        #expect(again.code == code, "made anew from its entry: the code lies nowhere")
        let context = VerificationContext(
            now: VoucherMint.now, terminal: TerminalID("till:m42/t8"),
            issuers: await counter.terminal.issuers)
        guard case .accepted(let voucher) = VoucherVerifier.verify(Array(code.utf8), in: context)
        else {
            Issue.record("another terminal of the shop takes it")
            return
        }
        #expect(voucher.value == .fixed(amount: 500))
        #expect(voucher.identity == refund.undo.restoration?.voucher)
        var elsewhere = context
        elsewhere.terminal = TerminalID("till:m43/t1")
        guard case .refused = VoucherVerifier.verify(Array(code.utf8), in: elsewhere) else {
            Issue.record("no other shop takes it")
            return
        }
    }

    @Test func leavesNothingHalfDoneWhereTheDiskFails() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        failing.journal?.set(.failsBeforeWriting)
        let failed = await Self.reason {
            _ = try await counter.terminal.undo(receipt: 1, kind: .cancellation)
        }
        #expect(failed == "journal-unavailable")
        #expect(try await counter.terminal.payment(receipt: 1).standing == .complete)
        failing.journal?.set(.failsAfterWriting)
        let done = try await counter.terminal.undo(receipt: 1, kind: .cancellation)
        #expect(done.receipt == 2, "what is on disk has happened")
        failing.journal?.set(.none)
        #expect(try await counter.terminal.payment(receipt: 1).standing == .cancelled)
    }

    @Test func asksAboutAPaymentThatWasWrittenAndNotTold() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        let sale = try await counter.charge(800, key: "k1")
        failing.journal?.set(.failsAfterWritingAndCannotBeRead)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(try await counter.terminal.status().condition == .outOfOrder)
        failing.letGo()
        try await counter.restart()
        #expect(try await counter.terminal.status().unclear.map(\.receipt) == [1])
        let reversed = try await counter.terminal.undo(receipt: 1, kind: .reversal)
        #expect(reversed.receipt == nil, "a reversal takes no receipt number")
        #expect(try await counter.terminal.unclearPayments().isEmpty)
        let known = try await counter.charge(800, key: "k1")
        #expect(known.sale.reference == sale.sale.reference)
        #expect(known.undone == 800, "whoever asks is told that it was given back")
    }

    @Test func tellsAPaymentToWhoeverAsksByItsKey() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800, key: "k1")
        failing.journal?.set(.failsAfterWritingAndCannotBeRead)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        failing.letGo()
        try await counter.restart()
        #expect(try await counter.charge(800, key: "k1").sale.state == .paid)
        #expect(try await counter.terminal.unclearPayments().isEmpty)
        let late = await Self.reason {
            _ = try await counter.terminal.undo(receipt: 1, kind: .reversal)
        }
        #expect(late == "completion-known")
    }
}
