import Payments
import Screens
import Testing
import VoucherMint
import Vouchers

@testable import Terminal

@Suite struct AdviceTests {
    /// Tells the same view, with the same hint, until it has been asked often enough.
    private final class HintingScanner: Terminal.Scanner {
        let hint: AimHint?
        private var views: Int

        init(_ hint: AimHint?, views: Int) {
            self.hint = hint
            self.views = views
        }

        func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
            views -= 1
            return views < 0 ? .ended : .looked([], name: "")
        }
    }

    private func advice(_ hint: AimHint?, views: Int, isWanted: Bool) -> [AimHint?] {
        var told: [AimHint?] = []
        var loop = ScannerLoop(
            scanner: HintingScanner(hint, views: views), isLive: true,
            surroundings: ScannerLoop.Surroundings(
                isWanted: { isWanted }, isStopped: { false }, deliver: { _ in },
                report: { _ in }, advise: { told.append($0) }, milliseconds: { 0 },
                rest: { _ in }))
        loop.run()
        return told
    }

    @Test func theLoopTellsASteadyHintOnceAndOnlyWhileACodeIsWanted() {
        #expect(advice(.closer, views: 30, isWanted: true) == [.closer])
        #expect(advice(.closer, views: 5, isWanted: true) == [])
        #expect(advice(.closer, views: 30, isWanted: false) == [])
    }

    @Test func theScreenSaysTheHintInPlaceOfHowToPayAndItGoesWithTheCode() async throws {
        let counter = try await Counter()
        let idle = try #require(counter.display.screens.last)
        await counter.terminal.advise(.closer)
        #expect(counter.display.screens.last == idle, "nothing is being paid")
        #expect(try await counter.terminal.status().hint == nil)

        _ = try await counter.charge(800)
        let usual = try #require(counter.display.screens.last?.lines)
        await counter.terminal.advise(.holdStill)
        let screen = try #require(counter.display.screens.last)
        #expect(screen.kind == .shopQR && screen.symbol != nil)
        #expect(screen.lines == [ScreenLanguage.english.text(.aim(.holdStill))])
        #expect(try await counter.terminal.status().hint == .holdStill)
        // Time that passes leaves it there.
        await counter.terminal.tick()
        #expect(counter.display.screens.last?.lines == screen.lines)
        await counter.terminal.advise(nil)
        #expect(counter.display.screens.last?.lines == usual)

        await counter.terminal.advise(.further)
        let outcome = await counter.show(counter.mint.object(.fixed(amount: 800)))
        guard case .approved? = outcome else {
            Issue.record("the voucher is approved")
            return
        }
        #expect(try await counter.terminal.status().hint == nil)
    }
}
