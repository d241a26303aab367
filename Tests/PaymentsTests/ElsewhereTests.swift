import Payments
import Testing
import VoucherMint
import Vouchers

/// What is left of a voucher once the hub has told what other terminals took.
@Suite struct ElsewhereTests {
    private let mint = VoucherMint()
    private let other = TerminalID("till:m42/t8")!

    private func facts(_ memory: VoucherMemory?) -> JournalFacts {
        JournalFacts(
            memory: memory, presentationKnown: false, requestPaid: false, exposure: .none)
    }

    private func memory(
        _ voucher: Voucher, spent: UInt64, told: UInt64, consumed: UInt64 = 0,
        returned: UInt64 = 0
    ) -> VoucherMemory? {
        let own =
            spent == 0
            ? nil
            : VoucherMemory(
                coreDigest: voucher.coreDigest, ceiling: voucher.value.ceiling, spent: spent,
                last: Redemption(at: 1, amount: spent, receipt: 1))
        return facts(own).knowing(
            HubStanding(
                spent: told, countedThrough: 0,
                last: ElsewhereRedemption(terminal: other, at: 9, amount: told)),
            since: OwnRedemptions(consumed: consumed, returned: returned), of: voucher
        ).memory
    }

    @Test func addsWhatWasTakenHereSinceAndNeverFallsBelowWhatIsRemembered() {
        let card = mint.stored(2_000)
        #expect(memory(card, spent: 0, told: 800)?.left == 1_200)
        // Counted by the hub already: not twice.
        #expect(memory(card, spent: 500, told: 1_300)?.left == 700)
        // Taken here since the hub counted.
        #expect(memory(card, spent: 500, told: 800, consumed: 500)?.left == 700)
        // Given back here since.
        #expect(memory(card, spent: 500, told: 1_300, returned: 200)?.left == 900)
        #expect(memory(card, spent: 500, told: 100)?.spent == 500)
        #expect(memory(card, spent: 500, told: 100, returned: 400)?.spent == 500)
        // Never above what it holds, whatever was overspent elsewhere.
        #expect(memory(card, spent: 0, told: 2_500)?.left == 0)
        #expect(memory(card, spent: 0, told: .max, consumed: 5)?.spent == 2_000)
        // An object that knows more than the hub counts.
        #expect(memory(mint.stored(2_000, redeemed: 900), spent: 0, told: 800)?.spent == 900)
    }

    @Test func declinesWithTheTerminalThatTookIt() throws {
        let situation = Situation {
            $0.value = .fixed(amount: 1_250)
            $0.due = 1_250
        }
        let voucher = situation.voucher()
        let told = HubStanding(
            spent: 1_250, countedThrough: 0,
            last: ElsewhereRedemption(terminal: other, at: 9, amount: 1_250))
        let knowing = situation.journal(voucher).knowing(
            told, since: OwnRedemptions(consumed: 0, returned: 0), of: voucher)
        let ruling = OfflineAuthoriser.rule(
            on: voucher, sale: situation.sale, journal: knowing,
            terminal: situation.terminal, policy: situation.policy, draw: Draw(seed: 1))
        guard case .decline(.spentElsewhere(let last)) = ruling.decision else {
            Issue.record("not declined: \(ruling.decision)")
            return
        }
        #expect(last.terminal == other && last.amount == 1_250)
    }
}
