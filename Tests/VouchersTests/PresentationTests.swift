import CBOR
import COSE
import Testing
import Vouchers

private let fixed = Forged.bound([1, 978, 2_500])
private let stored = Forged.bound([2, 978, 5_000, 4_000])
private let certificate = Forged.bound([3, 978, 5_000, 20_000])

private func refused(
    _ changes: [Int64: CBORValue?], of inner: CBORValue = certificate,
    in context: VerificationContext = World.context
) -> VoucherRefusal.Reason? {
    reason(Forged.presented(changes, of: inner), in: context)
}

private let none: CBORValue? = nil

@Suite struct Presentations {
    @Test func areAcceptedWithWhatTheySay() throws {
        let object = Forged.presented(of: certificate)
        let voucher = try #require(verify(object).voucher)
        let presentation = try #require(voucher.presentation)
        #expect(presentation.issuedAt == World.now)
        #expect(presentation.nonce == World.nonce)
        #expect(presentation.amount == 1_234)
        let outer = try Sign1.decode(object.encoded())
        #expect(presentation.identity == Hashing.sha256(outer.signatureInput))
        #expect(voucher.holder == World.holder.publicKey)
        #expect(voucher.value == .certificate(perPayment: 5_000, offlineTotal: 20_000))
    }

    @Test func haveOneIdentityWhateverTheSignature() throws {
        // ECDSA signs anew each time: the identity must not depend on it.
        let inner = Forged.bound(
            [3, 978, 5_000, 20_000], [Claims.cnf: Claims.holder(World.phone.publicKey)])
        let one = Forged.presented(of: inner, by: World.phone)
        let other = Forged.presented(of: inner, by: World.phone)
        #expect(one != other)
        let first = try #require(verify(one).voucher?.presentation)
        let second = try #require(verify(other).voucher?.presentation)
        #expect(first.identity == second.identity)
        let third = Forged.presented([Claims.value: 1_235], of: inner, by: World.phone)
        #expect(try #require(verify(third).voucher?.presentation).identity != first.identity)
    }

    @Test func mustBeSignedByTheHolder() {
        #expect(reason(Forged.presented(of: certificate, by: World.stranger)) == .signatureBad)
        #expect(reason(Forged.presented(of: certificate, by: World.issuer)) == .signatureBad)
        #expect(
            reason(Forged.presented(of: certificate, by: World.phone)) == .algorithmKeyMismatch)
    }

    @Test func needATimeWithinTwentySecondsAheadAndSixtyBehind() {
        let now = World.now
        #expect(refused([Claims.iat: none]) == .claimIssuedAt)
        #expect(refused([Claims.iat: "now"]) == .claimIssuedAt)
        #expect(refused([Claims.iat: .negative(0)]) == .claimIssuedAt)
        #expect(refused([Claims.iat: .unsigned(1 << 53)]) == .claimIssuedAt)
        #expect(refused([Claims.iat: .unsigned((1 << 53) - 1)]) == .presentationFuture)
        #expect(refused([Claims.iat: .unsigned(now + 20)]) == nil)
        #expect(refused([Claims.iat: .unsigned(now + 21)]) == .presentationFuture)
        #expect(refused([Claims.iat: .unsigned(now - 60)]) == nil)
        #expect(refused([Claims.iat: .unsigned(now - 61)]) == .presentationStale)
        #expect(refused([Claims.iat: 0]) == .presentationStale)
    }

    @Test func nameThisTerminalExactly() {
        let oneWay: [Int64: CBORValue?] = [Claims.cnonce: none]
        #expect(refused(oneWay) == nil)
        #expect(refused(oneWay.merging([Claims.aud: none]) { $1 }) == nil)
        #expect(refused([Claims.aud: none]) == .presentationAudience, "required beside a nonce")
        for id in ["till:m42", "till:m42/t70", "till:m42/t", "TILL:M42/T7", "till:m42/t7 ", ""] {
            #expect(refused([Claims.aud: .text(id)]) == .presentationAudience)
            #expect(
                refused(oneWay.merging([Claims.aud: .text(id)]) { $1 }) == .presentationAudience)
        }
        for value in [.array(["till:m42/t7"]), 1, .null, .bytes(Array("till:m42/t7".utf8))]
            as [CBORValue]
        {
            #expect(refused([Claims.aud: value]) == .claimAudience)
        }
        var nameless = World.context
        nameless.terminal = nil
        #expect(refused([:], in: nameless) == .presentationAudience)
        #expect(refused([Claims.cnonce: none, Claims.aud: none], in: nameless) == nil)
    }

    @Test func answerTheRequestThatIsOpen() {
        var closed = World.context
        closed.openNonce = nil
        #expect(refused([:], in: closed) == .requestNonce)
        closed.confirmableNonces = [World.nonce]
        #expect(refused([:], in: closed) == .requestNonce, "confirmable is not open")
        #expect(refused([Claims.cnonce: none], in: closed) == nil)
        #expect(refused([Claims.cnonce: .bytes(World.nonce + [0])]) == .requestNonce)
        for count in [7, 17] {
            #expect(
                refused([Claims.cnonce: .bytes([UInt8](repeating: 1, count: count))])
                    == .claimNonce)
        }
        for count in [8, 16] {
            var context = World.context
            context.openNonce = [UInt8](repeating: 1, count: count)
            #expect(
                refused(
                    [Claims.cnonce: .bytes([UInt8](repeating: 1, count: count))], in: context)
                    == nil)
        }
    }

    @Test func nameAnAmountByTheVouchersKind() {
        let oneWay = none
        // Kind 1: never an amount.
        #expect(refused([Claims.value: none], of: fixed) == nil)
        #expect(refused([:], of: fixed) == .presentationAmount)
        #expect(refused([Claims.value: 2_500], of: fixed) == .presentationAmount)
        #expect(refused([Claims.value: none, Claims.cnonce: oneWay], of: fixed) == nil)
        #expect(refused([Claims.cnonce: oneWay], of: fixed) == .presentationAmount)
        // Kinds 2 and 3: required beside a nonce, never above the maximum.
        for inner in [stored, certificate] {
            #expect(refused([Claims.value: none], of: inner) == .presentationAmount)
            #expect(refused([Claims.value: none, Claims.cnonce: oneWay], of: inner) == nil)
            for nonce in [CBORValue.bytes(World.nonce), nil] {
                for (amount, isFine) in [
                    (0, false), (1, true), (5_000, true), (5_001, false), (-1, false),
                    ("1", false), (.null, false), ([1, 978, 1], false), (.unsigned(1 << 53), false),
                    (.unsigned(.max), false),
                ] as [(CBORValue, Bool)] {
                    #expect(
                        refused([Claims.value: amount, Claims.cnonce: nonce], of: inner)
                            == (isFine ? nil : .presentationAmount))
                }
            }
        }
        // Stored value: the credit is the format's limit, not what is left.
        #expect(refused([Claims.value: 4_500], of: stored) == nil)
    }

    @Test func mayHaveOtherClaimsThatAreIgnored() throws {
        let changes: [Int64: CBORValue?] = [
            1: 7, 4: "exp", 5: .unsigned(.max), 7: .bytes([]), 8: .null, 99: [1, 2],
        ]
        #expect(refused(changes) == nil)
        let object = Forged.presented(changes, of: certificate)
        let code = try VoucherCode(object.encoded())
        #expect(code.presentation?.payload == Claims.presented(changes).encoded())
    }

    @Test func ofBearerVouchersAreRefused() {
        #expect(refused([:], of: Forged.issued([:])) == .presentationWithoutHolder)
        #expect(
            refused([Claims.value: none], of: Forged.issued([:])) == .presentationWithoutHolder)
    }

    @Test func doNotExcuseTheVoucherInside() {
        let now = World.now
        #expect(
            refused([:], of: Forged.bound([2, 978, 5_000, 0], [Claims.exp: .unsigned(now)]))
                == .expired)
        #expect(
            refused([:], of: Forged.bound([2, 978, 5_000, 0], [Claims.nbf: .unsigned(now + 21)]))
                == .notYetValid)
        #expect(
            refused([:], of: Forged.bound([2, 978, 5_000, 0], [Claims.aud: "till:m43"]))
                == .audience)
        #expect(
            refused([:], of: Forged.bound([2, 978, 5_000, 0], [Claims.aud: "till:m42"])) == nil)
    }

    @Test func thatWereBoundAreNeverAcceptedAlone() {
        for inner in [fixed, stored, certificate] {
            #expect(reason(inner) == .needsPresentation)
        }
    }

    @Test func areAMapOfClaims() {
        let header = CBORValue.map([CBORPair(1, -19), CBORPair(13, certificate)]).encoded()
        for (payload, expected) in [
            ([0x80], .claimsShape), ([], .cborTruncated), ([0xA0], .claimIssuedAt),
            ([0xA0, 0x00], .cborTrailing),
        ] as [([UInt8], VoucherRefusal.Reason)] {
            #expect(
                reason(Forged.object(protected: header, payload: payload, by: World.holder))
                    == expected)
        }
    }
}

@Suite struct PaymentConfirmations {
    private func confirmation(
        _ changes: [Int64: CBORValue?] = [:], isBound: Bool = false
    ) -> CBORValue {
        var all: [Int64: CBORValue?] = [
            Claims.aud: "till:m42/t7", Claims.cnonce: .bytes(World.nonce),
        ]
        if isBound { all[Claims.cnf] = Claims.holder(World.holder.publicKey) }
        return Forged.issued(all.merging(changes) { $1 })
    }

    @Test func areAcceptedForTheOpenRequest() throws {
        let voucher = try #require(verify(confirmation()).voucher)
        #expect(voucher.confirmationNonce == World.nonce)
        #expect(voucher.audience == ["till:m42/t7"])
        #expect(voucher.presentation == nil)
    }

    @Test func areGoodForAnyRequestThatIsNeitherExpiredNorPaid() {
        var context = World.context
        context.openNonce = [UInt8](repeating: 1, count: 8)
        #expect(reason(confirmation(), in: context) == .requestNonce)
        context.confirmableNonces = [World.nonce]
        #expect(reason(confirmation(), in: context) == nil)
        context.openNonce = nil
        #expect(reason(confirmation(), in: context) == nil)
        context.confirmableNonces = []
        #expect(reason(confirmation(), in: context) == .requestNonce)
    }

    @Test func areOfKindOneForOneTerminalAsAText() {
        #expect(reason(confirmation([Claims.aud: none])) == .confirmationShape)
        #expect(reason(confirmation([Claims.aud: ["till:m42/t7"]])) == .confirmationShape)
        #expect(reason(confirmation([Claims.aud: "till:m42"])) == .confirmationShape)
        #expect(reason(confirmation([Claims.aud: "anyone"])) == .confirmationShape)
        #expect(reason(confirmation([Claims.value: [2, 978, 5, 0]])) == .confirmationShape)
        #expect(
            reason(confirmation([Claims.value: [3, 978, 5, 5]], isBound: true))
                == .confirmationShape)
        #expect(reason(confirmation([Claims.aud: "till:m42/t8"])) == .audience)
        #expect(reason(confirmation([Claims.aud: "till:m42/t70"])) == .audience)
    }

    @Test func areCheckedJustTheSameInsideAPresentation() {
        let bound = confirmation(isBound: true)
        #expect(reason(bound) == .needsPresentation)
        #expect(refused([Claims.value: none], of: bound) == nil)
        #expect(refused([Claims.value: none, Claims.cnonce: none], of: bound) == nil)
        #expect(refused([Claims.value: 2_500], of: bound) == .presentationAmount)
        let other = confirmation(
            [Claims.cnonce: .bytes([UInt8](repeating: 9, count: 8))], isBound: true)
        #expect(refused([Claims.value: none], of: other) == .requestNonce)
        #expect(refused([Claims.value: none, Claims.cnonce: none], of: other) == .requestNonce)
        // Even of a request that could be confirmed: the two must answer the same one.
        var context = World.context
        context.confirmableNonces = [[UInt8](repeating: 9, count: 8)]
        #expect(refused([Claims.value: none], of: other, in: context) == .requestNonce)
        #expect(
            refused([Claims.value: none, Claims.cnonce: none], of: other, in: context) == nil)
    }

    @Test func areVoidFromTheirExpiryOn() {
        #expect(reason(confirmation([Claims.exp: .unsigned(World.now)])) == .expired)
    }
}
