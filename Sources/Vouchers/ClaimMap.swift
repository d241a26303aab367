import CBOR

/// The claims of section 1.1 and 1.2, with their labels (RFC 8392, RFC 8747, OpenID4VP) and names.
enum Claim: Int64, CaseIterable {
    case issuer = 1
    case audience = 3
    case expiry = 4
    case notBefore = 5
    case issuedAt = 6
    case cti = 7
    case confirmation = 8
    case nonce = 39
    case value = -65_537

    var name: String {
        switch self {
        case .issuer: "iss"
        case .audience: "aud"
        case .expiry: "exp"
        case .notBefore: "nbf"
        case .issuedAt: "iat"
        case .cti: "cti"
        case .confirmation: "cnf"
        case .nonce: "cnonce"
        case .value: "value"
        }
    }

    var reason: VoucherRefusal.Reason {
        switch self {
        case .issuer: .claimIssuer
        case .audience: .claimAudience
        case .expiry: .claimExpiry
        case .notBefore: .claimNotBefore
        case .issuedAt: .claimIssuedAt
        case .cti: .claimCTI
        case .confirmation: .claimConfirmation
        case .nonce: .claimNonce
        case .value: .claimValue
        }
    }

    var key: CBORValue { .integer(rawValue) }
}

/// A payload as a map of claims, read one claim at a time with refusals that name it.
struct ClaimMap {
    /// All integers of section 1.1 and 1.2 are below 2^53, so that every language holds them.
    static let integerLimit: UInt64 = 1 << 53

    /// How long a `cti` and a nonce may be, in bytes.
    static let randomByteCounts = 8...16

    let pairs: [CBORPair]
    private let map: CBORValue
    private let place: String

    init(payload: [UInt8], place: String) throws(VoucherRefusal) {
        do {
            map = try CBORValue.decode(payload)
        } catch {
            throw VoucherRefusal(error, in: place)
        }
        guard let pairs = map.asMap else {
            throw VoucherRefusal(.claimsShape, "In \(place): the payload is a map of claims.")
        }
        self.pairs = pairs
        self.place = place
    }

    subscript(_ claim: Claim) -> CBORValue? { map[claim.rawValue] }

    /// A refusal of this claim; `expected` completes "Claim 4 (exp) of ... is expected to be".
    func refusal(
        _ claim: Claim, _ reason: VoucherRefusal.Reason? = nil, expected: String
    ) -> VoucherRefusal {
        let state = self[claim] == nil ? "is missing" : "is not as expected"
        return VoucherRefusal(
            reason ?? claim.reason,
            "In \(place), claim \(claim.rawValue) (\(claim.name)) \(state): \(expected).")
    }

    func text(_ claim: Claim) throws(VoucherRefusal) -> String? {
        guard let value = self[claim] else { return nil }
        guard let text = value.asText else { throw refusal(claim, expected: "it is a text") }
        return text
    }

    func integer(_ claim: Claim) throws(VoucherRefusal) -> UInt64? {
        guard let value = self[claim] else { return nil }
        guard let integer = value.asUnsigned, integer < Self.integerLimit else {
            throw refusal(claim, expected: "it is an unsigned integer below 2^53")
        }
        return integer
    }

    func randomBytes(_ claim: Claim) throws(VoucherRefusal) -> [UInt8]? {
        guard let value = self[claim] else { return nil }
        guard let bytes = value.asBytes, Self.randomByteCounts.contains(bytes.count) else {
            throw refusal(claim, expected: "it is a byte string of 8 to 16 bytes")
        }
        return bytes
    }

    /// Whatever else is there, which readers ignore.
    func pairs(except known: [Claim]) -> [CBORPair] {
        pairs.filter { pair in !known.contains { $0.key == pair.key } }
    }
}
