import Testing

@testable import PaymentCodes

@Suite("A merchant-presented payload")
struct EMVPayloadTests {
    @Test("has the checksum of the standard: 29B1 of the digits 1 to 9")
    func checkValue() {
        #expect(EMVChecksum.of("123456789".utf8) == 0x29B1)
        #expect(EMVChecksum.digits(0x007B) == "007B")
    }

    private struct Vectors: Decodable {
        struct Valid: Decodable {
            struct Object: Decodable {
                let id: String
                let len: Int
                let value: String
            }
            let id: String
            let payload: String
            let root: [Object]
            let conformance: String?
        }
        struct Invalid: Decodable {
            let id: String
            let payload: String
            let till_action: String
        }
        let valid: [Valid]?
        let invalid: [Invalid]?
        let vectors: [Valid]?
    }

    private struct InvalidFile: Decodable {
        let vectors: [Vectors.Invalid]
    }

    @Test("of our own vectors is taken or refused as each says")
    func ownVectors() throws {
        let file = try VectorFiles.own("emv-merchant-presented.json", as: Vectors.self)
        for vector in try #require(file.valid) { try expectValid(vector) }
        for vector in try #require(file.invalid) { expectInvalid(vector) }
        #expect(file.valid?.count == 10 && file.invalid?.count == 31)
    }

    @Test("of third parties is taken or refused as each says")
    func foreignVectors() throws {
        if let file = try VectorFiles.foreign(
            "emv-merchant-presented-valid.json", as: Vectors.self)
        {
            for vector in try #require(file.vectors) { try expectValid(vector) }
        }
        if let file = try VectorFiles.foreign(
            "emv-merchant-presented-invalid.json", as: InvalidFile.self)
        {
            for vector in file.vectors { expectInvalid(vector) }
        }
    }

    private func expectValid(_ vector: Vectors.Valid) throws {
        let payload = try EMVPayload(parsing: vector.payload)
        #expect(payload.text == vector.payload, "\(vector.id)")
        #expect(payload.objects.map(\.id) == vector.root.map(\.id), "\(vector.id)")
        #expect(payload.objects.map(\.value) == vector.root.map(\.value), "\(vector.id)")
        let rewritten = try EMVPayload(writing: payload.objects.dropLast())
        #expect(rewritten.text == vector.payload, "\(vector.id) is written as it was read")
        // "lenient" marks a structure test whose objects rule each other out.
        let conforms = vector.conformance != "lenient"
        #expect((payload.conformance.problem == nil) == conforms, "\(vector.id)")
        let recognition = PaymentCode.recognise(Array(vector.payload.utf8))
        #expect(recognition.kind == "emv-merchant-presented", "\(vector.id)")
        #expect(recognition.wellFormed == conforms, "\(vector.id)")
    }

    private func expectInvalid(_ vector: Vectors.Invalid) {
        let recognition = PaymentCode.recognise(Array(vector.payload.utf8))
        #expect(recognition.kind == "emv-merchant-presented", "\(vector.id)")
        let ignored = vector.till_action.hasPrefix("ignore")
        #expect(
            recognition.wellFormed == ignored, "\(vector.id): \(recognition.problem ?? "taken")")
        if ignored {
            #expect(recognition.fields.contains { $0.name.hasPrefix("tolerated-") })
        }
    }

    /// The frame of a payload with `body` in its middle and the right checksum.
    private static func payload(_ body: String) -> String {
        let text =
            "000201" + "26190015com.example.pay" + "52045411" + "5303978" + "5802FR"
            + "5904SHOP" + "6005PARIS" + body + "6304"
        return text + EMVChecksum.digits(EMVChecksum.of(text.utf8))
    }

    @Test(
        "names the path of what is wrong with it",
        arguments: [
            ("62080703T07X", "62", EMVProblem.Reason.cutOff),
            ("6202X1", "62", .cutOff),
            ("62070709T07", "62/07", .lengthPastEnd),
            ("62140503ABC0503DEF", "62/05", .objectRepeated),
            ("620450X1", "62/50", .lengthNotDigits),
            ("620850040009", "62/50/00", .lengthPastEnd),
            ("62085004000X", "62/50/00", .lengthNotDigits),
            ("80040000", "80/00", .lengthZero),
            ("80040X01", "80", .idNotDigits),
            ("5902AB", "59", .objectRepeated),
            ("90040009", "90/00", .lengthPastEnd),
        ])
    func pathOfProblem(body: String, path: String, reason: EMVProblem.Reason) {
        let error = #expect(throws: EMVProblem.self) {
            try EMVPayload(parsing: Self.payload(body))
        }
        #expect(error?.path == path && error?.reason == reason, "\(body)")
    }

    @Test("asks the customer for three things at most, and passes over what nobody knows")
    func consumerData() throws {
        let known = try EMVPayload(parsing: Self.payload("62070903AME")).conformance
        #expect(known.problem == nil && known.tolerated.isEmpty)
        let unknown = try EMVPayload(parsing: Self.payload("62060902XY")).conformance
        #expect(unknown.problem == nil && unknown.tolerated.map(\.path) == ["62/09"])
        let long = try EMVPayload(parsing: Self.payload("62080904AMEA")).conformance
        #expect(long.problem?.path == "62/09" && long.problem?.reason == .valueFormat)
    }

    @Test("says it in one line: path, colon, what is wrong")
    func description() throws {
        let error = #expect(throws: EMVProblem.self) {
            try EMVPayload(parsing: Self.payload("62070799T07"))
        }
        #expect(error?.description == "62/07: length runs past its template")
    }

    @Test("is refused when 63 is not last, 00 not first, or something follows")
    func frame() {
        let good = Self.payload("")
        for (text, reason) in [
            (good + "6201A", EMVProblem.Reason.crcNotLast),
            ("0102" + "11" + good, .formatIndicator),
            (good + "X", .cutOff),
            (String(good.dropLast()), .lengthPastEnd),
            ("", .formatIndicator),
        ] {
            let error = #expect(throws: EMVProblem.self) { try EMVPayload(parsing: text) }
            #expect(error?.reason == reason, "\(text)")
        }
    }

    @Test("takes 512 characters and not one more")
    func length() throws {
        let fill = (0..<4).map { EMVObject("\(80 + $0)", template: [EMVObject("00", "x")]) }
        let base = try EMVPayload(writing: [EMVObject("00", "01")] + fill).text.count
        var objects = [EMVObject("00", "01")] + fill
        var missing = 512 - base
        var id = 2
        while missing > 0 {
            // An object has five characters at least; the last one takes what is left.
            let take = missing > 103 ? min(98, missing - 5) : missing
            objects.append(
                EMVObject(id < 10 ? "0\(id)" : "\(id)", String(repeating: "9", count: take - 4)))
            missing -= take
            id += 1
        }
        #expect(try EMVPayload(writing: objects).text.count == 512)
        objects[1] = EMVObject("80", template: [EMVObject("00", "xx")])
        let error = #expect(throws: EMVProblem.self) { try EMVPayload(writing: objects) }
        #expect(error?.reason == .payloadTooLong)
    }

    @Test("counts Unicode scalars, neither bytes nor graphemes nor UTF-16 units")
    func scalars() throws {
        // Two scalars that Swift takes for one character, and one beyond the first plane.
        let name = "e\u{301}\u{20BB7}"
        let object = EMVObject("01", name)
        #expect(object.text == "0103" + name)
        let payload = try EMVPayload(writing: [
            EMVObject("00", "01"), EMVObject("64", template: [EMVObject("00", "FR"), object]),
        ])
        let value = try #require(payload["64", "01"])
        #expect(Array(value.unicodeScalars) == Array(name.unicodeScalars))
    }

    @Test(
        "is read as it was written, whatever the objects", arguments: 1...200 as ClosedRange<UInt64>
    )
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let objects = Self.objects(using: &generator)
        let payload = try EMVPayload(writing: objects)
        #expect(try EMVPayload(parsing: payload.text) == payload)
        #expect(payload.objects.dropLast() == objects[...])
    }

    private static func objects(using generator: inout SeededGenerator) -> [EMVObject] {
        let alphabet = Array("AZaz09 .-*é最\u{20BB7}".unicodeScalars)
        let ids = (2...25).shuffled(using: &generator).prefix(
            Int.random(in: 0...5, using: &generator))
        return [EMVObject("00", "01")]
            + ids.map { id in
                var value = String.UnicodeScalarView()
                for _ in 0..<Int.random(in: 1...70, using: &generator) {
                    value.append(alphabet.randomElement(using: &generator) ?? "A")
                }
                return EMVObject(id < 10 ? "0\(id)" : "\(id)", String(value))
            }
    }

    @Test("with any one character changed is refused")
    func oneCharacter() throws {
        let good = Array(Self.payload("62090505SALE1").utf8)
        _ = try EMVPayload(parsing: String(decoding: good, as: UTF8.self))
        for place in good.indices {
            for other in [UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "Q")]
            where good[place] != other {
                var bad = good
                bad[place] = other
                #expect(throws: EMVProblem.self, "character \(place)") {
                    try EMVPayload(parsing: String(decoding: bad, as: UTF8.self))
                }
            }
        }
    }
}
