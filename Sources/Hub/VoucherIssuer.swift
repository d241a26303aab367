public import COSE
import HubProtocol
public import Money
import Payments
import Trust
public import Vouchers

/// The order to issue a voucher.
public struct VoucherOrder: Hashable, Sendable {
    /// What it is worth, in minor units of the currency.
    public var value: VoucherValue
    /// The currency.
    public var currency: Currency
    /// The second from which it is refused, in seconds since 1970 UTC.
    public var expiry: UInt64
    /// The second before which it is refused, if any.
    public var notBefore: UInt64?
    /// Who may accept it: merchant or terminal ids; nil for all.
    public var audience: [String]?
    /// The holder's key; required for a wallet certificate.
    public var holder: PublicKey?

    /// The nonce of the request that it confirms, for a payment confirmation (claim 39).
    public var confirmationNonce: [UInt8]?

    /// Makes an order; see the properties for units.
    public init(
        value: VoucherValue, currency: Currency, expiry: UInt64, notBefore: UInt64? = nil,
        audience: [String]? = nil, holder: PublicKey? = nil, confirmationNonce: [UInt8]? = nil
    ) {
        self.value = value
        self.currency = currency
        self.expiry = expiry
        self.notBefore = notBefore
        self.audience = audience
        self.holder = holder
        self.confirmationNonce = confirmationNonce
    }
}

/// Why a voucher was not issued. Nothing was signed.
public enum IssueRefusal: Error, Hashable, Sendable {
    /// The hub has not been initialised.
    case notInitialised
    /// An amount is zero or above the largest that a voucher can hold.
    case amountOutOfRange
    /// A stored-value voucher would have more redeemed than credited.
    case redeemedAboveCredit
    /// A certificate's maximum for one payment is above its offline total.
    case perPaymentAboveTotal
    /// A certificate needs the key of its holder.
    case holderMissing
    /// The voucher would have expired, or would expire before it becomes valid.
    case expired
    /// Someone in the audience is neither a merchant nor a terminal.
    case audienceInvalid(String)
    /// The code would be longer than a terminal reads, in characters.
    case tooLong(limit: Int, found: Int)
    /// The trust list in force does not name a key of the hub's that may sign now.
    case issuerKeyUnknown(IssuerID)
    /// The voucher would live longer than what its key signs is honoured, in seconds since 1970
    /// UTC.
    case outlivesKey(honouredUntil: UInt64)

    /// The stable code of the refusal in JSON.
    public var reason: String {
        switch self {
        case .notInitialised: "hub-not-initialised"
        case .amountOutOfRange: "amount-out-of-range"
        case .redeemedAboveCredit: "redeemed-above-credit"
        case .perPaymentAboveTotal: "per-payment-above-total"
        case .holderMissing: "holder-missing"
        case .expired: "expiry-in-the-past"
        case .audienceInvalid: "audience-invalid"
        case .tooLong: "voucher-too-long"
        case .issuerKeyUnknown: "issuer-key-unknown"
        case .outlivesKey: "voucher-outlives-key"
        }
    }

    /// What happened and what to do; no voucher was made.
    public var message: String {
        let end = "No voucher was made."
        return switch self {
        case .notInitialised: "There is no hub here yet. \(end) Run tillhub init first."
        case .amountOutOfRange:
            "An amount is zero or above \(Amount.maximumMinorUnits) minor units. \(end) "
                + "Give an amount in between."
        case .redeemedAboveCredit:
            "More would be redeemed than was ever credited. \(end) Give --redeemed at most the "
                + "--amount."
        case .perPaymentAboveTotal:
            "The maximum for one payment is above the offline total. \(end) Give --per-payment at "
                + "most the --offline-total."
        case .holderMissing:
            "A wallet certificate belongs to a wallet's key. \(end) Give the key with --holder; "
                + "tillwallet key prints it."
        case .expired:
            "The voucher would never be valid. \(end) Give a later --expires-in or an earlier "
                + "--not-before."
        case .audienceInvalid(let text):
            "\"\(text)\" is neither a merchant (till:m42) nor a terminal (till:m42/t7). \(end)"
        case .tooLong(let limit, let found):
            "The code would have \(found) characters; a terminal reads at most \(limit). \(end) "
                + "Name fewer in --audience."
        case .issuerKeyUnknown(let issuer):
            "The trust list in force names no key of the hub's own that may sign for "
                + "\(issuer.name) now. \(end) No terminal would accept it. Make a key (tillhub "
                + "issuer rotate) and publish it, or restore the hub's key files."
        case .outlivesKey(let until):
            "What the hub's issuer key signs is honoured until \(until) only. \(end) Give a "
                + "shorter --expires-in."
        }
    }
}

/// Issues the hub's own vouchers. Its key is apart from the hub's identity.
public struct VoucherIssuer: Sendable {
    /// The length of the random `cti` in bytes: with 80 bits a reference can spell it out
    /// (`formats.md` 2), and nobody guesses one.
    public static let ctiLength = 10

    let ledger: any HubLedger
    private let keys: [PrivateKey]
    private let trust: TrustRegistrar

    /// Makes an issuer that signs by whichever of `keys` the trust list in force lets sign: of
    /// several the one that began last.
    public init(ledger: any HubLedger, keys: [PrivateKey]) {
        self.ledger = ledger
        self.keys = keys
        trust = TrustRegistrar(ledger: ledger)
    }

    /// What became of an order.
    public enum Answer: Hashable, Sendable {
        /// The voucher, and its code: whoever has the code of a bearer voucher has the money.
        case issued(IssuedVoucher, code: String)
        /// No voucher was made.
        case refused(IssueRefusal)
    }

    /// Issues a voucher at `now`, in seconds since 1970 UTC; `cti` is ``ctiLength`` random bytes.
    /// The ledger knows of it before the code is returned.
    public func issue(_ order: VoucherOrder, cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> Answer
    {
        precondition(cti.count == Self.ctiLength, "A voucher's cti has 10 bytes here.")
        switch try await make(order, cti: cti, at: now) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let made):
            try await ledger.append(made.voucher)
            return .issued(made.voucher, code: made.code)
        }
    }

    /// A voucher that is signed and not yet known to the ledger.
    struct Made {
        let voucher: IssuedVoucher
        let code: String
    }

    /// Makes a voucher without telling the ledger: of the hub's own issuer, or of the scheme's that
    /// the hub signs for.
    func make(
        _ order: VoucherOrder, cti: [UInt8], at now: UInt64, as scheme: IssuerID? = nil
    ) async throws(HubLedgerError) -> Result<Made, IssueRefusal> {
        guard let profile = try await ledger.profile() else { return .failure(.notInitialised) }
        let name = scheme ?? profile.issuer
        guard let (key, entry) = try await signer(for: name, at: now) else {
            return .failure(.issuerKeyUnknown(name))
        }
        if let refusal = Self.check(order, at: now) { return .failure(refusal) }
        guard order.expiry <= entry.honouredUntil else {
            return .failure(.outlivesKey(honouredUntil: entry.honouredUntil))
        }
        let claims = VoucherClaims(
            value: order.value, currencyNumber: order.currency.number, cti: cti,
            expiry: order.expiry, issuerName: scheme?.name ?? profile.name,
            audience: Self.audience(of: order),
            notBefore: order.notBefore, issuedAt: now, holder: order.holder,
            confirmationNonce: order.confirmationNonce)
        let code = VoucherText.encode(claims.signed(by: key))
        let limit = VoucherText.maximumByteCount
        guard code.utf8.count <= limit else {
            return .failure(.tooLong(limit: limit, found: code.utf8.count))
        }
        let voucher = IssuedVoucher(
            identity: VoucherIdentity(issuer: name, cti: cti), value: order.value,
            currencyNumber: order.currency.number, expiry: order.expiry, at: now)
        return .success(Made(voucher: voucher, code: code))
    }

    /// The key to sign with now, and its entry in the list in force.
    private func signer(for issuer: IssuerID, at now: UInt64) async throws(HubLedgerError)
        -> (PrivateKey, TrustEntry)?
    {
        guard let list = try await trust.store(at: now)?.list.list else { return nil }
        let able = keys.compactMap { key -> (PrivateKey, TrustEntry)? in
            guard let entry = list.entry(of: key.publicKey, as: .issuer),
                entry.subject == .issuer(issuer), entry.maySign(at: now)
            else { return nil }
            return (key, entry)
        }
        return able.max { $0.1.from < $1.1.from }
    }

    private static func audience(of order: VoucherOrder) -> Audience? {
        guard let ids = order.audience, let first = ids.first else { return nil }
        return ids.count == 1 ? .one(first) : .anyOf(ids)
    }

    private static func check(_ order: VoucherOrder, at now: UInt64) -> IssueRefusal? {
        let range = 1...Amount.maximumMinorUnits
        switch order.value {
        case .fixed(let amount):
            guard range.contains(amount) else { return .amountOutOfRange }
        case .stored(let credit, let redeemed):
            guard range.contains(credit) else { return .amountOutOfRange }
            guard redeemed <= credit else { return .redeemedAboveCredit }
        case .certificate(let perPayment, let offlineTotal):
            guard range.contains(perPayment), range.contains(offlineTotal) else {
                return .amountOutOfRange
            }
            guard perPayment <= offlineTotal else { return .perPaymentAboveTotal }
            guard order.holder != nil else { return .holderMissing }
        }
        guard order.expiry > now, order.expiry > order.notBefore ?? 0,
            order.expiry <= MessageLimits.maximumInteger
        else { return .expired }
        for text in order.audience ?? [] where MerchantID(text) == nil && TerminalID(text) == nil {
            return .audienceInvalid(text)
        }
        return nil
    }
}
