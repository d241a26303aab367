import Foundation
import Payments
import Testing
import VoucherMint
import Vouchers

/// One thing that speaks against a payment, and what makes it so.
private struct Fault: Sendable {
    let code: String
    let fact: PaymentFacts
    let make: @Sendable (inout Situation) -> Void
    /// Codes of faults that cannot be true at the same time.
    var excludes: Set<String> = []
}

/// The order of `docs/spec/authorisation.md`: whatever two things speak against a payment, the
/// earlier is told.
@Suite struct DecisionOrderTests {
    private static let stopped: UInt64 = 100 * 86_400
    private static let moment = Redemption(at: Situation.now - 1, amount: 7, receipt: 3)
    private static let far = ElsewhereRedemption(
        terminal: VoucherMint.terminal, at: Situation.now - 100, amount: 9)

    /// Stored value of which all but 1 is spent.
    private static func makeNearlySpent(_ it: inout Situation) {
        it.value = .stored(credit: 90_000, redeemed: 0)
        it.spent = max(it.spent, 89_999)
    }

    private static func makeOneWay(_ it: inout Situation) { it.answers = false }

    private static let faults: [Fault] = [
        Fault(code: "clock-suspect", fact: .clockSuspect) { $0.clockFloor = Situation.now + 1 },
        Fault(code: "currency-differs", fact: .currencyDiffers) { $0.currency = 840 },
        Fault(code: "currency-not-accepted", fact: .currencyNotAccepted) { $0.accepts = false },
        Fault(code: "conflicting-voucher", fact: .conflictingVoucher) { $0.isConflicting = true },
        Fault(code: "issuer-revoked", fact: .issuerRevoked) { $0.hotList = .issuerRevoked },
        Fault(
            code: "hot-listed", fact: .hotListed, make: { $0.hotList = .listed },
            excludes: ["issuer-revoked"]),
        Fault(code: "not-for-this-request", fact: .notForThisRequest) { $0.named = $0.due + 1 },
        Fault(code: "same-code-again", fact: .presentationKnown) { $0.presentationKnown = true },
        Fault(code: "spent-here", fact: .spentHere) {
            $0.spent = 90_000
            $0.last = moment
        },
        Fault(code: "spent-elsewhere", fact: .spentElsewhere) {
            $0.spent = 90_000
            $0.elsewhere = far
        },
        Fault(
            code: "nothing-left", fact: .nothingLeft, make: { $0.spent = 90_000 },
            excludes: ["spent-here", "spent-elsewhere"]),
        Fault(
            code: "same-code-again", fact: .requestPaid, make: { $0.requestPaid = true }),
        Fault(
            code: "one-way-not-allowed", fact: .oneWayKindNotAllowed,
            make: {
                makeOneWay(&$0)
                $0.oneWayKinds = []
            }, excludes: ["not-for-this-request"]),
        Fault(
            code: "above-code-ceiling", fact: .aboveCodeCeiling,
            make: {
                makeOneWay(&$0)
                $0.named = 999
            }, excludes: ["not-for-this-request"]),
        Fault(
            code: "above-voucher", fact: .aboveVoucher,
            make: {
                makeNearlySpent(&$0)
                $0.splits = false
            }),
        Fault(
            code: "above-per-payment-maximum", fact: .abovePerPaymentMaximum,
            make: {
                makeOneWay(&$0)
                $0.value = .certificate(perPayment: 999, offlineTotal: 90_000)
            }, excludes: ["not-for-this-request", "above-code-ceiling", "above-voucher"]),
        Fault(
            code: "voucher-allowance-used-up", fact: .voucherAllowanceUsedUp,
            make: { $0.spent = max($0.spent, 89_999) }, excludes: ["above-voucher"]),
        Fault(code: "above-agreed-limit", fact: .aboveAgreedLimit) { $0.agree(perPayment: 0) },
        Fault(code: "agreed-allowance-used-up", fact: .agreedAllowanceUsedUp) {
            $0.agree(ofTerminal: 0)
        },
    ]

    private static let weighed: [Fault] = [
        Fault(code: "trust-data-too-old", fact: .trustListStopped) { $0.trustListAge = stopped },
        Fault(code: "hot-list-too-old", fact: .hotListStopped) { $0.hotListAge = stopped },
        Fault(code: "clock-uncertain", fact: .clockStopped) { $0.clockUncertainty = stopped },
        Fault(code: "sync-overdue", fact: .syncStopped) { $0.lastSyncAge = stopped },
        Fault(
            code: "may-be-hot-listed", fact: .mayBeHotListed, make: { $0.hotList = .mayBeListed },
            excludes: ["issuer-revoked", "hot-listed"]),
        Fault(code: "outside-hours", fact: .outsideHours) {
            $0.hours = OfflineHours(windows: [.init(from: 0, until: 720)])
        },
        Fault(
            code: "too-soon", fact: .tooSoon,
            make: {
                $0.last = moment
                $0.tooSoonSeconds = 60
            }, excludes: ["spent-elsewhere", "nothing-left"]),
        Fault(code: "velocity-exceeded", fact: .velocityExceeded) {
            $0.velocity = [VelocityRule(windowSeconds: 60, count: 1)]
            $0.windows.append(
                WindowTotal(windowSeconds: 60, total: CountAndSum(count: 1, sum: 7)))
        },
        Fault(code: "split-sale-exceeded", fact: .splitSaleExceeded) {
            $0.splitWindow = 600
            $0.windows.append(
                WindowTotal(windowSeconds: 600, total: CountAndSum(count: 1, sum: 25_000)))
        },
        Fault(
            code: "one-way-above-limit", fact: .oneWayAboveLimit,
            make: {
                makeOneWay(&$0)
                $0.kindLimit { KindLimits(kind: $0, oneWay: 0) }
            }, excludes: ["not-for-this-request"]),
        Fault(code: "above-floor-limit", fact: .aboveFloorLimit) { $0.perPayment = 0 },
        Fault(code: "above-kind-limit", fact: .aboveKindLimit) {
            $0.kindLimit { KindLimits(kind: $0, perPayment: 0) }
        },
        Fault(code: "allowance-used-up", fact: .allowanceUsedUp) {
            $0.exposure = Exposure(
                amounts: [978: 100_000], count: $0.exposure.count, oldest: nil)
        },
        Fault(code: "kind-allowance-used-up", fact: .kindAllowanceUsedUp) {
            $0.kindLimit { KindLimits(kind: $0, outstanding: 0) }
        },
        Fault(code: "too-many-outstanding", fact: .tooManyOutstanding) {
            $0.exposure = Exposure(amounts: $0.exposure.amounts, count: 500, oldest: nil)
        },
        Fault(code: "too-many-of-kind", fact: .tooManyOfKind) {
            $0.kindLimit { KindLimits(kind: $0, outstandingCount: 0) }
        },
        Fault(code: "selected-for-online", fact: .selectedForOnline) {
            $0.selection = RandomSelection(
                threshold: 0, targetPerMille: 1_000, maximumPerMille: 1_000)
        },
        Fault(
            code: "one-way-refused", fact: .oneWay, make: { makeOneWay(&$0) },
            excludes: ["not-for-this-request"]),
        Fault(
            code: "bearer-refused", fact: .bearer,
            make: {
                $0.isBearer = true
                $0.value = .stored(credit: 90_000, redeemed: 0)
            },
            excludes: [
                "not-for-this-request", "above-code-ceiling", "above-per-payment-maximum",
                "voucher-allowance-used-up",
            ]),
        Fault(
            code: "part-refused", fact: .partial, make: { makeNearlySpent(&$0) },
            excludes: [
                "above-code-ceiling", "above-voucher", "above-per-payment-maximum",
                "voucher-allowance-used-up",
            ]),
    ]

    /// What a currency without a line has none of.
    private static let limitCodes: Set<String> = [
        "velocity-exceeded", "split-sale-exceeded", "one-way-above-limit", "above-floor-limit",
        "above-kind-limit", "allowance-used-up", "kind-allowance-used-up",
        "too-many-outstanding", "too-many-of-kind", "selected-for-online",
    ]

    private static func situation(_ faults: [Fault], masks: FactMasks) -> Situation {
        Situation { it in
            for fault in faults { fault.make(&it) }
            it.masks = masks
            // Whatever kind the voucher came to be, its line is for it.
            it.kindLine = it.kindLine.map {
                KindLimits(
                    kind: it.value.kind, perPayment: $0.perPayment, oneWay: $0.oneWay,
                    outstanding: $0.outstanding, outstandingCount: $0.outstandingCount)
            }
        }
    }

    /// Every pair of `faults` that can be true together.
    private static func pairs(_ faults: [Fault]) -> [(Fault, Fault)] {
        faults.indices.flatMap { first in
            faults[(first + 1)...].filter {
                !$0.excludes.contains(faults[first].code)
                    && !(faults[first].code == "currency-not-accepted"
                        && limitCodes.contains($0.code))
            }
            .map { (faults[first], $0) }
        }
    }

    private static let declineAll = FactMasks(denial: .maskable, online: [], stranded: [])
    private static let strandAll = FactMasks(denial: [], online: [], stranded: .maskable)

    /// What is harmless is in no mask here: a mask of all facts would name it.
    private static func naming(_ faults: [Fault], _ all: FactMasks) -> FactMasks {
        let named = faults.reduce(into: PaymentFacts()) { $0.formUnion($1.fact) }
            .intersection(.maskable)
        return FactMasks(
            denial: all.denial.intersection(named), online: [],
            stranded: all.stranded.intersection(named))
    }

    @Test func nothingSpeaksAgainstAHarmlessPayment() {
        let ruling = Situation().ruling
        #expect(ruling.basis.facts == [])
        #expect(ruling.basis.step == .none)
        #expect(Situation().amount == 1_000)
    }

    @Test func eachFaultAloneIsToldByItsCode() {
        for fault in Self.faults + Self.weighed {
            let ruling = Self.situation([fault], masks: Self.naming([fault], Self.declineAll))
                .ruling
            guard case .decline(let reason) = ruling.decision else {
                Issue.record("\(fault.code) is declined: \(ruling.decision)")
                continue
            }
            #expect(reason.code == fault.code)
            #expect(ruling.basis.facts.contains(fault.fact), "\(fault.code)")
            let isHard = fault.fact.isSubset(of: .unconditional)
            #expect(ruling.basis.step == (isHard ? .unconditional : .denial), "\(fault.code)")
        }
    }

    @Test func ofEveryTwoTheEarlierIsTold() {
        let all = Self.faults + Self.weighed
        var count = 0
        for masks in [Self.declineAll, Self.strandAll] {
            for (first, second) in Self.pairs(all) {
                let ruling = Self.situation(
                    [first, second], masks: Self.naming([first, second], masks)
                ).ruling
                let both = first.fact.union(second.fact)
                #expect(
                    ruling.basis.facts.isSuperset(of: both),
                    "\(first.code) and \(second.code): \(ruling.basis.facts.names)")
                guard case .decline(let reason) = ruling.decision else {
                    Issue.record("\(first.code) and \(second.code) are declined")
                    continue
                }
                #expect(reason.code == first.code, "before \(second.code)")
                count += 1
            }
        }
        #expect(count > 1_100, "only \(count) pairs were tried")
    }

    @Test func theOrderOfMakingDoesNotMatter() {
        for (first, second) in Self.pairs(Self.weighed) {
            let masks = Self.naming([first, second], Self.declineAll)
            let one = Self.situation([first, second], masks: masks).ruling.basis.facts
            let other = Self.situation([second, first], masks: masks).ruling.basis.facts
            #expect(one == other, "\(first.code) and \(second.code)")
        }
    }

    @Test func thePageListsTheReasonsInThisOrder() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../docs/spec/authorisation.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").compactMap { line -> Substring? in
            let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
            guard cells.count >= 3, Int(cells[0].prefix { $0 != " " }) != nil else { return nil }
            return cells[1].split(separator: "`").first
        }
        #expect(listed.map(String.init) == (Self.faults + Self.weighed).map(\.code))
    }
}

extension Situation {
    /// Adds to the limits of the voucher's kind.
    fileprivate mutating func kindLimit(_ limits: (VoucherKind) -> KindLimits) {
        let old = kindLine
        let new = limits(value.kind)
        kindLine = KindLimits(
            kind: new.kind, perPayment: new.perPayment ?? old?.perPayment,
            oneWay: new.oneWay ?? old?.oneWay, outstanding: new.outstanding ?? old?.outstanding,
            outstandingCount: new.outstandingCount ?? old?.outstandingCount)
    }
}
