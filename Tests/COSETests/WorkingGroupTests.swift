import CBOR
import COSE
import Testing

/// One example of the COSE working group, as far as signatures need it.
private struct Example: Decodable {
    let title: String
    let input: Input
    let intermediates: Intermediates?
    let output: Output

    struct Input: Decodable {
        let sign0: Signed?
        let sign: MultiSigned?
    }

    struct Signed: Decodable { let key: Key }

    struct MultiSigned: Decodable { let signers: [Signed] }

    struct Key: Decodable {
        let crv: String
        let x: String?
        let y: String?
        let x_hex: String?
        let y_hex: String?
    }

    struct Intermediates: Decodable {
        let ToBeSign_hex: String?
        let signers: [Signer]?
    }

    struct Signer: Decodable { let ToBeSign_hex: String }

    struct Output: Decodable { let cbor: String }

    var cbor: [UInt8] { bytes(output.cbor) }

    /// The key in COSE form, whatever its curve.
    var coseKey: CBORValue? {
        guard let key = input.sign0?.key ?? input.sign?.signers.first?.key else { return nil }
        let curves: [String: Int64] = [
            "P-256": 1, "P-384": 2, "P-521": 3, "Ed25519": 6, "Ed448": 7,
        ]
        func coordinate(_ base64: String?, _ hex: String?) -> CBORValue? {
            (hex.map(bytes) ?? base64.flatMap(base64URLBytes)).map(CBORValue.bytes)
        }
        guard let curve = curves[key.crv], let x = coordinate(key.x, key.x_hex) else { return nil }
        let y = coordinate(key.y, key.y_hex)
        return .map(
            [
                CBORPair(1, y == nil ? 1 : 2), CBORPair(-1, .integer(curve)), CBORPair(-2, x),
            ] + (y.map { [CBORPair(-3, $0)] } ?? []))
    }
}

/// The four parts of an example, whatever its tag and headers: below our profile.
private struct Parts {
    let protectedBytes: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    init?(_ bytes: [UInt8]) throws {
        var value = try CBORValue.decode(bytes)
        if case .tagged(_, let content) = value { value = content }
        guard let parts = value.asArray, parts.count == 4, let protectedBytes = parts[0].asBytes,
            let payload = parts[2].asBytes, let signature = parts[3].asBytes
        else { return nil }
        self.protectedBytes = protectedBytes
        self.payload = payload
        self.signature = signature
    }
}

@Suite(.enabled(if: SharedVectors.areHere)) struct WorkingGroupExamples {
    static let verified = [
        "CWT/A_3.json", "RFC8152/Appendix_C_2_1.json", "ecdsa-examples/ecdsa-sig-01.json",
        "eddsa-examples/eddsa-sig-01.json", "sign1-tests/sign-pass-03.json",
    ]
    static let failing = [
        "sign1-tests/sign-fail-02.json", "sign1-tests/sign-fail-03.json",
        "sign1-tests/sign-fail-04.json", "sign1-tests/sign-fail-06.json",
        "sign1-tests/sign-fail-07.json",
    ]
    static let multiSigned = ["ecdsa-examples/ecdsa-01.json", "eddsa-examples/eddsa-01.json"]
    static let otherCurves = [
        "ecdsa-examples/ecdsa-02.json", "ecdsa-examples/ecdsa-03.json",
        "ecdsa-examples/ecdsa-sig-02.json", "ecdsa-examples/ecdsa-sig-03.json",
        "eddsa-examples/eddsa-02.json", "eddsa-examples/eddsa-sig-02.json",
    ]
    static let otherHash = ["ecdsa-examples/ecdsa-04.json", "ecdsa-examples/ecdsa-sig-04.json"]
    static let notSigned = ["CWT/A_4.json", "CWT/A_5.json", "CWT/A_6.json", "CWT/A_7.json"]
    static let single = [
        "sign1-tests/sign-fail-01.json", "sign1-tests/sign-pass-01.json",
        "sign1-tests/sign-pass-02.json",
    ]

    private func example(_ path: String) throws -> Example {
        try SharedVectors.decode(Example.self, from: "cose-wg-examples/" + path)
    }

    private func refusal(_ bytes: [UInt8]) -> Sign1Error? {
        do {
            _ = try Sign1.decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func areEachInOneListOfThisSuite() throws {
        let listed =
            Self.verified + Self.failing + Self.multiSigned + Self.otherCurves + Self.otherHash
            + Self.notSigned + Self.single
        #expect(listed.sorted() == (try SharedVectors.files(in: "cose-wg-examples")))
    }

    @Test(arguments: verified)
    func verifyOverTheStructureThatTheyGive(path: String) throws {
        let example = try example(path)
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let parts = try #require(try Parts(example.cbor))
        let input = Sign1.signatureInput(
            protectedBytes: parts.protectedBytes, payload: parts.payload)
        #expect(input == bytes(try #require(example.intermediates?.ToBeSign_hex)))
        #expect(key.isValidSignature(parts.signature, for: input))
        #expect(!key.isValidSignature(parts.signature, for: input + [0]))
    }

    @Test func withNothingUnprotectedAreOurs() throws {
        let example = try example("CWT/A_3.json")
        let object = try Sign1.decode(example.cbor)
        #expect(object.isSigned(by: try PublicKey(coseKey: try #require(example.coseKey))))
        #expect(object.encoded() == example.cbor)
        #expect(object.algorithm == .ecdsaP256)
        #expect(object.keyID == nil)
    }

    @Test(arguments: [
        "RFC8152/Appendix_C_2_1.json", "ecdsa-examples/ecdsa-sig-01.json",
        "eddsa-examples/eddsa-sig-01.json", "sign1-tests/sign-pass-01.json",
        "sign1-tests/sign-pass-02.json",
    ])
    func withAnUnprotectedHeaderAreRefusedByName(path: String) throws {
        #expect(
            refusal(try example(path).cbor)
                == .shape("the unprotected header (second of 4) is an empty map"))
    }

    @Test(arguments: [
        "sign1-tests/sign-pass-03.json", "sign1-tests/sign-fail-01.json",
        "ecdsa-examples/ecdsa-01.json", "eddsa-examples/eddsa-01.json", "CWT/A_4.json",
        "CWT/A_5.json", "CWT/A_6.json",
    ])
    func underNoTagOrAnotherAreRefusedByName(path: String) throws {
        #expect(refusal(try example(path).cbor) == .notSign1)
    }

    @Test func ofAFloatInsideAMACAreRefusedByName() throws {
        #expect(refusal(try example("CWT/A_7.json").cbor) == .notSign1)
    }

    @Test(arguments: failing)
    func thatWereChangedDoNotVerify(path: String) throws {
        let example = try example(path)
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let parts = try #require(try Parts(example.cbor))
        #expect(
            !key.isValidSignature(
                parts.signature,
                for: Sign1.signatureInput(
                    protectedBytes: parts.protectedBytes, payload: parts.payload)))
    }

    @Test func withUnknownAlgorithmsNameNoneOfOurs() throws {
        for path in ["sign1-tests/sign-fail-03.json", "sign1-tests/sign-fail-04.json"] {
            let parts = try #require(try Parts(try example(path).cbor))
            let object = try Sign1(
                .tagged(
                    18,
                    .array([
                        .bytes(parts.protectedBytes), .map([]), .bytes(parts.payload),
                        .bytes(parts.signature),
                    ])))
            #expect(object.algorithm == nil, "\(path)")
        }
    }

    @Test func withAnEmptyProtectedHeaderVerifyOverTheEmptyString() throws {
        let example = try example("sign1-tests/sign-pass-01.json")
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let parts = try #require(try Parts(example.cbor))
        let input = Sign1.signatureInput(protectedBytes: [], payload: parts.payload)
        #expect(input == bytes(try #require(example.intermediates?.ToBeSign_hex)))
        #expect(key.isValidSignature(parts.signature, for: input))
    }

    @Test func withExternalDataVerifyOnlyWithIt() throws {
        let example = try example("sign1-tests/sign-pass-02.json")
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let parts = try #require(try Parts(example.cbor))
        let given = bytes(try #require(example.intermediates?.ToBeSign_hex))
        #expect(key.isValidSignature(parts.signature, for: given))
        let ours = Sign1.signatureInput(
            protectedBytes: parts.protectedBytes, payload: parts.payload)
        #expect(!key.isValidSignature(parts.signature, for: ours))
    }

    @Test(arguments: multiSigned)
    func ofSeveralSignersHaveSignaturesOfOurAlgorithms(path: String) throws {
        let example = try example(path)
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let input = bytes(try #require(example.intermediates?.signers?.first?.ToBeSign_hex))
        let signers = try CBORValue.decode(example.cbor)
        guard case .tagged(98, let content) = signers,
            let signature = content.asArray?[3].asArray?[0].asArray?[2].asBytes
        else {
            Issue.record("no COSE_Sign object")
            return
        }
        #expect(key.isValidSignature(signature, for: input))
    }

    @Test(arguments: otherCurves)
    func ofOtherCurvesHaveKeysThatAreRefused(path: String) throws {
        let coseKey = try #require(try example(path).coseKey)
        #expect(throws: KeyError.self) { try PublicKey(coseKey: coseKey) }
    }

    @Test(arguments: otherHash)
    func ofAnotherHashDoNotVerify(path: String) throws {
        let example = try example(path)
        let key = try PublicKey(coseKey: try #require(example.coseKey))
        let hex =
            example.intermediates?.ToBeSign_hex
            ?? example.intermediates?.signers?.first?.ToBeSign_hex
        let signature = Array(example.cbor.suffix(64))
        #expect(!key.isValidSignature(signature, for: bytes(try #require(hex))))
        #expect(KeyAlgorithm(coseAlgorithm: -36) == nil)
    }
}
