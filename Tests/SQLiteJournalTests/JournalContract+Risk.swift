import HubProtocol
import Money
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
        JournalClause("adds up what all vouchers of one holder paid in a window") { subject in
            let journal = await subject.journal
            func bound(_ cti: UInt64, currency: UInt16 = VoucherMint.euro) -> Voucher {
                let mint = Records.mint
                return mint.voucher(
                    mint.presentation(
                        of: mint.object(
                            .stored(credit: 9_000, redeemed: 0), cti: cti, currency: currency,
                            bound: true), at: VoucherMint.now - cti % 50))
            }
            for (number, voucher) in [(1, bound(1)), (2, bound(2)), (3, bound(2 + 50))]
                as [(UInt8, Voucher)]
            {
                let sale = Records.sale(number, 100)
                try await journal.store(sale)
                let facts = try await journal.facts(for: FactsQuery(voucher))
                _ = try await journal.record(Records.capture(voucher, for: sale, facts: facts))
            }
            let facts = try await journal.facts(for: query(bound(7), at: Records.now))
            #expect(facts.windows.map(\.total.sum) == [300, 300])
            #expect(facts.windows.map(\.total.count) == [3, 3])
            let again = try await journal.facts(for: query(bound(1), at: Records.now))
            #expect(again.windows.map(\.total.count) == [3, 3], "its own payment counts once")
            let dollars = bound(8, currency: 840)
            let other = FactsQuery(
                dollars,
                policy: Policy(limits: [
                    CurrencyLimits(
                        currency: Currency(code: "USD")!, perPayment: 1, outstanding: 1,
                        velocity: [VelocityRule(windowSeconds: 100)])
                ]), at: Records.now)
            #expect(try await journal.facts(for: other).windows.map(\.total.count) == [0])
            let bearer = Records.mint.stored(9_000, cti: 9)
            let none = try await journal.facts(for: query(bearer, at: Records.now))
            #expect(none.windows.map(\.total.count) == [0, 0], "nobody's voucher is another's")
        },
        JournalClause("adds up what is outstanding of an issuer, less what was undone") { subject in
            let journal = await subject.journal
            let card = Records.mint.stored(10_000)
            for number: UInt8 in 1...2 {
                let sale = Records.sale(number, 100)
                try await journal.store(sale)
                let facts = try await journal.facts(for: FactsQuery(card))
                _ = try await journal.record(Records.capture(card, for: sale, facts: facts))
            }
            var query = FactsQuery(card)
            #expect(try await journal.facts(for: query).issuerOutstanding == nil)
            query.addsUpIssuer = true
            #expect(try await journal.facts(for: query).issuerOutstanding == 200)
            guard case .payment(let payment) = try await journal.receipt(1) else {
                Issue.record("receipt 1 is a payment")
                return
            }
            _ = try await journal.record(
                .undo(
                    Undo(
                        payment: payment, kind: .refund(.storedValue),
                        amount: Amount(minorUnits: 30, currency: Records.euro),
                        restoration: Restoration(
                            voucher: payment.voucher, kind: payment.voucherKind, amount: 30),
                        reason: nil, key: nil, at: Records.now)))
            #expect(try await journal.facts(for: query).issuerOutstanding == 170)
            _ = try await journal.pendingBatch(maximumEntries: 9) { _, _ in [1] }
            try await journal.acknowledge(batch: 1, acknowledgement: [1])
            #expect(try await journal.facts(for: query).issuerOutstanding == 0)
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
            guard case .payment(let payment) = try await journal.receipt(3) else {
                Issue.record("receipt 3 is a payment")
                return
            }
            for (amount, left) in [
                (30, CountAndSum(count: 2, sum: 170)), (70, .init(count: 1, sum: 100)),
            ]
                as [(UInt64, CountAndSum)]
            {
                _ = try await journal.record(
                    .undo(
                        Undo(
                            payment: payment, kind: .refund(.storedValue),
                            amount: Amount(minorUnits: amount, currency: Records.euro),
                            restoration: Restoration(
                                voucher: payment.voucher, kind: payment.voucherKind,
                                amount: amount), reason: nil, key: nil, at: Records.now)))
                #expect(try await journal.facts(for: asked).kindExposure == left)
            }
            _ = try await journal.pendingBatch(maximumEntries: 1) { _, _ in [1] }
            try await journal.acknowledge(batch: 1, acknowledgement: [1])
            #expect(
                try await journal.facts(for: asked).kindExposure == CountAndSum(count: 0, sum: 0))
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
