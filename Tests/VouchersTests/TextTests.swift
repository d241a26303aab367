import Foundation
import Testing
import Vouchers

private struct Base45File: Decodable {
    let valid: [Valid]
    let invalid: [Invalid]

    struct Valid: Decodable {
        let hex: String
        let base45: String
    }

    struct Invalid: Decodable {
        let text: String
        let reason: String
    }
}

private func refusal(_ text: String) -> Base45Error? {
    do {
        _ = try Base45.decode(Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

@Suite struct Base45Texts {
    private func check(_ file: URL, valid: Int, invalid: Int) throws {
        let vectors = try JSONDecoder().decode(Base45File.self, from: Data(contentsOf: file))
        #expect(vectors.valid.count == valid && vectors.invalid.count == invalid)
        for vector in vectors.valid {
            #expect(Base45.encode(bytes(vector.hex)) == vector.base45)
            #expect(try Base45.decode(Array(vector.base45.utf8)) == bytes(vector.hex))
        }
        for vector in vectors.invalid {
            #expect(refusal(vector.text) != nil, "\(vector.text): \(vector.reason)")
        }
    }

    @Test func ofOurVectorsComeOutAsTheySay() throws {
        try check(packageFolder.appending(path: "Tests/Vectors/base45.json"), valid: 9, invalid: 12)
    }

    static let shared: URL = {
        let chosen = ProcessInfo.processInfo.environment["TILL_VECTORS"]
        let folder =
            chosen.map { URL(filePath: $0) } ?? packageFolder.appending(path: "../shared/vectors")
        return folder.appending(path: "base45.json")
    }()

    static let isShared: Bool = {
        let found = FileManager.default.fileExists(atPath: shared.path)
        if !found { print("Third-party vectors not found: no \(shared.path).") }
        return found
    }()

    @Test(.enabled(if: isShared)) func ofTheSharedVectorsComeOutAsTheySay() throws {
        try check(Self.shared, valid: 13, invalid: 12)
    }

    /// RFC 9285 sections 4.3 and 4.4.
    @Test(arguments: [
        ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"),
        ("ietf!", "QED8WEX0"),
    ])
    func ofTheStandardComeOutAsItSays(plain: String, encoded: String) throws {
        #expect(Base45.encode(Array(plain.utf8)) == encoded)
        #expect(try Base45.decode(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test func areReadBackForEveryPairAndEveryByte() throws {
        for value in 0...0xFFFF {
            let pair = [UInt8(value >> 8), UInt8(value & 0xFF)]
            #expect(try Base45.decode(Array(Base45.encode(pair).utf8)) == pair)
        }
        for byte in UInt8.min...UInt8.max {
            #expect(try Base45.decode(Array(Base45.encode([byte]).utf8)) == [byte])
        }
    }

    @Test func areRefusedForLengthThenCharacterThenRange() {
        #expect(refusal("A") == .length(1))
        #expect(refusal("BB8_") == .length(4))
        #expect(refusal("GGW_B8") == .character(offset: 3))
        #expect(refusal("BB8GGW") == .range(offset: 3))
        #expect(refusal("BB8V5") == .range(offset: 3))
        #expect(refusal("FGW") == nil)
        #expect(refusal("GGW") == .range(offset: 0))
        #expect(refusal("U5") == nil)
        #expect(refusal("V5") == .range(offset: 0))
    }
}

@Suite struct VoucherTexts {
    private func refused(_ text: [UInt8]) -> VoucherRefusal.Reason? {
        do {
            _ = try VoucherText.decode(text)
            return nil
        } catch {
            return error.reason
        }
    }

    private func text(_ count: Int) -> [UInt8] {
        // 996 characters after the prefix are 332 groups of three.
        Array("TV1:".utf8) + [UInt8](repeating: UInt8(ascii: "0"), count: count - 4)
    }

    @Test func haveAtMostAThousandBytesBesideOneLineEnding() {
        #expect(refused(text(1_000)) == nil)
        #expect(refused(text(1_000) + [0x0A]) == nil)
        #expect(refused(text(1_000) + [0x0D]) == nil)
        #expect(refused(text(1_000) + [0x0D, 0x0A]) == .textTooLong)
        #expect(refused(text(1_001)) == .textTooLong)
        #expect(refused(text(1_002) + [0x0A]) == .textTooLong)
        #expect(refused([UInt8](repeating: 0x41, count: 10_000_000)) == .textTooLong)
    }

    @Test func mayEndInOneLineEndingAndNotTwo() {
        let good = Array("TV1:BB8".utf8)
        #expect(refused(good + [0x0A]) == nil)
        #expect(refused(good + [0x0D]) == nil)
        #expect(refused(good + [0x0D, 0x0A]) == .base45Length)
        #expect(refused(good + [0x0A, 0x0A]) == .base45Length)
        #expect(refused(Array("TV1:BB800".utf8) + [0x0D, 0x0A]) == .base45Character)
        #expect(refused(good + [0x20]) == .base45Length, "a space is a digit")
        #expect(refused([0x0A] + good) == .textPrefix)
    }

    @Test(arguments: ["", "\n", "T", "TV1", "tv1:BB8", "Tv1:BB8", "TV2:BB8", " TV1:BB8", "HC1:BB8"])
    func beginWithThePrefixInUpperCase(text: String) {
        #expect(refused(Array(text.utf8)) == .textPrefix)
    }

    @Test func ofNothingAreNoBytes() throws {
        #expect(try VoucherText.decode(Array("TV1:".utf8)) == [])
        #expect(VoucherText.encode([]) == "TV1:")
    }

    @Test func sayAtWhichOffsetTheyBreak() {
        for (text, place) in [("TV1:BB_", "offset 6"), ("TV1:BB8:::", "offset 7")] {
            do {
                _ = try VoucherText.decode(Array(text.utf8))
                Issue.record("\(text) is accepted")
            } catch {
                #expect(error.detail.contains(place))
            }
        }
    }
}
