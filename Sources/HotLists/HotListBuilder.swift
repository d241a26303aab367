public import Vouchers

/// Makes a hot list at the hub: from what is revoked, and from every voucher of the issuers that
/// the hub speaks for, so that for them the list is exact.
public struct HotListBuilder {
    private let salt: [UInt8]
    private let bits: Int
    private let revoked: Set<VoucherIdentity>
    private let fingerprints: [UInt64]
    /// Second fingerprints of the revoked vouchers of settled issuers: none may be an exception.
    private let seconds: Set<UInt64>
    private let settled: [SettledIssuer]
    private var exceptions: Set<UInt64> = []

    /// Begins a list of these revoked vouchers.
    ///
    /// - Parameters:
    ///   - base: the list before: its salt and bits are kept where they still do, so that a delta
    ///     leads from it to the new one.
    ///   - salt: 16 fresh random bytes, for where they do not.
    ///   - settled: the issuers all of whose vouchers will be shown to ``admit(_:)``.
    public init(
        revoked: [VoucherIdentity], settled: [SettledIssuer], after base: HotList?, salt: [UInt8]
    ) {
        precondition(
            salt.count == HotListFingerprint.saltLength, "The salt of a hot list has 16 bytes.")
        precondition(
            revoked.count <= HotList.maximumVouchers, "A hot list has a limit of vouchers.")
        if let base, HotList.isSparse(revoked.count, bits: base.bits) {
            self.salt = base.salt
            bits = base.bits
        } else {
            self.salt = salt
            bits = Self.bits(for: revoked.count)
        }
        self.settled = settled.sorted { $0.issuer.name < $1.issuer.name }
        self.revoked = Set(revoked)
        var firsts: Set<UInt64> = []
        firsts.reserveCapacity(revoked.count)
        var seconds: Set<UInt64> = []
        let issuers = Set(settled.map(\.issuer))
        for voucher in self.revoked {
            let fingerprint = HotListFingerprint(voucher, salt: self.salt)
            firsts.insert(fingerprint.first(bits: bits))
            if issuers.contains(voucher.issuer) { seconds.insert(fingerprint.second) }
        }
        fingerprints = firsts.sorted()
        self.seconds = seconds
    }

    /// The bits with room to grow by half before a list must be sent whole.
    private static func bits(for count: Int) -> Int {
        HotList.fingerprintBits.first { HotList.isSparse(count + count / 2, bits: $0) }
            ?? HotList.fingerprintBits.upperBound
    }

    /// Shows a voucher that a settled issuer has issued: an honest one that would be hit becomes
    /// an exception.
    public mutating func admit(_ voucher: VoucherIdentity) {
        let fingerprint = HotListFingerprint(voucher, salt: salt)
        guard HotList.contains(fingerprints, fingerprint.first(bits: bits)),
            !revoked.contains(voucher)
        else { return }
        exceptions.insert(fingerprint.second)
    }

    /// Why no list came of it.
    public enum Refusal: Error, Hashable, Sendable {
        /// An exception would free a revoked voucher: begin again with another salt and no base.
        case saltUnlucky
        /// More exceptions or keys than a list may have; the text names which.
        case tooMany(String)
    }

    /// The list, once every voucher has been admitted.
    public func list(
        version: UInt64, issuedAt: UInt64, walletKeys: [RevokedKey], issuerKeys: [RevokedKey]
    ) throws(Refusal) -> HotList {
        guard exceptions.isDisjoint(with: seconds) else { throw .saltUnlucky }
        guard exceptions.count <= HotList.maximumExceptions else { throw .tooMany("exceptions") }
        guard walletKeys.count <= HotList.maximumWalletKeys else { throw .tooMany("wallet keys") }
        guard issuerKeys.count <= HotList.maximumIssuerKeys else { throw .tooMany("issuer keys") }
        return HotList(
            version: version, issuedAt: issuedAt, salt: salt, bits: bits, vouchers: fingerprints,
            settled: settled, exceptions: exceptions.sorted(),
            walletKeys: Self.sorted(walletKeys), issuerKeys: Self.sorted(issuerKeys))
    }

    /// Each key once, from the earliest of its dates on.
    private static func sorted(_ keys: [RevokedKey]) -> [RevokedKey] {
        let dates = Dictionary(keys.map { ($0.thumbprint, $0.from) }, uniquingKeysWith: min)
        return dates.map { RevokedKey(thumbprint: $0.key, from: $0.value) }
            .sorted { $0.thumbprint.precedes($1.thumbprint) }
    }
}
