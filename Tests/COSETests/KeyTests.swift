import CBOR
import COSE
import Testing

private func refusal(_ key: CBORValue) -> KeyError? {
    do {
        _ = try PublicKey(coseKey: key)
        return nil
    } catch {
        return error
    }
}

private func okp(_ x: [UInt8]) -> CBORValue {
    .map([CBORPair(1, 1), CBORPair(-1, 6), CBORPair(-2, .bytes(x))])
}

private let seed = [UInt8](repeating: 7, count: 32)

@Suite struct Ed25519Keys {
    /// The eight points of small order, then the other encodings of them: y not below p, or x = 0
    /// with the sign bit set.
    static let smallOrder = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]

    @Test(arguments: smallOrder)
    func ofSmallOrderAreRefusedInEveryEncoding(hex: String) throws {
        guard case .unsafePoint = refusal(okp(bytes(hex))) else {
            Issue.record("\(hex) is accepted")
            return
        }
        #expect(throws: KeyError.self) { try PublicKey(ed25519: bytes(hex)) }
        #expect(throws: KeyError.self) { try PublicKey(coseKey: okp(bytes(hex)).encoded()) }
    }

    @Test(arguments: 0xED...0xFF as ClosedRange<UInt8>)
    func withACoordinateNotBelowThePrimeAreRefused(first: UInt8) {
        for last in [0x7F, 0xFF] as [UInt8] {
            let encoding = [first] + [UInt8](repeating: 0xFF, count: 30) + [last]
            guard case .unsafePoint = refusal(okp(encoding)) else {
                Issue.record("\(first), \(last) is accepted")
                return
            }
        }
    }

    @Test func nearThePrimeAreAccepted() {
        #expect(refusal(okp([0xEB] + [UInt8](repeating: 0xFF, count: 30) + [0x7F])) == nil)
        #expect(
            refusal(okp([0xFF, 0xFE] + [UInt8](repeating: 0xFF, count: 29) + [0x7F])) == nil)
    }

    @Test func readOnlyFourLabels() throws {
        let key = try PrivateKey(algorithm: .ed25519, seed: seed).publicKey
        let plain = try CBORValue.decode(key.coseKey)
        let more = CBORValue.map(
            (plain.asMap ?? []) + [
                CBORPair(2, .bytes([1, 2])), CBORPair(3, -8), CBORPair(4, .array([2])),
                CBORPair("use", "sig"), CBORPair(-3, .bool(true)),
            ])
        #expect(try PublicKey(coseKey: more) == key)
        #expect(try PublicKey(coseKey: more).coseKey == key.coseKey)
    }

    @Test func withAPrivatePartAreRefused() {
        let key = CBORValue.map(
            (okp(bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).asMap
                ?? []) + [CBORPair(-4, .bytes(seed))])
        #expect(refusal(key) == .privatePart)
    }

    @Test func ofAnotherShapeAreRefused() {
        let x = CBORValue.bytes(
            bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
        let shapes: [CBORValue] = [
            .array([]), .bytes([]), .map([]), .map([CBORPair(1, 1), CBORPair(-1, 6)]),
            .map([CBORPair(1, 1), CBORPair(-2, x)]), .map([CBORPair(-1, 6), CBORPair(-2, x)]),
            .map([CBORPair(1, 2), CBORPair(-1, 6), CBORPair(-2, x)]),
            .map([CBORPair(1, 1), CBORPair(-1, 1), CBORPair(-2, x)]),
            .map([CBORPair(1, 1), CBORPair(-1, 4), CBORPair(-2, x)]),
            .map([CBORPair(1, "OKP"), CBORPair(-1, "Ed25519"), CBORPair(-2, x)]),
            .map([CBORPair(1, 1), CBORPair(-1, 6), CBORPair(-2, "text")]),
            okp([UInt8](repeating: 9, count: 31)), okp([UInt8](repeating: 9, count: 33)), okp([]),
        ]
        for shape in shapes {
            guard case .shape = refusal(shape) else {
                Issue.record("\(shape) is not refused for its shape")
                continue
            }
        }
    }

    @Test func inCBORThatIsNotDeterministicAreRefused() {
        #expect(throws: KeyError.cbor(CBORError(.keyOrder, at: 3))) {
            try PublicKey(coseKey: bytes("a220060101"))
        }
        #expect(throws: KeyError.cbor(CBORError(.truncated, at: 0))) {
            try PublicKey(coseKey: [UInt8]())
        }
    }
}

@Suite struct P256Keys {
    static let x = bytes("15b657360535b96feb243aca0b0938896891e4763e3a601bae6fd4ef7bb425e6")
    static let y = bytes("807493d3ef54de2f6f8249138c6f88710ef43f4143378f58dfb285dfc3720cfe")

    private func ec2(_ x: [UInt8], _ y: CBORValue?) -> CBORValue {
        .map(
            [CBORPair(1, 2), CBORPair(-1, 1), CBORPair(-2, .bytes(x))]
                + (y.map { [CBORPair(-3, $0)] } ?? []))
    }

    @Test func areTheSameWithYAsBytesOrAsSign() throws {
        let whole = try PublicKey(coseKey: ec2(Self.x, .bytes(Self.y)))
        let signed = try PublicKey(coseKey: ec2(Self.x, .bool(false)))
        let other = try PublicKey(coseKey: ec2(Self.x, .bool(true)))
        #expect(whole == signed)
        #expect(whole.thumbprint == signed.thumbprint)
        #expect(whole.coseKey == signed.coseKey)
        #expect(whole != other)
        #expect(signed.coseKeyValue(compressed: true) == ec2(Self.x, .bool(false)))
        #expect(signed.coseKeyValue(compressed: false) == ec2(Self.x, .bytes(Self.y)))
        #expect(signed.coseKey == ec2(Self.x, .bytes(Self.y)).encoded())
        #expect(whole.keyID == Array(whole.thumbprint[..<4]))
        #expect(whole.longKeyID == Array(whole.thumbprint[..<8]))
    }

    @Test func offTheCurveAreRefused() {
        var y = Self.y
        y[31] ^= 1
        #expect(refusal(ec2(Self.x, .bytes(y))) == .notOnCurve)
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(refusal(ec2(zero, .bytes(zero))) == .notOnCurve)
        // x = 1 has no y on P-256; and the prime itself stands for 0, which is not how 0 is
        // written.
        let one = [UInt8](repeating: 0, count: 31) + [1]
        #expect(refusal(ec2(one, .bool(true))) == .notOnCurve)
        let prime = bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        #expect(refusal(ec2(prime, .bool(true))) == .notOnCurve)
        #expect(refusal(ec2(zero, .bool(true))) == nil)
    }

    @Test func ofAnotherShapeAreRefused() {
        for y in [nil, .null, .bytes([]), .bytes(Array(Self.y.dropLast())), 1, "y"]
            as [CBORValue?]
        {
            guard case .shape = refusal(ec2(Self.x, y)) else {
                Issue.record("\(String(describing: y)) is not refused for its shape")
                continue
            }
        }
        guard case .shape = refusal(ec2([0] + Self.x, .bool(false))) else {
            Issue.record("33 bytes of x are not refused")
            return
        }
    }

    @Test func withAPrivatePartAreRefused() {
        let key = CBORValue.map(
            (ec2(Self.x, .bytes(Self.y)).asMap ?? []) + [CBORPair(-4, .bytes(seed))])
        #expect(refusal(key) == .privatePart)
        #expect(
            refusal(.map([CBORPair(1, 9), CBORPair(-4, .null)])) == .privatePart,
            "whatever else is wrong with it")
    }
}

@Suite struct PrivateKeys {
    @Test(arguments: KeyAlgorithm.allCases)
    func signWhatTheirPublicKeysVerify(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey(algorithm: algorithm, seed: seed)
        let message: [UInt8] = [1, 2, 3]
        var signature = key.sign(message)
        #expect(signature.count == 64)
        #expect(key.publicKey.isValidSignature(signature, for: message))
        #expect(!key.publicKey.isValidSignature(signature, for: [1, 2, 4]))
        #expect(!key.publicKey.isValidSignature(Array(signature.dropLast()), for: message))
        #expect(!key.publicKey.isValidSignature(signature + [0], for: message))
        signature[63] ^= 1
        #expect(!key.publicKey.isValidSignature(signature, for: message))
        #expect(!key.publicKey.isValidSignature([UInt8](repeating: 0, count: 64), for: message))
        #expect(key.seed == seed)
        #expect(try PublicKey(coseKey: key.publicKey.coseKey) == key.publicKey)
    }

    @Test func neverShowTheirSeed() throws {
        let key = try PrivateKey(algorithm: .ed25519, seed: seed)
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("7, 7"), "\(text)")
            #expect(!text.contains("seed"), "\(text)")
        }
    }

    @Test func needASeedOfThirtyTwoBytesThatIsAKey() {
        for count in [0, 31, 33] {
            #expect(throws: KeyError.seed) {
                try PrivateKey(algorithm: .ed25519, seed: [UInt8](repeating: 1, count: count))
            }
        }
        #expect(throws: KeyError.seed) {
            try PrivateKey(algorithm: .ecdsaP256, seed: [UInt8](repeating: 0, count: 32))
        }
        #expect(throws: KeyError.seed) {
            try PrivateKey(algorithm: .ecdsaP256, seed: [UInt8](repeating: 0xFF, count: 32))
        }
    }

    @Test func highSIsAcceptedAndLargeSOfEd25519IsNot() throws {
        // n - s for P-256: the other half of the range verifies too.
        let key = try PrivateKey(algorithm: .ecdsaP256, seed: seed)
        let message: [UInt8] = [5]
        let signature = key.sign(message)
        let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let other = Array(signature[..<32]) + subtract(Array(signature[32...]), from: order)
        #expect(other != signature)
        #expect(key.publicKey.isValidSignature(other, for: message))

        // S + L for Ed25519: the same point, another text; refused.
        let edwards = try PrivateKey(algorithm: .ed25519, seed: seed)
        let edwardsSignature = edwards.sign(message)
        let l = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let larger =
            Array(edwardsSignature[..<32]) + addLittleEndian(Array(edwardsSignature[32...]), l)
        #expect(!edwards.publicKey.isValidSignature(larger, for: message))
    }

    private func subtract(_ value: [UInt8], from total: [UInt8]) -> [UInt8] {
        var result = total
        var borrow = 0
        for position in result.indices.reversed() {
            let difference = Int(total[position]) - Int(value[position]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[position] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }

    private func addLittleEndian(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] {
        var result = one
        var carry = 0
        for position in result.indices {
            let sum = Int(one[position]) + Int(other[position]) + carry
            result[position] = UInt8(truncatingIfNeeded: sum)
            carry = sum >> 8
        }
        return result
    }
}
