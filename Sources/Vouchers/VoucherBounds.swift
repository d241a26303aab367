/// What a key may sign as vouchers where it is not an issuer's own: a terminal's refund vouchers
/// (`docs/spec/trust.md`, *Refund vouchers*).
public struct VoucherBounds: Hashable, Sendable {
    /// The merchant whose terminals take them: the one audience that such a voucher names.
    public let audience: MerchantID
    /// The most that one may be worth, in minor units, by ISO 4217 number.
    public let limits: [UInt16: UInt64]

    /// Makes bounds; see the properties for units.
    public init(audience: MerchantID, limits: [UInt16: UInt64]) {
        self.audience = audience
        self.limits = limits
    }

    /// Why a voucher with these claims is beyond them, or nil where it is within.
    func refusal(of claims: VoucherClaims) -> VoucherRefusal? {
        guard case .fixed(let amount) = claims.value, claims.holder == nil,
            claims.confirmationNonce == nil
        else {
            return VoucherRefusal(
                .beyondRole, "The key signs refund vouchers only, which are of a fixed value.")
        }
        guard claims.audience == .one(audience.text) else {
            return VoucherRefusal(
                .beyondRole,
                "A refund voucher names \(audience.text) as its one audience (claim 3).")
        }
        guard let most = limits[claims.currencyNumber], amount <= most else {
            return VoucherRefusal(
                .beyondRole,
                "A refund voucher of this terminal is worth \(limits[claims.currencyNumber] ?? 0) "
                    + "minor units of currency \(claims.currencyNumber) at most.")
        }
        return nil
    }
}
