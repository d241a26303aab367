import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// The totals that some policies ask for.
extension JournalContract {
    private static func query(_ voucher: Voucher, at: UInt64) -> FactsQuery {
        FactsQuery(
            voucher,
            policy: Policy(limits: [
                CurrencyLimits(
                    currency: Records.euro, perPayment: 1, outstanding: 1,
                    kinds: [KindLimits(kind: .stored, outstanding: 1)],
                    velocity: [
                        VelocityRule(windowSeconds: 10), VelocityRule(windowSeconds: 100),
                    ])
            ]), at: at)
    }

    static let risk = [
        JournalClause("adds up what a voucher paid in each window, whatever was sent") { subject in
            let journal = await subject.journal
            let card = Records.mint.stored(10_000)
            for (number, amount, ago) in [(1, 300, 100), (2, 40, 99), (3, 5, 9)]
                as [(UInt8, UInt64, UInt64)]
            {
                let at = Records.now - ago
                let sale = Records.sale(number, amount, at: at)
                try await journal.store(sale)
                let facts = try await journal.facts(for: FactsQuery(card))
                _ = try await journal.record(
                    Records.capture(card, for: sale, facts: facts, at: at))
            }
            _ = try await journal.pendingBatch(maximumEntries: 9) { _, _ in [1] }
            try await journal.acknowledge(batch: 1, acknowledgement: [1])
            let facts = try await journal.facts(for: query(card, at: Records.now))
            #expect(
                facts.windows == [
                    WindowTotal(windowSeconds: 10, total: CountAndSum(count: 1, sum: 5)),
                    WindowTotal(windowSeconds: 100, total: CountAndSum(count: 2, sum: 45)),
                ])
            let other = Records.mint.stored(10_000, cti: 2)
            let none = try await journal.facts(for: query(other, at: Records.now))
            #expect(none.windows.map(\.total.count) == [0, 0])
            #expect(try await journal.facts(for: FactsQuery(card)).windows == [])
            let early = try await journal.facts(for: query(card, at: 5))
            #expect(early.windows.map(\.total.count) == [3, 3])
        },
        JournalClause("adds up what is outstanding of a kind, where it is asked to") { subject in
            let journal = await subject.journal
            let card = Records.mint.stored(10_000)
            for (number, voucher) in [
                (1, card), (2, Records.mint.fixed(700, cti: 5)), (3, card),
            ] as [(UInt8, Voucher)] {
                let sale = Records.sale(number, 100)
                try await journal.store(sale)
                let facts = try await journal.facts(for: FactsQuery(voucher))
                _ = try await journal.record(Records.capture(voucher, for: sale, facts: facts))
            }
            let asked = query(card, at: Records.now)
            #expect(
                try await journal.facts(for: asked).kindExposure
                    == CountAndSum(count: 2, sum: 200))
            #expect(try await journal.facts(for: FactsQuery(card)).kindExposure == nil)
            _ = try await journal.pendingBatch(maximumEntries: 1) { _, _ in [1] }
            try await journal.acknowledge(batch: 1, acknowledgement: [1])
            #expect(
                try await journal.facts(for: asked).kindExposure
                    == CountAndSum(count: 1, sum: 100))
        },
        JournalClause("keeps with each entry what its decision stood on") { subject in
            let journal = await subject.journal
            let voucher = Records.mint.fixed(1_250)
            try await journal.store(Records.sale(1))
            _ = try await journal.record(Records.declined(voucher, for: Records.sale(1)))
            _ = try await journal.record(Records.capture(voucher, for: Records.sale(1)))
            let entries = try await journal.entries(after: 0, limit: 9)
            guard case .decline(let decline)? = entries.first?.event,
                case .capture(let capture)? = entries.last?.event
            else {
                Issue.record("a decline and a capture are written: \(entries)")
                return
            }
            #expect(decline.shown == .own(voucher.evidence))
            for record in [decline.decision, capture.decision] {
                let fields = try #require(record?.fields)
                let read = try RecordedDecision(
                    fields, sale: Records.sale(1).reference, currency: Records.euro)
                #expect(read.terminal.now == Records.now)
            }
        },
    ]
}
