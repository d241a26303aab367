import COSE
public import Vouchers

/// How a hot list names a voucher: two numbers of a salted digest, never the `cti` itself, which
/// of a bearer voucher is the money (`docs/spec/hot-list.md`, *Fingerprints*).
public struct HotListFingerprint: Hashable, Sendable {
    /// The length of a salt in bytes: nobody can prepare vouchers that collide under it.
    public static let saltLength = 16

    /// The digest's first 8 bytes, big-endian; a list keeps the highest bits of it.
    let first: UInt64
    /// The digest's next 8 bytes less the highest bit; a list of exceptions keeps it whole.
    let second: UInt64

    /// The fingerprint of a voucher under a list's salt: SHA-256 over the salt, the issuer's name,
    /// a zero byte (which no name contains), and the `cti`.
    public init(_ voucher: VoucherIdentity, salt: [UInt8]) {
        var input = salt
        input.reserveCapacity(salt.count + voucher.issuer.name.utf8.count + 1 + voucher.cti.count)
        input += voucher.issuer.name.utf8
        input.append(0)
        input += voucher.cti
        let digest = Hashing.sha256(input)
        first = Self.number(digest[0..<8])
        second = Self.number(digest[8..<16]) >> 1
    }

    /// The first number cut down to its highest `bits`.
    func first(bits: Int) -> UInt64 { first >> UInt64(64 - bits) }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
