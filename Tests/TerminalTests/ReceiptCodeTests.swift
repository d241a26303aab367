import COSE
import HubProtocol
import Money
import Payments
import Screens
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import Terminal

/// Receipts as codes, and the screens that show them.
@Suite struct ReceiptCodeTests {
    /// What another terminal of the shop trusts.
    static func list(of counter: Counter) -> TrustList {
        let now = VoucherMint.now
        return TrustList(
            merchant: VoucherMint.terminal.merchant, generation: 1, version: 1, issuedAt: now,
            expiresAt: now + 1,
            entries: [
                TrustEntry(
                    subject: .terminal(VoucherMint.terminal), key: counter.key.publicKey,
                    from: now - 1, until: now + 10_000)
            ])
    }

    /// What another terminal of the shop makes of a receipt's code.
    private static func read(_ code: String, at counter: Counter) throws -> SignedReceipt {
        try ReceiptVerifier.verify(Array(code.utf8), by: list(of: counter)).receipt
    }

    private static func pass(_ seconds: UInt64, at counter: Counter) {
        counter.clock.set(counter.clock.now() + seconds)
    }

    @Test func showsTheReceiptAfterTheApprovalAndThenNothing() async throws {
        let counter = try await UndoingTests.paid()
        let display = counter.display
        #expect(display.screens.last?.kind == .approved)
        Self.pass(PaymentTerminal.approvedSeconds - 1, at: counter)
        await counter.terminal.tick()
        #expect(display.screens.last?.kind == .approved, "an approval can be read")
        Self.pass(1, at: counter)
        await counter.terminal.tick()
        let screen = try #require(display.screens.last)
        #expect(screen.kind == .receipt)
        let text = try #require(RealReader().read(try display.picture(of: screen)).first)
        let receipt = try Self.read(String(decoding: text, as: UTF8.self), at: counter)
        #expect(receipt.receipt == 1 && receipt.kind == .payment)
        #expect(receipt.amount.minorUnits == 800 && receipt.issuer == VoucherMint.issuer)
        Self.pass(PaymentTerminal.receiptSeconds, at: counter)
        await counter.terminal.tick()
        #expect(display.screens.last?.kind == .idle)
    }

    @Test func givesTheScreenToTheNextSale() async throws {
        let counter = try await UndoingTests.paid()
        _ = try await counter.charge(500)
        Self.pass(PaymentTerminal.approvedSeconds, at: counter)
        await counter.terminal.tick()
        #expect(counter.display.screens.last?.kind == .shopQR)
        #expect(!counter.display.screens.contains { $0.kind == .receipt })
    }

    @Test func signsWhatCountsAndNothingElse() async throws {
        let counter = try await UndoingTests.paid(.stored(credit: 2_000, redeemed: 0))
        let terminal = counter.terminal
        func code() async throws -> String? {
            await terminal.receiptCode(of: try await terminal.payment(receipt: 1))
        }
        #expect(try await code() == code(), "a copy says the same")
        let part = try await terminal.undo(
            receipt: 1, kind: .refund(.storedValue),
            amount: Amount(minorUnits: 300, currency: counter.euro))
        let back = try #require(await terminal.receiptCode(of: part.undo, receipt: part.receipt))
        let receipt = try Self.read(back, at: counter)
        #expect(receipt.kind == .refund && receipt.payment == 1)
        #expect(receipt.amount.minorUnits == 300)
        #expect(try await code() != nil)
        _ = try await terminal.undo(receipt: 1, kind: .refund(.storedValue))
        #expect(try await code() == nil, "nothing is left of the payment")
    }

    @Test func isNoPayment() async throws {
        let counter = try await UndoingTests.paid()
        let code = try #require(
            await counter.terminal.receiptCode(of: try await counter.terminal.payment(receipt: 1)))
        _ = try await counter.charge(800)
        await counter.terminal.see(.code(Array(code.utf8)))
        let outcome = await counter.terminal.currentSale?.outcomes.last
        #expect(outcome == .declined(.receiptShown))
    }

    @Test func saysClosedOnceThePeriodIs() async throws {
        let counter = try await UndoingTests.paid()
        _ = try await counter.terminal.closePeriod(by: nil)
        #expect(counter.display.screens.last?.kind == .closed)
        Self.pass(PaymentTerminal.approvedSeconds, at: counter)
        await counter.terminal.tick()
        #expect(counter.display.screens.last?.kind == .closed)
        _ = try await counter.charge(800)
        #expect(counter.display.screens.last?.kind == .shopQR)
    }
}
