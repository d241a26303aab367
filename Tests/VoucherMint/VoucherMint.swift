public import COSE
public import Vouchers

/// Makes vouchers for tests the only way there is: by signing, and verifying what was signed.
public struct VoucherMint: Sendable {
    /// The terminal that the codes are verified at.
    public static let terminal = TerminalID("till:m42/t7")!
    /// The issuer's name in the directory.
    public static let issuer = IssuerID("mint")!
    /// The time of verification, in seconds since 1970 UTC.
    public static let now: UInt64 = 1_796_787_763
    /// ISO 4217 number of the euro.
    public static let euro: UInt16 = 978
    /// The request's nonce.
    public static let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// The issuer's key.
    public let issuerKey: PrivateKey
    /// The wallet's key.
    public let holderKey: PrivateKey

    /// A mint whose keys follow from `seed`.
    public init(seed: UInt8 = 7) {
        issuerKey = Self.key(seed)
        holderKey = Self.key(seed &+ 1)
    }

    /// The Ed25519 key whose seed is 32 times `byte`.
    public static func key(_ byte: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: byte, count: 32))
        else { preconditionFailure("Any 32 bytes are a seed.") }
        return key
    }

    /// A `cti` of ten bytes that follows from `number`.
    public static func cti(_ number: UInt64) -> [UInt8] {
        [0xC0, 0xDE] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    /// The issuer's object.
    public func object(
        _ value: VoucherValue, cti number: UInt64 = 1, currency: UInt16 = VoucherMint.euro,
        expiry: UInt64 = VoucherMint.now + 86_400, bound: Bool = false, confirms: [UInt8]? = nil
    ) -> [UInt8] {
        VoucherClaims(
            value: value, currencyNumber: currency, cti: Self.cti(number), expiry: expiry,
            audience: confirms == nil ? nil : .one(Self.terminal.text),
            holder: bound ? holderKey.publicKey : nil, confirmationNonce: confirms
        ).signed(by: issuerKey)
    }

    /// The wallet's presentation of an object.
    public func presentation(
        of object: [UInt8], at: UInt64 = VoucherMint.now, nonce: [UInt8]? = nil,
        amount: UInt64? = nil
    ) -> [UInt8] {
        PresentationWriter.sign(
            inner: object, issuedAt: at, audience: Self.terminal, nonce: nonce, amount: amount,
            holder: holderKey)
    }

    /// The code's text, as a scanner reads it.
    public func text(_ object: [UInt8]) -> [UInt8] { [UInt8](VoucherText.encode(object).utf8) }

    /// The voucher of an object, verified.
    public func voucher(
        _ object: [UInt8], openNonce: [UInt8]? = VoucherMint.nonce, now: UInt64 = VoucherMint.now
    ) -> Voucher {
        let context = VerificationContext(
            now: now, terminal: Self.terminal, openNonce: openNonce,
            confirmableNonces: Set(openNonce.map { [$0] } ?? []), issuers: directory)
        switch VoucherVerifier.verify(text(object), in: context) {
        case .accepted(let voucher): return voucher
        case .refused(let refusal): preconditionFailure("The mint made a bad voucher: \(refusal)")
        }
    }

    /// A directory that knows this mint.
    public var directory: IssuerDirectory {
        IssuerDirectory([Issuer(id: Self.issuer, keys: [issuerKey.publicKey])])
    }

    /// A fixed bearer voucher, verified.
    public func fixed(_ amount: UInt64, cti: UInt64 = 1) -> Voucher {
        voucher(object(.fixed(amount: amount), cti: cti))
    }

    /// A stored-value bearer voucher, verified.
    public func stored(_ credit: UInt64, redeemed: UInt64 = 0, cti: UInt64 = 1) -> Voucher {
        voucher(object(.stored(credit: credit, redeemed: redeemed), cti: cti))
    }
}
