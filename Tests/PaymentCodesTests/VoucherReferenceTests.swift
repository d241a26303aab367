import Testing

@testable import PaymentCodes

@Suite("A voucher reference")
struct VoucherReferenceTests {
    @Test("is written as 16 characters and the check symbol, modulo 37")
    func written() throws {
        let zero = try #require(VoucherReference(cti: Array(repeating: 0, count: 10)))
        #expect(zero.text == "TVR:00000000000000000")
        let one = try #require(VoucherReference(cti: Array(repeating: 0, count: 9) + [36]))
        #expect(one.text == "TVR:0000000000000014U")
        let most = try #require(VoucherReference(cti: Array(repeating: 255, count: 10)))
        #expect(most.text == "TVR:ZZZZZZZZZZZZZZZZ~")
        #expect(VoucherReference(cti: Array(repeating: 0, count: 9)) == nil)
    }

    @Test(
        "is read as it was written, with every check symbol",
        arguments: 0...99 as ClosedRange<UInt8>)
    func roundTrip(last: UInt8) throws {
        let cti = [0xDE, 0xAD, 0xBE, 0xEF, 0x01, 0x02, 0x03, 0x04, 0x05, last] as [UInt8]
        let reference = try #require(VoucherReference(cti: cti))
        #expect(try VoucherReference(parsing: Array(reference.text.utf8)) == reference)
        #expect(reference.text.utf8.count == 21)
    }

    @Test("forgives case, prefix too, O for 0, I and L for 1, and hyphens after the prefix")
    func forgiven() throws {
        let cti = Array(repeating: 0, count: 9) + [33] as [UInt8]
        let reference = try #require(VoucherReference(cti: cti))
        #expect(reference.text == "TVR:0000000000000011~")
        let typed = reference.text.dropFirst(4).lowercased()
            .replacing("0", with: "o").replacing("1", with: "l")
        #expect(try VoucherReference(parsing: Array(("tvr:-" + typed).utf8)) == reference)
        let grouped = "TvR:OOOO-oooo-0000-00I1-" + reference.text.suffix(1)
        #expect(try VoucherReference(parsing: Array(grouped.utf8)) == reference)
    }

    @Test("forgives the same letters in the check symbol's place")
    func forgivenCheck() throws {
        let one = try #require(VoucherReference(cti: Array(repeating: 0, count: 9) + [1]))
        #expect(one.text.hasSuffix("11"))
        for symbol in ["I", "i", "L", "l"] {
            let text = one.text.dropLast() + symbol
            #expect(try VoucherReference(parsing: Array(text.utf8)) == one)
        }
    }

    @Test("with any one character misread, or two neighbours swapped, is refused")
    func misread() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let reference = try #require(VoucherReference(cti: generator.bytes(10)))
            let good = Array(reference.text.utf8)
            for place in 4..<21 {
                for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8 where good[place] != other {
                    var bad = good
                    bad[place] = other
                    #expect(throws: VoucherReferenceError.self) {
                        try VoucherReference(parsing: bad)
                    }
                }
            }
            for place in 4..<19 where good[place] != good[place + 1] {
                var bad = good
                bad.swapAt(place, place + 1)
                #expect(throws: VoucherReferenceError.check) { try VoucherReference(parsing: bad) }
            }
        }
    }

    @Test(
        "that is none is refused by name",
        arguments: [
            ("TVX:00000000000000000", VoucherReferenceError.prefix),
            ("TV-R:0000000000000000", .prefix), ("TVR", .prefix),
            ("TVR:0000000000000000", .length(found: 16)),
            ("TVR:000000000000000000", .length(found: 18)),
            ("TVR:0000U000000000000", .character(at: 8)),
            ("TVR:0000 000000000000", .character(at: 8)),
            ("TVR:00000000000000001", .check), ("TVR:", .length(found: 0)),
        ])
    func refused(text: String, expected: VoucherReferenceError) {
        let error = #expect(throws: VoucherReferenceError.self) {
            try VoucherReference(parsing: Array(text.utf8))
        }
        #expect(error == expected)
    }

    @Test("shows nothing of itself when it is described, mirrored or dumped")
    func masked() throws {
        let reference = try #require(VoucherReference(cti: Array(10...19)))
        var dumped = ""
        dump(reference, to: &dumped)
        #expect("\(reference)" == "TVR:…" && !dumped.contains("10") && !dumped.contains("19"))
        #expect(String(reflecting: reference).contains("TVR:…"))
    }
}
