import HubProtocol
import Payments
import Screens
import Testing
import Trust
import VoucherMint
import Vouchers

@testable import Terminal

/// How the terminal is, as a code on the customer's screen.
@Suite struct HealthTests {
    /// The report that a camera reads from a screen.
    private func read(_ screen: Screen, _ counter: Counter) async throws -> HealthReport {
        let texts = RealReader().read(try counter.display.picture(of: screen))
        return try HealthReport.verified(
            try #require(texts.first), by: ReceiptCodeTests.list(of: counter))
    }

    @Test("The code on the screen is genuine, says what waits, and goes after a minute")
    func shows() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        let made = try await counter.terminal.showHealth()
        #expect(made.isShown)
        let screen = try #require(counter.display.screens.last)
        #expect(screen.kind == .service)
        let report = try await read(screen, counter)
        #expect(report == made.report)
        #expect(report.condition == "ready" && report.camera == nil)
        #expect(report.queued == report.lastSequence && report.queued! >= 1)
        #expect(report.oldestSeconds == 0 && report.unclear == 0)
        counter.clock.set(counter.clock.now() + PaymentTerminal.healthSeconds - 1)
        await counter.terminal.tick()
        #expect(counter.display.screens.last?.kind == .service)
        counter.clock.set(counter.clock.now() + 1)
        await counter.terminal.tick()
        #expect(counter.display.screens.last?.kind == .idle)
    }

    @Test("An open sale keeps the screen; one that is opened takes it")
    func sales() async throws {
        let counter = try await Counter()
        _ = try await counter.terminal.showHealth()
        _ = try await counter.charge(800)
        #expect(counter.display.screens.last?.kind == .shopQR)
        do throws(SaleRefusal) {
            _ = try await counter.terminal.showHealth()
            Issue.record("the sale keeps the screen")
        } catch { #expect(error.reason == "sale-open") }
        #expect(counter.display.screens.last?.kind == .shopQR)
    }

    @Test("A terminal that is out of order shows the code by itself, though its journal fails")
    func outOfOrder() async throws {
        let failing = Failing()
        let counter = try await Counter(journalWrapper: failing.wrap)
        _ = try await counter.charge(800)
        failing.journal?.set(.failsAndCannotBeRead)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(counter.display.screens.last?.kind == .outOfOrder)
        for _ in 0..<3 { await counter.terminal.tick() }
        let screen = try #require(counter.display.screens.last)
        #expect(screen.kind == .outOfOrder && screen.symbol != nil)
        #expect(try await read(screen, counter).condition == "out-of-order")
        failing.letGo()
    }
}
