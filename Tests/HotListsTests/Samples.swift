import COSE
import HotLists
import Vouchers

/// Hot lists made from fixed seeds.
enum Samples {
    static let hub = key(2)
    static let stranger = key(3)
    static let own = IssuerID("till-hub")!
    static let foreign = IssuerID("gifts")!
    static let salt = [UInt8](repeating: 0xA5, count: 16)
    static let now: UInt64 = 1_800_000_000

    static func key(_ number: UInt8) -> PrivateKey {
        guard
            let key = try? PrivateKey(
                algorithm: .ed25519, seed: [UInt8](repeating: number, count: 32))
        else { preconditionFailure("A seed of 32 equal bytes makes a key.") }
        return key
    }

    /// The voucher with this number: its `cti` is the number, in 10 bytes.
    static func voucher(_ number: UInt64, of issuer: IssuerID = own) -> VoucherIdentity {
        VoucherIdentity(
            issuer: issuer,
            cti: [0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * (7 - $0))) })
    }

    static func thumbprint(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

    /// A list in which the hub's vouchers 0 ..< `count` are revoked, of 0 ..< `issued`, with as
    /// many of a foreign issuer.
    static func list(
        version: UInt64 = 5, revoked: Range<UInt64> = 0..<40, issued: UInt64 = 400,
        after base: HotList? = nil, issuedAt: UInt64 = now, walletKeys: [RevokedKey]? = nil,
        issuerKeys: [RevokedKey]? = nil
    ) throws -> HotList {
        var builder = HotListBuilder(
            revoked: revoked.flatMap { [voucher($0), voucher($0, of: foreign)] },
            settled: [SettledIssuer(issuer: own, through: now)], after: base, salt: salt)
        for number in 0..<issued { builder.admit(voucher(number)) }
        return try builder.list(
            version: version, issuedAt: issuedAt,
            walletKeys: walletKeys ?? [
                RevokedKey(thumbprint: thumbprint(9), from: now - 10),
                RevokedKey(thumbprint: thumbprint(7), from: now + 10),
            ],
            issuerKeys: issuerKeys ?? [RevokedKey(thumbprint: thumbprint(1), from: now)])
    }

    static func signed(_ list: HotList, by key: PrivateKey = hub) -> SignedHotList {
        SignedHotList(list, by: key)
    }
}
