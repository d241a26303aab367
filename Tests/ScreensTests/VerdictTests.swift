import Money
import Payments
import Screens
import Testing
import VoucherMint
import Vouchers

/// Every verdict has a code, two sentences and signs of its own.
@Suite struct VerdictTests {
    private static let euro = Currency(code: "EUR")!
    private static let once = Redemption(at: 1_800_000_000, amount: 1_234, receipt: 17)
    private static let far = ElsewhereRedemption(
        terminal: VoucherMint.terminal, at: 1_800_000_000, amount: 1_234)

    static let reasons: [(DeclineReason, code: String, group: VerdictSigns.Group)] = [
        (.journalUnavailable(detail: "The disk is full."), "journal-unavailable", .fault),
        (.clockSuspect(floor: 1), "clock-suspect", .fault),
        (.severalCodes(count: 2), "several-codes", .retry),
        (.notAPaymentCode, "not-a-payment-code", .retry),
        (.receiptShown, "receipt-not-a-payment", .retry),
        (.otherScheme(kind: "alipay", name: "Alipay"), "other-scheme-alipay", .network),
        (.referenceUnknown, "reference-unknown", .network),
        (.refused(VoucherRefusal(.expired, "It is over.")), "expired", .declined),
        (
            .refused(VoucherRefusal(.trainingVoucher, "It is for training.")),
            "training-voucher", .declined
        ),
        (
            .refused(VoucherRefusal(.notForTraining, "It is no training voucher.")),
            "not-for-training", .declined
        ),
        (
            .refused(VoucherRefusal(.presentationStale, "It is old.")), "presentation-stale",
            .retry
        ),
        (.currencyDiffers(voucherCurrency: 840), "currency-differs", .declined),
        (.currencyNotAccepted, "currency-not-accepted", .declined),
        (.conflictingVoucher, "conflicting-voucher", .declined),
        (.issuerRevoked, "issuer-revoked", .declined), (.hotListed, "hot-listed", .declined),
        (.notForThisRequest(presented: 1, asked: 2), "not-for-this-request", .retry),
        (.sameCodeAgain, "same-code-again", .again),
        (.spentHere(last: once), "spent-here", .again),
        (.spentElsewhere(last: far), "spent-elsewhere", .again),
        (.nothingLeft, "nothing-left", .again),
        (.oneWayNotAllowed(kind: .fixed), "one-way-not-allowed", .retry),
        (.aboveCodeCeiling(ceiling: 1), "above-code-ceiling", .retry),
        (.aboveVoucher(left: 1), "above-voucher", .declined),
        (.abovePerPaymentMaximum(maximum: 1), "above-per-payment-maximum", .declined),
        (.voucherAllowanceUsedUp(left: 1), "voucher-allowance-used-up", .declined),
        (.aboveAgreedLimit(limit: 1), "above-agreed-limit", .declined),
        (.agreedAllowanceUsedUp(left: 1), "agreed-allowance-used-up", .network),
        (.trustDataTooOld(age: 90 * 86_400), "trust-data-too-old", .fault),
        (.hotListTooOld(age: nil), "hot-list-too-old", .network),
        (.clockUncertain(by: 7_300), "clock-uncertain", .fault),
        (.syncOverdue(age: 7_100), "sync-overdue", .network),
        (.mayBeHotListed, "may-be-hot-listed", .network),
        (.outsideHours, "outside-hours", .network), (.tooSoon(seconds: 3), "too-soon", .retry),
        (.velocityExceeded, "velocity-exceeded", .declined),
        (.splitSaleExceeded(limit: 1), "split-sale-exceeded", .declined),
        (.oneWayAboveLimit(limit: 1), "one-way-above-limit", .retry),
        (.aboveFloorLimit(limit: 1), "above-floor-limit", .declined),
        (.aboveKindLimit(kind: .stored, limit: 1), "above-kind-limit", .declined),
        (.allowanceUsedUp(left: 1), "allowance-used-up", .network),
        (.kindAllowanceUsedUp(kind: .stored, left: 1), "kind-allowance-used-up", .network),
        (.tooManyOutstanding(limit: 9), "too-many-outstanding", .network),
        (.tooManyOfKind(kind: .stored, limit: 9), "too-many-of-kind", .network),
        (.selectedForOnline, "selected-for-online", .network),
        (.oneWayRefused, "one-way-refused", .retry), (.bearerRefused, "bearer-refused", .declined),
        (.partRefused, "part-refused", .declined),
        (
            .declinedOnline(HubDecline(reason: "account-closed", other: nil)), "account-closed",
            .declined
        ),
        (
            .referenceMalformed(reason: "reference-check", detail: "It is mistyped."),
            "reference-check", .retry
        ),
        (.referenceAmbiguous, "reference-ambiguous", .declined),
        (
            .storeUnavailable(detail: "The store is damaged."), "voucher-store-unavailable",
            .fault
        ),
        (.unconfirmed, "unconfirmed", .network),
    ]

    @Test func eachHasItsCodeSentencesAndSigns() {
        for (reason, code, group) in Self.reasons {
            #expect(reason.code == code)
            let told = DeclineSentences(reason, currency: Self.euro)
            #expect(told.cashier.hasSuffix(". Nothing was paid."), "\(code): \(told.cashier)")
            #expect(VerdictSigns(Outcome.declined(reason)).group == group, "\(code)")
        }
        #expect(Set(Self.reasons.map(\.code)).count == Self.reasons.count)
    }

    @Test func whereAndWhenAVoucherWasSpentIsTold() {
        let here = DeclineSentences(.spentHere(last: Self.once), currency: Self.euro).cashier
        #expect(here.contains("2027-01-15 08:00 UTC"))
        #expect(here.contains("receipt 17") && here.contains("12.34 EUR"))
        let there = DeclineSentences(.spentElsewhere(last: Self.far), currency: Self.euro).cashier
        #expect(there.contains("till:m42/t7") && there.contains("12.34 EUR"))
    }

    @Test func whatTheHubHasPutAsideIsToldWithWhatToDo() {
        let reasons = [
            "receipt-repeated", "terminal-revoked", "conflicting-voucher",
            "evidence-amount-differs", "undo-repeated", "signature-bad", "of-a-later-hub",
        ]
        let sentences = reasons.map { QuarantineSentences(reason: $0).cashier }
        #expect(Set(sentences).count == reasons.count)
        for sentence in sentences {
            #expect(sentence.contains("is not credited until"), "\(sentence)")
            #expect(sentence.contains(" operator "), "\(sentence)")
        }
        // A journal that is an older copy would be paid with twice.
        #expect(sentences[0].contains("Take no more payments"))
        #expect(sentences[5].contains("signature-bad"))
    }

    @Test func agesAreToldInUnitsThatPeopleUse() {
        for (age, words) in [
            (119, "119 seconds"), (120, "2 minutes"), (7_199, "119 minutes"), (7_200, "2 hours"),
            (172_799, "47 hours"), (172_800, "2 days"),
        ] as [(UInt64, String)] {
            let told = DeclineSentences(.syncOverdue(age: age), currency: Self.euro).cashier
            #expect(told.contains(" \(words) ago"), "\(told)")
        }
        let unknown = DeclineSentences(.syncOverdue(age: nil), currency: Self.euro).cashier
        #expect(unknown.contains("an unknown time"))
    }

    @Test func noTwoGroupsShareAWordAnIconOrASound() {
        let signs = VerdictSigns.Group.allCases.map { VerdictSigns($0) }
        #expect(Set(signs.map(\.word)).count == signs.count)
        #expect(Set(signs.map(\.icon)).count == signs.count)
        #expect(Set(signs.map(\.sound)).count == signs.count)
        #expect(signs.map(\.icon.rawValue).count == VerdictSigns.Icon.allCases.count)
    }
}
