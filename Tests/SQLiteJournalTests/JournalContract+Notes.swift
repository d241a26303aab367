import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// Documents, the clock, and periods.
extension JournalContract {
    static let policy = SignedDocument(kind: .policy, version: 3, bytes: [1, 2, 3])
    static let hotList = SignedDocument(kind: .hotList, version: 9, bytes: [4, 5])

    static let notes = [
        JournalClause("keeps a document that is put in force, and notes it in the chain") {
            subject in
            let journal = await subject.journal
            #expect(try await journal.adopt(policy, at: Records.now) == 1)
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.documentInForce(.policy) == policy)
            #expect(try await anew.document(digest: policy.digest) == policy)
            #expect(try await anew.documentInForce(.hotList) == nil)
            #expect(try await anew.document(digest: hotList.digest) == nil)
            let entries = try await anew.entries(after: 0, limit: 9)
            #expect(
                entries.map(\.event) == [
                    .document(
                        DocumentEntry(kind: .policy, version: 3, digest: policy.digest))
                ])
            #expect(entries.first?.subject == nil && entries.first?.at == Records.now)
        },
        JournalClause("writes nothing for the document that is in force already") { subject in
            let journal = await subject.journal
            let newer = SignedDocument(kind: .policy, version: 4, bytes: [9])
            var sequences: [UInt64?] = []
            for (time, document) in [policy, policy, hotList, policy, newer].enumerated() {
                sequences.append(try await journal.adopt(document, at: UInt64(time)))
            }
            #expect(sequences == [1, nil, 2, nil, 3])
            // An older one again is news: what is in force has changed.
            #expect(try await journal.adopt(policy, at: 6) == 4)
            #expect(try await journal.documentInForce(.policy) == policy)
            #expect(try await journal.document(digest: newer.digest) == newer)
        },
        JournalClause("notes what the clock did, among captures, without a receipt") { subject in
            let journal = await subject.journal
            let step = ClockEntry(
                kind: .steppedBack, expected: 500, found: 100, uncertaintySeconds: 2)
            try await journal.store(Records.sale(1))
            #expect(try await journal.note(step, at: Records.now) == 1)
            let voucher = Records.mint.fixed(1_250)
            let receipt = try await journal.record(Records.capture(voucher, for: Records.sale(1)))
            #expect(receipt == JournalReceipt(sequence: 2, receipt: 1))
            #expect(try await journal.entries(after: 0, limit: 1).first?.event == .clock(step))
            // They wait for the hub like all others, and are no money.
            let queue = try await journal.queue()
            #expect(queue.entries == 2 && queue.exposure.count == 1)
        },
    ]

    static let periods = [
        JournalClause("closes periods under numbers that never start again") { subject in
            let journal = await subject.journal
            let none = try await journal.openPeriod()
            #expect(try await journal.openPeriodBegan() == nil)
            #expect(
                none
                    == Period(number: 1, firstSequence: 1, closedBy: nil, closedAt: nil, totals: [])
            )
            let first = try await journal.closePeriod(nil, at: 100, by: nil)
            #expect(
                first
                    == Period(
                        number: 1, firstSequence: 1, firstAt: 100, closedBy: 1, closedAt: 100,
                        totals: [])
            )
            try await subject.restart()
            let anew = await subject.journal
            let someone = EntryOperator(role: .supervisor, id: "17")
            let second = try await anew.closePeriod(nil, at: 200, by: someone)
            #expect(second.number == 2 && second.firstSequence == 2)
            #expect(try await anew.entries(after: 1, limit: 1).first?.operatedBy == someone)
            #expect(try await anew.period(1) == first)
            #expect(try await anew.period(2) == second)
            #expect(try await anew.period(3) == nil)
        },
        JournalClause("closes the period that was meant, or none") { subject in
            let journal = await subject.journal
            _ = try await journal.closePeriod(1, at: 100, by: nil)
            await #expect(throws: JournalError.periodOtherwise(open: 2)) {
                try await journal.closePeriod(1, at: 200, by: nil)
            }
            #expect(try await journal.openPeriod().number == 2)
            #expect(try await journal.entries(after: 0, limit: 2).count == 1)
        },
        JournalClause("closes a period with the totals of what was done in it") { subject in
            let journal = await subject.journal
            for number in UInt8(1)...3 {
                let sale = Records.sale(number)
                try await journal.store(sale)
                let voucher = Records.mint.fixed(1_250, cti: UInt64(number))
                _ = try await journal.record(Records.capture(voucher, for: sale))
                if number == 2 { _ = try await journal.closePeriod(nil, at: Records.now, by: nil) }
            }
            func line(_ count: UInt64) -> PeriodTotals {
                var line = PeriodTotals(currencyNumber: 978)
                line.captures = CountedSum(count: count, amount: count * 1_250)
                return line
            }
            #expect(try await journal.period(1)?.totals == [line(2)])
            #expect(try await journal.openPeriod().totals == [line(1)])
            #expect(try await journal.openPeriod().firstSequence == 4)
        },
        JournalClause("keeps the float and the count of a drawer, and signs them with the period") {
            subject in
            let journal = await subject.journal
            _ = try await journal.tell(.float(9_000), of: 1, currencyNumber: 978)
            let opened = try await journal.tell(.float(10_000), of: 1, currencyNumber: 978)
            #expect(opened.drawer == CashDrawer(currencyNumber: 978, float: 10_000))
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.openPeriod() == opened)
            _ = try await anew.tell(.counted(9_300), of: 1, currencyNumber: 978)
            // The same count again is the same order; another one is another count.
            _ = try await anew.tell(.counted(9_300), of: 1, currencyNumber: 978)
            let counted = try await anew.tell(.counted(9_999), of: 1, currencyNumber: 978)
            let drawer = CashDrawer(
                currencyNumber: 978, float: 10_000, counted: 9_999, counts: 2)
            #expect(counted.drawer == drawer)
            await #expect(throws: JournalError.drawerCounted) {
                try await anew.tell(.float(9_999), of: 1, currencyNumber: 978)
            }
            await #expect(throws: JournalError.periodOtherwise(open: 1)) {
                try await anew.tell(.float(1), of: 2, currencyNumber: 978)
            }
            let closed = try await anew.closePeriod(1, at: 100, by: nil)
            #expect(closed.drawer == drawer)
            #expect(
                try await anew.entries(after: 0, limit: 1).first?.event
                    == .periodClosed(PeriodEntry(number: 1, totals: [], drawer: drawer)))
            // The next period begins with a drawer of its own, and the audit finds nothing.
            #expect(try await anew.openPeriod().drawer == nil)
            try await anew.audit()
            try await subject.restart()
            #expect(try await subject.journal.period(1) == closed)
        },
        JournalClause("closes no period while a sale waits for its code") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            await #expect(throws: JournalError.saleOpen) {
                try await journal.closePeriod(nil, at: Records.now, by: nil)
            }
            #expect(try await journal.openPeriod().number == 1)
            #expect(try await journal.entries(after: 0, limit: 1).isEmpty)
        },
    ]
}
