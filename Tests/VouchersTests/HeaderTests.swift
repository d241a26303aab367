import CBOR
import COSE
import Testing
import Vouchers

private let kid = CBORValue.bytes(World.issuer.publicKey.keyID)

private func refused(header: CBORValue) -> VoucherRefusal.Reason? {
    reason(Forged.issued(Claims.issued().encoded(), header: header))
}

@Suite struct IssuersHeaders {
    @Test(
        arguments: [
            .map([]), .map([CBORPair(1, -19)]), .map([CBORPair(4, kid)]),
            .map([CBORPair(1, -19), CBORPair(3, 0), CBORPair(4, kid)]),
            .map([CBORPair(1, -19), CBORPair(4, kid), CBORPair("x", 0)]),
            .map([CBORPair(1, -19), CBORPair(4, kid), CBORPair(5, .bytes([]))]),
            .map([CBORPair(1, -19), CBORPair("4", kid)]), .array([]), 1,
        ] as [CBORValue])
    func haveExactlyTwoLabels(header: CBORValue) {
        #expect(refused(header: header) == .headerLabels)
    }

    @Test func haveNoCriticalLabel() {
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(2, .array([4])), CBORPair(4, kid)]))
                == .headerCritical)
        #expect(refused(header: .map([CBORPair(1, -19), CBORPair(2, 0)])) == .headerCritical)
    }

    @Test func haveAKidOf4Or8Bytes() {
        let thumbprint = World.issuer.publicKey.thumbprint
        for count in 0...9 {
            let header = CBORValue.map([
                CBORPair(1, -19), CBORPair(4, .bytes(Array(thumbprint[..<count]))),
            ])
            #expect(refused(header: header) == (count == 4 || count == 8 ? nil : .headerKeyID))
        }
        for value in ["kid!", 1, .null, .array([kid])] as [CBORValue] {
            #expect(
                refused(header: .map([CBORPair(1, -19), CBORPair(4, value)])) == .headerKeyID)
        }
    }

    @Test func withAnUnknownKidAreOfAnUnknownIssuer() {
        var other = World.issuer.publicKey.longKeyID
        other[7] ^= 1
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(4, .bytes(other))])) == .issuerUnknown)
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(4, .bytes([0, 0, 0, 0]))]))
                == .issuerUnknown)
    }

    @Test func nameTheKeysAlgorithmInEitherSpelling() {
        for number in [-19, -8] as [Int64] {
            #expect(
                refused(header: .map([CBORPair(1, .integer(number)), CBORPair(4, kid)])) == nil)
        }
        for alg in [-9, -7, -35, -37, -257, 0, 8, 19, "EdDSA", .null, .bytes([0x32])]
            as [CBORValue]
        {
            #expect(
                refused(header: .map([CBORPair(1, alg), CBORPair(4, kid)]))
                    == .algorithmKeyMismatch)
        }
    }

    @Test func ofP256NameItInEitherSpelling() {
        let kid = CBORValue.bytes(World.otherIssuer.publicKey.keyID)
        for (number, expected) in [(-9, nil), (-7, nil), (-19, .algorithmKeyMismatch)]
            as [(Int64, VoucherRefusal.Reason?)]
        {
            let object = Forged.issued(
                Claims.issued().encoded(), by: World.otherIssuer,
                header: .map([CBORPair(1, .integer(number)), CBORPair(4, kid)]))
            #expect(reason(object) == expected)
        }
    }

    /// Keys whose thumbprints begin with the same 4 bytes, found by search.
    private func key(_ algorithm: KeyAlgorithm, _ number: UInt32) throws -> PrivateKey {
        let seed =
            [UInt8](repeating: 0, count: 28) + withUnsafeBytes(of: number.bigEndian, Array.init)
        return try PrivateKey(algorithm: algorithm, seed: seed)
    }

    @Test func withAKidThatTwoKeysShareAreTriedWithEach() throws {
        for (one, other) in [
            (try key(.ed25519, 94_589), try key(.ed25519, 80_426)),
            (try key(.ed25519, 53_226), try key(.ecdsaP256, 19_385)),
            (try key(.ecdsaP256, 74_663), try key(.ecdsaP256, 8_203)),
        ] {
            #expect(one.publicKey.keyID == other.publicKey.keyID)
            #expect(one.publicKey != other.publicKey)
            var context = World.context
            context.issuers = IssuerDirectory([
                Issuer(id: World.id("one"), keys: [one.publicKey]),
                Issuer(id: World.id("other"), keys: [other.publicKey]),
            ])
            let payload = Claims.issued().encoded()
            for (signer, name) in [(one, "one"), (other, "other")] {
                let voucher = try #require(
                    verify(Forged.issued(payload, by: signer), in: context).voucher)
                #expect(voucher.identity.issuer.name == name)
                #expect(voucher.issuerKeyThumbprint == signer.publicKey.thumbprint)
            }
            let header = CBORValue.map([
                CBORPair(1, .integer(World.stranger.algorithm.coseAlgorithm)),
                CBORPair(4, .bytes(one.publicKey.keyID)),
            ])
            let forged = Forged.issued(payload, by: World.stranger, header: header)
            let isNamed = [one, other].contains { $0.algorithm == World.stranger.algorithm }
            #expect(
                reason(forged, in: context) == (isNamed ? .signatureBad : .algorithmKeyMismatch))
        }
    }

    @Test func ofNoKnownKeyHaveNoCandidates() {
        let directory = World.context.issuers
        #expect(directory.candidates(keyID: World.issuer.publicKey.keyID).count == 1)
        #expect(directory.candidates(keyID: World.issuer.publicKey.longKeyID).count == 1)
        #expect(directory.candidates(keyID: []).isEmpty)
        #expect(directory.candidates(keyID: [1, 2, 3, 4, 5]).isEmpty)
    }

    @Test func withASignatureOfAnotherKeyAreRefused() {
        let header = CBORValue.map([CBORPair(1, -19), CBORPair(4, kid)])
        #expect(
            reason(
                Forged.issued(Claims.issued().encoded(), by: World.stranger, header: header))
                == .signatureBad)
    }

    @Test func areReadBeforeAnyClaim() {
        // A bad header and a bad claim, a bad payload and a bad claim: the outer one has the word.
        let payload = Claims.issued([Claims.exp: nil]).encoded()
        let header = CBORValue.map([CBORPair(1, -19)])
        #expect(reason(Forged.issued(payload, header: header)) == .headerLabels)
        #expect(reason(Forged.issued(payload)) == .claimExpiry)
    }
}

@Suite struct OuterObjects {
    private func refused(_ content: CBORValue, tag: UInt64 = 18) -> VoucherRefusal.Reason? {
        reason(.tagged(tag, content))
    }

    private let good: [CBORValue] = {
        guard case .tagged(_, let content) = Forged.issued([:]) else { return [] }
        return content.asArray ?? []
    }()

    private func replacing(_ place: Int, _ value: CBORValue) -> CBORValue {
        var parts = good
        parts[place] = value
        return .array(parts)
    }

    @Test func areUnderTag18AndNoOther() {
        #expect(refused(.array(good)) == nil)
        #expect(refused(.array(good), tag: 17) == .notCOSESign1)
        #expect(refused(.array(good), tag: 98) == .notCOSESign1)
        #expect(refused(.tagged(18, .array(good)), tag: 55_799) == .notCOSESign1)
        #expect(refused(.tagged(18, .array(good)), tag: 61) == .notCOSESign1)
        #expect(reason(.array(good)) == .notCOSESign1)
        #expect(reason(.map([])) == .notCOSESign1)
    }

    @Test func haveFourPartsOfTheRightTypes() {
        #expect(refused(.tagged(18, .array(good))) == .coseShape)
        #expect(refused(.map([])) == .coseShape)
        #expect(refused(.array(Array(good.dropLast()))) == .coseShape)
        #expect(refused(.array(good + [.null])) == .coseShape)
        #expect(refused(replacing(0, .map([]))) == .coseShape)
        #expect(refused(replacing(1, .map([CBORPair(4, .bytes([1]))]))) == .coseShape)
        #expect(refused(replacing(1, .null)) == .coseShape)
        #expect(refused(replacing(2, .null)) == .coseShape)
        #expect(refused(replacing(2, Claims.issued())) == .coseShape)
        #expect(refused(replacing(3, .null)) == .coseShape)
        #expect(refused(replacing(3, .bytes([]))) == .signatureLength)
        #expect(refused(replacing(3, .bytes([UInt8](repeating: 1, count: 65)))) == .signatureLength)
        #expect(refused(replacing(0, .bytes([]))) == .cborTruncated)
    }

    @Test func fillTheirBytes() {
        let bytes = Forged.issued([:]).encoded()
        let text = VoucherText.encode(bytes + [0])
        #expect(
            VoucherVerifier.verify(Array(text.utf8), in: World.context).reason == .cborTrailing)
        #expect(
            VoucherVerifier.verify(Array("TV1:".utf8), in: World.context).reason == .cborTruncated)
    }
}

@Suite struct PresentationsHeaders {
    private let inner = Forged.bound([2, 978, 5_000, 0])

    private func refused(
        header: CBORValue, by key: PrivateKey = World.holder
    ) -> VoucherRefusal.Reason? {
        reason(
            Forged.object(
                protected: header.encoded(), payload: Claims.presented().encoded(), by: key))
    }

    @Test func holdTheIssuersWholeObject() throws {
        #expect(refused(header: .map([CBORPair(1, -19), CBORPair(13, inner)])) == nil)
        #expect(refused(header: .map([CBORPair(1, -8), CBORPair(13, inner)])) == nil)
        let voucher = try #require(verify(Forged.presented(of: inner)).voucher)
        #expect(voucher.issuerObject == inner.encoded())
        #expect(voucher.evidence == Forged.presented(of: inner).encoded())
    }

    @Test func haveExactlyTwoLabels() {
        #expect(refused(header: .map([CBORPair(13, inner)])) == .headerLabels)
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(4, kid), CBORPair(13, inner)]))
                == .headerLabels)
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(13, inner), CBORPair("x", 1)]))
                == .headerLabels)
        #expect(
            refused(
                header: .map([CBORPair(1, -19), CBORPair(2, .array([])), CBORPair(13, inner)]))
                == .headerCritical)
    }

    @Test func nameTheHoldersAlgorithm() {
        for alg in [-9, -7, 0, "x"] as [CBORValue] {
            #expect(
                refused(header: .map([CBORPair(1, alg), CBORPair(13, inner)]))
                    == .algorithmKeyMismatch)
        }
    }

    @Test func holdNothingElse() {
        guard case .tagged(_, let untagged) = inner else { return }
        for (value, expected) in [
            (untagged, .notCOSESign1), (.bytes(inner.encoded()), .notCOSESign1),
            (.null, .notCOSESign1), (.tagged(18, .array([])), .coseShape),
            (.tagged(98, untagged), .notCOSESign1),
            (.tagged(18, .tagged(18, untagged)), .coseShape),
        ] as [(CBORValue, VoucherRefusal.Reason)] {
            #expect(refused(header: .map([CBORPair(1, -19), CBORPair(13, value)])) == expected)
        }
    }

    @Test func holdNoPresentation() {
        let presentation = Forged.presented(of: inner)
        #expect(
            refused(header: .map([CBORPair(1, -19), CBORPair(13, presentation)])) == .headerLabels)
    }

    @Test func holdAnObjectWhoseHeaderAndPayloadAreCheckedAsIfAlone() {
        func inside(_ object: CBORValue) -> VoucherRefusal.Reason? {
            refused(header: .map([CBORPair(1, -19), CBORPair(13, object)]))
        }
        let payload = Claims.issued([
            Claims.cnf: Claims.holder(World.holder.publicKey), Claims.value: [2, 978, 5_000, 0],
        ]).encoded()
        #expect(
            inside(
                Forged.issued(payload, header: .map([CBORPair(1, -19), CBORPair(4, .bytes([1]))])))
                == .headerKeyID)
        #expect(inside(Forged.issued(payload, header: .map([CBORPair(4, kid)]))) == .headerLabels)
        #expect(inside(Forged.issued(payload + [0])) == .cborTrailing)
        #expect(inside(Forged.issued([])) == .cborTruncated)
        #expect(inside(Forged.issued(payload, by: World.stranger)) == .issuerUnknown)
        let header = CBORValue.map([CBORPair(1, -19), CBORPair(4, kid)])
        #expect(inside(Forged.issued(payload, by: World.stranger, header: header)) == .signatureBad)
    }

    @Test func inBytesThatAreNotDeterministicAreRefused() {
        // The tag of the object under label 13 written long: d8 12 for d2.
        let header = CBORValue.map([CBORPair(1, -19), CBORPair(13, inner)]).encoded()
        #expect(header[4] == 0xD2)
        let long = Array(header[..<4]) + [0xD8, 0x12] + Array(header[5...])
        let object = Forged.object(
            protected: long, payload: Claims.presented().encoded(), by: World.holder)
        #expect(reason(object) == .cborNotShortest)
    }
}
