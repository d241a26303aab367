extension PaymentFacts {
    /// One fact and the stable word for it, in policies' sources and in explanations.
    public struct Named: Hashable, Sendable {
        /// The one fact.
        public let fact: PaymentFacts
        /// Its word, `[a-z-]+`.
        public let name: String
    }

    /// Every fact by number, with its word (`docs/spec/policy.md`, *Facts*).
    public static let all: [Named] = [
        Named(fact: .clockSuspect, name: "clock-suspect"),
        Named(fact: .currencyDiffers, name: "currency-differs"),
        Named(fact: .currencyNotAccepted, name: "currency-not-accepted"),
        Named(fact: .conflictingVoucher, name: "conflicting-voucher"),
        Named(fact: .notForThisRequest, name: "not-for-this-request"),
        Named(fact: .presentationKnown, name: "presentation-known"),
        Named(fact: .spentHere, name: "spent-here"),
        Named(fact: .spentElsewhere, name: "spent-elsewhere"),
        Named(fact: .nothingLeft, name: "nothing-left"),
        Named(fact: .requestPaid, name: "request-paid"),
        Named(fact: .oneWayKindNotAllowed, name: "one-way-kind-not-allowed"),
        Named(fact: .aboveCodeCeiling, name: "above-code-ceiling"),
        Named(fact: .aboveVoucher, name: "above-voucher"),
        Named(fact: .abovePerPaymentMaximum, name: "above-per-payment-maximum"),
        Named(fact: .voucherAllowanceUsedUp, name: "voucher-allowance-used-up"),
        Named(fact: .issuerRevoked, name: "issuer-revoked"),
        Named(fact: .hotListed, name: "hot-listed"),
        Named(fact: .aboveAgreedLimit, name: "above-agreed-limit"),
        Named(fact: .agreedAllowanceUsedUp, name: "agreed-allowance-used-up"),
        Named(fact: .trustListAgeing, name: "trust-list-ageing"),
        Named(fact: .trustListStale, name: "trust-list-stale"),
        Named(fact: .trustListStopped, name: "trust-list-stopped"),
        Named(fact: .trustListAgeUnknown, name: "trust-list-age-unknown"),
        Named(fact: .hotListAgeing, name: "hot-list-ageing"),
        Named(fact: .hotListStale, name: "hot-list-stale"),
        Named(fact: .hotListStopped, name: "hot-list-stopped"),
        Named(fact: .hotListAgeUnknown, name: "hot-list-age-unknown"),
        Named(fact: .clockAgeing, name: "clock-ageing"),
        Named(fact: .clockStale, name: "clock-stale"),
        Named(fact: .clockStopped, name: "clock-stopped"),
        Named(fact: .clockUncertaintyUnknown, name: "clock-uncertainty-unknown"),
        Named(fact: .syncAgeing, name: "sync-ageing"),
        Named(fact: .syncStale, name: "sync-stale"),
        Named(fact: .syncStopped, name: "sync-stopped"),
        Named(fact: .syncAgeUnknown, name: "sync-age-unknown"),
        Named(fact: .mayBeHotListed, name: "may-be-hot-listed"),
        Named(fact: .hotListNotHeld, name: "hot-list-not-held"),
        Named(fact: .outsideHours, name: "outside-hours"),
        Named(fact: .tooSoon, name: "too-soon"),
        Named(fact: .velocityExceeded, name: "velocity-exceeded"),
        Named(fact: .splitSaleExceeded, name: "split-sale-exceeded"),
        Named(fact: .oneWayAboveLimit, name: "one-way-above-limit"),
        Named(fact: .aboveFloorLimit, name: "above-floor-limit"),
        Named(fact: .aboveKindLimit, name: "above-kind-limit"),
        Named(fact: .allowanceUsedUp, name: "allowance-used-up"),
        Named(fact: .kindAllowanceUsedUp, name: "kind-allowance-used-up"),
        Named(fact: .tooManyOutstanding, name: "too-many-outstanding"),
        Named(fact: .tooManyOfKind, name: "too-many-of-kind"),
        Named(fact: .selectedForOnline, name: "selected-for-online"),
        Named(fact: .oneWay, name: "one-way"),
        Named(fact: .bearer, name: "bearer"),
        Named(fact: .partial, name: "partial"),
    ]

    /// The fact with this word, or nil.
    public init?(name: String) {
        guard let named = Self.all.first(where: { $0.name == name }) else { return nil }
        self = named.fact
    }

    /// The words of the facts that are set, by number.
    public var names: [String] { Self.all.filter { contains($0.fact) }.map(\.name) }
}
