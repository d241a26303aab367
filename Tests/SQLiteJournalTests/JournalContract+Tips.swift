import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// Tips: of sales, receipts and periods.
extension JournalContract {
    /// A sale of 22.60 with 2.00 of tip.
    static func tipped(_ number: UInt8) -> Sale {
        let plain = Records.sale(number, 2_460)
        return Sale(
            reference: plain.reference, key: plain.key, total: plain.total, request: plain.request,
            openedAt: plain.openedAt, vat: lines, tip: 200)
    }

    /// Paid with 23.00 and 1.60 of stored value.
    static func tippedInParts(in journal: any Journal) async throws {
        let sale = tipped(1)
        try await journal.store(sale)
        let first = Records.capture(Records.mint.stored(2_300, redeemed: 0, cti: 1), for: sale)
        _ = try await journal.record(first)
        guard case .capture(_, let after) = first else { return }
        try await journal.store(after)
        _ = try await journal.record(
            Records.capture(Records.mint.stored(2_000, redeemed: 0, cti: 2), for: after))
    }

    static let tips = [
        JournalClause("keeps a sale's tip through every state of it") { subject in
            let journal = await subject.journal
            try await journal.store(tipped(1))
            try await journal.store(tipped(1))
            try await subject.restart()
            #expect(try await subject.journal.openSale() == tipped(1))
        },
        JournalClause("pays the bill first, and taxes no tip") { subject in
            let journal = await subject.journal
            try await tippedInParts(in: journal)
            #expect(try await journal.tip(of: 1) == 40)
            #expect(try await journal.tip(of: 2) == 160)
            #expect(try await journal.vat(of: 1) == lines)
            #expect(try await journal.vat(of: 2).isEmpty)
            let entries = try await journal.entries(after: 0, limit: 10)
            #expect(entries.map(\.event.tip) == [40, 160])
            try await journal.audit()
        },
        JournalClause("gives the bill back first, and the tip with what is above it") { subject in
            let journal = await subject.journal
            try await tippedInParts(in: journal)
            for amount: UInt64 in [2_250, 30, 20] {
                _ = try await journal.record(
                    .undo(try await order(.refund(.outside), amount, of: 1, in: journal)))
            }
            _ = try await journal.record(
                .undo(try await order(.cancellation, of: 2, in: journal)))
            #expect(try await journal.tip(of: 3) == 0)
            #expect(try await journal.tip(of: 4) == 20)
            #expect(try await journal.tip(of: 5) == 20)
            #expect(try await journal.tip(of: 6) == 160)
            #expect(try await journal.vat(of: 4).reduce(0) { $0 + $1.gross } == 10)
            #expect(try await journal.vat(of: 5).isEmpty)
            try await journal.audit()
        },
        JournalClause("sums tips up, with what was given back of earlier periods apart") {
            subject in
            let journal = await subject.journal
            try await tippedInParts(in: journal)
            let paid = PeriodTips(
                currencyNumber: 978, captured: TipSum(count: 2, amount: 200),
                givenBack: TipSum(count: 0, amount: 0))
            #expect(try await journal.openPeriod().tips == [paid])
            #expect(try await journal.openPeriod().vat.map(\.captured.gross) == [1_190, 1_070])
            #expect(try await journal.closePeriod(1, at: Records.now + 9, by: nil).tips == [paid])
            _ = try await journal.record(
                .undo(try await order(.refund(.outside), of: 2, in: journal)))
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.period(1)?.tips == [paid])
            #expect(
                try await anew.openPeriod().tips == [
                    PeriodTips(
                        currencyNumber: 978, captured: TipSum(count: 0, amount: 0),
                        givenBack: TipSum(count: 1, amount: 160))
                ])
        },
    ]
}
