import COSE
import Money
import Testing
import Vouchers

@testable import PaymentCodes

@Suite("A shop QR")
struct ShopQRTests {
    private let key: PrivateKey
    private let merchant: MerchantProfile
    private let request: ShopRequest
    private let euro: Currency
    private let now: UInt64 = 1_800_000_000

    init() throws {
        key = try PrivateKey(algorithm: .ed25519, seed: Array(1...32))
        euro = try #require(Currency(code: "EUR"))
        merchant = try MerchantProfile(
            name: "BAECKEREI MORGENROT", city: "BERLIN", countryCode: "DE",
            categoryCode: "5462",
            accounts: [MerchantAccount(id: 26, value: "0015com.example.pay0110MERCHANT42")])
        request = ShopRequest(
            terminal: try #require(TerminalID("till:m42/t7")),
            amount: Amount(minorUnits: 1250, currency: euro), reference: "S0001A7",
            nonce: [1, 2, 3, 4, 5, 6, 7, 8], expiry: 1_800_000_120)
    }

    private func payload() throws -> String {
        try ShopQR.payload(for: request, merchant: merchant, key: key)
    }

    private func verify(_ text: String, now: UInt64? = nil) -> ShopQRVerification {
        ShopQR.verify(text, terminals: [key.publicKey], now: now ?? self.now)
    }

    private func reason(_ text: String, now: UInt64? = nil) -> ShopQRRefusal.Reason? {
        guard case .refused(let refusal) = verify(text, now: now) else { return nil }
        return refusal.reason
    }

    /// The objects of the good payload, changed, with the right checksum but the old signature.
    private func changed(_ change: (inout [EMVObject]) -> Void) throws -> String {
        var objects = Array(try EMVPayload(parsing: payload()).objects.dropLast())
        change(&objects)
        return raw(objects.map(\.text).joined())
    }

    private func raw(_ body: String) -> String {
        body + "6304" + EMVChecksum.digits(EMVChecksum.of((body + "6304").utf8))
    }

    /// A payload signed as a terminal signs it, whatever stands before object 90.
    private func signed(_ body: String, with key: PrivateKey? = nil, proof: String? = nil) -> String
    {
        let key = key ?? self.key
        let proof =
            proof
            ?? Base64.urlText(request.nonce + [0x6B, 0x49, 0xD2, 0x78] + key.publicKey.keyID)
        let signature = key.sign(ShopQR.signedBytes(body: body.utf8, proof: proof.utf8))
        return raw(
            body
                + ShopQR.templates(proof: proof, signature: Base64.urlText(signature))
                .map(\.text).joined())
    }

    private func body() throws -> String {
        try EMVPayload(parsing: payload()).objects.prefix { $0.id != "90" }.map(\.text).joined()
    }

    @Test("has the objects, the order and the lengths of the specification")
    func layout() throws {
        let text = try payload()
        let parsed = try EMVPayload(parsing: text)
        #expect(
            parsed.objects.map(\.id)
                == [
                    "00", "01", "26", "52", "53", "54", "58", "59", "60", "62", "90", "91", "63",
                ])
        #expect(parsed["01"] == "12" && parsed["53"] == "978" && parsed["54"] == "12.50")
        #expect(
            parsed.objects(in: "62").map(\.text) == ["0507S0001A7", "0711till:m42/t7", "1103400"])
        #expect(parsed["90"]?.count == 99 && parsed["91"]?.count == 55)
        #expect(parsed.objects(in: "90").map(\.value.count) == [13, 22, 52])
        #expect(parsed.objects(in: "91").map(\.value.count) == [13, 34])
        #expect(text.utf8.allSatisfy(ASCII.isPrintable))
        #expect((305...390).contains(text.count), "\(text.count) characters")
        #expect(parsed.conformance.problem == nil)
    }

    @Test("is signed over the prefix, the payload up to 90 and the value of 90/01")
    func signedBytes() throws {
        let parsed = try EMVPayload(parsing: payload())
        let proof = try #require(parsed["90", "01"])
        let first = try #require(parsed["90", "02"])
        let second = try #require(parsed["91", "01"])
        let message = Array(("till-request-1" + (try body()) + proof).utf8)
        let signature = try Base64.urlBytes((first + second).utf8)
        #expect(key.publicKey.isValidSignature(signature, for: message))
        let bytes = try Base64.urlBytes(proof.utf8)
        #expect(bytes == [1, 2, 3, 4, 5, 6, 7, 8, 0x6B, 0x49, 0xD2, 0x78] + key.publicKey.keyID)
    }

    @Test("is accepted by a wallet that knows the terminal, until its expiry")
    func accepted() throws {
        #expect(try verify(payload()) == .accepted(request))
        #expect(try verify(payload(), now: 1_800_000_119) == .accepted(request))
        #expect(try reason(payload(), now: 1_800_000_120) == .expired)
    }

    @Test("comes out as it went in, whatever the sale", arguments: 1...100 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let currency = try #require(Currency.all.randomElement(using: &generator))
        let limits: [UInt64] = [1, 99, 10_000, 999_999_999]
        let most = try #require(limits.randomElement(using: &generator))
        let length = Int.random(in: 1...25, using: &generator)
        let letters = Array("ABCXYZabcxyz0123456789")
        let request = ShopRequest(
            terminal: try #require(TerminalID("till:m\(seed)/t\(seed % 7)")),
            amount: Amount(
                minorUnits: UInt64.random(in: 1...most, using: &generator), currency: currency),
            reference: String(
                (0..<length).compactMap { _ in letters.randomElement(using: &generator) }),
            nonce: generator.bytes(8), expiry: UInt32.random(in: 1...UInt32.max, using: &generator))
        let key = try PrivateKey(algorithm: .ed25519, seed: generator.bytes(32))
        let text = try ShopQR.payload(for: request, merchant: merchant, key: key)
        #expect(
            ShopQR.verify(text, terminals: [self.key.publicKey, key.publicKey], now: 0)
                == .accepted(request))
        let recognition = PaymentCode.recognise(Array(text.utf8))
        #expect(recognition.kind == "till-shop-qr" && recognition.wellFormed)
    }

    @Test("with any one character changed, the checksum made right again, is refused")
    func oneCharacter() throws {
        let good = Array(try payload().utf8.dropLast(4))
        for place in good.indices {
            for flip in [1, 2, 16] as [UInt8] where ASCII.isPrintable(good[place] ^ flip) {
                var bad = good
                bad[place] ^= flip
                let text = String(decoding: bad, as: UTF8.self)
                let sealed = text + EMVChecksum.digits(EMVChecksum.of(bad))
                #expect(reason(sealed) != nil, "character \(place) of \(text)")
            }
        }
    }

    @Test("with a wrong checksum is refused")
    func checksum() throws {
        let text = try payload()
        let wrong = text.hasSuffix("0") ? "1" : "0"
        #expect(reason(text.dropLast() + wrong) == .checksum)
    }

    @Test("with an id twice, at any level, is refused")
    func repeated() throws {
        let account = "26330015com.example.pay0110MERCHANT42"
        let base = try body()
        #expect(reason(signed(base + "5802DE")) == .objectRepeated)
        let twice = base.replacing(
            "62330507S0001A70711till:m42/t71103400",
            with: "62440507S0001A70711till:m42/t711034000507S0001A7")
        #expect(twice != base)
        #expect(reason(signed(twice)) == .objectRepeated)
        let deep = base.replacing(
            "62330507S0001A70711till:m42/t71103400",
            with: "62540507S0001A70711till:m42/t7110340050170003abc0101x0101y")
        #expect(deep != base)
        #expect(reason(signed(deep)) == .objectRepeated)
        let inAccount = base.replacing(
            account, with: "26470015com.example.pay0110MERCHANT420110MERCHANT42")
        #expect(inAccount != base)
        #expect(reason(signed(inAccount)) == .objectRepeated)
        #expect(try reason(changed { $0.append($0[$0.count - 1]) }) == .objectRepeated)
    }

    @Test("with anything but 91 and 63 after 90 is refused, signed or not")
    func afterRequest() throws {
        #expect(
            try reason(changed { $0.append(EMVObject("92", "0013internal.till")) })
                == .objectAfterRequest)
        #expect(
            try reason(changed { $0.insert(EMVObject("79", "x"), at: $0.count - 1) })
                == .objectAfterRequest)
        #expect(
            try reason(changed { $0.swapAt($0.count - 1, $0.count - 2) }) == .objectAfterRequest)
        #expect(try reason(changed { $0.removeLast() }) == .objectAfterRequest)
        #expect(try reason(changed { $0.remove(at: $0.count - 2) }) == .noRequest)
    }

    @Test("with other, more, fewer or moved objects in 90 or 91 is refused")
    func requestObjects() throws {
        let parsed = try EMVPayload(parsing: payload())
        let owner = EMVObject("00", "internal.till")
        let proof = try #require(parsed["90", "01"])
        let second = try #require(parsed["91", "01"])
        func replaced(_ template: EMVObject) throws -> String {
            try changed { objects in
                guard let place = objects.firstIndex(where: { $0.id == template.id }) else {
                    return
                }
                objects[place] = template
            }
        }
        let wrong = [
            EMVObject("90", template: [owner, EMVObject("01", proof)]),
            EMVObject("90", template: [owner, EMVObject("02", proof), EMVObject("01", "x")]),
            EMVObject("91", template: [owner, EMVObject("01", second), EMVObject("02", "x")]),
            EMVObject("91", template: [owner, EMVObject("01", second + "A")]),
            EMVObject("91", template: [owner, EMVObject("01", String(second.dropLast()))]),
            EMVObject("91", template: [owner, EMVObject("02", second)]),
            EMVObject("91", template: [EMVObject("01", second), owner]),
            EMVObject("91", template: [EMVObject("00", "internal.tiLL"), EMVObject("01", second)]),
        ]
        for template in wrong {
            #expect(try reason(replaced(template)) == .requestObjects, "\(template.text)")
        }
    }

    @Test("with unused bits that are not zero is refused, in proof and in signature")
    func unusedBits() throws {
        let base = try body()
        let proof = Base64.urlText(request.nonce + [0x6B, 0x49, 0xD2, 0x78] + key.publicKey.keyID)
        let bent = Self.withUnusedBit(proof)
        #expect(reason(signed(base, proof: bent)) == .unusedBits)
        let text = try changed { objects in
            let last = objects[objects.count - 1]
            objects[objects.count - 1] = EMVObject("91", Self.withUnusedBit(last.value))
        }
        #expect(reason(text) == .unusedBits)
    }

    /// The same bytes, written with the last unused bit set.
    private static func withUnusedBit(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        guard let last = text.last, let value = alphabet.firstIndex(of: last) else { return text }
        return text.dropLast() + String(alphabet[value | 1])
    }

    @Test("with characters that are not base64url is refused")
    func base64() throws {
        let base = try body()
        let proof = Base64.urlText(request.nonce + [0x6B, 0x49, 0xD2, 0x78] + key.publicKey.keyID)
        #expect(reason(signed(base, proof: "+" + proof.dropFirst())) == .base64)
    }

    @Test("of a terminal that the wallet does not know is refused by that name")
    func unknown() throws {
        let other = try PrivateKey(algorithm: .ed25519, seed: Array(2...33))
        #expect(
            try ShopQR.verify(payload(), terminals: [other.publicKey], now: now)
                == .refused(
                    ShopQRRefusal(
                        .terminalUnknown, at: "90/01", "no known terminal has this key")))
        #expect(try ShopQR.verify(payload(), terminals: [], now: now) != .accepted(request))
    }

    @Test("whose kid is a known terminal's and whose signature is not is refused")
    func forged() throws {
        let other = try PrivateKey(algorithm: .ed25519, seed: Array(2...33))
        let proof = Base64.urlText(request.nonce + [0x6B, 0x49, 0xD2, 0x78] + key.publicKey.keyID)
        #expect(try reason(signed(body(), with: other, proof: proof)) == .signature)
        #expect(try reason(changed { $0[5] = EMVObject("54", "12.49") }) == .signature)
    }

    @Test(
        "with a field that a terminal does not write is refused, though it is signed",
        arguments: [
            ("010212", "010211", "01"), ("54" + "0512.50", "540412.5", "54"),
            ("540512.50", "5406012.50", "54"), ("540512.50", "", "54"),
            ("5303978", "5303000", "53"), ("1103400", "1103402", "62/11"),
            ("0507S0001A7", "0507S0001-7", "62/05"),
            ("0711till:m42/t7", "0711tall:m42/t7", "62/07"),
        ])
    func fields(from: String, to: String, path: String) throws {
        // Objects within 62 keep their lengths, so that 62 itself stays right.
        let changed = try body().replacing(from, with: to)
        #expect(changed != (try body()))
        guard case .refused(let refusal) = verify(signed(changed)) else {
            Issue.record("\(to) was taken")
            return
        }
        #expect(refusal.reason == .requestFields && refusal.path == path, "\(refusal)")
    }

    @Test("is found by walking: what looks like object 90 within a value is a value")
    func walking() throws {
        let decoy = try MerchantProfile(
            name: "9099 0013internal.till", city: "BERLIN", countryCode: "DE",
            categoryCode: "5462", accounts: merchant.accounts)
        let text = try ShopQR.payload(for: request, merchant: decoy, key: key)
        #expect(verify(text) == .accepted(request))
    }

    @Test("of more than 512 characters is refused as too long")
    func tooLong() throws {
        let long = try payload() + String(repeating: "9", count: 200)
        #expect(reason(long) == .tooLong)
        #expect(reason(String(repeating: "0", count: 1_000_000)) == .tooLong)
    }

    @Test("that is static carries no request and no amount, and a wallet gives no answer")
    func staticPayload() throws {
        let text = try ShopQR.staticPayload(merchant: merchant, currency: euro)
        let parsed = try EMVPayload(parsing: text)
        #expect(parsed.objects.map(\.id) == ["00", "01", "26", "52", "53", "58", "59", "60", "63"])
        #expect(parsed["01"] == "11" && parsed.conformance.problem == nil)
        #expect(reason(text) == .noRequest)
    }

    @Test("is not made of a sale that it cannot hold, and says why")
    func refusals() throws {
        func error(
            minorUnits: UInt64 = 1250, currency: String = "EUR", reference: String = "S1",
            nonce: [UInt8] = Array(1...8), algorithm: KeyAlgorithm = .ed25519
        ) throws -> ShopQRError? {
            let sale = ShopRequest(
                terminal: request.terminal,
                amount: Amount(
                    minorUnits: minorUnits, currency: try #require(Currency(code: currency))),
                reference: reference, nonce: nonce, expiry: 1)
            let key = try PrivateKey(algorithm: algorithm, seed: Array(1...32))
            do throws(ShopQRError) {
                _ = try ShopQR.payload(for: sale, merchant: merchant, key: key)
                return nil
            } catch {
                return error
            }
        }
        #expect(try error() == nil)
        #expect(try error(minorUnits: 999_999_999_999) == nil, "9999999999.99 has 13 characters")
        #expect(try error(minorUnits: 1_000_000_000_000) == .amountTooLong)
        #expect(try error(minorUnits: 9_999_999_999_999, currency: "JPY") == nil)
        #expect(try error(minorUnits: 10_000_000_000_000, currency: "JPY") == .amountTooLong)
        #expect(try error(reference: "") == .referenceFormat)
        #expect(try error(reference: "S-1") == .referenceFormat)
        #expect(try error(reference: String(repeating: "A", count: 26)) == .referenceFormat)
        #expect(try error(reference: "Ä") == .referenceFormat)
        #expect(try error(nonce: [1]) == .nonceLength)
        #expect(try error(algorithm: .ecdsaP256) == .keyAlgorithm)
    }

    private struct Vectors: Decodable {
        struct Vector: Decodable {
            let id: String
            let payload: String
            let now: UInt64
            let expect: String
        }
        let seedHex: String
        let publicKeyHex: String
        let vectors: [Vector]
    }

    @Test("of the published vectors is written and refused as they say")
    func vectors() throws {
        let file = try VectorFiles.own("shop-qr.json", as: Vectors.self)
        #expect(Hex.text(key.seed) == file.seedHex)
        #expect(Hex.text(key.publicKey.coseKey) == file.publicKeyHex)
        #expect(try payload() == file.vectors.first?.payload)
        for vector in file.vectors {
            let outcome = reason(vector.payload, now: vector.now)?.rawValue ?? "accepted"
            #expect(outcome == vector.expect, "\(vector.id)")
        }
        let covered = Set(file.vectors.map(\.expect))
        #expect(covered == Set(ShopQRRefusal.Reason.allCases.map(\.rawValue) + ["accepted"]))
    }
}
