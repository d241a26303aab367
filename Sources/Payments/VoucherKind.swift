public import Vouchers

/// What kind of value a voucher carries (`formats.md` 1.1, first element of the value array).
public enum VoucherKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Fixed value: spent once, whole.
    case fixed = 1
    /// Stored value: spent in parts.
    case stored = 2
    /// Wallet certificate: pays later from an account.
    case certificate = 3

    /// The stable word for this kind in messages and JSON.
    public var name: String {
        switch self {
        case .fixed: "fixed"
        case .stored: "stored-value"
        case .certificate: "certificate"
        }
    }
}

extension VoucherValue {
    /// The kind of this value.
    public var kind: VoucherKind {
        switch self {
        case .fixed: .fixed
        case .stored: .stored
        case .certificate: .certificate
        }
    }

    /// The most that may ever be redeemed under this value, in minor units: the amount, the
    /// credit, or the offline total.
    public var ceiling: UInt64 {
        switch self {
        case .fixed(let amount): amount
        case .stored(let credit, _): credit
        case .certificate(_, let offlineTotal): offlineTotal
        }
    }
}
