import Payments
import Screens
import Terminal
import Testing
import VoucherMint
import Vouchers

/// What is heard beside what is seen.
@Suite struct SignalTests {
    @Test("Each verdict is told once, with its amount in words; a sale that is opened is not")
    func tellsEachVerdictOnce() async throws {
        let counter = try await Counter()
        let voucher = counter.mint.object(.fixed(amount: 800))
        _ = try await counter.charge(800)
        #expect(counter.signals.signals.isEmpty)
        _ = await counter.show(voucher)
        _ = try await counter.charge(800)
        _ = await counter.show(voucher)
        let given = counter.signals.signals
        #expect(given.map(\.sound) == [.paid, .again])
        #expect(given.first?.words == "8.00\u{A0}EUR. Paid")
        _ = try await counter.terminal.cancel()
        _ = try await counter.terminal.undo(receipt: 1, kind: .cancellation)
        #expect(counter.signals.signals.map(\.sound) == [.paid, .again, .undone])
    }

    @Test("A display that fails keeps nobody from hearing the verdict")
    func isHeardWithoutADisplay() async throws {
        let counter = try await Counter()
        _ = try await counter.charge(800)
        counter.display.fail()
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(counter.signals.signals.map(\.sound) == [.paid])
    }

    @Test("Where a record may or may not be durable, out of order is heard, and not paid")
    func tellsOutOfOrder() async throws {
        var journal: FailingJournal?
        let counter = try await Counter { real in
            let made = FailingJournal(real)
            journal = made
            return made
        }
        _ = try await counter.charge(800)
        journal?.set(.failsAndCannotBeRead)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        #expect(counter.signals.signals.first?.sound == .fault)
        #expect(!counter.signals.signals.contains { $0.sound == .paid })
    }
}
