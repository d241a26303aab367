import CBOR
public import Money
public import Vouchers

/// A terminal's right to sign refund vouchers by the key of its entry: under which name as an
/// issuer, and how much one of them may be worth (`docs/spec/trust.md`, *Refund vouchers*).
public struct RefundRight: Hashable, Sendable {
    /// The most that one refund voucher may be worth in one currency.
    public struct Limit: Hashable, Sendable {
        /// The currency.
        public let currency: Currency
        /// The most, in minor units, above 0.
        public let most: UInt64

        /// Makes a limit.
        public init(currency: Currency, most: UInt64) {
            self.currency = currency
            self.most = most
        }
    }

    /// The name under which the terminal is an issuer: no issuer's and no other terminal's.
    public let issuer: IssuerID
    /// The limits, ascending by currency number, each currency once, at least one. A currency
    /// without one has no refund vouchers.
    public let limits: [Limit]

    /// Makes a right; the limits may come in any order, each currency once.
    public init(issuer: IssuerID, limits: [Limit]) {
        precondition(
            !limits.isEmpty && limits.allSatisfy { $0.most > 0 },
            "A right to refund is worth something.")
        precondition(
            Set(limits.map(\.currency.number)).count == limits.count,
            "A currency has one limit in a right.")
        self.issuer = issuer
        self.limits = limits.sorted { $0.currency.number < $1.currency.number }
    }

    /// What a verifier holds a refund voucher of `merchant` to.
    func bounds(for merchant: MerchantID) -> VoucherBounds {
        VoucherBounds(
            audience: merchant,
            limits: Dictionary(uniqueKeysWithValues: limits.map { ($0.currency.number, $0.most) }))
    }

    var encoded: CBORValue {
        .array([
            .text(issuer.name),
            .array(
                limits.map {
                    .array([.unsigned(UInt64($0.currency.number)), .unsigned($0.most)])
                }),
        ])
    }

    init(_ value: CBORValue, of name: String) throws(TrustRefusal) {
        let name = "refund right of \(name)"
        var reader = try DocumentReader(value, name)
        guard let issuer = IssuerID(try reader.text(name)) else { throw .shape(name) }
        self.issuer = issuer
        var limits: [Limit] = []
        for line in try reader.array(name, atMost: TrustDefaults.maximumLimits) {
            var fields = try DocumentReader(line, name)
            guard let number = UInt16(exactly: try fields.unsigned(name)),
                let currency = Currency(number: number),
                limits.last.map({ $0.currency.number < number }) ?? true
            else { throw .shape("currency of the \(name)") }
            let most = try fields.unsigned(name)
            guard most > 0 else { throw .shape("limit of the \(name)") }
            limits.append(Limit(currency: currency, most: most))
            try fields.end()
        }
        guard !limits.isEmpty else { throw .shape("limits of the \(name)") }
        self.limits = limits
        try reader.end()
    }
}
