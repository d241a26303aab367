import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// Value-added tax: of sales, receipts and periods.
extension JournalContract {
    /// 11.90 at 19 %, 10.70 at 7 %: a sale of 22.60.
    static let lines = [
        VATLine(code: "A", rate: 1_900, gross: 1_190, tax: 190)!,
        VATLine(code: "B", rate: 700, gross: 1_070, tax: 70)!,
    ]

    /// The sale of 22.60, which was paid with 10.00 and 12.60 of stored value.
    static func paidInParts(in journal: any Journal) async throws {
        let sale = taxed(1)
        try await journal.store(sale)
        let first = Records.capture(Records.mint.stored(1_000, redeemed: 0, cti: 1), for: sale)
        _ = try await journal.record(first)
        guard case .capture(_, let after) = first else { return }
        try await journal.store(after)
        _ = try await journal.record(
            Records.capture(Records.mint.stored(2_000, redeemed: 0, cti: 2), for: after))
    }

    static func taxed(_ number: UInt8) -> Sale {
        let plain = Records.sale(number, 2_260)
        return Sale(
            reference: plain.reference, key: plain.key, total: plain.total, request: plain.request,
            openedAt: plain.openedAt, vat: lines)
    }

    static let vat = [
        JournalClause("keeps a sale's VAT lines through every state of it") { subject in
            let journal = await subject.journal
            try await journal.store(taxed(1))
            try await journal.store(taxed(1))
            try await subject.restart()
            #expect(try await subject.journal.openSale() == taxed(1))
        },
        JournalClause("divides a sale's VAT among its payments, to the last minor unit") {
            subject in
            let journal = await subject.journal
            try await paidInParts(in: journal)
            let (first, second) = (try await journal.vat(of: 1), try await journal.vat(of: 2))
            // 10.00 of 22.60: 5.26 and 4.74; of 190 stay 106 for 6.64, of 70 stay 39 for 5.96.
            #expect(first.map(\.gross) == [526, 474] && first.map(\.tax) == [84, 31])
            #expect(second.map(\.gross) == [664, 596] && second.map(\.tax) == [106, 39])
            #expect(try await journal.vat(of: 3).isEmpty)
            let entries = try await journal.entries(after: 0, limit: 10)
            #expect(entries.map(\.event.vat) == [first, second])
            try await journal.audit()
        },
        JournalClause("gives VAT back pro rata, and all of it with the last refund") { subject in
            let journal = await subject.journal
            try await paidInParts(in: journal)
            for amount: UInt64 in [300, 1, 699] {
                _ = try await journal.record(
                    .undo(try await order(.refund(.outside), amount, of: 1, in: journal)))
            }
            _ = try await journal.record(
                .undo(try await order(.cancellation, of: 2, in: journal)))
            let back = [
                try await journal.vat(of: 3), try await journal.vat(of: 4),
                try await journal.vat(of: 5),
            ]
            #expect(back[0].map(\.gross) == [157, 143] && back[0].map(\.tax) == [25, 9])
            #expect(back.joined().filter { $0.code == "A" }.reduce(0) { $0 + $1.tax } == 84)
            #expect(back.joined().filter { $0.code == "B" }.reduce(0) { $0 + $1.tax } == 31)
            #expect(try await journal.vat(of: 6) == (try await journal.vat(of: 2)))
            try await journal.audit()
        },
        JournalClause("sums VAT up by rate, with what was given back of earlier periods apart") {
            subject in
            let journal = await subject.journal
            try await paidInParts(in: journal)
            let open = try await journal.openPeriod()
            #expect(open.vat.map(\.code) == ["A", "B"] && open.vat.map(\.rate) == [1_900, 700])
            #expect(
                open.vat.map(\.captured) == [
                    VATSum(gross: 1_190, tax: 190), VATSum(gross: 1_070, tax: 70),
                ])
            #expect(open.vat.allSatisfy { $0.givenBack == VATSum(gross: 0, tax: 0) })
            let closed = try await journal.closePeriod(1, at: Records.now + 9, by: nil)
            #expect(closed.vat == open.vat)
            _ = try await journal.record(
                .undo(try await order(.refund(.outside), 300, of: 1, in: journal)))
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.period(1)?.vat == open.vat)
            let second = try await anew.openPeriod().vat
            #expect(second.map(\.captured.gross) == [0, 0])
            #expect(
                second.map(\.givenBack) == [
                    VATSum(gross: 157, tax: 25), VATSum(gross: 143, tax: 9),
                ])
        },
        JournalClause("a sale without VAT has none in its entries, receipts and periods") {
            subject in
            let journal = await subject.journal
            try await pay(1, Records.mint.fixed(1_250, cti: 1), in: journal)
            #expect(try await journal.vat(of: 1).isEmpty)
            #expect(try await journal.openPeriod().vat.isEmpty)
            let entry = try await journal.entries(after: 0, limit: 1).first
            #expect(entry?.event.vat.isEmpty == true)
        },
    ]
}
