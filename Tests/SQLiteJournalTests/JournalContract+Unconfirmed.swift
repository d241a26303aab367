import HubProtocol
import Money
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// Sales that a scheme's wallet has paid by the customer's word.
extension JournalContract {
    static let supervisor = EntryOperator(role: .supervisor, id: "Ada")

    static let unconfirmed = [
        JournalClause("knows after a restart that the open sale is said to be paid") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            #expect(try await journal.openSale()?.isClaimed == false)
            try await claim(Records.sale(1), in: journal)
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.openSale()?.isClaimed == true)
            #expect(try await anew.entries(after: 0, limit: 9).map(\.reason) == ["unconfirmed"])
        },
        JournalClause("marks an unconfirmed sale as paid, once, and owes the hub no capture") {
            subject in
            let journal = await subject.journal
            let sale = try await unconfirmedSale(1, in: journal)
            let mark = try await mark(1, in: journal)
            #expect(try await journal.record(.mark(mark)).receipt == nil)
            #expect(try await journal.find(.mark(mark))?.sequence == 2)
            #expect(try await journal.sale(reference: sale.reference)?.state == .markedPaid)
            #expect(try await journal.queue().exposure == .none)
            let open = try await journal.openPeriod()
            #expect(try await journal.openPeriodBegan() == open.firstAt && open.firstAt != nil)
            let marks = [
                MarkedSales(
                    currencyNumber: 978, sum: CountedSum(count: 1, amount: 1_250))
            ]
            #expect(open.totals.isEmpty && open.marked == marks)
            let closed = try await journal.closePeriod(nil, at: 900, by: nil)
            #expect(closed.marked == marks)
            #expect(try await journal.period(1) == closed)
            #expect(try await journal.openPeriod().marked.isEmpty)
            #expect(try await journal.openPeriodBegan() == nil)
            let entry = try await journal.entries(after: 1, limit: 1).first
            #expect(entry?.event == .markedPaid(MarkEntry(requestNonce: Records.nonce(1))))
            #expect(entry?.operatedBy == supervisor && entry?.subject?.amount == 1_250)
            await expectConstraint("mark-of-other-sale") {
                _ = try await journal.record(.mark(mark))
            }
        },
        JournalClause(
            "takes a word that comes late while nobody has marked the sale, and then none"
        ) { subject in
            let journal = await subject.journal
            for number: UInt8 in [1, 2] {
                let sale = try await unconfirmedSale(number, in: journal)
                let word = word(for: number)
                #expect(
                    try await journal.confirmableNonces(at: Records.now).contains(
                        sale.request.nonce))
                let capture = Records.capture(word, for: Records.sale(number))
                if number == 1 {
                    _ = try await journal.record(capture)
                    #expect(try await journal.sale(reference: sale.reference)?.state == .paid)
                    await expectConstraint("mark-of-other-sale") {
                        _ = try await journal.record(.mark(Self.mark(of: sale)))
                    }
                } else {
                    _ = try await journal.record(.mark(Self.mark(of: sale)))
                    // Decided before the mark was there: the schema has the last word.
                    await expectConstraint("sale-marked-paid") {
                        _ = try await journal.record(capture)
                    }
                    #expect(try await journal.facts(for: FactsQuery(word)).requestPaid)
                    #expect(
                        try await !journal.confirmableNonces(at: Records.now).contains(
                            sale.request.nonce))
                }
            }
        },
    ]

    private static func word(for number: UInt8) -> Voucher {
        Records.mint.voucher(
            Records.mint.object(
                .fixed(amount: 1_250), cti: UInt64(number), confirms: Records.nonce(number)),
            openNonce: Records.nonce(number))
    }

    private static func claim(_ sale: Sale, in journal: any Journal) async throws {
        var machine = SaleMachine(policy: .standard(for: [Records.euro]), clockFloor: 0)
        _ = machine.handle(.restored(sale))
        let effects = machine.handle(.wordMissing(sale.reference, at: Records.now))
        guard case .record(let record)? = effects.first else {
            preconditionFailure("The machine records the claim: \(effects)")
        }
        _ = try await journal.record(record)
    }

    private static func unconfirmedSale(_ number: UInt8, in journal: any Journal) async throws
        -> Sale
    {
        try await journal.store(Records.sale(number))
        try await claim(Records.sale(number), in: journal)
        let ended = Records.sale(number, state: .unconfirmed)
        try await journal.store(ended)
        return ended
    }

    private static func mark(_ number: UInt8, in journal: any Journal) async throws -> PaidMark {
        mark(of: Records.sale(number, state: .unconfirmed))
    }

    private static func mark(of sale: Sale) -> PaidMark {
        PaidMark(
            sale: sale.reference, amount: sale.total, requestNonce: sale.request.nonce,
            operatedBy: supervisor, at: Records.now + 5)
    }
}
