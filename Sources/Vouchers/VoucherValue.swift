/// What a voucher is worth, by its kind; amounts are in minor units of the voucher's currency.
public enum VoucherValue: Hashable, Sendable {
    /// Kind 1: spent once, whole.
    case fixed(amount: UInt64)

    /// Kind 2: spent in parts. The total ever credited, and what the issuer knew to be redeemed
    /// when it signed; both only grow.
    case stored(credit: UInt64, redeemed: UInt64)

    /// Kind 3: pays later from an account; all payments together may not pass the offline total.
    case certificate(perPayment: UInt64, offlineTotal: UInt64)

    /// The first element of the value array: 1, 2 or 3.
    public var kind: UInt64 {
        switch self {
        case .fixed: 1
        case .stored: 2
        case .certificate: 3
        }
    }

    /// The amounts of the value array, in its order.
    var amounts: [UInt64] {
        switch self {
        case .fixed(let amount): [amount]
        case .stored(let credit, let redeemed): [credit, redeemed]
        case .certificate(let perPayment, let offlineTotal): [perPayment, offlineTotal]
        }
    }

    /// The amounts that all objects of one identity share: not those of stored value, which grow.
    var sharedAmounts: [UInt64] {
        switch self {
        case .stored: []
        case .fixed, .certificate: amounts
        }
    }

    /// The most that one presentation may name (formats, section 1.2), or nil for kind 1, where a
    /// presentation names no amount.
    public var presentationMaximum: UInt64? {
        switch self {
        case .fixed: nil
        case .stored(let credit, _): credit
        case .certificate(let perPayment, _): perPayment
        }
    }
}

/// Who may accept a voucher (claim 3). One text and an array of that text mean the same shops, but
/// they are different claims: a payment confirmation has the text.
public enum Audience: Hashable, Sendable {
    /// One merchant's or terminal's id, as a text.
    case one(String)

    /// Any of these ids, as an array.
    case anyOf([String])

    /// These ids: a single one as a text, several (or none, which no reader accepts) as an array.
    public init(_ ids: [String]) {
        self = ids.count == 1 ? .one(ids[0]) : .anyOf(ids)
    }

    /// The ids.
    public var ids: [String] {
        switch self {
        case .one(let id): [id]
        case .anyOf(let ids): ids
        }
    }

    /// Whether this terminal may accept: its id or its merchant's is there, byte for byte.
    public func admits(_ terminal: TerminalID) -> Bool {
        ids.contains { id in
            id.utf8.elementsEqual(terminal.text.utf8)
                || id.utf8.elementsEqual(terminal.merchant.text.utf8)
        }
    }
}
