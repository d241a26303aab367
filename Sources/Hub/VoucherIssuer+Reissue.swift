import COSE
import Money
import Trust
public import Vouchers

/// Why no voucher took the place of another. Nothing was signed.
public enum ReissueRefusal: Error, Hashable, Sendable {
    /// The code breaks its own format.
    case code(VoucherRefusal)
    /// No key of the hub's own has signed it.
    case notOurs
    /// The key that signed it is still honoured: it can be spent as it is.
    case keyHonoured
    /// The hub has not issued it: whoever made it had the key and not the right.
    case neverIssued
    /// It says something else than what the hub issued under that number.
    case contradicts
    /// Another voucher has taken its place before.
    case replacedBefore(VoucherIdentity)
    /// Nothing is left of it.
    case nothingLeft
    /// The new one could not be made.
    case issue(IssueRefusal)

    /// The stable code of the refusal in JSON.
    public var reason: String {
        switch self {
        case .code(let refusal): refusal.reason.rawValue
        case .notOurs: "voucher-not-ours"
        case .keyHonoured: "issuer-key-honoured"
        case .neverIssued: "voucher-never-issued"
        case .contradicts: "conflicting-voucher"
        case .replacedBefore: "voucher-replaced-before"
        case .nothingLeft: "nothing-left"
        case .issue(let refusal): refusal.reason
        }
    }

    /// What happened and what to do; no voucher was made.
    public var message: String {
        let end = "No voucher was made."
        return switch self {
        case .code(let refusal): "The code is none: \(refusal.detail) \(end)"
        case .notOurs: "The voucher is not signed by a key of this hub. \(end) Ask its issuer."
        case .keyHonoured:
            "The key that signed the voucher is still honoured. \(end) It can be spent as it is."
        case .neverIssued:
            "The hub has no record of having issued this voucher: it was made with the stolen "
                + "key. \(end) Keep it as evidence."
        case .contradicts:
            "The voucher says something else than the one that was issued under its number. "
                + "\(end) Keep it as evidence."
        case .replacedBefore(let new):
            "Voucher \(new.shortName) has taken its place before. \(end) Whoever brought it then "
                + "has it."
        case .nothingLeft: "Nothing is left on the voucher. \(end)"
        case .issue(let refusal): refusal.message
        }
    }
}

extension VoucherIssuer {
    /// What became of a request for another voucher.
    public enum ReissueAnswer: Hashable, Sendable {
        /// The voucher with what was left, and its code.
        case issued(IssuedVoucher, code: String, old: VoucherIdentity)
        /// No voucher was made.
        case refused(ReissueRefusal)
    }

    /// Gives the holder of a voucher whose key was revoked another one, for what is left of it, as
    /// far as the captures that have arrived tell; of the same holder and expiry. Once only.
    ///
    /// - Parameters:
    ///   - code: the old voucher, as it is shown or printed.
    ///   - cti: ``ctiLength`` random bytes.
    ///   - now: in seconds since 1970 UTC.
    public func reissue(_ code: [UInt8], cti: [UInt8], at now: UInt64)
        async throws(HubLedgerError) -> ReissueAnswer
    {
        let old: VoucherCode
        do { old = try VoucherCode(text: code) } catch { return .refused(.code(error)) }
        guard let profile = try await ledger.profile() else {
            return .refused(.issue(.notInitialised))
        }
        let issuers = try await TrustRegistrar(ledger: ledger).issuers(at: now)
        guard let signer = VoucherVerifier.signer(of: old, in: issuers),
            signer.issuer == profile.issuer
        else { return .refused(.notOurs) }
        let isDead = signer.key.revokedSince.map { now >= $0 } ?? false
        guard isDead || now >= signer.key.honouredUntil else { return .refused(.keyHonoured) }
        let identity = VoucherIdentity(issuer: profile.issuer, cti: old.claims.cti)
        if let before = try await ledger.reissue(of: identity) {
            return .refused(.replacedBefore(before.new))
        }
        guard
            let issued = try await ledger.issuedVouchers().first(where: { $0.identity == identity })
        else { return .refused(.neverIssued) }
        guard issued.currencyNumber == old.claims.currencyNumber,
            issued.expiry == old.claims.expiry,
            issued.value.hasWorth(of: old.claims.value)
        else { return .refused(.contradicts) }
        return try await replace(issued, by: old.claims, cti: cti, at: now)
    }

    private func replace(
        _ issued: IssuedVoucher, by claims: VoucherClaims, cti: [UInt8], at now: UInt64
    ) async throws(HubLedgerError) -> ReissueAnswer {
        guard let currency = Currency(number: issued.currencyNumber),
            let value = issued.valueLeft
        else { return .refused(.nothingLeft) }
        let audience: [String]?
        switch claims.audience {
        case nil: audience = nil
        case .one(let id): audience = [id]
        case .anyOf(let ids): audience = ids
        }
        let order = VoucherOrder(
            value: value, currency: currency, expiry: issued.expiry, notBefore: claims.notBefore,
            audience: audience, holder: claims.holder)
        switch try await make(order, cti: cti, at: now) {
        case .failure(let refusal): return .refused(.issue(refusal))
        case .success(let made):
            let record = Reissue(old: issued.identity, new: made.voucher.identity, at: now)
            guard try await ledger.append(made.voucher, replacing: record) else {
                let before = try await ledger.reissue(of: issued.identity)
                return .refused(.replacedBefore(before?.new ?? issued.identity))
            }
            return .issued(made.voucher, code: made.code, old: issued.identity)
        }
    }
}

extension IssuedVoucher {
    /// What is left of it as a value of its own, or nil where nothing is.
    fileprivate var valueLeft: VoucherValue? {
        switch value {
        case .fixed: redeemed == 0 ? value : nil
        case .stored(let credit, let before):
            credit > before + redeemed
                ? .stored(credit: credit - before - redeemed, redeemed: 0) : nil
        case .certificate(let perPayment, let total):
            total > redeemed
                ? .certificate(
                    perPayment: min(perPayment, total - redeemed), offlineTotal: total - redeemed)
                : nil
        }
    }
}

extension VoucherValue {
    /// Whether another value is of the same kind and worth: of stored value the credit counts,
    /// which only the issuer raises.
    fileprivate func hasWorth(of other: VoucherValue) -> Bool {
        switch (self, other) {
        case (.stored(let one, _), .stored(let other, _)): one == other
        default: self == other
        }
    }
}
