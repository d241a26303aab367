import Money
import Payments
import Testing
import VoucherMint
import Vouchers

/// What the policy weighs: limits at their edges, and the steps.
@Suite struct PolicyRuleTests {
    private func kind(_ limits: KindLimits, _ change: (inout Situation) -> Void = { _ in })
        -> Situation
    {
        Situation {
            $0.kindLine = limits
            change(&$0)
        }
    }

    @Test func stopsAtEachLimitOfTheTerminal() {
        func reason(_ due: UInt64, _ outstanding: UInt64 = 0, count: UInt64 = 3) -> DeclineReason? {
            Situation {
                $0.due = due
                $0.exposure = Exposure(amounts: [978: outstanding], count: count, oldest: 1)
            }.reason
        }
        #expect(reason(25_000) == nil)
        #expect(reason(25_001) == .aboveFloorLimit(limit: 25_000))
        #expect(reason(1_000, 99_000) == nil)
        #expect(reason(1_001, 99_000) == .allowanceUsedUp(left: 1_000))
        #expect(reason(1, 100_001) == .allowanceUsedUp(left: 0))
        #expect(reason(1, count: 499) == nil)
        #expect(reason(1, count: 500) == .tooManyOutstanding(limit: 500))
    }

    @Test func countsOnlyTheOwnCurrency() {
        let other = Situation {
            $0.exposure = Exposure(amounts: [840: 999_999], count: 1, oldest: 1)
        }
        #expect(other.amount == 1_000)
    }

    @Test func holdsAKindToItsOwnLimits() {
        let perPayment = KindLimits(kind: .certificate, perPayment: 1_000)
        #expect(kind(perPayment).amount == 1_000)
        #expect(
            kind(perPayment) { $0.due = 1_001 }.reason
                == .aboveKindLimit(kind: .certificate, limit: 1_000))
        let oneWay = KindLimits(kind: .certificate, oneWay: 999)
        #expect(kind(oneWay).amount == 1_000, "an answer to the request is not one-way")
        #expect(kind(oneWay) { $0.answers = false }.reason == .oneWayAboveLimit(limit: 999))
        #expect(
            kind(oneWay) {
                $0.answers = false
                $0.due = 999
            }.amount == 999)
        let other = KindLimits(
            kind: .stored, perPayment: 0, oneWay: 0, outstanding: 0, outstandingCount: 0)
        #expect(kind(other).amount == 1_000)
    }

    @Test func holdsAKindToItsShareOfTheExposure() {
        let sum = KindLimits(kind: .certificate, outstanding: 5_000)
        func with(_ total: CountAndSum?, _ limits: KindLimits) -> Situation {
            kind(limits) { $0.kindExposure = total }
        }
        #expect(with(CountAndSum(count: 9, sum: 4_000), sum).amount == 1_000)
        #expect(
            with(CountAndSum(count: 9, sum: 4_001), sum).reason
                == .kindAllowanceUsedUp(kind: .certificate, left: 999))
        #expect(with(nil, sum).reason == .kindAllowanceUsedUp(kind: .certificate, left: 0))
        let count = KindLimits(kind: .certificate, outstandingCount: 10)
        #expect(with(CountAndSum(count: 9, sum: 90_000), count).amount == 1_000)
        #expect(
            with(CountAndSum(count: 10, sum: 1), count).reason
                == .tooManyOfKind(kind: .certificate, limit: 10))
        #expect(with(nil, count).reason == .tooManyOfKind(kind: .certificate, limit: 10))
    }

    @Test func holdsAVoucherToItsVelocity() {
        func with(_ rule: VelocityRule, _ past: WindowTotal...) -> Situation {
            Situation {
                $0.velocity = [rule]
                $0.windows = past
            }
        }
        func past(_ count: UInt64, _ sum: UInt64, _ window: UInt64 = 60) -> WindowTotal {
            WindowTotal(windowSeconds: window, total: CountAndSum(count: count, sum: sum))
        }
        let often = VelocityRule(windowSeconds: 60, count: 3)
        #expect(with(often, past(2, 99_999)).amount == 1_000)
        #expect(with(often, past(3, 1)).reason == .velocityExceeded)
        let much = VelocityRule(windowSeconds: 60, sum: 5_000)
        #expect(with(much, past(99, 4_000)).amount == 1_000)
        #expect(with(much, past(1, 4_001)).reason == .velocityExceeded)
        #expect(with(much, past(1, 5_001)).reason == .velocityExceeded)
        #expect(with(often).reason == .velocityExceeded, "what was not looked up")
        #expect(with(often, past(0, 0, 61)).reason == .velocityExceeded)
        #expect(with(often, past(9, 9, 61), past(0, 0)).amount == 1_000)
        let two = Situation {
            $0.velocity = [often, VelocityRule(windowSeconds: 600, count: 1)]
            $0.windows = [past(0, 0), past(1, 1, 600)]
        }
        #expect(two.reason == .velocityExceeded, "every rule holds")
    }

    @Test func addsUpASaleThatWasSplit() {
        func with(_ sum: UInt64?, window: UInt64 = 600, due: UInt64 = 1_000) -> Situation {
            Situation {
                $0.splitWindow = 600
                $0.due = due
                $0.windows =
                    sum.map {
                        [
                            WindowTotal(
                                windowSeconds: window, total: CountAndSum(count: 1, sum: $0))
                        ]
                    } ?? []
            }
        }
        #expect(with(24_000).amount == 1_000)
        #expect(with(24_001).reason == .splitSaleExceeded(limit: 25_000))
        #expect(with(nil).reason == .splitSaleExceeded(limit: 25_000))
        #expect(with(0, window: 601).reason == .splitSaleExceeded(limit: 25_000))
        #expect(with(0, due: 25_001).reason == .aboveFloorLimit(limit: 25_000))
        #expect(Situation { $0.windows = [] }.amount == 1_000, "without a window no rule")
    }

    @Test func findsASecondPaymentTooSoon() {
        func after(_ seconds: UInt64, interval: UInt64 = 60) -> Situation {
            Situation {
                $0.last = Redemption(at: Situation.now - seconds, amount: 1, receipt: 1)
                $0.tooSoonSeconds = interval
            }
        }
        #expect(after(60).amount == 1_000)
        #expect(after(59).reason == .tooSoon(seconds: 59))
        #expect(after(0, interval: 0).amount == 1_000)
        let future = Situation {
            $0.last = Redemption(at: Situation.now + 500, amount: 1, receipt: 1)
            $0.tooSoonSeconds = 60
        }
        #expect(future.reason == .tooSoon(seconds: 0), "a clock set back makes no time pass")
        #expect(Situation { $0.tooSoonSeconds = 60 }.amount == 1_000)
    }

    @Test func keepsToTheHours() {
        func with(_ from: UInt64, _ until: UInt64, offset: Int64 = 0) -> DeclineReason? {
            Situation {
                $0.hours = OfflineHours(
                    offsetMinutes: offset, windows: [.init(from: from, until: until)])
            }.reason
        }
        #expect(with(720, 721) == nil)
        #expect(with(721, 1_440) == .outsideHours)
        #expect(with(720, 721, offset: 1) == .outsideHours)
    }

    @Test func shrinksItsLimitsWithAge() {
        let hour: UInt64 = 3_600
        func floor(_ change: (inout Situation) -> Void) -> UInt64? {
            let situation = Situation {
                $0.due = 25_001
                change(&$0)
            }
            guard case .aboveFloorLimit(let limit) = situation.reason else { return nil }
            return limit
        }
        #expect(floor { $0.lastSyncAge = 24 * hour - 1 } == 25_000)
        #expect(floor { $0.lastSyncAge = 24 * hour } == 12_500)
        #expect(floor { $0.lastSyncAge = 48 * hour } == 6_250)
        #expect(floor { $0.trustListAge = 14 * 24 * hour } == 12_500)
        #expect(floor { $0.hotListAge = 4 * 24 * hour } == 6_250)
        #expect(floor { $0.clockUncertainty = 60 } == 12_500)
        #expect(
            floor {
                $0.clockUncertainty = 60
                $0.hotListAge = 4 * 24 * hour
                $0.lastSyncAge = 24 * hour
            } == 6_250, "the worst band holds")
        #expect(floor { $0.lastSyncAge = nil } == 25_000, "what is not known is in no band")
    }

    @Test func shrinksEveryLimitOfMoneyAndNumber() {
        func ageing(_ change: (inout Situation) -> Void) -> DeclineReason? {
            Situation {
                $0.lastSyncAge = 24 * 3_600
                change(&$0)
            }.reason
        }
        #expect(
            ageing { $0.exposure = Exposure(amounts: [978: 49_001], count: 1, oldest: 1) }
                == .allowanceUsedUp(left: 999))
        #expect(
            ageing { $0.exposure = Exposure(amounts: [:], count: 250, oldest: 1) }
                == .tooManyOutstanding(limit: 250))
        let line = KindLimits(
            kind: .certificate, perPayment: 1_998, oneWay: 1_998, outstanding: 1_998,
            outstandingCount: 9)
        #expect(
            ageing { $0.kindLine = KindLimits(kind: .certificate, perPayment: 1_998) }
                == .aboveKindLimit(kind: .certificate, limit: 999))
        #expect(
            ageing {
                $0.kindLine = line
                $0.answers = false
            } == .oneWayAboveLimit(limit: 999))
        #expect(
            ageing { $0.kindLine = KindLimits(kind: .certificate, outstanding: 1_998) }
                == .kindAllowanceUsedUp(kind: .certificate, left: 999))
        #expect(
            ageing {
                $0.kindLine = KindLimits(kind: .certificate, outstandingCount: 9)
                $0.kindExposure = CountAndSum(count: 4, sum: 0)
            } == .tooManyOfKind(kind: .certificate, limit: 4))
    }

    @Test func stopsWhereWhatItKnowsIsTooOld() {
        let day: UInt64 = 86_400
        func reason(_ change: (inout Situation) -> Void) -> DeclineReason? {
            Situation(change).reason
        }
        #expect(reason { $0.trustListAge = 60 * day } == .trustDataTooOld(age: 60 * day))
        #expect(reason { $0.hotListAge = 7 * day } == .hotListTooOld(age: 7 * day))
        #expect(reason { $0.clockUncertainty = 3_600 } == .clockUncertain(by: 3_600))
        #expect(reason { $0.lastSyncAge = 3 * day } == .syncOverdue(age: 3 * day))
        #expect(reason { $0.trustListAge = 60 * day - 1 } == nil)
        #expect(reason { $0.lastSyncAge = 3 * day - 1 } == nil)
    }

    @Test func tellsEachBandAndEachUnknownByItsFact() {
        func facts(_ change: (inout Situation) -> Void) -> PaymentFacts { Situation(change).facts }
        let ages: [(WritableKeyPath<Situation, UInt64?>, [PaymentFacts], PaymentFacts)] = [
            (
                \.trustListAge, [.trustListAgeing, .trustListStale, .trustListStopped],
                .trustListAgeUnknown
            ),
            (\.hotListAge, [.hotListAgeing, .hotListStale, .hotListStopped], .hotListAgeUnknown),
            (
                \.clockUncertainty, [.clockAgeing, .clockStale, .clockStopped],
                .clockUncertaintyUnknown
            ),
            (\.lastSyncAge, [.syncAgeing, .syncStale, .syncStopped], .syncAgeUnknown),
        ]
        for (path, bands, unknown) in ages {
            let thresholds = BandThresholds(ageing: 10, stale: 20, stopped: 30)
            for (index, age) in [UInt64(9), 10, 20, 30].enumerated() {
                let found = facts {
                    $0.bands = BandRules(
                        trustList: thresholds, hotList: thresholds,
                        clockUncertainty: thresholds, lastSync: thresholds)
                    $0[keyPath: path] = age
                }
                .intersection(bands.reduce([]) { $0.union($1) })
                #expect(found == (index == 0 ? [] : bands[index - 1]), "\(unknown.names) at \(age)")
            }
            #expect(facts { $0[keyPath: path] = nil } == unknown)
        }
    }

    @Test func asksTheHubWhereThePolicyWantsIt() {
        func decide(_ online: OnlineAnswer, mask: PaymentFacts = .aboveFloorLimit) -> Ruling {
            Situation {
                $0.due = 25_001
                $0.online = online
                $0.masks = FactMasks(denial: [], online: mask, stranded: .aboveFloorLimit)
            }.ruling
        }
        guard case .askOnline(let capture) = decide(.notAsked).decision else {
            Issue.record("it is asked")
            return
        }
        #expect(capture.amount.minorUnits == 25_001)
        #expect(decide(.notAsked).basis.step == .online)
        for silent in [OnlineAnswer.unavailable, .unanswered] {
            #expect(decide(silent).decision == .decline(.aboveFloorLimit(limit: 25_000)))
            #expect(decide(silent).basis.step == .stranded)
        }
        #expect(
            decide(.notAsked, mask: []).decision == .decline(.aboveFloorLimit(limit: 25_000)))
        guard case .capture = decide(.approved).decision else {
            Issue.record("the hub's word is taken")
            return
        }
        #expect(decide(.approved).basis.step == .hub)
        #expect(decide(.declined("account-closed")).basis.step == .hub)
        #expect(
            decide(.declined("account-closed")).decision
                == .decline(
                    .declinedOnline(HubDecline(reason: "account-closed", other: nil))))
    }

    @Test func letsNoHubAllowWhatIsDenied() {
        for change: (inout Situation) -> Void in [
            { $0.currency = 840 },
            { $0.masks = FactMasks(denial: .oneWay, online: [], stranded: []) },
        ] {
            let situation = Situation {
                $0.online = .approved
                $0.answers = false
                change(&$0)
            }
            #expect(situation.amount == nil)
        }
        #expect(
            Situation {
                $0.currency = 840
                $0.online = .notAsked
            }.ruling.basis.step == .unconditional)
    }

    @Test func approvesAloneWhatNeedsNoHub() {
        let ruling = Situation { $0.online = .notAsked }.ruling
        guard case .capture = ruling.decision else {
            Issue.record("nothing wants the hub")
            return
        }
        #expect(ruling.basis.step == .none)
        #expect(
            Situation { $0.masks = FactMasks(denial: [], online: [], stranded: []) }.amount != nil)
    }

    @Test func selectsByTheDraw() {
        func with(_ share: UInt64, seed: UInt64 = 1) -> Ruling {
            Situation {
                $0.seed = seed
                $0.online = .notAsked
                $0.selection = RandomSelection(
                    threshold: 5_000, targetPerMille: share, maximumPerMille: 1_000)
            }.ruling
        }
        let drawn = Draw(seed: 1).value
        #expect(with(0).basis.facts == [])
        #expect(with(1_000).basis.facts == .selectedForOnline)
        #expect(with(drawn / 1_000).basis.facts == [])
        // A seed whose draw is a whole number of thousandths.
        #expect(Draw(seed: 1113).value == 911_000)
        #expect(with(911, seed: 1113).basis.facts == [], "a draw at the threshold is not below it")
        #expect(with(912, seed: 1113).basis.facts == .selectedForOnline)
        #expect(with(drawn / 1_000 + 1).basis.facts == .selectedForOnline)
        #expect(with(20).basis.drawThreshold == 20_000)
        #expect(with(20).basis.draw == Draw(seed: 1))
        guard case .askOnline = with(1_000).decision else {
            Issue.record("what is selected is asked")
            return
        }
        var stranded = Situation {
            $0.selection = RandomSelection(
                threshold: 5_000, targetPerMille: 1_000, maximumPerMille: 1_000)
        }
        #expect(stranded.amount == 1_000, "without a network a selection stops nothing")
        stranded.masks = FactMasks(denial: [], online: [], stranded: .selectedForOnline)
        #expect(stranded.reason == .selectedForOnline)
    }

    @Test func selectsByTheUnshrunkFloorLimit() {
        let ageing = Situation {
            $0.due = 10_000
            $0.lastSyncAge = 24 * 3_600
            $0.selection = RandomSelection(
                threshold: 5_000, targetPerMille: 0, maximumPerMille: 1_000)
        }
        #expect(ageing.ruling.basis.drawThreshold == 250_000)
    }

    @Test func givesTheBandAndAllItsInputsToTheRecord() {
        let situation = Situation {
            $0.lastSyncAge = 48 * 3_600
            $0.spent = 5
        }
        let basis = situation.ruling.basis
        #expect(basis.band == .stale)
        #expect(basis.terminal == situation.terminal)
        #expect(basis.journal == situation.journal(situation.voucher()))
        #expect(basis.sale == situation.sale)
    }
}
