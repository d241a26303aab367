public import CBOR
public import COSE

/// What a wallet says when it presents a voucher (formats, section 1.2): the payload of its object.
public struct PresentationClaims: Hashable, Sendable {
    /// Claim 6 `iat`: when the wallet made the code, in seconds since 1970 UTC.
    public let issuedAt: UInt64

    /// Claim 3 `aud`: the id of the terminal that it is for, or nil.
    public let audience: String?

    /// Claim 39 `cnonce`: 8 to 16 bytes of the request that it answers, or nil for a one-way code.
    public let nonce: [UInt8]?

    /// Claim -65537: minor units of the voucher's currency, or nil.
    public let amount: UInt64?

    /// Claims that readers ignore, kept so that what was read is written again byte for byte.
    public private(set) var otherClaims: [CBORPair] = []

    init(issuedAt: UInt64, audience: String?, nonce: [UInt8]?, amount: UInt64?) {
        self.issuedAt = issuedAt
        self.audience = audience
        self.nonce = nonce
        self.amount = amount
    }

    /// The payload in deterministic CBOR.
    public var payload: [UInt8] {
        var pairs = otherClaims
        pairs.append(CBORPair(Claim.issuedAt.key, .unsigned(issuedAt)))
        if let audience { pairs.append(CBORPair(Claim.audience.key, .text(audience))) }
        if let nonce { pairs.append(CBORPair(Claim.nonce.key, .bytes(nonce))) }
        if let amount { pairs.append(CBORPair(Claim.value.key, .unsigned(amount))) }
        return CBORValue.map(pairs).encoded()
    }

    /// Reads a wallet's payload, with every rule of section 1.2 that needs no key, clock or
    /// request.
    init(payload: [UInt8], of voucher: VoucherClaims) throws(VoucherRefusal) {
        let claims = try ClaimMap(payload: payload, place: "the presentation's payload")
        guard let issuedAt = try claims.integer(.issuedAt) else {
            throw claims.refusal(.issuedAt, expected: "it is required")
        }
        let nonce = try claims.randomBytes(.nonce)
        self.init(
            issuedAt: issuedAt, audience: try claims.text(.audience), nonce: nonce,
            amount: try Self.amount(in: claims, of: voucher, isTwoWay: nonce != nil))
        otherClaims = claims.pairs(except: [.issuedAt, .audience, .nonce, .value])
    }

    private static func amount(
        in claims: ClaimMap, of voucher: VoucherClaims, isTwoWay: Bool
    ) throws(VoucherRefusal) -> UInt64? {
        func refusal(_ expected: String) -> VoucherRefusal {
            claims.refusal(.value, .presentationAmount, expected: expected)
        }
        guard let value = claims[.value] else {
            if isTwoWay, voucher.value.presentationMaximum != nil {
                throw refusal("for kinds 2 and 3 the amount is required beside claim 39 (cnonce)")
            }
            return nil
        }
        guard let maximum = voucher.value.presentationMaximum else {
            throw refusal("a fixed voucher (kind 1) is spent whole, and no amount is given")
        }
        guard let amount = value.asUnsigned, amount > 0, amount <= maximum else {
            throw refusal(
                "the amount is an unsigned integer above 0 and at most the voucher's credit or"
                    + " per-payment maximum")
        }
        return amount
    }
}

/// Writes a wallet's answer (formats, section 1.2).
public enum PresentationWriter {
    /// The presentation (COSE_Sign1, tag 18) of an issuer's object, signed by the holder's key.
    /// `inner` is the issuer's whole object, well-formed; `nonce` that of the request, or nil for a
    /// one-way code; `amount` in minor units. What belongs together section 1.2 says.
    public static func sign(
        inner: [UInt8], issuedAt: UInt64, audience: TerminalID?, nonce: [UInt8]?, amount: UInt64?,
        holder: PrivateKey
    ) -> [UInt8] {
        guard let object = try? CBORValue.decode(inner) else {
            preconditionFailure("a wallet presents an issuer's object that it has read before")
        }
        let claims = PresentationClaims(
            issuedAt: issuedAt, audience: audience?.text, nonce: nonce, amount: amount)
        return Sign1(
            signing: claims.payload,
            protected: .map([CBORPair(.integer(VoucherCode.issuerObjectLabel), object)]),
            with: holder
        ).encoded()
    }
}
