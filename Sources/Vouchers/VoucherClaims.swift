public import CBOR
public import COSE

/// What an issuer says in a voucher (formats, section 1.1): the payload of its object.
///
/// It proves nothing: a `Voucher` does. Its description never shows the `cti`.
public struct VoucherClaims: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Claim 1 `iss`: a name for people, or nil.
    public var issuerName: String?

    /// Claim 3 `aud`: who may accept, or nil for everyone.
    public var audience: Audience?

    /// Claim 4 `exp`: the second since 1970 UTC from which on the voucher is refused.
    public var expiry: UInt64

    /// Claim 5 `nbf`: the second since 1970 UTC from which on the voucher is good, or nil.
    public var notBefore: UInt64?

    /// Claim 6 `iat`: when it was signed, in seconds since 1970 UTC, or nil.
    public var issuedAt: UInt64?

    /// Claim 7 `cti`: 8 to 16 random bytes. Of a bearer voucher they are the money.
    public var cti: [UInt8]

    /// Claim 8 `cnf`: the holder's key, or nil for a bearer voucher.
    public var holder: PublicKey? {
        didSet { confirmation = nil }
    }

    /// Claim 39 `cnonce`: 8 to 16 bytes of the one request that it confirms, or nil.
    public var confirmationNonce: [UInt8]?

    /// Claim -65537 without the currency: kind and amounts.
    public var value: VoucherValue

    /// The currency in claim -65537: an ISO 4217 number, 1 to 999.
    public var currencyNumber: UInt16

    /// Claims that readers ignore, kept so that what was read is written again byte for byte.
    public private(set) var otherClaims: [CBORPair] = []

    /// Claim 8 as it was read: `y` has two spellings, and other labels are ignored.
    private var confirmation: CBORValue?

    /// Claims to sign. Nothing is checked here: `checked()` says what a reader would refuse.
    public init(
        value: VoucherValue, currencyNumber: UInt16, cti: [UInt8], expiry: UInt64,
        issuerName: String? = nil, audience: Audience? = nil, notBefore: UInt64? = nil,
        issuedAt: UInt64? = nil, holder: PublicKey? = nil, confirmationNonce: [UInt8]? = nil
    ) {
        self.value = value
        self.currencyNumber = currencyNumber
        self.cti = cti
        self.expiry = expiry
        self.issuerName = issuerName
        self.audience = audience
        self.notBefore = notBefore
        self.issuedAt = issuedAt
        self.holder = holder
        self.confirmationNonce = confirmationNonce
    }

    /// The payload in deterministic CBOR. A P-256 holder's `y` is written as a sign, which makes
    /// the smaller symbol, unless it was read otherwise.
    public var payload: [UInt8] {
        var pairs = otherClaims
        func add(_ claim: Claim, _ value: CBORValue?) {
            if let value { pairs.append(CBORPair(claim.key, value)) }
        }
        add(.issuer, issuerName.map(CBORValue.text))
        add(.audience, audience?.cbor)
        add(.expiry, .unsigned(expiry))
        add(.notBefore, notBefore.map(CBORValue.unsigned))
        add(.issuedAt, issuedAt.map(CBORValue.unsigned))
        add(.cti, .bytes(cti))
        add(
            .confirmation,
            confirmation
                ?? holder.map { .map([CBORPair(1, $0.coseKeyValue(compressed: true))]) })
        add(.nonce, confirmationNonce.map(CBORValue.bytes))
        add(
            .value,
            .array(
                ([value.kind, UInt64(currencyNumber)] + value.amounts).map(CBORValue.unsigned)))
        return CBORValue.map(pairs).encoded()
    }

    /// The issuer's object (COSE_Sign1, tag 18) over these claims, signed with a `kid` of 4 bytes.
    public func signed(by key: PrivateKey) -> [UInt8] {
        Sign1(
            signing: payload,
            protected: .map([
                CBORPair(.integer(Sign1.Label.keyID), .bytes(key.publicKey.keyID))
            ]),
            with: key
        ).encoded()
    }

    /// These claims, when every reader finds them well-formed; what an issuer asks before it signs.
    public func checked() throws(VoucherRefusal) -> VoucherClaims {
        try VoucherClaims(payload: payload)
    }

    /// The claims in an issuer's object, its format checked and its signature not: for wallets. A
    /// presentation is refused.
    public static func read(_ coseBytes: [UInt8]) throws(VoucherRefusal) -> VoucherClaims {
        let code = try VoucherCode(coseBytes)
        guard code.presentation == nil else {
            throw VoucherRefusal(
                .headerLabels,
                "The object is a wallet's presentation; an issuer's object (labels 1 and 4) is"
                    + " expected.")
        }
        return code.claims
    }

    /// Kind, currency and expiry, which are no secret.
    public var description: String {
        "VoucherClaims(kind \(value.kind), currency \(currencyNumber), expiry \(expiry))"
    }

    /// Shows no stored property: a dump must not hold the `cti`.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension Audience {
    /// The claim as written.
    var cbor: CBORValue {
        switch self {
        case .one(let id): .text(id)
        case .anyOf(let ids): .array(ids.map(CBORValue.text))
        }
    }
}

extension VoucherClaims {
    /// Reads an issuer's payload, with every rule of section 1.1 that needs no key, clock or
    /// request.
    init(payload: [UInt8]) throws(VoucherRefusal) {
        let claims = try ClaimMap(payload: payload, place: "the issuer's payload")
        let issuerName = try claims.text(.issuer)
        let audience = try Self.audience(in: claims)
        guard let expiry = try claims.integer(.expiry) else {
            throw claims.refusal(.expiry, expected: "it is required")
        }
        let notBefore = try claims.integer(.notBefore)
        let issuedAt = try claims.integer(.issuedAt)
        guard let cti = try claims.randomBytes(.cti) else {
            throw claims.refusal(.cti, expected: "it is required")
        }
        let holder = try Self.holder(in: claims)
        let nonce = try claims.randomBytes(.nonce)
        let (value, currency) = try Self.value(in: claims)
        self.init(
            value: value, currencyNumber: currency, cti: cti, expiry: expiry,
            issuerName: issuerName, audience: audience, notBefore: notBefore, issuedAt: issuedAt,
            holder: holder, confirmationNonce: nonce)
        confirmation = claims[.confirmation]
        otherClaims = claims.pairs(except: Claim.allCases)
        try checkKind()
    }

    /// The rules that join the kind with other claims.
    private func checkKind() throws(VoucherRefusal) {
        if case .certificate = value, holder == nil {
            throw VoucherRefusal(
                .certificateWithoutHolder,
                "A wallet certificate (kind 3) needs the holder's key in claim 8 (cnf).")
        }
        guard confirmationNonce != nil else { return }
        guard case .fixed = value else {
            throw VoucherRefusal(
                .confirmationShape,
                "An object with claim 39 (cnonce) is a payment confirmation, of kind 1 and not"
                    + " \(value.kind).")
        }
        guard case .one(let id) = audience, TerminalID(id) != nil else {
            throw VoucherRefusal(
                .confirmationShape,
                "An object with claim 39 (cnonce) is a payment confirmation; its claim 3 (aud) is"
                    + " one text, a terminal's id.")
        }
    }

    private static func audience(in claims: ClaimMap) throws(VoucherRefusal) -> Audience? {
        switch claims[.audience] {
        case nil: return nil
        case .text(let id): return .one(id)
        case .array(let items) where !items.isEmpty:
            let ids = items.compactMap(\.asText)
            if ids.count == items.count { return .anyOf(ids) }
        default: break
        }
        throw claims.refusal(.audience, expected: "it is a text or an array of one or more texts")
    }

    private static func holder(in claims: ClaimMap) throws(VoucherRefusal) -> PublicKey? {
        guard let confirmation = claims[.confirmation] else { return nil }
        guard let key = confirmation[1] else {
            throw claims.refusal(.confirmation, expected: "it is a map with a COSE_Key under 1")
        }
        do {
            return try PublicKey(coseKey: key)
        } catch {
            throw VoucherRefusal(error, in: "the issuer's payload")
        }
    }

    private static func value(
        in claims: ClaimMap
    ) throws(VoucherRefusal) -> (VoucherValue, UInt16) {
        guard let items = claims[.value]?.asArray, let first = items.first else {
            throw claims.refusal(.value, expected: "it is an array that begins with the kind")
        }
        guard let kind = first.asUnsigned, (1...3).contains(kind) else {
            throw claims.refusal(.value, .valueKind, expected: "its first element is 1, 2 or 3")
        }
        let count = kind == 1 ? 3 : 4
        guard items.count == count else {
            throw claims.refusal(.value, expected: "of kind \(kind) it has \(count) elements")
        }
        guard let number = items[1].asUnsigned, (1...999).contains(number) else {
            throw claims.refusal(
                .value, .valueCurrency, expected: "its currency is an ISO 4217 number, 1 to 999")
        }
        let amounts = items.dropFirst(2).compactMap { item in
            item.asUnsigned.flatMap { $0 < ClaimMap.integerLimit ? $0 : nil }
        }
        guard amounts.count == count - 2 else {
            throw claims.refusal(
                .value, expected: "its amounts are unsigned integers below 2^53")
        }
        return (try value(kind: kind, amounts: amounts, in: claims), UInt16(number))
    }

    private static func value(
        kind: UInt64, amounts: [UInt64], in claims: ClaimMap
    ) throws(VoucherRefusal) -> VoucherValue {
        guard amounts[0] > 0 else { throw claims.refusal(.value, expected: "amounts are above 0") }
        switch kind {
        case 1:
            return .fixed(amount: amounts[0])
        case 2:
            guard amounts[1] <= amounts[0] else {
                throw claims.refusal(.value, expected: "what is redeemed is at most the credit")
            }
            return .stored(credit: amounts[0], redeemed: amounts[1])
        default:
            guard amounts[1] > 0 else {
                throw claims.refusal(.value, expected: "amounts are above 0")
            }
            return .certificate(perPayment: amounts[0], offlineTotal: amounts[1])
        }
    }
}
