/// Why a code is refused, before the store, the sale or the policy have a say.
public struct VoucherRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, with its stable code.
    public let reason: Reason

    /// One sentence: where in the code, and what was expected. Never holds a whole `cti`.
    public let detail: String

    /// A refusal for this reason.
    public init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// What kind of trouble it is, for the words that a cashier reads.
    public var category: Category { reason.category }

    /// The stable code and the sentence.
    public var description: String { "\(reason.rawValue): \(detail)" }

    /// The kinds of trouble, one for each verdict that the terminal shows.
    public enum Category: String, Hashable, Sendable, CaseIterable {
        /// The code breaks its own format.
        case formatBad = "format-bad"
        /// No issuer in the trust list has the key.
        case issuerUnknown = "issuer-unknown"
        /// The issuer's key is in the trust list as one that is not relied on any more.
        case issuerRevoked = "issuer-revoked"
        /// A signature is not the key's, or not one that the key may make.
        case signatureBad = "signature-bad"
        /// The voucher's time is over.
        case expired
        /// The voucher's time has not begun.
        case notYetValid = "not-yet-valid"
        /// The voucher is for other shops or terminals.
        case notForThisShop = "not-for-this-shop"
        /// The code answers another request.
        case notForThisRequest = "not-for-this-request"
        /// The code was made too long ago: the wallet must show a new one.
        case staleCode = "stale-code"
        /// The code was made in the future: the wallet's clock or the terminal's is wrong.
        case codeFromFuture = "code-from-future"
        /// The voucher belongs to a holder, whose wallet must present it.
        case needsPresentation = "needs-presentation"
    }
}

extension VoucherRefusal {
    /// The reasons, each with its stable code. `docs/spec/voucher.md` says what each one covers.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// More than 1,000 bytes of text.
        case textTooLong = "text-too-long"
        /// Not `TV1:` at the beginning.
        case textPrefix = "text-prefix"
        /// A number of characters that no bytes have in base45.
        case base45Length = "base45-length"
        /// A character outside base45's alphabet.
        case base45Character = "base45-character"
        /// A group of base45 above its range.
        case base45Range = "base45-range"

        /// The bytes end inside an item.
        case cborTruncated = "cbor-truncated"
        /// A length beyond the end of the bytes.
        case cborLength = "cbor-length"
        /// Bytes after the end of the item.
        case cborTrailing = "cbor-trailing"
        /// Not the shortest form.
        case cborNotShortest = "cbor-not-shortest"
        /// An indefinite length.
        case cborIndefinite = "cbor-indefinite"
        /// Reserved additional information.
        case cborReserved = "cbor-reserved"
        /// A float or an unknown simple value.
        case cborSimpleOrFloat = "cbor-simple-or-float"
        /// Text that is not UTF-8.
        case cborUTF8 = "cbor-utf8"
        /// A map key that is neither integer nor text.
        case cborKeyType = "cbor-key-type"
        /// Map keys out of order.
        case cborKeyOrder = "cbor-key-order"
        /// A map key twice.
        case cborDuplicateKey = "cbor-duplicate-key"
        /// More than 8 containers around an item.
        case cborDepth = "cbor-depth"

        /// Not under tag 18.
        case notCOSESign1 = "not-cose-sign1"
        /// Not the four parts of a COSE_Sign1, or an unprotected header that is not empty.
        case coseShape = "cose-shape"
        /// A signature that has not 64 bytes.
        case signatureLength = "signature-length"
        /// Protected labels other than exactly {1, 4} or exactly {1, 13}, the latter only outside.
        case headerLabels = "header-labels"
        /// A `crit` label in the protected header.
        case headerCritical = "header-critical"
        /// A `kid` that is not a byte string of 4 or 8 bytes.
        case headerKeyID = "header-kid"

        /// A payload that is no map.
        case claimsShape = "claims-shape"
        /// Claim 1 is no text.
        case claimIssuer = "claim-iss"
        /// Claim 3 is neither a text nor an array of one or more texts (in a presentation: a text).
        case claimAudience = "claim-aud"
        /// Claim 4 is missing or no integer below 2^53.
        case claimExpiry = "claim-exp"
        /// Claim 5 is no integer below 2^53.
        case claimNotBefore = "claim-nbf"
        /// Claim 6 is no integer below 2^53, or missing from a presentation.
        case claimIssuedAt = "claim-iat"
        /// Claim 7 is missing or no byte string of 8 to 16 bytes.
        case claimCTI = "claim-cti"
        /// Claim 8 is no map with a key under 1.
        case claimConfirmation = "claim-cnf"
        /// Claim 39 is no byte string of 8 to 16 bytes.
        case claimNonce = "claim-cnonce"
        /// Claim -65537 is missing, or its length or amounts are wrong.
        case claimValue = "claim-value"
        /// Claim -65537 has an unknown first element.
        case valueKind = "value-kind"
        /// Claim -65537 has a currency that is not 1 to 999.
        case valueCurrency = "value-currency"
        /// The holder's COSE_Key has the wrong shape.
        case keyShape = "key-shape"
        /// The holder's COSE_Key holds a private part.
        case keyPrivate = "key-private"
        /// The holder's Ed25519 key is of small order or not canonical.
        case keyUnsafe = "key-unsafe"
        /// The holder's P-256 key is no point of the curve.
        case keyNotOnCurve = "key-not-on-curve"
        /// A wallet certificate without claim 8.
        case certificateWithoutHolder = "certificate-without-holder"
        /// An object with claim 39 that is not kind 1 for exactly one terminal, written as a text.
        case confirmationShape = "confirmation-shape"
        /// A presentation of a voucher without claim 8.
        case presentationWithoutHolder = "presentation-without-holder"
        /// A presentation's amount is missing, superfluous, zero or above what the voucher allows.
        case presentationAmount = "presentation-amount"

        /// No issuer in the trust list has a key with this `kid`.
        case issuerUnknown = "issuer-unknown"
        /// A training voucher, shown to a terminal that takes money.
        case trainingVoucher = "training-voucher"
        /// Not a training voucher, shown to a terminal in training.
        case notForTraining = "not-for-training"
        /// The issuer's key is revoked.
        case issuerRevoked = "issuer-revoked"
        /// The issuer's key did not sign at that time, or what it signed is honoured no longer.
        case issuerKeyExpired = "issuer-key-expired"
        /// The header's algorithm is not the key's.
        case algorithmKeyMismatch = "algorithm-key-mismatch"
        /// The signature does not verify: the issuer's or, in a presentation, the holder's.
        case signatureBad = "signature-bad"
        /// The key may sign refund vouchers of its merchant up to a limit, and this is another.
        case beyondRole = "beyond-issuer-role"

        /// `exp` has come.
        case expired
        /// `nbf` is more than 20 seconds ahead.
        case notYetValid = "not-yet-valid"
        /// A presentation's `iat` is more than 60 seconds ago.
        case presentationStale = "presentation-stale"
        /// A presentation's `iat` is more than 20 seconds ahead.
        case presentationFuture = "presentation-future"
        /// `aud` is there and names neither this terminal nor its merchant.
        case audience
        /// A presentation's `aud` is not this terminal, or is missing beside a nonce.
        case presentationAudience = "presentation-audience"
        /// A nonce is not that of the request it would have to answer.
        case requestNonce = "request-nonce"
        /// A voucher with a holder, shown without the holder's signature.
        case needsPresentation = "needs-presentation"
    }
}

extension VoucherRefusal.Reason {
    /// What kind of trouble it is.
    public var category: VoucherRefusal.Category {
        switch self {
        case .issuerUnknown, .trainingVoucher, .notForTraining: .issuerUnknown
        case .issuerRevoked, .issuerKeyExpired: .issuerRevoked
        case .algorithmKeyMismatch, .signatureBad, .beyondRole: .signatureBad
        case .expired: .expired
        case .notYetValid: .notYetValid
        case .presentationStale: .staleCode
        case .presentationFuture: .codeFromFuture
        case .audience, .presentationAudience: .notForThisShop
        case .requestNonce: .notForThisRequest
        case .needsPresentation: .needsPresentation
        default: .formatBad
        }
    }
}
