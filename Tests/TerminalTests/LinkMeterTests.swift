import Clocks
import HotLists
import HubProtocol
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A metered line: counted, and kept for payments near the end of its budget.
@Suite("A metered line")
struct LinkMeterTests {
    private static let day: UInt64 = 86_400
    private static let overhead = LinkMeter.overheadBytes

    /// A meter at a time that a test sets.
    private final class Bench: Sendable {
        let time: Mutex<UInt64>
        let kept = Mutex<LinkUse?>(nil)

        init(at time: UInt64 = 20_000 * LinkMeterTests.day + 5) { self.time = Mutex(time) }

        func meter(_ budget: LinkBudget? = nil) -> LinkMeter {
            LinkMeter(
                budget: budget, kept: kept.withLock { $0 }, calendar: .utc,
                now: { self.time.withLock { $0 } },
                keep: { use in self.kept.withLock { $0 = use } })
        }
    }

    @Test("A budget is read as it is written, and nothing else is one")
    func budgets() {
        #expect(LinkBudget("20M/day")?.bytesPerDay == 20_000_000)
        #expect(LinkBudget("750k/day")?.bytesPerDay == 750_000)
        #expect(LinkBudget("1G/day")?.bytesPerDay == 1_000_000_000)
        #expect(LinkBudget("500000/day")?.bytesPerDay == 500_000)
        #expect(LinkBudget("1000000/day")?.listsWaitFrom == 750_000)
        for text in [
            "", "/day", "M/day", "20M", "20m/day", "-20M/day", "+20M/day", "2.5M/day", "499k/day",
            "0/day", "20M/week", "20 M/day", "99999999999999G/day", "20MM/day",
        ] { #expect(LinkBudget(text) == nil, "\(text)") }
    }

    @Test("What is sent and received is counted, with what carries it")
    func counts() async throws {
        let bench = Bench()
        let meter = bench.meter()
        let link = meter.over(
            ClosureHub { (batch) throws(HubLinkError) in
                switch batch.count {
                case 10: throw .unreachable("no answer in time")
                case 20: throw .refused(status: 503, reason: "disk-full", detail: "Full.")
                default: return [UInt8](repeating: 1, count: 70)
                }
            })
        _ = try await link.deliver(batch: [UInt8](repeating: 0, count: 500))
        #expect(meter.standing.use.sent == Self.overhead / 2 + 500)
        #expect(meter.standing.use.received == Self.overhead / 2 + 70)
        let before = meter.standing.use
        _ = try? await link.deliver(batch: [UInt8](repeating: 0, count: 10))
        #expect(meter.standing.use.sent == before.sent + LinkMeter.attemptBytes)
        #expect(meter.standing.use.received == before.received)
        let then = meter.standing.use
        _ = try? await link.deliver(batch: [UInt8](repeating: 0, count: 20))
        #expect(meter.standing.use.sent == then.sent + Self.overhead / 2 + 20)
        #expect(meter.standing.use.received == then.received + Self.overhead / 2)
        // An answer of nothing has its heads too.
        let last = meter.standing.use.bytes
        _ = try await link.root(after: 0)
        #expect(meter.standing.use.bytes == last + Self.overhead)
        #expect(!meter.standing.listsWait, "without a budget nothing waits")
    }

    @Test(
        "A day's count outlives a restart, ends with the day, and is not given up to a clock set back"
    )
    func days() async throws {
        let bench = Bench()
        let hub = ClosureHub { (_) throws(HubLinkError) in [UInt8](repeating: 1, count: 99) }
        func send(_ meter: LinkMeter) async throws -> UInt64 {
            _ = try await meter.over(hub).deliver(batch: [1])
            meter.save()
            return meter.standing.use.bytes
        }
        let once = Self.overhead + 100
        #expect(try await send(bench.meter()) == once)
        #expect(try await send(bench.meter()) == 2 * once, "a restart gives no new budget")
        #expect(bench.kept.withLock { $0?.day } == 20_000)
        bench.time.withLock { $0 += Self.day }
        #expect(bench.meter().standing.use == LinkUse(day: 20_001))
        #expect(try await send(bench.meter()) == once)
        bench.time.withLock { $0 -= Self.day }
        #expect(try await send(bench.meter()) == 2 * once, "the clock was set back")
        bench.time.withLock { $0 -= 40 * Self.day }
        #expect(try await send(bench.meter()) == once, "the day that was counted never was")
    }

    @Test("Near the budget's end payments go out, and lists wait until tomorrow")
    func lists() async throws {
        let bench = Bench(at: VoucherMint.now)
        let budget = try #require(LinkBudget(bytesPerDay: 1_000_000))
        let meter = bench.meter(budget)
        let counter = try await Counter(meter: meter)
        let asked = Mutex(0)
        let hub = meter.over(
            HotListHub(counter) { _, _ in
                asked.withLock { $0 += 1 }
                return nil
            })
        #expect(await counter.terminal.sync(over: hub, keep: { _ in }).failure == nil)
        #expect(asked.withLock { $0 } == 1)
        #expect(bench.kept.withLock { $0?.bytes ?? 0 } > 0, "an exchange keeps the count")

        let filler = meter.over(ClosureHub { (_) throws(HubLinkError) in [] })
        _ = try await filler.deliver(
            batch: [UInt8](repeating: 0, count: Int(budget.listsWaitFrom)))
        _ = try await counter.charge(800)
        _ = await counter.show(counter.mint.object(.fixed(amount: 800)))
        let report = await counter.terminal.sync(over: hub, keep: { _ in })
        #expect(report.failure == nil && report.entries > 0 && report.queuedEntries == 0)
        #expect(asked.withLock { $0 } == 1, "the list waits")
        let status = try await counter.terminal.status()
        #expect(status.link?.listsWait == true && status.network == .online)

        bench.time.withLock { $0 += Self.day }
        #expect(await counter.terminal.sync(over: hub, keep: { _ in }).failure == nil)
        #expect(asked.withLock { $0 } == 2)
        #expect(try await counter.terminal.status().link?.listsWait == false)
    }
}
