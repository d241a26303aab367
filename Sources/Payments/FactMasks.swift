/// What a policy says to each fact: EMV's three action codes (EMV Book 3, 10.7).
public struct FactMasks: Hashable, Sendable {
    /// With one of these facts a payment is declined, whatever a network could say.
    public let denial: PaymentFacts
    /// With one of these the hub is asked.
    public let online: PaymentFacts
    /// With one of these a payment is declined when the hub cannot be asked or does not answer.
    public let stranded: PaymentFacts

    /// Makes masks (*denial*, *online* and *default*: the last is `stranded` here, where the word
    /// is the language's own). Facts that no policy can allow are declined in any case.
    public init(denial: PaymentFacts, online: PaymentFacts, stranded: PaymentFacts) {
        self.denial = denial
        self.online = online
        self.stranded = stranded
    }

    /// The masks of a policy that names none.
    ///
    /// A terminal that is offline declines what passes a limit, what may be hot-listed, and
    /// everything once the hub has been away for the hard limit; what is merely ageing shrinks
    /// limits. With a network all of that, and the soft limits, are the hub's to judge; and so are
    /// all codes that could be shown at two counters at once: those without a holder, and those
    /// that answer no request. A trust list or a clock that says nothing any more cannot be made
    /// good by one answer.
    public static let standard = FactMasks(
        denial: [.trustListStopped, .clockStopped, .tooSoon],
        online: risks.union([
            .trustListStale, .hotListAgeing, .hotListStale, .clockStale, .syncAgeing, .syncStale,
            .selectedForOnline, .bearer, .oneWay,
        ]), stranded: risks)

    /// What is not approved by the terminal alone.
    private static let risks: PaymentFacts = [
        .hotListStopped, .syncStopped, .mayBeHotListed, .outsideHours, .velocityExceeded,
        .splitSaleExceeded, .oneWayAboveLimit, .aboveFloorLimit, .aboveKindLimit,
        .allowanceUsedUp, .kindAllowanceUsedUp, .tooManyOutstanding, .tooManyOfKind,
    ]
}
