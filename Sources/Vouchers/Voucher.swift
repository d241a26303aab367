import CBOR
public import COSE

/// Which voucher it is: the issuer's entry in the trust list with the `cti`, never the `cti` alone.
public struct VoucherIdentity: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The issuer, whichever of its keys signed.
    public let issuer: IssuerID

    /// The `cti`, 8 to 16 bytes. Of a bearer voucher it is the money: never printed whole.
    public let cti: [UInt8]

    /// The identity of this issuer's voucher with this `cti`.
    public init(issuer: IssuerID, cti: [UInt8]) {
        self.issuer = issuer
        self.cti = cti
    }

    /// Safe to print: the issuer, `/`, and the first 4 hex digits of the SHA-256 of the `cti`.
    public var shortName: String {
        let digest = Hashing.sha256(cti)
        let digits = digest.prefix(2).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return issuer.name + "/" + digits.joined()
    }

    /// The short name.
    public var description: String { shortName }

    /// Shows no stored property: a dump must not hold the `cti`.
    public var customMirror: Mirror { Mirror(self, children: ["shortName": shortName]) }
}

/// A wallet's presentation that was verified.
public struct Presentation: Hashable, Sendable {
    /// The SHA-256 of its Sig_structure: remembered, so that it is good once.
    public let identity: [UInt8]

    /// When the wallet made it, in seconds since 1970 UTC.
    public let issuedAt: UInt64

    /// The nonce of the open request that it answers, or nil for a one-way code.
    public let nonce: [UInt8]?

    /// Minor units of the voucher's currency, or nil.
    public let amount: UInt64?

    init(_ claims: PresentationClaims, of object: Sign1) {
        identity = Hashing.sha256(object.signatureInput)
        issuedAt = claims.issuedAt
        nonce = claims.nonce
        amount = claims.amount
    }
}

/// A voucher that was verified: holding one is the proof, for only `VoucherVerifier` makes them.
///
/// Verified is not yet good for a sale: the store, the sale's amount and the policy come after.
public struct Voucher: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Which voucher it is.
    public let identity: VoucherIdentity

    /// What the issuer says in it.
    public let claims: VoucherClaims

    /// The wallet's presentation that it came in, or nil when it was shown alone.
    public let presentation: Presentation?

    /// The thumbprint (RFC 9679) of the issuer's key that signed it, 32 bytes.
    public let issuerKeyThumbprint: [UInt8]

    /// The outer COSE object as shown, whole: with it the verdict can be reproduced.
    public let evidence: [UInt8]

    /// The issuer's COSE object, whole: the same as `evidence`, or what the presentation held.
    public let issuerObject: [UInt8]

    /// The SHA-256 over what all objects of one identity share: kind, currency, exp, nbf, aud, cnf,
    /// cnonce and, for kinds 1 and 3, the amounts. Two vouchers with the same identity and
    /// different digests are conflicting.
    public let coreDigest: [UInt8]

    init(_ code: VoucherCode, issuer: IssuerID, key: PublicKey) {
        identity = VoucherIdentity(issuer: issuer, cti: code.claims.cti)
        claims = code.claims
        if let object = code.walletObject, let presentation = code.presentation {
            self.presentation = Presentation(presentation, of: object)
        } else {
            presentation = nil
        }
        issuerKeyThumbprint = key.thumbprint
        evidence = code.bytes
        issuerObject = code.issuerBytes
        coreDigest = code.claims.coreDigest
    }

    /// Kind and amounts.
    public var value: VoucherValue { claims.value }

    /// The currency, an ISO 4217 number.
    public var currencyNumber: UInt16 { claims.currencyNumber }

    /// The second since 1970 UTC from which on it is refused.
    public var expiry: UInt64 { claims.expiry }

    /// The second since 1970 UTC from which on it is good, or nil.
    public var notBefore: UInt64? { claims.notBefore }

    /// When the issuer signed it, in seconds since 1970 UTC, or nil.
    public var issuedAt: UInt64? { claims.issuedAt }

    /// The merchants and terminals that may accept it, or nil for all.
    public var audience: [String]? { claims.audience?.ids }

    /// The holder's key, or nil for a bearer voucher.
    public var holder: PublicKey? { claims.holder }

    /// The nonce of the one request that it confirms, or nil when it is no payment confirmation.
    public var confirmationNonce: [UInt8]? { claims.confirmationNonce }

    /// The identity's short name and the kind.
    public var description: String { "Voucher(\(identity.shortName), kind \(value.kind))" }

    /// Shows no stored property: a dump must not hold the `cti`.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension VoucherClaims {
    /// SHA-256 over the deterministic CBOR of an array: a text that names the purpose, kind,
    /// currency, shared amounts, exp, nbf or null, aud as written or null, thumbprint of the
    /// holder's key or null, cnonce or null.
    public var coreDigest: [UInt8] {
        Hashing.sha256(
            CBORValue.array([
                "till-voucher-core-1",
                .unsigned(value.kind),
                .unsigned(UInt64(currencyNumber)),
                .array(value.sharedAmounts.map(CBORValue.unsigned)),
                .unsigned(expiry),
                notBefore.map(CBORValue.unsigned) ?? .null,
                audience?.cbor ?? .null,
                (holder?.thumbprint).map(CBORValue.bytes) ?? .null,
                confirmationNonce.map(CBORValue.bytes) ?? .null,
            ]).encoded())
    }
}
