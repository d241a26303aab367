import CBOR
import Testing

/// RFC 8949 appendix A, the examples that the core deterministic encoding and our kinds allow.
@Suite struct RFC8949Examples {
    static let examples: [(String, CBORValue)] = [
        ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100),
        ("1903e8", 1000), ("1a000f4240", 1_000_000), ("1b000000e8d4a51000", 1_000_000_000_000),
        ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(.max)),
        ("20", -1), ("29", -10), ("3863", -100), ("3903e7", -1000),
        ("c249010000000000000000", .tagged(2, .bytes([1, 0, 0, 0, 0, 0, 0, 0, 0]))),
        ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
        (
            "c074323031332d30332d32315432303a30343a30305a",
            .tagged(0, "2013-03-21T20:04:00Z")
        ),
        ("c11a514b67b0", .tagged(1, 1_363_896_240)),
        ("d74401020304", .tagged(23, .bytes([1, 2, 3, 4]))),
        ("d818456449455446", .tagged(24, .bytes(bytes("6449455446")))),
        (
            "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
            .tagged(32, "http://www.example.com")
        ),
        ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", ""), ("6161", "a"),
        ("6449455446", "IETF"), ("62225c", "\"\\"), ("62c3bc", "\u{fc}"), ("63e6b0b4", "\u{6c34}"),
        ("64f0908591", "\u{10151}"), ("80", .array([])), ("83010203", .array([1, 2, 3])),
        ("8301820203820405", .array([1, .array([2, 3]), .array([4, 5])])),
        (
            "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
            .array((1...25).map { .integer($0) })
        ),
        ("a0", .map([])), ("a201020304", .map([CBORPair(1, 2), CBORPair(3, 4)])),
        (
            "a26161016162820203",
            .map([CBORPair("a", 1), CBORPair("b", .array([2, 3]))])
        ),
        ("826161a161626163", .array(["a", .map([CBORPair("b", "c")])])),
        (
            "a56161614161626142616361436164614461656145",
            .map(["a", "b", "c", "d", "e"].map { CBORPair(.text($0), .text($0.uppercased())) })
        ),
    ]

    @Test(arguments: examples)
    func decodeToTheirValueAndEncodeToTheSameBytes(hex: String, value: CBORValue) throws {
        #expect(try CBORValue.decode(bytes(hex)) == value)
        #expect(value.encoded() == bytes(hex))
    }

    @Test(
        arguments: [
            // Floats, undefined and other simple values.
            ("f90000", .simpleOrFloat), ("f93c00", .simpleOrFloat),
            ("fb3ff199999999999a", .simpleOrFloat),
            ("fa47c35000", .simpleOrFloat), ("f97e00", .simpleOrFloat), ("f7", .simpleOrFloat),
            ("f0", .simpleOrFloat), ("f8ff", .simpleOrFloat),
            ("c1fb41d452d9ec200000", .simpleOrFloat),
            // Indefinite lengths.
            ("5f42010243030405ff", .indefinite), ("7f657374726561646d696e67ff", .indefinite),
            ("9fff", .indefinite), ("9f018202039f0405ffff", .indefinite),
            ("83018202039f0405ff", .indefinite), ("bf61610161629f0203ffff", .indefinite),
            ("826161bf61626163ff", .indefinite),
        ] as [(String, CBORError.Kind)])
    func areRefusedWhereOurKindsForbidThem(hex: String, kind: CBORError.Kind) {
        #expect(refusal(hex)?.kind == kind)
    }
}

/// The refusal of these bytes, or nil when they decode.
private func refusal(_ hex: String) -> CBORError? {
    refusal(bytes(hex))
}

private func refusal(_ bytes: [UInt8]) -> CBORError? {
    do {
        _ = try CBORValue.decode(bytes)
        return nil
    } catch {
        return error
    }
}

@Suite struct CBORDecoding {
    @Test(
        arguments: [
            ("", .truncated, 0), ("18", .truncated, 0), ("19ff", .truncated, 0),
            ("1b00000000000000", .truncated, 0), ("8201", .length, 0), ("820101 01", .trailing, 3),
            ("82 8101 ", .truncated, 3), ("8281 01", .truncated, 3), ("c1", .truncated, 1),
            ("a101", .length, 0), ("a2010203", .length, 0), ("41", .length, 0),
            ("6261", .length, 0),
            ("5b7fffffffffffffff", .length, 0), ("5bffffffffffffffff", .length, 0),
            ("9bffffffffffffffff", .length, 0), ("bb8000000000000000", .length, 0),
            ("0000", .trailing, 1), ("f6f6", .trailing, 1),
            // Every form that a shorter one could replace, of every major type.
            ("1817", .notShortest, 0), ("1900ff", .notShortest, 0), ("1a0000ffff", .notShortest, 0),
            ("1b00000000ffffffff", .notShortest, 0), ("3800", .notShortest, 0),
            ("580100", .notShortest, 0), ("780161", .notShortest, 0), ("980100", .notShortest, 0),
            ("b8010000", .notShortest, 0), ("d81700", .notShortest, 0), ("f814", .simpleOrFloat, 0),
            ("1c", .reserved, 0), ("3d", .reserved, 0), ("5e", .reserved, 0), ("7c", .reserved, 0),
            ("9d", .reserved, 0), ("be", .reserved, 0), ("dc", .reserved, 0), ("fc", .reserved, 0),
            ("1f", .reserved, 0), ("3f", .reserved, 0), ("df00", .reserved, 0),
            ("ff", .indefinite, 0), ("81ff", .indefinite, 1),
            // Keys.
            ("a1400 0", .keyType, 1), ("a1f400", .keyType, 1), ("a1f600", .keyType, 1),
            ("a18000", .keyType, 1), ("a1a000", .keyType, 1), ("a1c10000", .keyType, 1),
            ("a202010102", .keyOrder, 3), ("a220000100", .keyOrder, 3),
            ("a261610001 00", .keyOrder, 4),
            ("a2626161006162 00", .keyOrder, 5), ("a201000100", .duplicateKey, 3),
            ("a2200020f6", .duplicateKey, 3), ("a2616100616100", .duplicateKey, 4),
            ("82a0a201000100", .duplicateKey, 5), ("c1a201000100", .duplicateKey, 4),
            // UTF-8: a lone continuation, a cut character, overlong, a surrogate, above U+10FFFF.
            ("6180", .utf8, 0), ("61c3", .utf8, 0), ("62c328", .utf8, 0), ("62c080", .utf8, 0),
            ("63eda080", .utf8, 0), ("64f4908080", .utf8, 0), ("61ff", .utf8, 0),
            ("a161ff00", .utf8, 1),
        ] as [(String, CBORError.Kind, Int)])
    func refusesByNameAndPlace(hex: String, kind: CBORError.Kind, offset: Int) {
        #expect(refusal(hex) == CBORError(kind, at: offset))
    }

    @Test func refusesAnItemInsideMoreThanEightContainers() {
        let opened: [[UInt8]] = [[0x81], [0xA1, 0x00], [0xC1]]
        for container in opened {
            let eight = Array(repeatElement(container, count: 8).joined())
            #expect(refusal(eight + [0x00]) == nil, "an item inside 8 is allowed")
            let nine = eight + container + [0x00]
            #expect(refusal(nine)?.kind == .depth, "an item inside 9 is not")
        }
        let nineEmpty: [UInt8] = Array(repeating: 0x81, count: 8) + [0x80]
        #expect(refusal(nineEmpty) == nil, "the ninth array is itself inside 8, and holds nothing")
        let tenEmpty: [UInt8] = Array(repeating: 0x81, count: 9) + [0x80]
        #expect(refusal(tenEmpty) == CBORError(.depth, at: 9))
        let key: [UInt8] = Array(repeating: 0x81, count: 8) + [0xA1, 0x00, 0x00]
        #expect(refusal(key) == CBORError(.depth, at: 9), "a key is an item too")
    }

    @Test func endsAtOnceOnContainersThatPromiseTooMuch() {
        // Ten million containers inside each other: no stack, no memory, no time.
        #expect(refusal([UInt8](repeating: 0x81, count: 10_000_000))?.kind == .depth)
        #expect(refusal([UInt8](repeating: 0xC1, count: 10_000_000))?.kind == .depth)
        #expect(refusal([0x9A, 0x7F, 0xFF, 0xFF, 0xFF])?.kind == .length)
    }

    @Test func tellsTextsApartThatUnicodeCallsEqual() throws {
        // K and the Kelvin sign, e-acute composed and decomposed: other bytes, other keys.
        let kelvin = try CBORValue.decode(bytes("a2614b0063e284aa00"))
        #expect(kelvin.asMap?.count == 2)
        #expect(CBORValue.text("K") != .text("\u{212A}"))
        #expect(CBORValue.text("\u{E9}") != .text("e\u{301}"))
        #expect(kelvin["\u{212A}"] == 0)
        #expect(Set([CBORValue.text("K"), .text("\u{212A}")]).count == 2)
    }
}

@Suite struct CBORProperties {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func everyRandomValueDecodesToItself(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let value = CBORValue.random(depth: 3, using: &generator)
            let encoded = value.encoded()
            #expect(try CBORValue.decode(encoded) == value, "seed \(seed)")
        }
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func whateverDecodesEncodesToTheSameBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var decoded = 0
        for _ in 0..<400 {
            var mutated = CBORValue.random(depth: 2, using: &generator).encoded()
            let place = Int.random(in: 0..<mutated.count, using: &generator)
            mutated[place] = .random(in: 0...255, using: &generator)
            guard let value = try? CBORValue.decode(mutated) else { continue }
            decoded += 1
            #expect(value.encoded() == mutated, "seed \(seed)")
        }
        #expect(decoded > 50, "seed \(seed): mutations that still decode are what this is about")
    }

    @Test func randomBytesNeverTrapTheDecoder() {
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &generator)
            let random = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if let value = try? CBORValue.decode(random) {
                #expect(value.encoded() == random)
            }
        }
    }
}

@Suite struct CBORValues {
    @Test func sortMapsByTheBytesOfTheirKeys() {
        let map = CBORValue.map([
            CBORPair("aa", 6), CBORPair(-1, 4), CBORPair("b", 5), CBORPair(24, 3), CBORPair(1, 1),
            CBORPair(10, 2),
        ])
        #expect(map.encoded() == bytes("a6 0101 0a02 181803 2004 616205 62616106"))
    }

    @Test func holdEveryInteger() {
        #expect(CBORValue.integer(.min) == .negative(UInt64(Int64.max)))
        #expect(CBORValue.integer(.min).asInteger == .min)
        #expect(CBORValue.integer(.max).asInteger == .max)
        #expect(CBORValue.negative(.max).asInteger == nil)
        #expect(CBORValue.unsigned(.max).asInteger == nil)
        #expect(CBORValue.negative(0).asUnsigned == nil)
        #expect(CBORValue.integer(-65_537).encoded() == bytes("3a00010000"))
    }

    @Test func answerNilForAnotherKind() {
        let value: CBORValue = "text"
        #expect(value.asUnsigned == nil && value.asBytes == nil && value.asArray == nil)
        #expect(value.asMap == nil && value.asBool == nil && value.asInteger == nil)
        #expect(value[1] == nil && value["text"] == nil)
        #expect(CBORValue.null.asText == nil)
    }

    @Test func equalHashesForEqualValues() {
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<100 {
            let value = CBORValue.random(depth: 2, using: &generator)
            let again = try? CBORValue.decode(value.encoded())
            #expect(again?.hashValue == value.hashValue)
        }
    }

    @Test func errorsSayWhatAndWhere() {
        #expect(
            CBORError(.duplicateKey, at: 12).description
                == "a map key that is there twice at byte 12")
        #expect(Set(CBORError.Kind.allCases.map(\.rawValue)).count == CBORError.Kind.allCases.count)
    }
}
