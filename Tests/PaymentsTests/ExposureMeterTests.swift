import Money
import Payments
import Testing

/// What is left offline, and what ends first.
@Suite struct ExposureMeterTests {
    private let euro = Currency(code: "EUR")!
    private let now = Situation.now

    private func meter(
        _ exposure: Exposure = .none, count: UInt64 = 500, hours: OfflineHours = .always,
        trustList: UInt64? = nil, hotList: UInt64? = nil, sync: UInt64? = nil,
        clock: UInt64? = nil
    ) -> ExposureMeter {
        ExposureMeter(
            policy: Policy(
                limits: Policy.standard(for: [euro, Currency(code: "JPY")!]).limits,
                outstandingCount: count, hours: hours), exposure: exposure,
            terminal: TerminalFacts(
                now: now, clockFloor: 0, clockUncertainty: clock, trustListAge: trustList,
                hotListAge: hotList, lastSyncAge: sync))
    }

    @Test func showsAllWhereNothingIsOutstanding() {
        let meter = meter()
        #expect(meter.band == .fresh)
        #expect(meter.lines.map(\.left) == [100_000, 1_000])
        #expect(meter.lines.map(\.perPayment) == [25_000, 250])
        #expect(meter.lines.map(\.limit) == [100_000, 1_000])
        #expect(meter.lines.map(\.currency.code) == ["EUR", "JPY"])
        #expect(meter.paymentsLeft == 500)
        #expect(meter.minutesLeft == nil)
        #expect(meter.minutesToNextBand == nil)
        #expect(meter.first == nil)
    }

    @Test func takesOffWhatIsOutstanding() {
        let meter = meter(Exposure(amounts: [978: 40_000, 392: 1_001], count: 7, oldest: now - 60))
        #expect(meter.lines.map(\.outstanding) == [40_000, 1_001])
        #expect(meter.lines.map(\.left) == [60_000, 0])
        #expect(meter.paymentsLeft == 493)
        #expect(
            meter.first == .init(limit: .money(Currency(code: "JPY")!), minutes: 0))
    }

    @Test func shrinksWithTheWorstBand() {
        let day: UInt64 = 86_400
        #expect(meter(sync: day).band == .ageing)
        #expect(meter(sync: day).lines.map(\.limit) == [50_000, 500])
        #expect(meter(sync: day).lines.map(\.perPayment) == [12_500, 125])
        #expect(meter(sync: day).paymentsLeft == 250)
        #expect(meter(trustList: 30 * day, sync: day).band == .stale)
        #expect(meter(hotList: 2 * day).band == .ageing)
        #expect(meter(clock: 600).band == .stale)
        #expect(meter(sync: 3 * day).lines.map(\.left) == [0, 0])
        #expect(meter(sync: 3 * day).paymentsLeft == 0)
        let used = Exposure(amounts: [:], count: 9, oldest: nil)
        #expect(meter(used, count: 9).paymentsLeft == 0)
        #expect(meter(used, count: 8).paymentsLeft == 0)
    }

    @Test func countsTheMinutesThatAgeLeaves() {
        let day: UInt64 = 86_400
        let meter = meter(trustList: 59 * day, hotList: 6 * day, sync: day - 120)
        #expect(meter.minutesLeft == 1_440, "both lists stop in a day")
        #expect(meter.minutesToNextBand == 2)
        #expect(self.meter(sync: 120).minutesLeft == 4_318)
        #expect(self.meter(sync: 120).first == .init(limit: .lastSync, minutes: 4_318))
        #expect(self.meter(trustList: 60 * day).first == .init(limit: .trustList, minutes: 0))
        #expect(self.meter(hotList: 90 * day).first == .init(limit: .hotList, minutes: 0))
        #expect(self.meter(sync: 4 * day).minutesToNextBand == nil)
    }

    @Test func countsTheMinutesOfTheHours() {
        let until = OfflineHours(windows: [.init(from: 0, until: 780)])
        #expect(meter(hours: until, sync: 0).minutesLeft == 60)
        #expect(meter(hours: until, sync: 0).first == .init(limit: .hours, minutes: 60))
    }

    @Test func findsWhatEndsFirstAtThePresentPace() {
        // 100.00 in ten minutes: 900.00 last another 90; ten payments: 490 last 490.
        let busy = Exposure(amounts: [978: 10_000], count: 10, oldest: now - 600)
        #expect(meter(busy).first == .init(limit: .money(euro), minutes: 90))
        #expect(meter(busy, count: 20).first == .init(limit: .payments, minutes: 10))
        #expect(meter(busy, sync: 259_200 - 300).first?.limit == .lastSync)
        let brief = Exposure(amounts: [978: 10_000], count: 1, oldest: now)
        #expect(meter(brief).first == .init(limit: .money(euro), minutes: 9))
        let future = Exposure(amounts: [978: 10_000], count: 1, oldest: now + 60)
        #expect(meter(future).first == .init(limit: .money(euro), minutes: 9))
        // Money and the day end in the same minute: money is told, as more can be done about it.
        let day = OfflineHours(windows: [.init(from: 0, until: 810)])
        #expect(meter(busy, hours: day).minutesLeft == 90)
        #expect(meter(busy, hours: day).first == .init(limit: .money(euro), minutes: 90))
        let slow = Exposure(amounts: [978: 1], count: 1, oldest: 0)
        #expect(meter(slow).first?.limit == .payments)
        let none = Exposure(amounts: [978: 10_000], count: 0, oldest: now)
        #expect(meter(none).first == nil)
        let ageless = Exposure(amounts: [978: 10_000], count: 1, oldest: nil)
        #expect(meter(ageless).first == nil)
    }

    @Test func neverOverflows() {
        let policy = Policy(
            limits: [
                CurrencyLimits(currency: euro, perPayment: UInt64.max, outstanding: UInt64.max)
            ], outstandingCount: UInt64.max)
        let meter = ExposureMeter(
            policy: policy, exposure: Exposure(amounts: [978: 1], count: 1, oldest: 0),
            terminal: TerminalFacts(now: now, clockFloor: 0))
        #expect(meter.first?.minutes == UInt64.max)
    }

    @Test func namesWhatRunsOut() {
        let all: [ExposureMeter.Limit] = [
            .money(euro), .payments, .trustList, .hotList, .lastSync, .hours,
        ]
        #expect(
            all.map(\.name)
                == ["money", "payments", "trust-list", "hot-list", "last-sync", "hours"])
    }
}
