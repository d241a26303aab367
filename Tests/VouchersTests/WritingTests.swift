import CBOR
import COSE
import Testing
import Vouchers

@Suite struct WrittenVouchers {
    @Test func areVerifiedWithWhatWasWritten() throws {
        var claims = World.claims()
        claims.issuerName = "Shop"
        claims.audience = Audience(["till:m42"])
        claims.notBefore = World.now
        claims.issuedAt = World.now - 5
        let text = VoucherText.encode(claims.signed(by: World.issuer))
        let voucher = try #require(
            VoucherVerifier.verify(Array(text.utf8), in: World.context).voucher)
        #expect(voucher.claims.payload == claims.payload)
        #expect(voucher.audience == ["till:m42"])
        #expect(voucher.notBefore == World.now)
        #expect(voucher.issuedAt == World.now - 5)
        #expect(voucher.claims.issuerName == "Shop")
    }

    @Test func areTheSameBytesEachTimeWithEd25519() {
        let claims = World.claims()
        #expect(claims.signed(by: World.issuer) == claims.signed(by: World.issuer))
    }

    @Test func areCheckedBeforeTheyAreSigned() throws {
        #expect(try World.claims().checked().payload == World.claims().payload)
        for (change, expected) in [
            ({ $0.cti = [1] }, .claimCTI), ({ $0.currencyNumber = 0 }, .valueCurrency),
            ({ $0.value = .fixed(amount: 0) }, .claimValue),
            (
                { $0.value = .certificate(perPayment: 1, offlineTotal: 1) },
                .certificateWithoutHolder
            ),
            ({ $0.audience = .anyOf([]) }, .claimAudience), ({ $0.expiry = 1 << 53 }, .claimExpiry),
            ({ $0.confirmationNonce = World.nonce }, .confirmationShape),
        ] as [((inout VoucherClaims) -> Void, VoucherRefusal.Reason)] {
            var claims = World.claims()
            change(&claims)
            do {
                _ = try claims.checked()
                Issue.record("not refused for \(expected)")
            } catch {
                #expect(error.reason == expected)
            }
        }
    }

    @Test func areReadByWalletsWithoutTheIssuersKey() throws {
        let claims = World.claims(.stored(credit: 5, redeemed: 1), holder: World.phone.publicKey)
        let read = try VoucherClaims.read(claims.signed(by: World.stranger))
        #expect(read.value == claims.value)
        #expect(read.holder == World.phone.publicKey)
        #expect(read.payload == claims.payload)
        let presentation = PresentationWriter.sign(
            inner: claims.signed(by: World.issuer), issuedAt: 1, audience: nil, nonce: nil,
            amount: nil, holder: World.phone)
        #expect(throws: VoucherRefusal.self) { try VoucherClaims.read(presentation) }
        #expect(throws: VoucherRefusal.self) { try VoucherClaims.read([]) }
    }

    @Test func takeASignForTheHoldersYUnlessItWasReadOtherwise() throws {
        let claims = World.claims(holder: World.phone.publicKey)
        let payload = try CBORValue.decode(claims.payload)
        #expect(payload[8]?[1]?[-3]?.asBool != nil)
        let object = Forged.issued([Claims.cnf: Claims.holder(World.phone.publicKey)])
        var read = try VoucherCode(object.encoded()).claims
        #expect(try CBORValue.decode(read.payload)[8]?[1]?[-3]?.asBytes != nil)
        read.holder = World.holder.publicKey
        #expect(read.payload == World.claims(holder: World.holder.publicKey).payload)
    }
}

@Suite struct WrittenPresentations {
    private let inner = World.claims(
        .certificate(perPayment: 5_000, offlineTotal: 9_000), holder: World.holder.publicKey
    ).signed(by: World.issuer)

    @Test func areVerifiedWithWhatWasWritten() throws {
        let presented = PresentationWriter.sign(
            inner: inner, issuedAt: World.now, audience: World.terminal, nonce: World.nonce,
            amount: 700, holder: World.holder)
        let text = VoucherText.encode(presented)
        let voucher = try #require(
            VoucherVerifier.verify(Array(text.utf8), in: World.context).voucher)
        #expect(voucher.presentation?.amount == 700)
        #expect(voucher.presentation?.nonce == World.nonce)
        #expect(voucher.issuerObject == inner)
        #expect(voucher.evidence == presented)
    }

    @Test func areTheVectorsBytesForTheSameWallet() throws {
        // The holder's seed is not in the file; header and payload are compared without signature.
        let vector = try #require(
            VoucherVectors.file.vectors.first { $0.id == "presentation-ed25519" })
        let code = try VoucherCode(text: Array(vector.text.utf8))
        let claims = try #require(code.presentation)
        let written = PresentationWriter.sign(
            inner: code.issuerBytes, issuedAt: claims.issuedAt,
            audience: claims.audience.flatMap(TerminalID.init), nonce: claims.nonce,
            amount: claims.amount, holder: World.holder)
        #expect(written.dropLast(64) == code.bytes.dropLast(64))
    }

    @Test func ofOneWayCodesHaveOnlyATime() throws {
        let presented = PresentationWriter.sign(
            inner: inner, issuedAt: World.now, audience: nil, nonce: nil, amount: nil,
            holder: World.holder)
        let payload = try Sign1.decode(presented).payload
        #expect(payload == bytes("a1061a6b49d200"))
        var context = World.context
        context.openNonce = nil
        #expect(try reason(CBORValue.decode(presented), in: context) == nil)
    }
}
