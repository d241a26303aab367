import Foundation
import HubProtocol
import Payments
import Synchronization
import Terminal
import Testing
import VoucherMint
import Vouchers

extension JournalContract {
    static let refusals = [
        JournalClause("pays a fixed voucher once, whoever asks fifty times at once") { subject in
            let journal = await subject.journal
            let voucher = Records.mint.fixed(1_250)
            for number in UInt8(1)...50 {
                try await journal.store(Records.sale(number, state: .cancelled))
            }
            let paid = await withTaskGroup(of: Bool.self) { group in
                for number in UInt8(1)...50 {
                    group.addTask {
                        let record = Records.capture(voucher, for: Records.sale(number))
                        do throws(JournalError) {
                            return try await journal.record(record).receipt == 1
                        } catch {
                            if case .constraint = error { return false }
                            Issue.record("refused otherwise: \(error)")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(paid == 1)
            #expect(try await journal.queue().lastSequence == 1)
        },
        JournalClause("never redeems stored value above its credit, even for a liar") { subject in
            let journal = await subject.journal
            for number in UInt8(1)...3 {
                let sale = Records.sale(number, 400)
                try await journal.store(sale)
                let record = Records.capture(Records.mint.stored(1_000), for: sale)
                if number < 3 {
                    _ = try await journal.record(record)
                } else {
                    await expectConstraint { _ = try await journal.record(record) }
                }
            }
            let facts = try await journal.facts(for: FactsQuery(Records.mint.stored(1_000)))
            #expect(facts.memory?.spent == 800)
        },
        JournalClause("counts what its issuer knew to be redeemed, and what was redeemed here") {
            subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1, 400))
            _ = try await journal.record(
                Records.capture(
                    Records.mint.stored(1_000, redeemed: 300), for: Records.sale(1, 400)))
            try await journal.store(Records.sale(2, 400))
            let older = Records.mint.stored(1_000)
            await expectConstraint {
                _ = try await journal.record(Records.capture(older, for: Records.sale(2, 400)))
            }
            let topUp = Records.mint.stored(1_200, redeemed: 300)
            _ = try await journal.record(Records.capture(topUp, for: Records.sale(2, 400)))
            #expect(try await journal.facts(for: FactsQuery(older)).memory?.left == 100)
        },
        JournalClause("never redeems a certificate above its offline total") { subject in
            let journal = await subject.journal
            let value = VoucherValue.certificate(perPayment: 1_000, offlineTotal: 1_500)
            for number in UInt8(1)...2 {
                let sale = Records.sale(number, 1_000)
                try await journal.store(sale)
                let shown = Records.presentation(
                    value, nonce: Records.nonce(number), amount: 1_000)
                let record = Records.capture(shown, for: sale)
                if number == 1 {
                    _ = try await journal.record(record)
                } else {
                    await expectConstraint { _ = try await journal.record(record) }
                }
            }
        },
        JournalClause("pays by one presentation once") { subject in
            let journal = await subject.journal
            let value = VoucherValue.certificate(perPayment: 1_000, offlineTotal: 9_000)
            let shown = Records.presentation(value, nonce: nil, amount: 1_000)
            try await journal.store(Records.sale(1, 1_000))
            _ = try await journal.record(Records.capture(shown, for: Records.sale(1, 1_000)))
            try await journal.store(Records.sale(2, 1_000))
            await expectConstraint {
                _ = try await journal.record(Records.capture(shown, for: Records.sale(2, 1_000)))
            }
        },
        JournalClause("refuses another voucher of the same identity, and remembers the first") {
            subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1, 400))
            let first = Records.mint.stored(1_000)
            _ = try await journal.record(Records.capture(first, for: Records.sale(1, 400)))
            try await journal.store(Records.sale(2, 400))
            let other = Records.mint.fixed(400)
            await expectConstraint {
                _ = try await journal.record(Records.capture(other, for: Records.sale(2, 400)))
            }
            _ = try await journal.record(Records.declined(other, for: Records.sale(2, 400)))
            let memory = try await journal.facts(for: FactsQuery(other)).memory
            #expect(memory?.coreDigest == first.coreDigest)
            #expect(memory?.ceiling == 1_000)
        },
        JournalClause("writes nothing of a record that it refuses") { subject in
            let journal = await subject.journal
            let voucher = Records.mint.fixed(1_250)
            try await journal.store(Records.sale(1))
            let record = Records.capture(voucher, for: Records.sale(1))
            _ = try await journal.record(record)
            let query = FactsQuery(voucher)
            let before = try await (journal.facts(for: query), journal.queue())
            await expectConstraint { _ = try await journal.record(record) }
            let larger = Records.capture(
                Records.mint.stored(90_000, redeemed: 50, cti: 7), for: Records.sale(1))
            await expectConstraint { _ = try await journal.record(larger) }
            #expect(try await journal.facts(for: query) == before.0)
            #expect(try await journal.queue() == before.1)
            let other = FactsQuery(Records.mint.stored(90_000, cti: 7))
            #expect(try await journal.facts(for: other).memory == nil)
        },
        JournalClause("finishes a record whose caller is cancelled") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            let record = Records.capture(Records.mint.fixed(1_250), for: Records.sale(1))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await journal.record(record)
            }
            #expect(try await task.value == JournalReceipt(sequence: 1, receipt: 1))
            #expect(try await journal.queue().lastSequence == 1)
        },
        JournalClause("reads back a record that is there, and no other") { subject in
            let journal = await subject.journal
            let value = VoucherValue.certificate(perPayment: 1_000, offlineTotal: 9_000)
            let sale = Records.sale(1, 1_000)
            try await journal.store(sale)
            let decline = Records.decline(sale)
            let first = Records.capture(
                Records.presentation(value, nonce: Records.nonce(1), amount: 400), for: sale)
            #expect(try await journal.find(decline) == nil)
            #expect(try await journal.find(first) == nil)
            let declined = try await journal.record(decline)
            let captured = try await journal.record(first)
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.find(decline) == declined)
            #expect(try await anew.find(first) == captured)
            // The same voucher, sale, second and amount, by another presentation.
            let rest = Records.sale(1, 1_000, captured: 400, request: Records.nonce(101))
            try await anew.store(rest)
            let second = Records.capture(
                Records.presentation(value, nonce: Records.nonce(101), amount: 400), for: rest)
            #expect(try await anew.find(second) == nil)
            #expect(try await anew.find(Records.decline(sale, at: Records.now + 1)) == nil)
        },
        JournalClause("tells two one-way codes of one voucher, sale, second and amount apart") {
            subject in
            let journal = await subject.journal
            func code(madeAt time: UInt64) -> Voucher {
                Records.presentation(
                    .stored(credit: 9_000, redeemed: 0), nonce: nil, amount: 400, at: time)
            }
            let sale = Records.sale(1, 1_000)
            try await journal.store(sale)
            let first = Records.capture(code(madeAt: Records.now), for: sale)
            let receipt = try await journal.record(first)
            let rest = Records.sale(1, 1_000, captured: 400, request: Records.nonce(101))
            try await journal.store(rest)
            let second = Records.capture(code(madeAt: Records.now - 1), for: rest)
            #expect(try await journal.find(first) == receipt)
            #expect(try await journal.find(second) == nil)
        },
    ]

    static let queue = [
        JournalClause("repeats a batch byte for byte until it is answered") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            for _ in 1...3 { _ = try await journal.record(Records.decline(Records.sale(1))) }
            let first = try await journal.pendingBatch(maximumEntries: 2) { number, entries in
                #expect(entries.allSatisfy { (try? JournalEntry(decoding: $0)) != nil })
                return [UInt8(number)] + entries.flatMap { $0 }
            }
            #expect(first?.number == 1)
            #expect(first?.entries == 1...2)
            _ = try await journal.record(Records.decline(Records.sale(1)))
            try await subject.restart()
            let again = try await subject.journal.pendingBatch(maximumEntries: 9) { _, _ in
                Issue.record("signed a second time")
                return [0]
            }
            #expect(again == first)
        },
        JournalClause("numbers batches without gaps, each from where the last one ended") {
            subject in
            let journal = await subject.journal
            let sign: @Sendable (UInt64, [[UInt8]]) -> [UInt8] = { number, _ in [UInt8(number)] }
            #expect(try await journal.pendingBatch(maximumEntries: 2, sign: sign) == nil)
            try await journal.store(Records.sale(1))
            for _ in 1...5 { _ = try await journal.record(Records.decline(Records.sale(1))) }
            var batches: [PendingBatch] = []
            while let batch = try await journal.pendingBatch(maximumEntries: 2, sign: sign) {
                batches.append(batch)
                try await journal.acknowledge(batch: batch.number, acknowledgement: [1])
            }
            #expect(batches.map(\.number) == [1, 2, 3])
            #expect(batches.map(\.entries) == [1...2, 3...4, 5...5])
            #expect(batches.map(\.bytes) == [[1], [2], [3]])
        },
        JournalClause("lets entries leave the queue against an acknowledgement, and no more") {
            subject in
            let journal = await subject.journal
            let voucher = Records.mint.fixed(1_250)
            try await journal.store(Records.sale(1))
            _ = try await journal.record(Records.decline(Records.sale(1)))
            _ = try await journal.record(
                Records.capture(voucher, for: Records.sale(1), at: Records.now + 5))
            let waiting = QueueStatus(
                entries: 2,
                exposure: Exposure(amounts: [978: 1_250], count: 1, oldest: Records.now + 5),
                acknowledgedThrough: 0, lastSequence: 2)
            #expect(try await journal.queue() == waiting)
            let before = try await journal.facts(for: FactsQuery(voucher))
            let batch = try await journal.pendingBatch(maximumEntries: 9) { _, _ in [1] }
            #expect(try await journal.queue() == waiting)
            try await journal.acknowledge(batch: batch?.number ?? 0, acknowledgement: [7])
            let sent = QueueStatus(
                entries: 0, exposure: .none, acknowledgedThrough: 2, lastSequence: 2)
            #expect(try await journal.queue() == sent)
            let after = try await journal.facts(for: FactsQuery(voucher))
            #expect(after.memory == before.memory)
            try await journal.store(Records.sale(2))
            await expectConstraint {
                _ = try await journal.record(Records.capture(voucher, for: Records.sale(2)))
            }
        },
        JournalClause("takes one acknowledgement of a batch that it made") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            _ = try await journal.record(Records.decline(Records.sale(1)))
            let batch = try await journal.pendingBatch(maximumEntries: 9) { _, _ in [1] }
            #expect(batch?.number == 1)
            await expectConstraint {
                try await journal.acknowledge(batch: 2, acknowledgement: [1])
            }
            try await journal.acknowledge(batch: 1, acknowledgement: [1])
            await expectConstraint {
                try await journal.acknowledge(batch: 1, acknowledgement: [2])
            }
        },
        JournalClause("knows the latest time it has recorded, whatever came after") { subject in
            let journal = await subject.journal
            #expect(try await journal.latestTime() == nil)
            try await journal.store(Records.sale(1))
            #expect(try await journal.latestTime() == Records.now)
            let sale = Records.sale(1)
            _ = try await journal.record(Records.decline(sale, at: Records.now + 50))
            _ = try await journal.record(Records.decline(sale, at: Records.now + 20))
            try await subject.restart()
            #expect(try await subject.journal.latestTime() == Records.now + 50)
        },
    ]
}
