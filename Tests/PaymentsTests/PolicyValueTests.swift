import COSE
import Money
import Payments
import Testing
import VoucherMint
import Vouchers

@Suite struct PolicyValueTests {
    @Test func hasThePromisedDefaults() throws {
        let euro = Currency(code: "EUR")!
        let policy = Policy.standard(for: [euro, Currency(code: "JPY")!, Currency(code: "KWD")!])
        #expect(policy.limits.map(\.perPayment) == [25_000, 250, 250_000])
        #expect(policy.limits.map(\.outstanding) == [100_000, 1_000, 1_000_000])
        #expect(policy.outstandingCount == 500)
        #expect(policy.splitSales)
        #expect(policy.oneWayKinds == [.fixed, .stored, .certificate])
        #expect(policy.requestLifetimeSeconds == 300)
        #expect(policy.onlineBudgetMilliseconds == 1_500)
        #expect(policy.tooSoonSeconds == 0)
        #expect(policy.hours == .always)
        #expect(policy.masks == .standard)
        #expect(policy.limits(for: euro)?.perPayment == 25_000)
        #expect(policy.limits(for: Currency(code: "USD")!) == nil)
        let line = try #require(policy.limits.first)
        #expect(line.kinds.isEmpty && line.velocity.isEmpty && line.selection == nil)
        #expect(line.splitSaleWindowSeconds == 0)
        let bands = policy.bands
        #expect(bands.lastSync == BandThresholds(ageing: 86_400, stale: 172_800, stopped: 259_200))
        #expect(
            bands.trustList
                == BandThresholds(ageing: 1_209_600, stale: 2_592_000, stopped: 5_184_000))
        #expect(bands.hotList == BandThresholds(ageing: 172_800, stale: 345_600, stopped: 604_800))
        #expect(bands.clockUncertainty == BandThresholds(ageing: 60, stale: 600, stopped: 3_600))
        #expect(bands.ageingPerMille == 500 && bands.stalePerMille == 250)
    }

    @Test func masksAsThePageHasThem() {
        let masks = FactMasks.standard
        #expect(masks.denial.rawValue == 550_833_750_016)
        #expect(masks.stranded.rawValue == 562_211_286_155_264)
        #expect(masks.online.rawValue == 4_502_874_434_306_048)
        #expect(masks.online.isSuperset(of: masks.stranded))
    }

    @Test func changesOnlyWhatIsNamed() {
        let policy = Policy(
            limits: [], outstandingCount: 1, splitSales: false, oneWayKinds: [.stored],
            requestLifetimeSeconds: 2, masks: FactMasks(denial: .oneWay, online: [], stranded: []),
            bands: BandRules(ageingPerMille: 900), hours: OfflineHours(offsetMinutes: 60),
            onlineBudgetMilliseconds: 3, tooSoonSeconds: 4)
        #expect(policy.changing() == policy)
        let line = CurrencyLimits(currency: Situation.euro, perPayment: 5, outstanding: 6)
        #expect(policy.changing(limits: [line]).limits == [line])
        #expect(policy.changing(outstandingCount: 9).outstandingCount == 9)
        #expect(policy.changing(splitSales: true).splitSales)
        #expect(policy.changing(oneWayKinds: []).oneWayKinds.isEmpty)
        #expect(policy.changing(requestLifetimeSeconds: 8).requestLifetimeSeconds == 8)
        #expect(policy.changing(requestLifetimeSeconds: 8).tooSoonSeconds == 4)
    }

    @Test func namesEveryFactOnce() {
        let all = PaymentFacts.all
        #expect(all.count == 52)
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.fact)).count == all.count)
        let bits = all.map { $0.fact.rawValue.trailingZeroBitCount }
        #expect(bits == bits.sorted())
        #expect(all.allSatisfy { $0.fact.rawValue.nonzeroBitCount == 1 })
        #expect(bits == Array(0...18) + Array(20...52))
        #expect(PaymentFacts(name: "hot-listed") == .hotListed)
        #expect(PaymentFacts(name: "no-such-fact") == nil)
        #expect(PaymentFacts([.partial, .clockSuspect]).names == ["clock-suspect", "partial"])
        #expect(PaymentFacts.unconditional.rawValue == 0xF_FFFF)
        #expect(PaymentFacts.maskable.rawValue == 0x1F_FFFF_FFF0_0000)
    }

    @Test func keepsTheNumbersOfTheFacts() {
        let numbered: [(PaymentFacts, Int)] = [
            (.clockSuspect, 0), (.currencyDiffers, 1), (.currencyNotAccepted, 2),
            (.conflictingVoucher, 3), (.notForThisRequest, 4), (.presentationKnown, 5),
            (.spentHere, 6), (.spentElsewhere, 7), (.nothingLeft, 8), (.requestPaid, 9),
            (.oneWayKindNotAllowed, 10), (.aboveCodeCeiling, 11), (.aboveVoucher, 12),
            (.abovePerPaymentMaximum, 13), (.voucherAllowanceUsedUp, 14), (.issuerRevoked, 15),
            (.hotListed, 16), (.aboveAgreedLimit, 17), (.agreedAllowanceUsedUp, 18),
            (.trustListAgeing, 20), (.trustListStale, 21),
            (.trustListStopped, 22), (.trustListAgeUnknown, 23), (.hotListAgeing, 24),
            (.hotListStale, 25), (.hotListStopped, 26), (.hotListAgeUnknown, 27),
            (.clockAgeing, 28), (.clockStale, 29), (.clockStopped, 30),
            (.clockUncertaintyUnknown, 31), (.syncAgeing, 32), (.syncStale, 33),
            (.syncStopped, 34), (.syncAgeUnknown, 35), (.mayBeHotListed, 36),
            (.hotListNotHeld, 37), (.outsideHours, 38), (.tooSoon, 39), (.velocityExceeded, 40),
            (.splitSaleExceeded, 41), (.oneWayAboveLimit, 42), (.aboveFloorLimit, 43),
            (.aboveKindLimit, 44), (.allowanceUsedUp, 45), (.kindAllowanceUsedUp, 46),
            (.tooManyOutstanding, 47), (.tooManyOfKind, 48), (.selectedForOnline, 49),
            (.oneWay, 50), (.bearer, 51), (.partial, 52),
        ]
        for (fact, bit) in numbered { #expect(fact.rawValue == 1 << UInt64(bit), "bit \(bit)") }
        #expect(numbered.map(\.0) == PaymentFacts.all.map(\.fact))
    }

    @Test func countsTheBands() {
        let ages = BandThresholds(ageing: 10, stale: 20, stopped: 30)
        #expect(ages.band(of: 9) == .fresh)
        #expect(ages.band(of: 10) == .ageing)
        #expect(ages.band(of: 19) == .ageing)
        #expect(ages.band(of: 20) == .stale)
        #expect(ages.band(of: 30) == .stopped)
        #expect(ages.next(after: 9) == 10)
        #expect(ages.next(after: 10) == 20)
        #expect(ages.next(after: 29) == 30)
        #expect(ages.next(after: 30) == nil)
        #expect(Band.allCases.map(\.name) == ["fresh", "ageing", "stale", "stopped"])
        #expect(Band.allCases.map(\.rawValue) == [0, 1, 2, 3])
        #expect(Band.ageing < .stale)
        #expect(!(Band.stale < .stale))
        let rules = BandRules(ageingPerMille: 333, stalePerMille: 1)
        #expect(Band.allCases.map(rules.perMille) == [1_000, 333, 1, 0])
        #expect(rules.shrink(100, in: .ageing) == 33)
        #expect(rules.shrink(UInt64.max, in: .fresh) == UInt64.max)
        #expect(rules.shrink(UInt64.max, in: .stopped) == 0)
    }

    @Test func countsTheHours() {
        let day = OfflineHours.Window(from: 540, until: 600)
        #expect(!day.contains(539))
        #expect(day.contains(540))
        #expect(day.contains(599))
        #expect(!day.contains(600))
        let night = OfflineHours.Window(from: 1_380, until: 60)
        #expect(night.contains(1_380))
        #expect(night.contains(0))
        #expect(night.contains(59))
        #expect(!night.contains(60))
        #expect(!night.contains(1_379))
        let whole = OfflineHours.Window(from: 5, until: 5)
        #expect(whole.contains(4) && whole.contains(5))
        let east = OfflineHours(offsetMinutes: 330, windows: [day])
        let west = OfflineHours(offsetMinutes: -300, windows: [day])
        #expect(east.minuteOfDay(at: 86_400 * 3 + 59) == 330)
        #expect(west.minuteOfDay(at: 60) == 1_141)
        #expect(OfflineHours(offsetMinutes: 840).minuteOfDay(at: 23 * 3_600) == 780)
        #expect(east.allow(210 * 60) && !east.allow(270 * 60))
        #expect(OfflineHours.always.allow(0))
        #expect(OfflineHours.always.minutesLeft(at: 0) == nil)
        #expect(east.minutesLeft(at: 210 * 60) == 60)
        #expect(east.minutesLeft(at: 269 * 60) == 1)
        #expect(east.minutesLeft(at: 0) == 0)
        let two = OfflineHours(windows: [day, .init(from: 600, until: 610)])
        #expect(two.minutesLeft(at: 540 * 60) == 70)
        #expect(OfflineHours(windows: [night]).minutesLeft(at: 1_439 * 60) == 61)
        #expect(OfflineHours(windows: [whole]).minutesLeft(at: 0) == nil)
    }

    @Test func raisesTheShareWithTheAmount() {
        let selection = RandomSelection(
            threshold: 5_000, targetPerMille: 20, maximumPerMille: 420)
        func share(_ amount: UInt64) -> UInt64 {
            selection.threshold(for: amount, floorLimit: 25_000)
        }
        #expect(share(1) == 20_000)
        #expect(share(4_999) == 20_000)
        #expect(share(5_000) == 20_000)
        #expect(share(15_000) == 220_000)
        #expect(share(24_999) == 419_980)
        #expect(share(25_000) == 420_000)
        #expect(share(90_000) == 420_000)
        #expect(selection.threshold(for: 6_000, floorLimit: 5_000) == 420_000)
        #expect(selection.threshold(for: 5_000, floorLimit: 5_000) == 420_000)
        #expect(selection.threshold(for: 4_000, floorLimit: 3_000) == 20_000)
    }

    @Test func drawsTheSameFromTheSameSeed() {
        // SplitMix64's first outputs (0xE220A8397B1DCDAF for 0, 0x599ED017FB08FC85 for 1234567), in
        // millionths of 2^64.
        #expect(Draw(seed: 0).value == 883_310)
        #expect(Draw(seed: 1).value == 566_561)
        #expect(Draw(seed: 1_234_567).value == 350_079)
        // Here the generator's last step decides the number (computed by another program).
        #expect(Draw(seed: 14_101).value == 830_255)
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        #expect(Draw(bytes: bytes).seed == 0x0102_0304_0506_0708)
        #expect(Draw(bytes: bytes).bytes == bytes)
        var below = 0
        for seed in 0..<10_000 as Range<UInt64> {
            let value = Draw(seed: seed).value
            #expect(value < Draw.range)
            if value < 100_000 { below += 1 }
        }
        #expect((900...1_100).contains(below), "a tenth of the draws: \(below)")
    }

    @Test func asksOnlyForWhatThePolicyNeeds() {
        let voucher = Situation().voucher()
        let plain = FactsQuery(voucher, policy: .standard(for: [Situation.euro]), at: 7)
        #expect(plain.windows == [] && plain.kind == nil)
        #expect(plain.at == 7 && plain.currencyNumber == 978)
        #expect(plain.voucher == voucher.identity)
        #expect(plain.nonce == VoucherMint.nonce)
        #expect(plain.presentation == voucher.presentation?.identity)
        #expect(FactsQuery(voucher).windows == [])
        #expect(plain.holder == voucher.holder?.thumbprint && plain.holder != nil)
        #expect(!plain.addsUpIssuer, "only a terminal whose list limits issuers asks")
        func query(_ line: KindLimits, currency: String = "EUR") -> FactsQuery {
            FactsQuery(
                voucher,
                policy: Policy(limits: [
                    CurrencyLimits(
                        currency: Currency(code: currency)!, perPayment: 1, outstanding: 1,
                        kinds: [line],
                        velocity: [
                            VelocityRule(windowSeconds: 60), VelocityRule(windowSeconds: 30),
                            VelocityRule(windowSeconds: 60),
                        ], splitSaleWindowSeconds: 40)
                ]), at: 1)
        }
        #expect(query(KindLimits(kind: .certificate)).windows == [30, 40, 60])
        #expect(query(KindLimits(kind: .certificate)).kind == nil)
        #expect(query(KindLimits(kind: .certificate, outstanding: 1)).kind == .certificate)
        #expect(query(KindLimits(kind: .certificate, outstandingCount: 1)).kind == .certificate)
        #expect(query(KindLimits(kind: .stored, outstanding: 1)).kind == nil)
        #expect(
            query(KindLimits(kind: .certificate, outstanding: 1), currency: "USD").windows == [])
        let confirmation = Situation {
            $0.value = .fixed(amount: 1_000)
            $0.confirms = [9, 9, 9, 9, 9, 9, 9, 9]
        }.voucher()
        #expect(FactsQuery(confirmation).nonce == [9, 9, 9, 9, 9, 9, 9, 9])
    }

    @Test func remembersTheMostThatWasSeen() {
        let voucher = Situation {
            $0.value = .stored(credit: 500, redeemed: 40)
            $0.due = 100
        }.voucher()
        let far = ElsewhereRedemption(terminal: VoucherMint.terminal, at: 1, amount: 2)
        let last = Redemption(at: 3, amount: 4, receipt: 5)
        let first = VoucherMemory.remembering(voucher, on: nil)
        #expect(first.coreDigest == voucher.coreDigest)
        #expect(first.ceiling == 500 && first.spent == 40 && first.left == 460)
        #expect(first.last == nil && first.elsewhere == nil)
        let more = VoucherMemory.remembering(
            voucher,
            on: VoucherMemory(
                coreDigest: [1], ceiling: 600, spent: 700, last: last, elsewhere: far))
        #expect(more.coreDigest == [1])
        #expect(more.ceiling == 600 && more.spent == 700 && more.left == 0)
        #expect(more.last == last && more.elsewhere == far)
        let fixed = Situation { $0.value = .fixed(amount: 50) }.voucher()
        #expect(VoucherMemory.remembering(fixed, on: nil).spent == 0)
        let exact = VoucherMemory(coreDigest: [], ceiling: 5, spent: 5, last: nil)
        #expect(exact.left == 0)
    }

    @Test func countsTheExposureByCurrency() {
        let exposure = Exposure(amounts: [978: 5], count: 2, oldest: 1)
        #expect(exposure.amount(in: Situation.euro) == 5)
        #expect(exposure.amount(in: Currency(code: "USD")!) == 0)
        #expect(Exposure.none == Exposure(amounts: [:], count: 0, oldest: nil))
    }

    @Test func namesItsKindsAndSteps() {
        #expect(VoucherKind.allCases.map(\.name) == ["fixed", "stored-value", "certificate"])
        #expect(VoucherKind.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(VoucherValue.fixed(amount: 5).ceiling == 5)
        #expect(VoucherValue.stored(credit: 6, redeemed: 1).ceiling == 6)
        #expect(VoucherValue.certificate(perPayment: 1, offlineTotal: 7).ceiling == 7)
        #expect(
            DecisionStep.allCases.map(\.name)
                == ["none", "unconditional", "denial", "online", "hub", "default", "verification"])
        #expect(DecisionStep.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func takesSharesAndWindowsAtTheirLimitsAndNoneBeyond() async {
        let whole = BandRules(ageingPerMille: BandRules.whole, stalePerMille: BandRules.whole)
        #expect(whole.stalePerMille == whole.ageingPerMille)
        await #expect(processExitsWith: .failure) {
            _ = BandRules(ageingPerMille: 500, stalePerMille: 501)
        }
        await #expect(processExitsWith: .failure) {
            _ = BandRules(ageingPerMille: BandRules.whole + 1, stalePerMille: 0)
        }
        let day = OfflineHours.Window(from: 1_439, until: 1_440)
        #expect(day.contains(1_439) && !day.contains(0))
        await #expect(processExitsWith: .failure) {
            _ = OfflineHours.Window(from: 1_440, until: 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = OfflineHours.Window(from: 0, until: 1_441)
        }
    }
}
