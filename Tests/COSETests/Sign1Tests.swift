import CBOR
import COSE
import Testing

private let seed = [UInt8](repeating: 3, count: 32)

@Suite struct Sign1Objects {
    private func parts(
        protected: CBORValue = .bytes([0xA1, 0x01, 0x32]), unprotected: CBORValue = .map([]),
        payload: CBORValue = .bytes([1]),
        signature: CBORValue = .bytes([UInt8](repeating: 0, count: 64))
    ) -> CBORValue {
        .array([protected, unprotected, payload, signature])
    }

    private func refusal(_ value: CBORValue) -> Sign1Error? {
        do {
            _ = try Sign1.decode(value.encoded())
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: KeyAlgorithm.allCases)
    func thatWeSignAreReadAndVerified(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey(algorithm: algorithm, seed: seed)
        let object = Sign1(
            signing: [1, 2, 3], protected: .map([CBORPair("x", 1), CBORPair(4, .bytes([9]))]),
            with: key)
        let read = try Sign1.decode(object.encoded())
        #expect(read == object)
        #expect(read.protected[1] == .integer(algorithm.coseAlgorithm))
        #expect(read.keyID == [9])
        #expect(read.isSigned(by: key.publicKey))
        let other = try PrivateKey(algorithm: algorithm, seed: [UInt8](repeating: 4, count: 32))
        #expect(!read.isSigned(by: other.publicKey))
    }

    @Test func namingAnotherAlgorithmAreNotSigned() throws {
        let key = try PrivateKey(algorithm: .ed25519, seed: seed)
        for (number, expected) in [(-19, true), (-8, true), (-9, false), (-7, false), (-1, false)]
            as [(Int64, Bool)]
        {
            let header = CBORValue.map([CBORPair(1, .integer(number))]).encoded()
            let signature = key.sign(Sign1.signatureInput(protectedBytes: header, payload: [1]))
            let object = try Sign1(
                .tagged(18, parts(protected: .bytes(header), signature: .bytes(signature))))
            #expect(object.isSigned(by: key.publicKey) == expected, "\(number)")
        }
    }

    @Test func signTheStructureOfTheStandard() throws {
        let input = Sign1.signatureInput(
            protectedBytes: [UInt8](repeating: 5, count: 300), payload: [7])
        let expected = CBORValue.array([
            "Signature1", .bytes([UInt8](repeating: 5, count: 300)), .bytes([]), .bytes([7]),
        ])
        #expect(input == expected.encoded())
    }

    @Test func ofAnotherShapeAreRefusedByName() {
        #expect(refusal(.tagged(18, parts())) == nil)
        #expect(refusal(parts()) == .notSign1)
        #expect(refusal(.tagged(17, parts())) == .notSign1)
        #expect(refusal(.tagged(98, parts())) == .notSign1)
        #expect(refusal(.tagged(55_799, .tagged(18, parts()))) == .notSign1)
        let bad: [CBORValue] = [
            .map([]), .array([]), .array(Array((parts().asArray ?? []).dropLast())),
            .array((parts().asArray ?? []) + [0]), .tagged(18, parts()),
            parts(protected: .map([])), parts(protected: .null), parts(unprotected: .array([])),
            parts(unprotected: .bytes([0xA0])), parts(unprotected: .map([CBORPair(4, .null)])),
            parts(payload: .null), parts(payload: "text"), parts(payload: .map([])),
            parts(signature: .null), parts(signature: .array([])),
        ]
        for content in bad {
            guard case .shape = refusal(.tagged(18, content)) else {
                Issue.record("\(content) is not refused for its shape")
                continue
            }
        }
        for count in [0, 63, 65, 96] {
            let signature = CBORValue.bytes([UInt8](repeating: 0, count: count))
            #expect(
                refusal(.tagged(18, parts(signature: signature))) == .signatureLength(count))
        }
    }

    @Test func withAProtectedHeaderThatIsNoMapAreRefused() {
        #expect(refusal(.tagged(18, parts(protected: .bytes([0x80])))) == .protectedHeaderNotMap)
        #expect(
            refusal(.tagged(18, parts(protected: .bytes([]))))
                == .cbor(CBORError(.truncated, at: 0), isProtectedHeader: true))
        #expect(
            refusal(.tagged(18, parts(protected: .bytes([0xA1, 0x18, 0x01, 0x32]))))
                == .cbor(CBORError(.notShortest, at: 1), isProtectedHeader: true))
        #expect(
            refusal(.tagged(18, parts(protected: .bytes([0xA0, 0x00]))))
                == .cbor(CBORError(.trailing, at: 1), isProtectedHeader: true))
    }
}
