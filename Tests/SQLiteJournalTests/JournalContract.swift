import HubProtocol
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

/// A journal that a contract can end and open anew, as a restart does.
protocol RestartableJournal: Sendable {
    /// The journal, opened.
    var journal: any Journal { get async }
    /// Ends the process, as it were, and opens what it left.
    func restart() async throws
}

/// One sentence that every implementation of ``Terminal/Journal`` keeps.
struct JournalClause: Sendable, CustomTestStringConvertible {
    let sentence: String
    let check: @Sendable (any RestartableJournal) async throws -> Void

    init(
        _ sentence: String,
        _ check: @escaping @Sendable (any RestartableJournal) async throws -> Void
    ) {
        self.sentence = sentence
        self.check = check
    }

    var testDescription: String { sentence }
}

/// What the port ``Terminal/Journal`` promises, sentence by sentence, for any implementation.
enum JournalContract {
    static let clauses =
        sales + records + refusals + queue + undoing + notes + periods + risk + unconfirmed
        + vat + tips

    static let sales = [
        JournalClause("carries one identity of 8 bytes for ever") { subject in
            let before = await subject.journal.identity
            #expect(before.count == 8)
            try await subject.restart()
            #expect(await subject.journal.identity == before)
        },
        JournalClause("keeps a sale and what replaces its state and request") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            #expect(try await journal.openSale() == Records.sale(1))
            let ended = Records.sale(1, state: .cancelled)
            try await journal.store(ended)
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.sale(reference: ended.reference) == ended)
            #expect(try await anew.openSale() == nil)
        },
        JournalClause("takes up the open sale after a restart") { subject in
            try await subject.journal.store(Records.sale(1))
            try await subject.restart()
            #expect(try await subject.journal.openSale() == Records.sale(1))
        },
        JournalClause("finds a sale by its key, in whatever state") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1, state: .expired))
            try await journal.store(Records.sale(2))
            #expect(try await journal.sale(key: "key-1") == Records.sale(1, state: .expired))
            #expect(try await journal.sale(key: "key-2") == Records.sale(2))
            #expect(try await journal.sale(key: "key-3") == nil)
        },
        JournalClause("refuses a second open sale, and a second sale with a key") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            await expectConstraint { try await journal.store(Records.sale(2)) }
            let twin = Sale(
                reference: SaleReference("S9")!, key: "key-1", total: Records.sale(1).total,
                state: .cancelled, request: Records.sale(9).request, openedAt: Records.now)
            await expectConstraint { try await journal.store(twin) }
        },
        JournalClause("does not take a captured sum from the caller") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            await expectConstraint {
                try await journal.store(Records.sale(1, captured: 100, asked: 1_150))
            }
            await expectConstraint {
                try await journal.store(
                    Records.sale(2, captured: 100, state: .partlyPaid, asked: 1_150))
            }
        },
        JournalClause("answers with the nonces of requests neither expired nor paid") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1, state: .cancelled))
            try await journal.store(Records.sale(2))
            let both: Set = [Records.nonce(1), Records.nonce(2)]
            #expect(try await journal.confirmableNonces(at: Records.now + 299) == both)
            #expect(try await journal.confirmableNonces(at: Records.now + 300) == [])
            #expect(try await journal.confirmableNonces(at: .max) == [])
            let paid = Records.confirmation(1_250, nonce: Records.nonce(2))
            _ = try await journal.record(Records.capture(paid, for: Records.sale(2)))
            #expect(try await journal.confirmableNonces(at: Records.now) == [Records.nonce(1)])
        },
    ]

    static let records = [
        JournalClause("numbers entries without gaps, and receipts with declines between") {
            subject in
            for number in UInt8(1)...6 {
                let journal = await subject.journal
                let sale = Records.sale(number)
                try await journal.store(sale)
                let decline = try await journal.record(Records.decline(sale))
                #expect(decline == JournalReceipt(sequence: UInt64(number) * 2 - 1, receipt: nil))
                let voucher = Records.mint.fixed(1_250, cti: UInt64(number))
                let capture = try await journal.record(Records.capture(voucher, for: sale))
                #expect(
                    capture
                        == JournalReceipt(sequence: UInt64(number) * 2, receipt: UInt64(number)))
                if number == 3 { try await subject.restart() }
            }
        },
        JournalClause("chains its entries, and keeps each whole") { subject in
            let journal = await subject.journal
            for number in UInt8(1)...40 {
                try await journal.store(Records.sale(number))
                let voucher = Records.mint.fixed(1_250, cti: UInt64(number))
                _ = try await journal.record(Records.decline(Records.sale(number)))
                _ = try await journal.record(
                    Records.capture(voucher, for: Records.sale(number)))
            }
            try await subject.restart()
            let entries = try await subject.journal.entries(after: 0, limit: 1_000)
            #expect(entries.map(\.sequence) == Array(1...80))
            var previous = JournalEntry.genesis
            for entry in entries {
                #expect(entry.previousHash == previous)
                previous = JournalEntry.hash(of: entry.encoded())
            }
            guard case .capture(let capture) = entries[1].event else {
                Issue.record("a capture is second: \(entries[1])")
                return
            }
            let voucher = Records.mint.fixed(1_250, cti: 1)
            #expect(capture.evidence == voucher.evidence)
            #expect(capture.voucher == voucher.identity)
            #expect(capture.consumed == 1_250)
            #expect(
                entries[0].event
                    == .decline(
                        DeclineEntry(reason: "not-a-payment-code", voucher: nil)))
        },
        JournalClause("hands out entries above a number, in order, at most so many") { subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            for _ in 1...5 { _ = try await journal.record(Records.decline(Records.sale(1))) }
            #expect(try await journal.entries(after: 2, limit: 2).map(\.sequence) == [3, 4])
            #expect(try await journal.entries(after: 4, limit: 9).map(\.sequence) == [5])
            #expect(try await journal.entries(after: 5, limit: 9).isEmpty)
            #expect(try await journal.entries(after: .max, limit: 9).isEmpty)
        },
        JournalClause("writes voucher, presentation, request and sale with the entry") { subject in
            let certificate = VoucherValue.certificate(perPayment: 5_000, offlineTotal: 10_000)
            let sale = Records.sale(1)
            let shown = Records.presentation(certificate, nonce: Records.nonce(1), amount: 1_250)
            let before = await subject.journal
            try await before.store(sale)
            #expect(
                try await before.facts(for: FactsQuery(shown))
                    == JournalFacts(
                        memory: nil, presentationKnown: false, requestPaid: false,
                        answeredSale: sale, exposure: .none))
            let receipt = try await before.record(Records.capture(shown, for: sale))
            try await subject.restart()
            let journal = await subject.journal
            let facts = try await journal.facts(for: FactsQuery(shown))
            #expect(
                facts.memory
                    == VoucherMemory(
                        coreDigest: shown.coreDigest, ceiling: 10_000, spent: 1_250,
                        last: Redemption(
                            at: Records.now, amount: 1_250, receipt: receipt.receipt ?? 0)))
            #expect(facts.presentationKnown)
            #expect(facts.requestPaid)
            #expect(facts.answeredSale?.state == .paid)
            #expect(
                facts.exposure
                    == Exposure(amounts: [978: 1_250], count: 1, oldest: Records.now))
            #expect(try await journal.openSale() == nil)
        },
        JournalClause("pays a sale in parts, and one that left the screen by confirmation") {
            subject in
            let journal = await subject.journal
            try await journal.store(Records.sale(1))
            let part = Records.capture(Records.mint.stored(500, cti: 1), for: Records.sale(1))
            _ = try await journal.record(part)
            let rest = Records.sale(1, captured: 500, request: Records.nonce(101))
            #expect(try await journal.openSale()?.captured == 500)
            try await journal.store(rest)
            #expect(try await journal.openSale() == rest)
            let ended = Records.sale(
                1, captured: 500, state: .partlyPaid, request: Records.nonce(101))
            try await journal.store(ended)
            let confirmation = Records.confirmation(750, cti: 2, nonce: Records.nonce(101))
            let late = Records.capture(confirmation, for: rest)
            #expect(try await journal.record(late).receipt == 2)
            #expect(try await journal.sale(reference: rest.reference)?.state == .paid)
        },
        JournalClause("remembers the voucher of a decline") { subject in
            let journal = await subject.journal
            let newer = Records.mint.stored(1_000, redeemed: 900)
            let older = Records.mint.stored(1_000, redeemed: 0)
            try await journal.store(Records.sale(1))
            let decline = Records.declined(newer, for: Records.sale(1))
            _ = try await journal.record(decline)
            let memory = try await journal.facts(for: FactsQuery(older)).memory
            #expect(memory?.left == 100)
            #expect(memory?.last == nil)
        },
    ]
}

/// Expects that the schema refuses, under the name given or any.
func expectConstraint(
    _ name: String? = nil, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ work: () async throws -> Void
) async {
    do {
        try await work()
        Issue.record("nothing was refused", sourceLocation: sourceLocation)
    } catch JournalError.constraint(let refused) {
        #expect(name == nil || refused == name, sourceLocation: sourceLocation)
    } catch {
        Issue.record("refused otherwise: \(error)", sourceLocation: sourceLocation)
    }
}
