import Money
import Payments
import Screens
import Testing
import VoucherMint
import Vouchers

@testable import Terminal

/// The question for a tip, which stands on the customer's side until it is answered once.
@Suite struct TipQuestionTests {
    private static func bill(_ counter: Counter, _ minorUnits: UInt64 = 1_250) -> Amount {
        Amount(minorUnits: minorUnits, currency: counter.euro)
    }

    @Test func isShownAnsweredOnceAndGone() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        let question = try await terminal.askTip(on: Self.bill(counter), percents: [5, 10])
        #expect(question.choices.map(\.tip.minorUnits) == [63, 125])
        let screen = try #require(counter.display.screens.last)
        #expect(screen.headline == "Tip?" && screen.lines.first?.contains("1.25") == true)
        let answered = try await terminal.answerTip(question.id, percent: 10)
        #expect(answered.answer == 125)
        #expect(counter.display.screens.last?.kind == .idle)
        let again = await UndoingTests.reason {
            _ = try await terminal.answerTip(question.id, percent: 0)
        }
        #expect(again == "tip-not-asked")
        #expect(await terminal.currentTipQuestion()?.answer == 125)
    }

    @Test func onlyWhatIsOfferedIsAnAnswerAndOnlyToItself() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        let first = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        let second = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        let late = await UndoingTests.reason {
            _ = try await terminal.answerTip(first.id, percent: 5)
        }
        #expect(late == "tip-not-asked")
        let other = await UndoingTests.reason {
            _ = try await terminal.answerTip(second.id, percent: 90)
        }
        #expect(other == "tip-not-offered")
        #expect(try await terminal.answerTip(second.id, percent: 0).answer == 0)
    }

    @Test func goesByItselfWithTheSaleAndWithTheCashier() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        _ = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        counter.clock.set(counter.clock.now() + TipQuestion.seconds)
        #expect(await terminal.currentTipQuestion() == nil)
        #expect(counter.display.screens.last?.kind == .idle)
        _ = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        await terminal.withdrawTip()
        #expect(await terminal.currentTipQuestion() == nil)
        _ = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        _ = try await counter.charge(1_250)
        #expect(await terminal.currentTipQuestion() == nil)
        let open = await UndoingTests.reason {
            _ = try await terminal.askTip(on: Self.bill(counter), percents: [5])
        }
        #expect(open == "sale-open")
        let off = await UndoingTests.reason {
            _ = try await terminal.askTip(on: Self.bill(counter), percents: [])
        }
        #expect(off == "tips-off")
    }

    @Test func aTipIsWithinTheBillAndTheLimitOfOnePayment() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        let with = try await terminal.amount(Self.bill(counter), withTip: "1.25")
        #expect(with.total.minorUnits == 1_375 && with.tip == 125)
        #expect(try await terminal.amount(Self.bill(counter), withTip: "0.00").tip == 0)
        #expect(try await terminal.amount(Self.bill(counter), withTip: "12.50").tip == 1_250)
        for (tip, bill, reason) in [
            ("12.51", 1_250, "tip-too-high"), ("1.2", 1_250, "amount-wrong-decimals"),
            ("0.01", 25_000, "above-floor-limit"),
        ] as [(String, UInt64, String)] {
            let refused = await UndoingTests.reason {
                _ = try await terminal.amount(Self.bill(counter, bill), withTip: tip)
            }
            #expect(refused == reason)
        }
    }

    @Test func isPartOfWhatIsAskedForAndOfTheReceipt() async throws {
        let counter = try await Counter()
        let terminal = counter.terminal
        let total = Self.bill(counter, 1_375)
        let view = try await terminal.charge(total, key: "k", tip: 125)
        #expect(view.sale.request.amount == total)
        let other = await UndoingTests.reason {
            _ = try await terminal.charge(total, key: "k", tip: 100)
        }
        #expect(other == "key-used-otherwise")
        guard
            case .approved? = await counter.show(
                counter.mint.object(.fixed(amount: 1_375)))
        else {
            Issue.record("the voucher pays bill and tip")
            return
        }
        let tip = try await terminal.tip(of: 1)
        #expect(tip == 125)
        let payment = try await terminal.payment(receipt: 1)
        #expect(
            await terminal.receiptComposer.copy(of: payment, tip: tip).contains(
                "Of it tip: 1.25 EUR"))
    }
}
