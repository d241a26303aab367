import HubProtocol
import Money
import Payments
import Terminal
import Testing
import VoucherMint
import Vouchers

// Undoing, and what is known to have been told.
extension JournalContract {
    static let undoing = [
        JournalClause("cancels a payment, and the fixed voucher is good again, once") { subject in
            let journal = await subject.journal
            let voucher = Records.mint.fixed(1_300)
            try await pay(1, voucher, in: journal)
            let undo = try await order(.cancellation, of: 1, in: journal)
            #expect(undo.restoration?.amount == 1_300)
            #expect(try await journal.record(.undo(undo)).receipt == 2)
            try await subject.restart()
            let anew = await subject.journal
            let facts = try await anew.facts(for: FactsQuery(voucher))
            #expect(facts.memory?.left == 1_300)
            #expect(facts.exposure == .none, "nothing is at risk any more")
            #expect(try await payment(1, in: anew).standing == .cancelled)
            #expect(try await anew.receipt(2) == .undoing)
            #expect(try await anew.undone(of: SaleReference("S1")!) == 1_250)
            try await pay(2, voucher, facts: facts, in: anew)
            try await anew.store(Records.sale(3))
            await expectConstraint {
                _ = try await anew.record(Records.capture(voucher, for: Records.sale(3)))
            }
            guard case .undo(let entry)? = try await anew.entries(after: 1, limit: 1).first?.event
            else {
                Issue.record("a cancellation is second")
                return
            }
            #expect(entry.kind == .cancellation(receipt: 2))
            #expect(entry.undone == 1)
        },
        JournalClause("refunds in parts, never more than was paid, whoever asks") { subject in
            let journal = await subject.journal
            try await pay(1, Records.mint.fixed(1_250), in: journal)
            let part = try await order(.refund(.outside), 700, of: 1, in: journal)
            let other = try await order(.refund(.outside), 700, of: 1, in: journal)
            #expect(try await journal.record(.undo(part)).receipt == 2)
            // Decided before the first was there: the schema has the last word.
            await expectConstraint("undo-above-its-capture") {
                _ = try await journal.record(.undo(other))
            }
            #expect(try await payment(1, in: journal).refundable == 550)
            let rest = try await order(.refund(.outside), of: 1, in: journal)
            #expect(rest.amount.minorUnits == 550)
            _ = try await journal.record(.undo(rest))
            #expect(try await payment(1, in: journal).standing == .refunded)
            #expect(try await journal.queue().exposure.amounts == [978: 1_250], "still at risk")
        },
        JournalClause(
            "gives a refund back to stored value at once, and not below the issuer's word"
        ) { subject in
            let journal = await subject.journal
            let card = Records.mint.stored(2_000)
            try await pay(1, card, in: journal)
            _ = try await journal.record(
                .undo(try await order(.refund(.storedValue), 250, of: 1, in: journal)))
            #expect(try await journal.facts(for: FactsQuery(card)).memory?.left == 1_000)
            #expect(try await journal.queue().exposure.amounts == [978: 1_000])
            // The issuer's newer object knows of the redemption, and not of the refund.
            let newer = Records.mint.stored(2_000, redeemed: 1_250)
            try await journal.store(Records.sale(2))
            _ = try await journal.record(Records.declined(newer, for: Records.sale(2)))
            #expect(try await journal.facts(for: FactsQuery(newer)).memory?.left == 750)
            _ = try await journal.record(
                .undo(try await order(.refund(.storedValue), 100, of: 1, in: journal)))
            #expect(try await journal.facts(for: FactsQuery(newer)).memory?.left == 750)
            // And then of the refunds, as more credit.
            let credited = Records.mint.stored(2_350, redeemed: 1_250)
            _ = try await journal.record(Records.declined(credited, for: Records.sale(2)))
            #expect(try await journal.facts(for: FactsQuery(credited)).memory?.left == 1_100)
        },
        JournalClause("undoes nothing twice and nothing that it does not know") { subject in
            let journal = await subject.journal
            try await pay(1, Records.mint.fixed(1_250), in: journal)
            let cancel = try await order(.cancellation, of: 1, in: journal)
            let refund = try await order(.refund(.outside), 1, of: 1, in: journal)
            _ = try await journal.record(.undo(cancel))
            await expectConstraint { _ = try await journal.record(.undo(cancel)) }
            await expectConstraint { _ = try await journal.record(.undo(refund)) }
            #expect(try await journal.receipt(9) == .unknown)
        },
        JournalClause("finds an undoing by its key, and reads it back after an error") { subject in
            let journal = await subject.journal
            try await pay(1, Records.mint.stored(2_000), in: journal)
            let undo = try await order(
                .refund(.storedValue), 250, of: 1, key: "k",
                by: EntryOperator(role: .supervisor, id: "Zoë"), in: journal)
            #expect(try await journal.find(.undo(undo)) == nil)
            let receipt = try await journal.record(.undo(undo))
            #expect(try await journal.find(.undo(undo)) == receipt)
            let known = try await journal.undoing(key: "k")
            #expect(known?.receipt == 2)
            #expect(known?.undo.amount.minorUnits == 250)
            #expect(known?.undo.operatedBy == EntryOperator(role: .supervisor, id: "Zoë"))
            #expect(known?.undo.restoration == undo.restoration)
            #expect(known?.undo.payment.refundable == 1_000)
            #expect(try await journal.undoing(key: "other") == nil)
            // One of the same terms, not yet written, is not mistaken for the one that is there.
            let twin = try await order(.refund(.storedValue), 250, of: 1, in: journal)
            #expect(try await journal.find(.undo(twin)) == nil)
        },
        JournalClause("knows which payments were told, across restarts") { subject in
            let journal = await subject.journal
            for number in UInt8(1)...3 {
                try await pay(number, Records.mint.fixed(1_250, cti: UInt64(number)), in: journal)
            }
            try await journal.confirm(1)
            try await journal.confirm(3)
            try await subject.restart()
            let anew = await subject.journal
            #expect(try await anew.unclearPayments().map(\.receipt) == [2])
            #expect(try await payment(2, in: anew).standing == .unclear)
            _ = try await anew.record(
                .undo(try await order(.reversal, of: 2, in: anew)))
            #expect(try await anew.unclearPayments().isEmpty)
            #expect(try await payment(2, in: anew).standing == .reversed)
            #expect(try await payment(1, in: anew).standing == .complete)
        },
    ]

    static func pay(
        _ number: UInt8, _ voucher: Voucher, facts: JournalFacts = Records.blank,
        in journal: any Journal
    ) async throws {
        try await journal.store(Records.sale(number))
        _ = try await journal.record(
            Records.capture(voucher, for: Records.sale(number), facts: facts))
    }

    static func payment(_ receipt: ReceiptNumber, in journal: any Journal) async throws
        -> CapturedPayment
    {
        guard case .payment(let payment) = try await journal.receipt(receipt) else {
            Issue.record("receipt \(receipt) is no payment")
            throw CancellationError()
        }
        return payment
    }

    /// What the authoriser makes of an order, from what the journal knows now.
    static func order(
        _ kind: UndoKind, _ amount: UInt64? = nil, of receipt: ReceiptNumber, key: String? = nil,
        by operatedBy: EntryOperator? = nil, in journal: any Journal
    ) async throws -> Undo {
        let order = UndoOrder(
            number: 1, receipt: receipt, kind: kind,
            amount: amount.map { Amount(minorUnits: $0, currency: Records.euro) }, key: key,
            operatedBy: operatedBy, cti: [UInt8](repeating: 9, count: UndoOrder.ctiLength),
            at: Records.now + 5)
        let found = try await journal.receipt(receipt)
        guard
            case .undo(let undo) = UndoAuthoriser.decide(
                order, found: found, open: nil, role: nil, clockFloor: 0)
        else {
            Issue.record("refused: \(found)")
            throw CancellationError()
        }
        return undo
    }
}
