import CBOR
import COSE
import Testing
import Vouchers

private typealias Reason = VoucherRefusal.Reason

/// The reason for which a payload with these changes is refused.
private func refused(_ changes: [Int64: CBORValue?]) -> VoucherRefusal.Reason? {
    reason(Forged.issued(changes))
}

private let limit: UInt64 = 1 << 53

@Suite struct IssuedClaims {
    @Test func areAcceptedAsTheyStand() throws {
        let voucher = try #require(verify(Forged.issued([:])).voucher)
        #expect(voucher.identity == VoucherIdentity(issuer: World.id("first"), cti: World.cti))
        #expect(voucher.value == .fixed(amount: 2_500))
        #expect(voucher.currencyNumber == 978)
        #expect(voucher.expiry == World.now + 1_000)
        #expect(voucher.issuerKeyThumbprint == World.issuer.publicKey.thumbprint)
        #expect(voucher.notBefore == nil && voucher.issuedAt == nil && voucher.audience == nil)
        #expect(voucher.holder == nil && voucher.confirmationNonce == nil)
        #expect(voucher.presentation == nil)
        #expect(voucher.evidence == Forged.issued([:]).encoded())
        #expect(voucher.issuerObject == voucher.evidence)
    }

    @Test(arguments: [.bytes([1]), 1, .null, .array(["a"]), .map([]), .bool(true)] as [CBORValue])
    func nameAnIssuerByATextOnly(value: CBORValue) {
        #expect(refused([Claims.iss: value]) == .claimIssuer)
    }

    @Test func nameAnIssuerByAnyText() {
        for text in ["", "Geschäft 水", "a\0b"] {
            #expect(refused([Claims.iss: .text(text)]) == nil)
        }
    }

    @Test(
        arguments: [
            .bytes([1]), 1, .null, .map([]), .array([]), .array([1]), .array(["till:m42", 1]),
            .array([.array(["till:m42"])]), .array([.bytes([0x61])]),
        ] as [CBORValue])
    func nameAnAudienceByTextsOnly(value: CBORValue) {
        #expect(refused([Claims.aud: value]) == .claimAudience)
    }

    @Test func needAnExpiryThatIsAnUnsignedIntegerBelow2To53() {
        for value in [
            nil, .negative(0), "1", .bytes([1]), .null, .unsigned(limit), .unsigned(.max),
            .array([1]), .tagged(1, 1),
        ] as [CBORValue?] {
            #expect(refused([Claims.exp: value]) == .claimExpiry)
        }
        #expect(refused([Claims.exp: .unsigned(limit - 1)]) == nil)
        #expect(refused([Claims.exp: 0]) == .expired)
    }

    @Test func mayHaveTimesThatAreUnsignedIntegersBelow2To53() {
        for (claim, expected) in [
            (Claims.nbf, Reason.claimNotBefore), (Claims.iat, .claimIssuedAt),
        ] {
            for value in [.negative(0), "1", .null, .unsigned(limit), .tagged(1, 1)]
                as [CBORValue]
            {
                #expect(refused([claim: value]) == expected)
            }
            #expect(refused([claim: 0]) == nil)
        }
        #expect(refused([Claims.iat: .unsigned(limit - 1)]) == nil, "iat is not compared")
        #expect(refused([Claims.nbf: .unsigned(limit - 1)]) == .notYetValid)
    }

    @Test func needACTIOf8To16Bytes() {
        for count in 0...20 {
            let value = CBORValue.bytes([UInt8](repeating: 1, count: count))
            #expect(refused([Claims.cti: value]) == ((8...16).contains(count) ? nil : .claimCTI))
        }
        for value in [nil, "0123456789", 1, .null] as [CBORValue?] {
            #expect(refused([Claims.cti: value]) == .claimCTI)
        }
    }

    @Test func mayHaveANonceOf8To16Bytes() {
        for count in [0, 7, 17] {
            let value = CBORValue.bytes([UInt8](repeating: 1, count: count))
            #expect(refused([Claims.cnonce: value, Claims.aud: "till:m42/t7"]) == .claimNonce)
        }
        for count in [8, 16] {
            var context = World.context
            context.openNonce = [UInt8](repeating: 1, count: count)
            let object = Forged.issued([
                Claims.cnonce: .bytes([UInt8](repeating: 1, count: count)),
                Claims.aud: "till:m42/t7",
            ])
            #expect(reason(object, in: context) == nil)
        }
        for value in ["01234567", 1, .null] as [CBORValue] {
            #expect(refused([Claims.cnonce: value]) == .claimNonce)
        }
    }

    @Test func mayHaveOthersThatAreIgnored() throws {
        let others: [(CBORValue, CBORValue)] = [
            (0, .null), (2, "sub"), (9, .array([1, .map([CBORPair("x", .bool(false))])])),
            (38, .negative(.max)), (40, .unsigned(.max)), (-65_536, "near"), (-65_538, "near"),
            (-1, 1), ("text", .tagged(99, .bytes([]))), ("value", .array([1, 978, 1])), ("", 0),
        ]
        for (key, value) in others {
            let pairs = (Claims.issued().asMap ?? []) + [CBORPair(key, value)]
            let payload = CBORValue.map(pairs).encoded()
            #expect(reason(Forged.issued(payload)) == nil, "\(key)")
            let code = try VoucherCode(Forged.issued(payload).encoded())
            #expect(code.claims.otherClaims == [CBORPair(key, value)])
            #expect(code.claims.payload == payload)
        }
    }

    @Test(
        arguments: [.array([]), .bytes([]), "claims", 1, .null, .tagged(1, .map([]))] as [CBORValue]
    )
    func areAMap(payload: CBORValue) {
        #expect(reason(Forged.issued(payload.encoded())) == .claimsShape)
    }
}

@Suite struct ValueArrays {
    private static let fixed = CBORValue.array([1, 978, 2_500])

    @Test(
        arguments: [
            (nil, .claimValue), (.null, .claimValue), (1, .claimValue), (.map([]), .claimValue),
            (.array([]), .claimValue), (.array([1]), .claimValue), (.array([1, 978]), .claimValue),
            (.array([1, 978, 1, 1]), .claimValue), (.array([2, 978, 1]), .claimValue),
            (.array([2, 978, 1, 1, 1]), .claimValue), (.array([3, 978, 1]), .claimValue),
            (.array([3, 978, 1, 1, 1]), .claimValue),
            (.array([0, 978, 1]), .valueKind), (.array([4, 978, 1]), .valueKind),
            (.array(["1", 978, 1]), .valueKind), (.array([-1, 978, 1]), .valueKind),
            (.array([.null, 978, 1]), .valueKind), (.array([6]), .valueKind),
            (.array([.unsigned(.max), 978, 1]), .valueKind),
            (.array([1, 0, 1]), .valueCurrency), (.array([1, 1_000, 1]), .valueCurrency),
            (.array([1, -978, 1]), .valueCurrency), (.array([1, "EUR", 1]), .valueCurrency),
            (.array([1, .unsigned(65_536 + 978), 1]), .valueCurrency),
            (.array([2, 0, 1, 0]), .valueCurrency), (.array([3, .null, 1, 1]), .valueCurrency),
            (.array([1, 978, 0]), .claimValue), (.array([1, 978, -1]), .claimValue),
            (.array([1, 978, "1"]), .claimValue),
            (.array([1, 978, .unsigned(limit)]), .claimValue),
            (.array([1, 978, .unsigned(.max)]), .claimValue),
            (.array([1, 978, .null]), .claimValue),
            (.array([2, 978, 0, 0]), .claimValue), (.array([2, 978, 1, 2]), .claimValue),
            (.array([2, 978, .unsigned(limit), 0]), .claimValue),
            (.array([2, 978, 1, -1]), .claimValue), (.array([2, 978, 1, .null]), .claimValue),
            (.array([2, 978, .unsigned(limit - 1), .unsigned(limit)]), .claimValue),
            (.array([3, 978, 0, 1]), .claimValue), (.array([3, 978, 1, 0]), .claimValue),
            (.array([3, 978, .unsigned(limit), 1]), .claimValue),
            (.array([3, 978, 1, .unsigned(limit)]), .claimValue),
        ] as [(CBORValue?, VoucherRefusal.Reason)])
    func areRefusedByName(value: CBORValue?, expected: VoucherRefusal.Reason) {
        #expect(refused([Claims.value: value]) == expected)
    }

    @Test(
        arguments: [
            (.array([1, 1, 1]), .fixed(amount: 1), 1),
            (.array([1, 999, .unsigned(limit - 1)]), .fixed(amount: limit - 1), 999),
            (.array([1, 2, 1]), .fixed(amount: 1), 2),
            (.array([2, 978, 5, 0]), .stored(credit: 5, redeemed: 0), 978),
            (.array([2, 978, 5, 5]), .stored(credit: 5, redeemed: 5), 978),
            (
                .array([2, 978, .unsigned(limit - 1), .unsigned(limit - 1)]),
                .stored(credit: limit - 1, redeemed: limit - 1), 978
            ),
        ] as [(CBORValue, VoucherValue, UInt16)])
    func areReadToTheirBounds(value: CBORValue, expected: VoucherValue, currency: UInt16) throws {
        let voucher = try #require(verify(Forged.issued([Claims.value: value])).voucher)
        #expect(voucher.value == expected)
        #expect(voucher.currencyNumber == currency)
    }

    @Test func ofCertificatesNeedAHolderAndMayHaveATotalBelowOnePayment() throws {
        let value = CBORValue.array([3, 978, 5_000, 20])
        #expect(refused([Claims.value: value]) == .certificateWithoutHolder)
        let bound = Forged.presented([Claims.value: 20], of: Forged.bound(value))
        let voucher = try #require(verify(bound).voucher)
        #expect(voucher.value == .certificate(perPayment: 5_000, offlineTotal: 20))
    }
}

@Suite struct HolderKeys {
    private func refused(key: CBORValue) -> VoucherRefusal.Reason? {
        reason(
            Forged.presented(
                [Claims.value: nil],
                of: Forged.issued([Claims.cnf: .map([CBORPair(1, key)])])))
    }

    private let good = World.holder.publicKey.coseKeyValue(compressed: false)

    private func with(_ pairs: CBORPair...) -> CBORValue {
        .map(
            ((good.asMap ?? []) + pairs).sorted {
                $0.key.encoded().lexicographicallyPrecedes($1.key.encoded())
            })
    }

    @Test func areReadForFourLabelsOnly() {
        #expect(refused(key: good) == nil)
        #expect(refused(key: with(CBORPair(2, .bytes([1])), CBORPair(3, -7))) == nil)
        #expect(refused(key: with(CBORPair(4, .array([1])), CBORPair("kid", 1))) == nil)
    }

    @Test func areRefusedByName() {
        #expect(refused(key: with(CBORPair(-4, .bytes([])))) == .keyPrivate)
        #expect(refused(key: .map([])) == .keyShape)
        #expect(refused(key: .bytes([])) == .keyShape)
        let p256 = World.phone.publicKey.coseKeyValue(compressed: false).asMap ?? []
        #expect(refused(key: .map(Array(p256.dropLast()))) == .keyShape)
        var y = p256[3].value.asBytes ?? []
        y[0] ^= 1
        #expect(
            refused(key: .map(Array(p256.dropLast()) + [CBORPair(-3, .bytes(y))])) == .keyNotOnCurve
        )
        let small = [UInt8](repeating: 0, count: 32)
        #expect(
            refused(key: .map([CBORPair(1, 1), CBORPair(-1, 6), CBORPair(-2, .bytes(small))]))
                == .keyUnsafe)
    }

    @Test func ofSmallOrderAreRefusedEvenWithASignatureThatVerifies() {
        // R and A the identity, S = 0: what the plain primitive would accept for every message.
        let identity: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
        let key = CBORValue.map([CBORPair(1, 1), CBORPair(-1, 6), CBORPair(-2, .bytes(identity))])
        let inner = Forged.issued([Claims.cnf: .map([CBORPair(1, key)])])
        let header = CBORValue.map([CBORPair(1, -19), CBORPair(13, inner)]).encoded()
        let payload = Claims.presented([Claims.value: nil]).encoded()
        let signature = identity + [UInt8](repeating: 0, count: 32)
        let object = CBORValue.tagged(
            18, .array([.bytes(header), .map([]), .bytes(payload), .bytes(signature)]))
        #expect(reason(object) == .keyUnsafe)
    }

    @Test(
        arguments: [
            .map([]), .array([]), .null, .bytes([]), .map([CBORPair(2, 1)]),
            .map([CBORPair("1", 1)]),
        ] as [CBORValue])
    func lieUnderOneInAMap(cnf: CBORValue) {
        #expect(reason(Forged.issued([Claims.cnf: cnf])) == .claimConfirmation)
    }

    @Test func mayHaveOtherWaysOfConfirmationBesideThem() {
        let cnf = CBORValue.map([CBORPair(1, good), CBORPair(3, .bytes([1, 2]))])
        #expect(reason(Forged.issued([Claims.cnf: cnf])) == .needsPresentation)
    }
}

@Suite struct DeterminismInside {
    /// Bytes put in place of the good value of an ignored claim, deep in the payload.
    private func refused(raw: [UInt8]) -> VoucherRefusal.Reason? {
        let payload = CBORValue.map((Claims.issued().asMap ?? []) + [CBORPair("x", 0)]).encoded()
        let marker: [UInt8] = [0x61, 0x78, 0x00]
        guard
            let place = payload.indices.first(where: { payload[$0...].starts(with: marker) })
        else { return nil }
        return reason(
            Forged.issued(Array(payload[..<(place + 2)]) + raw + Array(payload[(place + 3)...])))
    }

    @Test func countsForEveryIgnoredClaimToo() {
        #expect(refused(raw: [0x00]) == nil)
        #expect(refused(raw: bytes("a201000200")) == nil)
        #expect(refused(raw: bytes("a202000100")) == .cborKeyOrder)
        #expect(refused(raw: bytes("a201000100")) == .cborDuplicateKey)
        #expect(refused(raw: bytes("a1f500")) == .cborKeyType)
        #expect(refused(raw: bytes("1801")) == .cborNotShortest)
        #expect(refused(raw: bytes("7801ff")) == .cborNotShortest)
        #expect(refused(raw: bytes("9fff")) == .cborIndefinite)
        #expect(refused(raw: bytes("f93c00")) == .cborSimpleOrFloat)
        #expect(refused(raw: bytes("f7")) == .cborSimpleOrFloat)
        #expect(refused(raw: bytes("fc")) == .cborReserved)
        #expect(refused(raw: bytes("61ff")) == .cborUTF8)
        #expect(refused(raw: bytes("1901")) == .cborNotShortest || refused(raw: bytes("19")) != nil)
    }

    @Test func countsDepthAfreshInEachByteString() {
        // The payload's map is one container: seven arrays more hold an item, eight do not.
        let seven = [UInt8](repeating: 0x81, count: 7) + [0x00]
        #expect(refused(raw: seven) == nil)
        #expect(refused(raw: [0x81] + seven) == .cborDepth)
        #expect(refused(raw: [UInt8](repeating: 0x81, count: 7) + [0x80]) == nil)
        #expect(refused(raw: [UInt8](repeating: 0x81, count: 8) + [0x80]) == .cborDepth)
        // As deep in the payload of an object inside a presentation, which lies deeper itself.
        let payload = CBORValue.map(
            (Claims.issued([Claims.cnf: Claims.holder(World.holder.publicKey)]).asMap ?? []) + [
                CBORPair("x", nested(7))
            ]
        ).encoded()
        let object = Forged.presented(
            [Claims.value: nil], of: Forged.issued(payload))
        #expect(reason(object) == nil)
    }

    private func nested(_ depth: Int) -> CBORValue {
        (0..<depth).reduce(CBORValue.unsigned(0)) { inner, _ in .array([inner]) }
    }
}
