import HubProtocol
import Testing

/// A message as QR codes, and back.
@Suite struct MessageSymbolTests {
    /// Bytes that do not repeat at the borders of symbols.
    private static func message(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
    }

    private static func texts(_ count: Int, _ kind: MessageFile = .enrolmentAnswer) throws
        -> [[UInt8]]
    {
        try MessageSymbols.texts(of: message(count), kind).map { Array($0.utf8) }
    }

    @Test(arguments: [1, 2, 599, 600, 601, 1_800, 1_801, 19_200])
    func readsBackInAnyOrderAndWithRepeats(_ count: Int) throws {
        let texts = try Self.texts(count)
        #expect(texts.count == (count + 599) / 600)
        #expect(texts.allSatisfy { $0.count <= 925 })
        let mixed = Array(texts.reversed()) + texts
        #expect(try MessageSymbols.message(.enrolmentAnswer, in: mixed) == Self.message(count))
    }

    /// A text that the page says, byte for byte, and what was made of it by hand.
    @Test func keepsItsForm() throws {
        let texts = try MessageSymbols.texts(of: Array("ietf!".utf8), .enrolmentRequest)
        #expect(texts == ["TM1:EQ:1/1:80C72384:QED8WEX0"])
    }

    @Test func refusesWhatIsNoneOrNotAll() throws {
        let texts = try Self.texts(1_801)
        func reason(_ texts: [[UInt8]], _ kind: MessageFile = .enrolmentAnswer) -> String? {
            do throws(MessageSymbolError) {
                _ = try MessageSymbols.message(kind, in: texts)
                return nil
            } catch { return error.reason }
        }
        #expect(reason(texts) == nil)
        #expect(reason([]) == "symbol-not-of-a-message")
        #expect(reason([texts[0], texts[2]]) == "symbol-missing")
        #expect(throws: MessageSymbolError.missing([2, 4], of: 4)) {
            try MessageSymbols.message(.enrolmentAnswer, in: [texts[0], texts[2]])
        }
        #expect(reason(texts, .enrolmentRequest) == "symbol-other-kind")
        #expect(reason(texts + (try Self.texts(1_800))) == "symbol-of-another-message")
        var changed = texts
        changed[3][changed[3].count - 1] = UInt8(ascii: "0")
        #expect(reason(changed) == "symbol-damaged")
        #expect(reason(texts + [changed[3]]) == "symbol-damaged", "two say two things of one place")
        for bad in [
            "TV1:EA:1/1:00000000:00", "TM1:EA:0/1:00000000:00", "TM1:EA:2/1:00000000:00",
            "TM1:EA:1/33:00000000:00", "TM1:EA:1:00000000:00", "TM1:EA:1/1:00000000:",
            "TM1:EA:1/1:00000000:::", "TM1:EA:1/1:00000000", "tm1:EA:1/1:00000000:00",
        ] {
            #expect(reason([Array(bad.utf8)]) == "symbol-not-of-a-message", "\(bad)")
        }
    }

    @Test func aMessageThatIsTooLongIsCarriedAsAFile() {
        #expect(throws: MessageSymbolError.tooLong(limit: 19_200, found: 19_201)) {
            try MessageSymbols.texts(of: Self.message(19_201), .trust)
        }
    }
}
