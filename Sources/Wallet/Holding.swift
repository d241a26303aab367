import COSE
import Money
public import Vouchers

/// A code that the wallet has shown for a holding. Nobody tells a wallet what became of it: it is
/// presented, not confirmed.
public struct ShownCode: Hashable, Sendable {
    /// When it was made, in seconds since 1970 UTC.
    public let at: UInt64
    /// The most that it can pay, in minor units, or nil for whatever is left.
    public let amount: UInt64?
    /// The nonce of the request that it answers, or nil for a one-way code.
    public let nonce: [UInt8]?
    /// The id of the terminal that it is for, or nil for any.
    public let terminal: String?

    /// Makes a record of a code; see the properties for units.
    public init(at: UInt64, amount: UInt64?, nonce: [UInt8]?, terminal: String?) {
        self.at = at
        self.amount = amount
        self.nonce = nonce
        self.terminal = terminal
    }
}

/// One object of an issuer that the wallet keeps: a certificate, stored value, a fixed voucher.
///
/// Its signature is not verified, for wallets do not keep issuers' keys: a terminal does that.
public struct Holding: Hashable, Sendable {
    /// The issuer's object (COSE_Sign1), entire. Of a bearer voucher it is the money.
    public let object: [UInt8]
    /// What the issuer says in it.
    public let claims: VoucherClaims
    /// The `kid` of the issuer's key, 4 or 8 bytes.
    public let issuerKeyID: [UInt8]
    /// What the wallet counts as spent, in minor units: it rises to `redeemed` of each object
    /// taken, and by each code shown. At least what was spent, as far as this wallet can know.
    public internal(set) var spent: UInt64
    /// The codes shown for it, oldest first.
    public internal(set) var shown: [ShownCode]

    /// Reads an issuer's object; `spent` and `shown` are what a wallet remembered of it.
    public init(object: [UInt8], spent: UInt64 = 0, shown: [ShownCode] = [])
        throws(VoucherRefusal)
    {
        self.object = object
        claims = try VoucherClaims.read(object)
        // The format was checked, so the object decodes and has a kid.
        issuerKeyID = (try? Sign1.decode(object))?.keyID ?? []
        if case .stored(_, let redeemed) = claims.value {
            self.spent = max(spent, redeemed)
        } else {
            self.spent = spent
        }
        self.shown = shown
    }

    /// A name that is safe to print: the start of the issuer's `kid`, `/`, and of the digest of
    /// the `cti`.
    public var name: String {
        let digits = Array("0123456789abcdef".utf8)
        let kid = issuerKeyID.prefix(4).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        guard let issuer = IssuerID(String(decoding: kid, as: UTF8.self)) else { return "?" }
        return VoucherIdentity(issuer: issuer, cti: claims.cti).shortName
    }

    /// Whether it is a bearer voucher: whoever shows it is paid.
    public var isBearer: Bool { claims.holder == nil }

    /// The most that may ever be redeemed under it, in minor units.
    public var ceiling: UInt64 {
        switch claims.value {
        case .fixed(let amount): amount
        case .stored(let credit, _): credit
        case .certificate(_, let offlineTotal): offlineTotal
        }
    }

    /// What the wallet may still promise, in minor units. Showing a fixed voucher again promises
    /// nothing new: it is spent once, whole.
    public var left: UInt64 {
        if case .fixed = claims.value { return ceiling }
        return ceiling > spent ? ceiling - spent : 0
    }

    /// Whether `other` is an object of the same identity, as far as a wallet can tell.
    func isSameIdentity(as other: Holding) -> Bool {
        claims.cti == other.claims.cti && issuerKeyID.prefix(4) == other.issuerKeyID.prefix(4)
    }

    /// How another object of the same identity relates to this one (formats, 1.1, *Identity*).
    enum Relation { case same, newer, conflicting }

    /// How `other`, of the same identity, relates to this one. A signature made anew makes no new
    /// voucher; of stored value credit and redeemed may have grown; nothing else may differ.
    func relation(to other: Holding) -> Relation {
        guard claims.currencyNumber == other.claims.currencyNumber,
            claims.expiry == other.claims.expiry, claims.audience == other.claims.audience,
            claims.notBefore == other.claims.notBefore, claims.holder == other.claims.holder,
            claims.confirmationNonce == other.claims.confirmationNonce
        else { return .conflicting }
        if claims.value == other.claims.value { return .same }
        guard case .stored(let credit, let redeemed) = claims.value,
            case .stored(let newCredit, let newRedeemed) = other.claims.value,
            newCredit >= credit, newRedeemed >= redeemed
        else { return .conflicting }
        return .newer
    }

    /// Remembers a code, and counts what it promises.
    mutating func remember(_ code: ShownCode) {
        // A repeat of an answer is the same promise.
        if let nonce = code.nonce,
            let index = shown.firstIndex(where: {
                $0.nonce == nonce && $0.terminal == code.terminal
            })
        {
            shown[index] = code
            return
        }
        shown.append(code)
        spent = min(spent + (code.amount ?? 0), ceiling)
        if shown.count > Self.maximumShown { shown.removeFirst() }
    }

    /// The codes remembered for one holding; older ones stay counted in ``spent``.
    static let maximumShown = 200
}
