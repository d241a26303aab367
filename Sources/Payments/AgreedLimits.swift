/// What the trust list lets be accepted of one voucher, on the strength of its issuer's entries and
/// of this terminal's own (`docs/spec/trust.md`, *Trust list*). What is nil has no limit there.
public struct AgreedLimits: Hashable, Sendable {
    /// Whether each entry that has limits has a line for the voucher's currency.
    public let isCurrencyAccepted: Bool
    /// The most of one payment, in minor units.
    public let perPayment: UInt64?
    /// The most that may be outstanding of this issuer's vouchers at this terminal, in minor units.
    public let ofIssuer: UInt64?
    /// The most that may be outstanding at this terminal, in minor units.
    public let ofTerminal: UInt64?

    /// Makes limits; amounts are minor units of the voucher's currency.
    public init(
        isCurrencyAccepted: Bool, perPayment: UInt64?, ofIssuer: UInt64?, ofTerminal: UInt64?
    ) {
        self.isCurrencyAccepted = isCurrencyAccepted
        self.perPayment = perPayment
        self.ofIssuer = ofIssuer
        self.ofTerminal = ofTerminal
    }

    /// What the entries that have limits allow together: the least of each.
    ///
    /// - Parameters:
    ///   - issuer: the line of each of the issuer's entries; nil where it has none for the currency.
    ///   - terminal: the same of this terminal's own entries.
    public init?(issuer: [AgreedLine?], terminal: [AgreedLine?]) {
        let all = issuer + terminal
        if all.isEmpty { return nil }
        self.init(
            isCurrencyAccepted: !all.contains { $0 == nil },
            perPayment: all.compactMap { $0?.perPayment }.min(),
            ofIssuer: issuer.compactMap { $0?.outstanding }.min(),
            ofTerminal: terminal.compactMap { $0?.outstanding }.min())
    }
}

/// One entry's limits in one currency, in minor units.
public struct AgreedLine: Hashable, Sendable {
    /// The most of one payment.
    public let perPayment: UInt64
    /// The most that may be outstanding.
    public let outstanding: UInt64

    /// Makes a line.
    public init(perPayment: UInt64, outstanding: UInt64) {
        self.perPayment = perPayment
        self.outstanding = outstanding
    }
}
