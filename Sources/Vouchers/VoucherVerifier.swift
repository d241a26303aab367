import COSE

/// All that a verdict on a code depends on besides the code.
public struct VerificationContext: Sendable {
    /// The terminal's clock, in seconds since 1970 UTC.
    public var now: UInt64

    /// This terminal, or nil when it has no id yet: then no code that names an audience is for it.
    public var terminal: TerminalID?

    /// The nonce of the request that is open on this terminal, or nil when none is.
    public var openNonce: [UInt8]?

    /// The nonces of this terminal's requests that are neither expired nor paid; a payment
    /// confirmation may answer any of them. The open one counts whether it is in here or not.
    public var confirmableNonces: Set<[UInt8]>

    /// The issuers that the terminal trusts.
    public var issuers: IssuerDirectory

    /// A context of these.
    public init(
        now: UInt64, terminal: TerminalID?, openNonce: [UInt8]? = nil,
        confirmableNonces: Set<[UInt8]> = [], issuers: IssuerDirectory
    ) {
        self.now = now
        self.terminal = terminal
        self.openNonce = openNonce
        self.confirmableNonces = confirmableNonces
        self.issuers = issuers
    }
}

/// What came of a verification.
public enum VoucherVerification: Sendable {
    /// The code is authentic, timely, for this shop and for a request of this terminal.
    case accepted(Voucher)

    /// The code is not, for this first reason.
    case refused(VoucherRefusal)
}

/// Turns a code into a `Voucher`, or says why not. The order: format, signatures, time, audience,
/// request.
public enum VoucherVerifier {
    /// A clock may be behind the issuer's or the wallet's by so many seconds (formats, 1.1 and
    /// 1.2).
    public static let clockSkewSeconds: UInt64 = 20

    /// A wallet's code is good for so many seconds: long enough to hold it up, too short to pass
    /// on.
    public static let presentationLifeSeconds: UInt64 = 60

    /// Verifies the text of a QR code, which may have one CR or LF at its end.
    public static func verify(
        _ text: [UInt8], in context: VerificationContext
    ) -> VoucherVerification {
        do {
            return verify(try VoucherCode(text: text), in: context)
        } catch {
            return .refused(error)
        }
    }

    /// Verifies a code whose format has been read: also one that lies in the terminal's store.
    public static func verify(
        _ code: VoucherCode, in context: VerificationContext
    ) -> VoucherVerification {
        do {
            let (issuer, key) = try checkSignatures(of: code, in: context)
            try checkTime(of: code, now: context.now)
            try checkAudience(of: code, terminal: context.terminal)
            try checkRequest(of: code, in: context)
            return .accepted(Voucher(code, issuer: issuer, key: key))
        } catch {
            return .refused(error)
        }
    }

    /// Whose key has signed the issuer's object of a code, whatever its times say: what an issuer
    /// asks before it gives another voucher for this one. It is no leave to pay.
    public static func signer(of code: VoucherCode, in issuers: IssuerDirectory) -> (
        issuer: IssuerID, key: IssuerKey
    )? {
        issuers.candidates(keyID: code.issuerObject.keyID ?? []).first {
            code.issuerObject.isSigned(by: $0.key.key)
        }
    }

    private static func checkSignatures(
        of code: VoucherCode, in context: VerificationContext
    ) throws(VoucherRefusal) -> (IssuerID, PublicKey) {
        let object = code.issuerObject
        let candidates = context.issuers.candidates(keyID: object.keyID ?? [])
        guard !candidates.isEmpty else {
            if let terminal = context.terminal {
                if terminal.isTraining, !code.claims.saysTraining { throw .notForTraining }
                if !terminal.isTraining, code.claims.saysTraining { throw .trainingVoucher }
            }
            throw VoucherRefusal(
                .issuerUnknown, "No issuer in the trust list has a key with the kid of the voucher."
            )
        }
        guard candidates.contains(where: { $0.key.key.algorithm == object.algorithm }) else {
            throw VoucherRefusal(
                .algorithmKeyMismatch,
                "The voucher's algorithm (label 1) is not that of the issuer's key.")
        }
        guard let signer = candidates.first(where: { object.isSigned(by: $0.key.key) }) else {
            throw VoucherRefusal(
                .signatureBad, "The voucher's signature is not that of the issuer's key.")
        }
        if let wallet = code.walletObject, let holder = code.claims.holder {
            guard wallet.algorithm == holder.algorithm else {
                throw VoucherRefusal(
                    .algorithmKeyMismatch,
                    "The presentation's algorithm (label 1) is not that of the holder's key.")
            }
            guard wallet.isSigned(by: holder) else {
                throw VoucherRefusal(
                    .signatureBad, "The presentation's signature is not that of the holder's key.")
            }
        }
        // Whoever put the key into the trust list: training and money never meet.
        if let terminal = context.terminal, terminal.isTraining != signer.issuer.isTraining {
            throw terminal.isTraining ? .notForTraining : .trainingVoucher
        }
        // Only now: whether a key is revoked is nobody's business who cannot sign with it.
        if let refusal = signer.key.refusal(
            issuedAt: code.claims.issuedAt, now: context.now)
        {
            throw refusal
        }
        if let refusal = signer.key.bounds?.refusal(of: code.claims) { throw refusal }
        return (signer.issuer, signer.key.key)
    }

    private static func checkTime(of code: VoucherCode, now: UInt64) throws(VoucherRefusal) {
        guard now < code.claims.expiry else {
            throw VoucherRefusal(
                .expired, "The voucher expired at \(code.claims.expiry), and it is \(now).")
        }
        // Claims are below 2^53, so that a clock near the end of its range must not wrap around.
        let latest = now.addingReportingOverflow(clockSkewSeconds)
        let horizon = latest.overflow ? UInt64.max : latest.partialValue
        if let notBefore = code.claims.notBefore, horizon < notBefore {
            throw VoucherRefusal(
                .notYetValid, "The voucher is good from \(notBefore) on, and it is \(now).")
        }
        guard let presentation = code.presentation else { return }
        guard presentation.issuedAt <= horizon else {
            throw VoucherRefusal(
                .presentationFuture,
                "The wallet's code was made at \(presentation.issuedAt), and it is \(now): more"
                    + " than \(clockSkewSeconds) seconds ahead.")
        }
        guard now <= presentation.issuedAt + presentationLifeSeconds else {
            throw VoucherRefusal(
                .presentationStale,
                "The wallet's code was made at \(presentation.issuedAt), and it is \(now): more"
                    + " than \(presentationLifeSeconds) seconds ago.")
        }
    }

    private static func checkAudience(
        of code: VoucherCode, terminal: TerminalID?
    ) throws(VoucherRefusal) {
        let name = terminal?.text ?? "without an id"
        if let audience = code.claims.audience, terminal.map(audience.admits) != true {
            throw VoucherRefusal(
                .audience,
                "The voucher's claim 3 (aud) names neither this terminal (\(name)) nor its"
                    + " merchant."
            )
        }
        guard let presentation = code.presentation else { return }
        if let audience = presentation.audience {
            guard let terminal, audience.utf8.elementsEqual(terminal.text.utf8) else {
                throw VoucherRefusal(
                    .presentationAudience,
                    "The presentation's claim 3 (aud) is not this terminal (\(name)).")
            }
        } else if presentation.nonce != nil {
            throw VoucherRefusal(
                .presentationAudience,
                "The presentation has a nonce (claim 39), and then claim 3 (aud) is required.")
        }
    }

    private static func checkRequest(
        of code: VoucherCode, in context: VerificationContext
    ) throws(VoucherRefusal) {
        if code.presentation == nil, code.claims.holder != nil {
            throw VoucherRefusal(
                .needsPresentation,
                "The voucher has a holder (claim 8), whose wallet must present it.")
        }
        if let nonce = code.presentation?.nonce, nonce != context.openNonce {
            throw VoucherRefusal(
                .requestNonce,
                "The presentation's nonce (claim 39) is not that of the request now open here.")
        }
        guard let nonce = code.claims.confirmationNonce else { return }
        guard nonce == context.openNonce || context.confirmableNonces.contains(nonce) else {
            throw VoucherRefusal(
                .requestNonce,
                "The confirmation's nonce (claim 39) is not that of an unpaid request made here.")
        }
        if let answered = code.presentation?.nonce, answered != nonce {
            throw VoucherRefusal(
                .requestNonce,
                "The presentation answers one request and the confirmation inside another.")
        }
    }
}
