import COSE
import Money
import Payments
import Testing
import VoucherMint
import Vouchers

/// How much a voucher pays, and where it pays nothing.
@Suite struct OfflineAuthoriserTests {
    private static let once = Redemption(at: 1, amount: 5_000, receipt: 1)

    @Test func paysAVoucherThatCoversTheSale() throws {
        let capture = try #require(
            Situation {
                $0.value = .fixed(amount: 2_500)
                $0.due = 1_250
                $0.captured = 50
            }.capture)
        #expect(capture.amount == Amount(minorUnits: 1_250, currency: Situation.euro))
        #expect(capture.consumed == 2_500, "a fixed voucher is spent whole")
        #expect(capture.sale == SaleReference("S1"))
        #expect(capture.at == Situation.now)
        #expect(capture.requestNonce == VoucherMint.nonce)
        #expect(capture.voucher.value == .fixed(amount: 2_500))
        #expect(
            capture.basis
                == Situation {
                    $0.value = .fixed(amount: 2_500)
                    $0.due = 1_250
                    $0.captured = 50
                }.ruling.basis)
    }

    @Test func paysNothingAboveAFixedVoucher() {
        func reason(_ due: UInt64) -> DeclineReason? {
            Situation {
                $0.value = .fixed(amount: 1_000)
                $0.due = due
            }.reason
        }
        #expect(reason(1_000) == nil)
        #expect(reason(1_001) == .aboveVoucher(left: 1_000))
    }

    @Test func usesAFixedVoucherOnlyOnce() {
        let again = Situation {
            $0.value = .fixed(amount: 5_000)
            $0.spent = 1
            $0.last = Self.once
        }
        #expect(again.reason == .spentHere(last: Self.once))
        let known = Situation {
            $0.value = .fixed(amount: 5_000)
            $0.spent = 1
        }
        #expect(known.reason == .nothingLeft)
        let fresh = Situation {
            $0.value = .fixed(amount: 5_000)
            $0.ceiling = 5_000
        }
        #expect(fresh.amount == 1_000)
    }

    @Test func tellsWhereAVoucherWasSpent() {
        let far = ElsewhereRedemption(terminal: VoucherMint.terminal, at: 2, amount: 3)
        let elsewhere = Situation {
            $0.spent = 90_000
            $0.elsewhere = far
        }
        #expect(elsewhere.reason == .spentElsewhere(last: far))
        #expect(elsewhere.facts.isDisjoint(with: [.spentHere, .nothingLeft]))
        let both = Situation {
            $0.spent = 90_000
            $0.elsewhere = far
            $0.last = Self.once
        }
        #expect(both.reason == .spentHere(last: Self.once))
        #expect(both.facts.isSuperset(of: [.spentHere, .spentElsewhere]))
        #expect(!both.facts.contains(.nothingLeft))
        let left = Situation {
            $0.spent = 89_000
            $0.elsewhere = far
            $0.last = Self.once
        }
        #expect(left.amount == 1_000, "what was spent before matters only once nothing is left")
    }

    @Test func paysStoredValueInPartsByPolicy() {
        func card(splits: Bool) -> Situation {
            Situation {
                $0.isBearer = true
                $0.value = .stored(credit: 2_000, redeemed: 1_500)
                $0.due = 800
                $0.splits = splits
            }
        }
        #expect(card(splits: true).amount == 500)
        #expect(card(splits: true).capture?.consumed == 500)
        #expect(card(splits: true).facts.contains(.partial))
        #expect(card(splits: false).reason == .aboveVoucher(left: 500))
        var whole = card(splits: false)
        whole.due = 500
        #expect(whole.amount == 500, "what covers all is no part")
    }

    @Test func doesNotSpendTwiceWhatTheIssuerKnewToBeRedeemed() {
        // 30 were redeemed elsewhere; 50 are paid here; then 20 are left, not 50.
        let card = Situation {
            $0.value = .stored(credit: 10_000, redeemed: 3_000)
            $0.due = 3_000
            $0.spent = 8_000
            $0.last = Self.once
        }
        #expect(card.amount == 2_000)
    }

    @Test func takesTheHighestCreditAndTheHighestRedeemedSeen() {
        func card(seen ceiling: UInt64, _ spent: UInt64, now credit: UInt64, _ redeemed: UInt64)
            -> Situation
        {
            Situation {
                $0.value = .stored(credit: credit, redeemed: redeemed)
                $0.due = 1_000
                $0.ceiling = ceiling
                $0.spent = spent
            }
        }
        #expect(card(seen: 5_000, 4_200, now: 1_000, 0).amount == 800)
        #expect(card(seen: 1_000, 0, now: 5_000, 4_300).amount == 700)
        #expect(card(seen: 1_000, 1_000, now: 1_000, 0).reason == .nothingLeft)
    }

    @Test func keepsACertificateWithinItsTotals() {
        func certificate(_ due: UInt64, spent: UInt64 = 0, answers: Bool = true) -> Situation {
            Situation {
                $0.value = .certificate(perPayment: 5_000, offlineTotal: 8_000)
                $0.due = due
                $0.spent = spent
                $0.answers = answers
            }
        }
        #expect(certificate(5_000).amount == 5_000)
        #expect(certificate(2_000, spent: 6_000).amount == 2_000)
        #expect(certificate(2_001, spent: 6_000).reason == .voucherAllowanceUsedUp(left: 2_000))
        #expect(certificate(5_000, answers: false).amount == 5_000)
        #expect(
            certificate(5_001, answers: false).reason == .abovePerPaymentMaximum(maximum: 5_000))
    }

    @Test func takesAConfirmationForExactlyItsRequest() throws {
        func confirmation(_ amount: UInt64, nonce: [UInt8] = VoucherMint.nonce) -> Situation {
            Situation {
                $0.value = .fixed(amount: amount)
                $0.due = 1_250
                $0.confirms = nonce
                $0.oneWayKinds = []
            }
        }
        let capture = try #require(confirmation(1_250).capture)
        #expect(capture.requestNonce == VoucherMint.nonce)
        #expect(confirmation(1_250).facts.isDisjoint(with: [.oneWay, .bearer]))
        for amount: UInt64 in [1_249, 1_251] {
            #expect(
                confirmation(amount).reason
                    == .notForThisRequest(presented: amount, asked: 1_250))
        }
        let other: [UInt8] = [9, 9, 9, 9, 9, 9, 9, 9]
        #expect(
            confirmation(1_250, nonce: other).reason
                == .notForThisRequest(presented: 1_250, asked: 1_250))
    }

    @Test func takesAPresentationForLessOnlyWhereASaleMayBeSplit() {
        func card(_ named: UInt64, splits: Bool = true, certificate: Bool = false) -> Situation {
            Situation {
                $0.value =
                    certificate
                    ? .certificate(perPayment: 5_000, offlineTotal: 5_000)
                    : .stored(credit: 5_000, redeemed: 0)
                $0.named = named
                $0.splits = splits
            }
        }
        #expect(card(400).amount == 400)
        #expect(card(400, certificate: true).amount == 400)
        #expect(card(1_000, splits: false).amount == 1_000)
        #expect(
            card(400, splits: false).reason == .notForThisRequest(presented: 400, asked: 1_000))
        #expect(card(1_001).reason == .notForThisRequest(presented: 1_001, asked: 1_000))
    }

    @Test func paysWhatIsDueAndNotWhatWasAsked() {
        // A part was paid since the request was made: the rest is due.
        let capture = Situation {
            $0.value = .stored(credit: 5_000, redeemed: 0)
            $0.captured = 300
            $0.due = 700
        }
        #expect(capture.amount == 700)
    }

    @Test func takesAOneWayCodeUpToItsCeiling() {
        func code(_ value: VoucherValue, named: UInt64? = nil, due: UInt64 = 1_000) -> Situation {
            Situation {
                $0.answers = false
                $0.value = value
                $0.named = named
                $0.due = due
            }
        }
        let certificate = VoucherValue.certificate(perPayment: 5_000, offlineTotal: 9_000)
        #expect(code(.fixed(amount: 5_000), due: 4_000).amount == 4_000)
        #expect(code(.fixed(amount: 5_000), due: 4_000).capture?.requestNonce == nil)
        #expect(code(certificate, named: 1_000).amount == 1_000)
        #expect(code(certificate, named: 999).reason == .aboveCodeCeiling(ceiling: 999))
        let card = code(.stored(credit: 5_000, redeemed: 0), named: 999)
        #expect(card.amount == 999, "stored value pays a part")
        var whole = card
        whole.splits = false
        #expect(whole.reason == .aboveCodeCeiling(ceiling: 999))
    }

    @Test func takesOneWayOnlyTheKindsThatThePolicyNames() {
        for bearer in [true, false] {
            var code = Situation {
                $0.answers = false
                $0.isBearer = bearer
                $0.value = .fixed(amount: 5_000)
                $0.oneWayKinds = [.stored, .certificate]
            }
            #expect(code.reason == .oneWayNotAllowed(kind: .fixed))
            #expect(code.facts.contains(.oneWay))
            #expect(code.facts.contains(.bearer) == bearer)
            code.oneWayKinds = [.fixed]
            #expect(code.amount == 1_000)
        }
        let answer = Situation { $0.oneWayKinds = [] }
        #expect(answer.amount == 1_000, "an answer to the request is not one-way")
    }

    @Test func believesNoClockBeforeItsFloor() {
        #expect(Situation { $0.clockFloor = Situation.now }.amount == 1_000)
        #expect(
            Situation { $0.clockFloor = Situation.now + 1 }.reason
                == .clockSuspect(floor: Situation.now + 1))
    }

    @Test func namesTheVouchersCurrency() {
        #expect(Situation { $0.currency = 840 }.reason == .currencyDiffers(voucherCurrency: 840))
    }

    @Test func tellsWhatTheHotListSays() {
        func reason(_ answer: HotListAnswer) -> DeclineReason? {
            Situation { $0.hotList = answer }.reason
        }
        #expect(reason(.notHeld) == nil)
        #expect(reason(.clear) == nil)
        #expect(reason(.mayBeListed) == .mayBeHotListed)
        #expect(reason(.listed) == .hotListed)
        #expect(reason(.issuerRevoked) == .issuerRevoked)
        #expect(Situation { $0.hotList = .notHeld }.facts == .hotListNotHeld)
    }
}
