import COSE
import Testing
import Vouchers

@Suite("An issuer's key in time")
struct IssuerKeyTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let issuedAt: UInt64?
        let now: UInt64
        let expect: VoucherRefusal.Reason?

        init(_ name: String, iat: UInt64?, now: UInt64 = 500, _ expect: VoucherRefusal.Reason?) {
            testDescription = name
            issuedAt = iat
            self.now = now
            self.expect = expect
        }
    }

    /// Signs from 100 until 200, honoured until 1,000; seconds after `World.now`.
    private static let cases = [
        Case("signed in time", iat: 150, nil),
        Case("signed in the first second", iat: 100, nil),
        Case("signed within the skew before", iat: 80, nil),
        Case("signed before", iat: 79, .issuerKeyExpired),
        Case("signed in the last second", iat: 199, nil),
        Case("signed at the end", iat: 200, .issuerKeyExpired),
        Case("no word of when, while it signs", iat: nil, now: 150, nil),
        Case("no word of when, later", iat: nil, now: 500, .issuerKeyExpired),
        Case("honoured to the last second", iat: 150, now: 999, nil),
        Case("honoured no longer", iat: 150, now: 1_000, .issuerKeyExpired),
    ]

    private func verdict(
        _ signer: IssuerKey, issuedAt: UInt64?, now: UInt64
    ) -> VoucherRefusal.Reason? {
        var claims = World.claims()
        claims.issuedAt = issuedAt
        claims.expiry = World.now + 5_000
        let object = claims.signed(by: World.issuer)
        let context = VerificationContext(
            now: now, terminal: World.terminal,
            issuers: IssuerDirectory([Issuer(id: World.id("first"), signers: [signer])]))
        switch VoucherVerifier.verify(Array(VoucherText.encode(object).utf8), in: context) {
        case .accepted: return nil
        case .refused(let refusal): return refusal.reason
        }
    }

    @Test("It signs within its time, and what it signed is honoured for longer", arguments: cases)
    private func times(_ one: Case) {
        let signer = IssuerKey(
            key: World.issuer.publicKey, from: World.now + 100, until: World.now + 200,
            honouredUntil: World.now + 1_000)
        #expect(
            verdict(
                signer, issuedAt: one.issuedAt.map { World.now + $0 }, now: World.now + one.now)
                == one.expect)
    }

    @Test("Once it is revoked nothing of it counts, whatever the voucher says of its issue")
    func revoked() {
        let signer = IssuerKey(key: World.issuer.publicKey, revokedSince: World.now + 100)
        #expect(verdict(signer, issuedAt: World.now, now: World.now + 99) == nil)
        for issuedAt in [nil, World.now - 1_000, World.now + 100] {
            #expect(
                verdict(signer, issuedAt: issuedAt, now: World.now + 100) == .issuerRevoked)
        }
    }

    @Test("A wrong signature of a revoked key is a wrong signature")
    func wrongSignature() {
        let signer = IssuerKey(key: World.issuer.publicKey, revokedSince: 1)
        var object = World.claims().signed(by: World.issuer)
        object[object.count - 1] ^= 1
        let context = VerificationContext(
            now: World.now, terminal: World.terminal,
            issuers: IssuerDirectory([Issuer(id: World.id("first"), signers: [signer])]))
        guard
            case .refused(let refusal) = VoucherVerifier.verify(
                Array(VoucherText.encode(object).utf8), in: context)
        else {
            Issue.record("A wrong signature is refused.")
            return
        }
        #expect(refusal.reason == .signatureBad)
    }
}
