import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

@testable import SQLiteJournal

/// What happens at a counter while its disk fails.
struct Play: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    let name: String
    /// Where it begins.
    var scene = Scene.closed
    /// What has happened before, on a sound disk; nil where no journal was ever made.
    var before: (@Sendable (Counter, Told) async throws -> Void)?
    /// What happens while the disk fails. It goes on after each failure as people do.
    let act: @Sendable (Counter, Told) async -> Void

    /// How a play finds its journal.
    enum Scene: Sendable {
        /// Closed in good order; the faults begin once the terminal stands.
        case closed
        /// As a process left it that was killed, its log full; the faults begin with the opening.
        case killed
    }

    var description: String { name }
    var testDescription: String { name }

    static let all = [sale, batch, checkpoint, start, firstStart]

    /// A sale with a stranger's code, paid by a voucher of just its amount; one paid in parts.
    static let sale = Play(
        name: "sale",
        before: { counter, _ in try await fill(counter, sales: 1...2) },
        act: { counter, _ in
            if await counter.charge(1_250) {
                await counter.show(Array("https://example.com/".utf8))
                // Who is told that nothing was paid holds the voucher up again.
                if await !counter.show(Counter.fixed(1_250, cti: 11)) {
                    await counter.show(Counter.fixed(1_250, cti: 11))
                }
            }
            await giveUp(counter)
            if await counter.charge(500) {
                await counter.show(Counter.stored(300, cti: 12))
                await counter.show(Counter.fixed(200, cti: 13))
            }
        })

    /// A batch is made, sent and acknowledged; another payment follows.
    static let batch = Play(
        name: "batch",
        before: { counter, _ in try await fill(counter, sales: 1...3) },
        act: { counter, told in
            for _ in 1...2 { await transfer(counter.journal, told) }
            if await counter.charge(700) { await counter.show(Counter.fixed(700, cti: 21)) }
            await transfer(counter.journal, told)
        })

    /// The log is copied into the database between two payments.
    static let checkpoint = Play(
        name: "checkpoint",
        before: { counter, _ in try await fill(counter, sales: 1...8) },
        act: { counter, _ in
            for cti in UInt64(31)...32 {
                await giveUp(counter)
                if await counter.charge(700) { await counter.show(Counter.fixed(700, cti: cti)) }
                do { try await counter.journal.checkpoint() } catch {}
            }
        })

    /// A killed process's journal is opened, which recovers its log, and a sale follows.
    static let start = Play(
        name: "start", scene: .killed,
        before: { counter, _ in
            try await fill(counter, sales: 1...3)
            _ = await counter.charge(900)
        },
        act: { counter, _ in
            await counter.show(Counter.fixed(900, cti: 41))
            await giveUp(counter)
            if await counter.charge(800) { await counter.show(Counter.fixed(800, cti: 42)) }
        })

    /// A journal is made where none was, and a sale follows.
    static let firstStart = Play(
        name: "first start", scene: .killed,
        act: { counter, _ in
            if await counter.charge(800) { await counter.show(Counter.fixed(800, cti: 51)) }
        })

    /// Sales of 1.00 each, paid.
    static func fill(_ counter: Counter, sales: ClosedRange<UInt64>) async throws {
        for number in sales {
            let isCharged = await counter.charge(100)
            let isPaid = await counter.show(Counter.fixed(100, cti: 1_000 + number))
            try #require(isCharged && isPaid)
        }
    }

    static func giveUp(_ counter: Counter) async {
        do { _ = try await counter.terminal.cancel() } catch {}
    }

    /// One exchange with a hub that takes everything.
    private static func transfer(_ journal: SQLiteJournal, _ told: Told) async {
        do {
            let made = try await journal.pendingBatch(maximumEntries: 2) { number, entries in
                [UInt8(truncatingIfNeeded: number)] + entries.flatMap { $0 }
            }
            guard let made else { return }
            told.hear(sent: made)
            try await journal.acknowledge(batch: made.number, acknowledgement: [1])
            told.hear(acknowledged: made.number)
        } catch {}
    }
}
