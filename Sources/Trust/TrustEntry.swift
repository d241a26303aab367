import CBOR
public import COSE
public import Money
public import Vouchers

/// What a key in the trust list is for. A key has one role: none stands in for another.
public enum TrustRole: UInt8, Hashable, Sendable, CaseIterable {
    /// It signs vouchers.
    case issuer = 1
    /// It signs freshness statements, configurations, acknowledgements and the like.
    case hub = 2
    /// It signs shop QRs and batches.
    case terminal = 3

    /// The stable word for this role in JSON.
    public var name: String {
        switch self {
        case .issuer: "issuer"
        case .hub: "hub"
        case .terminal: "terminal"
        }
    }
}

/// Who a key of the trust list belongs to.
public enum TrustSubject: Hashable, Sendable {
    /// An issuer.
    case issuer(IssuerID)
    /// The hub of a merchant.
    case hub(MerchantID)
    /// A terminal.
    case terminal(TerminalID)

    /// The role that goes with it.
    public var role: TrustRole {
        switch self {
        case .issuer: .issuer
        case .hub: .hub
        case .terminal: .terminal
        }
    }

    /// The id as it is written.
    public var text: String {
        switch self {
        case .issuer(let id): id.name
        case .hub(let id): id.text
        case .terminal(let id): id.text
        }
    }

    init?(_ role: TrustRole, _ text: String) {
        switch role {
        case .issuer:
            guard let id = IssuerID(text) else { return nil }
            self = .issuer(id)
        case .hub:
            guard let id = MerchantID(text) else { return nil }
            self = .hub(id)
        case .terminal:
            guard let id = TerminalID(text) else { return nil }
            self = .terminal(id)
        }
    }
}

/// What may be accepted on the strength of one entry, in one currency.
public struct TrustLimit: Hashable, Sendable {
    /// The currency.
    public let currency: Currency
    /// The most of one payment, in minor units.
    public let perPayment: UInt64
    /// The most that may be outstanding, in minor units.
    public let outstanding: UInt64

    /// Makes a limit; see the properties for units.
    public init(currency: Currency, perPayment: UInt64, outstanding: UInt64) {
        self.currency = currency
        self.perPayment = perPayment
        self.outstanding = outstanding
    }
}

/// Whether a key may still be relied on.
public enum TrustStatus: Hashable, Sendable {
    /// It may, within its times.
    case active
    /// It may not, since this moment in seconds since 1970 UTC.
    case revoked(since: UInt64)
}

/// One key of the trust list: whose it is, what for, and when
/// (`docs/spec/trust.md`, *Trust list*).
public struct TrustEntry: Hashable, Sendable {
    /// Whose key it is, and with that its role.
    public let subject: TrustSubject
    /// The key.
    public let key: PublicKey
    /// From when on it may sign, in seconds since 1970 UTC.
    public let from: UInt64
    /// Until when it may sign, in seconds since 1970 UTC.
    public let until: UInt64
    /// Until when what it signed in time is honoured: for an issuer as long as its vouchers live,
    /// for the others the same as ``until``.
    public let honouredUntil: UInt64
    /// Whether it may still be relied on.
    public let status: TrustStatus
    /// The limits of this entry, ascending by currency number, each currency once. Where there
    /// are any, a currency without one is not accepted on this entry; where there are none, the
    /// policy alone decides.
    public let limits: [TrustLimit]
    /// Of a terminal, its right to sign refund vouchers, if it has one.
    public let refunds: RefundRight?

    /// Makes an entry; the limits may come in any order, each currency once. Only a terminal has a
    /// right to refund.
    public init(
        subject: TrustSubject, key: PublicKey, from: UInt64, until: UInt64,
        honouredUntil: UInt64? = nil, status: TrustStatus = .active, limits: [TrustLimit] = [],
        refunds: RefundRight? = nil
    ) {
        precondition(from < until, "A key's time ends after it begins.")
        precondition((honouredUntil ?? until) >= until, "What a key signed is honoured to its end.")
        precondition(
            Set(limits.map(\.currency.number)).count == limits.count,
            "A currency has one limit in an entry.")
        precondition(
            refunds == nil || subject.role == .terminal, "Only terminals sign refund vouchers.")
        self.refunds = refunds
        self.subject = subject
        self.key = key
        self.from = from
        self.until = until
        self.honouredUntil = honouredUntil ?? until
        self.status = status
        self.limits = limits.sorted { $0.currency.number < $1.currency.number }
    }

    /// The same entry with these changes.
    public func changing(
        until: UInt64? = nil, honouredUntil: UInt64? = nil, status: TrustStatus? = nil
    ) -> TrustEntry {
        TrustEntry(
            subject: subject, key: key, from: from, until: until ?? self.until,
            honouredUntil: honouredUntil ?? self.honouredUntil, status: status ?? self.status,
            limits: limits, refunds: refunds)
    }

    /// The same entry of a terminal with this right to refund, or without one.
    ///
    /// What it signs is honoured as long as a refund voucher lives, which is longer than the key
    /// signs; taken away, nothing of it is.
    public func granting(_ right: RefundRight?) -> TrustEntry {
        TrustEntry(
            subject: subject, key: key, from: from, until: until,
            honouredUntil: right == nil ? until : until + TrustDefaults.refundHonourSeconds,
            status: status, limits: limits, refunds: right)
    }

    /// Whether the key may sign at this moment.
    public func maySign(at now: UInt64) -> Bool {
        status == .active && from <= now && now < until
    }

    /// Whether this entry stands before another in a list: by role, subject and thumbprint.
    func precedes(_ other: TrustEntry) -> Bool {
        if subject.role != other.subject.role {
            return subject.role.rawValue < other.subject.role.rawValue
        }
        if subject != other.subject {
            return subject.text.utf8.lexicographicallyPrecedes(other.subject.text.utf8)
        }
        return key.thumbprint.lexicographicallyPrecedes(other.key.thumbprint)
    }

    var encoded: CBORValue {
        let since: UInt64
        if case .revoked(let moment) = status { since = moment } else { since = 0 }
        let fields: [CBORValue] = [
            .unsigned(UInt64(subject.role.rawValue)), .text(subject.text),
            key.coseKeyValue(compressed: false), .unsigned(from), .unsigned(until),
            .unsigned(honouredUntil), .unsigned(since),
            .array(
                limits.map {
                    .array([
                        .unsigned(UInt64($0.currency.number)), .unsigned($0.perPayment),
                        .unsigned($0.outstanding),
                    ])
                }),
        ]
        return .array(fields + (refunds.map { [$0.encoded] } ?? []))
    }

    init(_ value: CBORValue, at place: Int) throws(TrustRefusal) {
        let name = "entry \(place)"
        var reader = try DocumentReader(value, name)
        guard let number = UInt8(exactly: try reader.unsigned("role of \(name)")),
            let role = TrustRole(rawValue: number)
        else { throw .shape("role of \(name)") }
        guard let subject = TrustSubject(role, try reader.text("subject of \(name)")) else {
            throw .shape("subject of \(name)")
        }
        self.subject = subject
        key = try reader.key("key of \(name)")
        from = try reader.unsigned("beginning of \(name)")
        until = try reader.unsigned("end of \(name)")
        honouredUntil = try reader.unsigned("end of honour of \(name)")
        guard from < until, until <= honouredUntil else { throw .shape("times of \(name)") }
        let since = try reader.unsigned("revocation of \(name)")
        status = since == 0 ? .active : .revoked(since: since)
        var limits: [TrustLimit] = []
        for line in try reader.array("limits of \(name)", atMost: TrustDefaults.maximumLimits) {
            var fields = try DocumentReader(line, "limit of \(name)")
            guard
                let number = UInt16(exactly: try fields.unsigned("currency of \(name)")),
                let currency = Currency(number: number),
                limits.last.map({ $0.currency.number < number }) ?? true
            else { throw .shape("currency of \(name)") }
            limits.append(
                TrustLimit(
                    currency: currency, perPayment: try fields.unsigned("limit of \(name)"),
                    outstanding: try fields.unsigned("limit of \(name)")))
            try fields.end()
        }
        self.limits = limits
        if reader.count > 0 {
            guard role == .terminal else { throw .shape("refund right of \(name)") }
            refunds = try RefundRight(try reader.next("refund right of \(name)"), of: name)
        } else {
            refunds = nil
        }
        try reader.end()
    }
}
