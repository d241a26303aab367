import COSE
import CommandSupport
import HotLists
import Vouchers

extension Bench {
    /// Vouchers revoked in the hot list that is measured: the size that was asked for.
    private static let revoked = 1_000_000
    /// Vouchers that come and go in a day.
    private static let changed = 10_000

    /// The hot list of a million vouchers: its size, its delta's, how long it takes to verify and
    /// load, and a look-up. `--smoke` takes a hundredth of it.
    func hotList() throws -> [Measurement] {
        guard let issuer = IssuerID("bench"), let foreign = IssuerID("foreign") else {
            throw CommandFailure(reason: "bench", message: "The benchmark's constants are wrong.")
        }
        let count = rounds.factor < 1 ? Self.revoked / 100 : Self.revoked
        let day = rounds.factor < 1 ? Self.changed / 100 : Self.changed
        func voucher(_ number: Int, _ issuer: IssuerID) -> VoucherIdentity {
            let cti = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) } + [0, 1]
            return VoucherIdentity(issuer: issuer, cti: cti)
        }
        // One honest voucher for each revoked one: making the list at the hub is not measured.
        func list(_ numbers: Range<Int>, version: UInt64, after base: HotList?) throws -> HotList {
            var builder = HotListBuilder(
                revoked: numbers.map { voucher($0, issuer) },
                settled: [SettledIssuer(issuer: issuer, through: now)], after: base,
                salt: [UInt8](repeating: 7, count: HotListFingerprint.saltLength))
            for number in numbers.upperBound..<numbers.upperBound + count {
                builder.admit(voucher(number, issuer))
            }
            return try builder.list(
                version: version, issuedAt: now, walletKeys: [], issuerKeys: [])
        }
        let base = SignedHotList(try list(0..<count, version: 1, after: nil), by: hubKey)
        let next = SignedHotList(
            try list(day..<count + day, version: 2, after: base.list), by: hubKey)
        guard let delta = HotListDelta(from: base, to: next)?.signed(by: hubKey) else {
            throw CommandFailure(reason: "bench", message: "There is no delta.")
        }
        let hub = hubKey.publicKey
        let loads = try timed(rounds.of(10)) { _ in
            _ = try SignedHotList(base.bytes, signedBy: hub)
        }
        let applications = try timed(rounds.of(10)) { _ in
            _ = try HotListDelta.open(delta, signedBy: hub).applied(to: base, signedBy: hub)
        }
        var hits = 0
        let lookUps = timed(rounds.of(20_000)) { round in
            let known = voucher(round * 37 % (2 * count), round % 2 == 0 ? issuer : foreign)
            if base.list.finding(on: known, issuedAt: 0) != .clear { hits += 1 }
        }
        guard hits > 0 else {
            throw CommandFailure(reason: "bench", message: "No look-up has hit.")
        }
        return [
            Measurement(
                "hot list, verify and load", loads,
                note: "\(count) vouchers, \(base.bytes.count) bytes on the wire"),
            Measurement(
                "hot list, verify and apply a delta", applications,
                note: "\(day) come and \(day) go, \(delta.count) bytes on the wire"),
            Measurement("hot list, look-up", lookUps, note: "asked for: below 1 ms"),
        ]
    }
}
