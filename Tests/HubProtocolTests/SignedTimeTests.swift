import CBOR
import COSE
import HubProtocol
import Testing
import Vouchers

@Suite struct SignedTimeTests {
    private let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    private let time = SignedTime(
        terminal: Samples.terminal, nonce: [1, 2, 3, 4, 5, 6, 7, 8], at: 1_800_000_000,
        overrules: false)

    private func verify(_ bytes: [UInt8], nonce: [UInt8]? = nil) throws(MessageError) -> SignedTime
    {
        try SignedTime.verify(
            bytes, signedBy: Samples.hubKey.publicKey, for: Samples.terminal,
            answering: nonce ?? self.nonce)
    }

    @Test func aSignedTimeReadsBackWholeAlsoAsText() throws {
        for overrules in [true, false] {
            let time = SignedTime(
                terminal: Samples.terminal, nonce: nonce, at: 7, overrules: overrules)
            let bytes = time.signed(by: Samples.hubKey)
            #expect(try verify(bytes) == time)
            let text = SignedTime.text(of: bytes)
            #expect(text.utf8.count < 300)
            #expect(SignedTime.message(in: text + "\r\n") == bytes)
        }
    }

    @Test func aTimeForAnotherTerminalOrQuestionIsNamed() throws {
        let bytes = time.signed(by: Samples.hubKey)
        #expect(throws: MessageError.wrongQuestion) {
            try verify(bytes, nonce: [1, 2, 3, 4, 5, 6, 7, 9])
        }
        #expect(throws: MessageError.wrongTerminal(found: Samples.terminal)) {
            try SignedTime.verify(
                bytes, signedBy: Samples.hubKey.publicKey, for: TerminalID("till:m42/t8")!,
                answering: nonce)
        }
    }

    @Test func aStrangersTimeAndAFlippedBitAreRefused() {
        #expect(throws: MessageError.wrongSigner) {
            try verify(time.signed(by: Samples.otherKey))
        }
        let bytes = time.signed(by: Samples.hubKey)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1
            #expect(throws: MessageError.self) { try verify(flipped) }
        }
    }

    @Test func otherTextsAreNone() {
        for text in ["", "TCT1:", "tct1:AB", "TV1:AB", "TCT1:a", "TCT1:AAAA\u{1F4A9}"] {
            let message = SignedTime.message(in: text)
            #expect(message == nil || message == [], "\(text)")
        }
        #expect(SignedTime.message(in: "TCT1:" + String(repeating: "0", count: 10_000)) == nil)
    }

    @Test func aChallengeForgivesWhatPeopleType() throws {
        let challenge = ClockChallenge(random: [0, 1, 2, 3, 10, 20, 30, 31])
        #expect(challenge.text == "0123-AMYZ")
        #expect(ClockChallenge(typed: "o12 3am-yz") == challenge)
        #expect(ClockChallenge(typed: "OL23AMYZ") == challenge)
        for text in ["", "0123-AMY", "0123-AMYZ0", "0123-AMYU", "0123_AMYZ"] {
            #expect(ClockChallenge(typed: text) == nil, "\(text)")
        }
        #expect(SignedTime.nonceLengths.contains(challenge.characters.count))
    }
}
