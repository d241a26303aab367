import Payments
import Testing

/// What root keys have agreed to holds, whatever the policy says.
@Suite struct AgreedLimitsTests {
    private func reason(
        due: UInt64 = 1_000, outstanding: UInt64 = 0, ofIssuer: UInt64? = 0,
        online: OnlineAnswer = .unavailable, masks: FactMasks = .standard,
        _ agreed: AgreedLimits?
    ) -> DeclineReason? {
        Situation {
            $0.due = due
            $0.agreed = agreed
            $0.online = online
            $0.masks = masks
            $0.issuerOutstanding = ofIssuer
            $0.exposure = Exposure(
                amounts: outstanding == 0 ? [:] : [978: outstanding], count: 1, oldest: nil)
        }.reason
    }

    private func agreed(
        _ perPayment: UInt64? = nil, ofIssuer: UInt64? = nil, ofTerminal: UInt64? = nil
    ) -> AgreedLimits {
        AgreedLimits(
            isCurrencyAccepted: true, perPayment: perPayment, ofIssuer: ofIssuer,
            ofTerminal: ofTerminal)
    }

    @Test func aPaymentMayReachTheLimitAndNotPassIt() {
        #expect(reason(agreed(1_000)) == nil)
        #expect(reason(agreed(999)) == .aboveAgreedLimit(limit: 999))
    }

    @Test func whatWaitsForTheHubCounts() {
        #expect(reason(ofIssuer: 500, agreed(ofIssuer: 1_500)) == nil)
        #expect(
            reason(ofIssuer: 501, agreed(ofIssuer: 1_500)) == .agreedAllowanceUsedUp(left: 999))
        #expect(reason(outstanding: 500, agreed(ofTerminal: 1_500)) == nil)
        #expect(
            reason(outstanding: 501, agreed(ofTerminal: 1_500))
                == .agreedAllowanceUsedUp(left: 999))
        #expect(
            reason(outstanding: 9_000, ofIssuer: 0, agreed(ofIssuer: 1_000)) == nil,
            "other issuers' payments do not count against this one's limit")
    }

    @Test func ofTwoAllowancesTheSmallerIsTold() {
        #expect(
            reason(outstanding: 100, ofIssuer: 100, agreed(ofIssuer: 600, ofTerminal: 500))
                == .agreedAllowanceUsedUp(left: 400))
        #expect(
            reason(outstanding: 100, ofIssuer: 100, agreed(ofIssuer: 500, ofTerminal: 600))
                == .agreedAllowanceUsedUp(left: 400))
    }

    @Test func aSumThatWasNotLookedUpCountsAsUsedUp() {
        #expect(
            reason(due: 1, ofIssuer: nil, agreed(ofIssuer: 9_000))
                == .agreedAllowanceUsedUp(left: 0))
    }

    @Test func noPolicyAndNoHubWidensThem() {
        let none = FactMasks(denial: [], online: [], stranded: [])
        #expect(reason(masks: none, agreed(999)) == .aboveAgreedLimit(limit: 999))
        #expect(reason(online: .approved, agreed(999)) == .aboveAgreedLimit(limit: 999))
    }

    @Test func severalEntriesAllowWhatTheTightestDoes() {
        let line = { AgreedLine(perPayment: $0, outstanding: $1) } as (UInt64, UInt64) -> AgreedLine
        #expect(AgreedLimits(issuer: [], terminal: []) == nil)
        #expect(
            AgreedLimits(issuer: [line(5, 90), line(7, 80)], terminal: [line(6, 70)])
                == AgreedLimits(
                    isCurrencyAccepted: true, perPayment: 5, ofIssuer: 80, ofTerminal: 70))
        #expect(
            AgreedLimits(issuer: [], terminal: [line(6, 70), line(9, 60)])
                == AgreedLimits(
                    isCurrencyAccepted: true, perPayment: 6, ofIssuer: nil, ofTerminal: 60))
        #expect(
            AgreedLimits(issuer: [line(5, 90), nil], terminal: [])
                == AgreedLimits(
                    isCurrencyAccepted: false, perPayment: 5, ofIssuer: 90, ofTerminal: nil))
        #expect(
            reason(AgreedLimits(issuer: [nil], terminal: [])) == .currencyNotAccepted)
    }
}
