import Foundation
import HubProtocol
import Money
import Payments
import SQLiteJournal
import Testing
import VoucherMint
import Vouchers

@testable import Terminal

/// Why a payment was approved or declined, from what the journal keeps.
@Suite struct ExplainingTests {
    @Test func takesEachDecisionAgain() async throws {
        let counter = try await Counter(keepsConfiguration: true)
        let voucher = counter.mint.object(.fixed(amount: 800))
        _ = try await counter.charge(800)
        _ = await counter.show(voucher)
        _ = try await counter.charge(800)
        _ = await counter.show(voucher)
        let paid = try #require(try await counter.terminal.explanation(receipt: 1)).explanation
        #expect(paid.replay == .same)
        #expect(paid.entry.sequence == 4, "configuration, trust list, statement come first")
        #expect(paid.recorded?.step == DecisionStep.none)
        #expect(paid.policy == Counter.configuration(counter.mint, counter.hubKey).policy)
        let again = try #require(try await counter.terminal.explanation(sequence: 5)).explanation
        #expect(again.replay == .same)
        #expect(again.recorded?.facts.contains(.spentHere) == true)
        #expect(try await counter.terminal.explanation(receipt: 2) == nil)
        #expect(try await counter.terminal.explanation(sequence: 6) == nil)
        #expect(try await counter.terminal.explanation(sequence: 0) == nil)
    }

    @Test func verifiesARefusedCodeAgain() async throws {
        let counter = try await Counter(keepsConfiguration: true)
        _ = try await counter.charge(800)
        let old = counter.mint.object(.fixed(amount: 800), expiry: VoucherMint.now - 1)
        guard case .declined(.refused(let refusal))? = await counter.show(old) else {
            Issue.record("an expired voucher is refused")
            return
        }
        #expect(refusal.reason == .expired)
        let told = try #require(try await counter.terminal.explanation(sequence: 4)).explanation
        #expect(told.replay == .same)
        #expect(told.recorded?.step == .verification)
        #expect(told.recorded?.terminal.now == VoucherMint.now)
        #expect(told.voucher == nil)
    }

    @Test func holdsAVoucherToItsVelocity() async throws {
        let euro = Currency(code: "EUR")!
        let counter = try await Counter(
            policy: Policy(limits: [
                CurrencyLimits(
                    currency: euro, perPayment: 25_000, outstanding: 100_000,
                    kinds: [KindLimits(kind: .stored, outstanding: 1_500)],
                    velocity: [VelocityRule(windowSeconds: 3_600, count: 2)])
            ]))
        let card = counter.mint.object(.stored(credit: 9_000, redeemed: 0))
        var outcomes: [String] = []
        for amount: UInt64 in [500, 400, 100] {
            _ = try await counter.charge(amount)
            switch await counter.show(card) {
            case .approved?: outcomes.append("approved")
            case .declined(let reason)?: outcomes.append(reason.code)
            default: outcomes.append("nothing")
            }
        }
        #expect(outcomes == ["approved", "approved", "velocity-exceeded"])
        let other = counter.mint.object(.stored(credit: 9_000, redeemed: 0), cti: 2)
        let sale = try await counter.charge(601)
        #expect(sale.sale.total.minorUnits == 601)
        #expect(
            await counter.show(other)
                == .declined(.kindAllowanceUsedUp(kind: .stored, left: 600)))
    }

    @Test func holdsAWalletToItsVelocityWhateverVoucherItShows() async throws {
        let euro = Currency(code: "EUR")!
        let counter = try await Counter(
            policy: Policy(limits: [
                CurrencyLimits(
                    currency: euro, perPayment: 25_000, outstanding: 100_000,
                    velocity: [VelocityRule(windowSeconds: 3_600, count: 2)])
            ]))
        func pay(cti: UInt64, bound: Bool) async throws -> String {
            _ = try await counter.charge(500)
            let object = counter.mint.object(.fixed(amount: 500), cti: cti, bound: bound)
            let code = bound ? counter.mint.presentation(of: object) : object
            switch await counter.show(code) {
            case .approved?: return "approved"
            case .declined(let reason)?:
                _ = try await counter.terminal.cancel()
                return reason.code
            default: return "nothing"
            }
        }
        #expect(try await pay(cti: 1, bound: true) == "approved")
        #expect(try await pay(cti: 2, bound: true) == "approved")
        #expect(try await pay(cti: 3, bound: true) == "velocity-exceeded", "a third of one wallet")
        #expect(try await pay(cti: 4, bound: false) == "approved", "nobody's voucher is another's")
    }

    @Test func hardensItsLimitsWhileTheHubIsAway() async throws {
        let counter = try await Counter()
        counter.clock.set(VoucherMint.now - 1_000 + 72 * 3_600)
        _ = try await counter.charge(800)
        let voucher = counter.mint.object(
            .fixed(amount: 800), expiry: VoucherMint.now + 90 * 86_400)
        #expect(await counter.show(voucher) == .declined(.syncOverdue(age: 72 * 3_600)))
        let meter = try #require(await counter.terminal.exposureMeter())
        #expect(meter.band == .stopped)
        #expect(meter.paymentsLeft == 0)
        #expect(try await counter.terminal.status().meter == meter)
    }
}
