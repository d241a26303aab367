import CBOR
import COSE
import HubProtocol
import Testing
import Vouchers

@Suite struct ConfigurationTests {
    private let signed = Samples.configuration.signed(by: Samples.hubKey)

    private func verify(_ bytes: [UInt8], held: UInt64 = 0) throws(MessageError)
        -> TerminalConfiguration
    {
        try TerminalConfiguration.verify(
            bytes, signedBy: Samples.hubKey.publicKey, for: Samples.terminal, held: held)
    }

    @Test func aConfigurationReadsBackWhole() throws {
        #expect(try verify(signed, held: 5) == Samples.configuration)
        #expect(try verify(signed).signed(by: Samples.hubKey) == signed)
        #expect(
            try TerminalConfiguration.introduction(signed, for: Samples.terminal)
                == Samples.configuration)
        #expect(try TerminalTerms(decoding: Samples.terms.encoded()) == Samples.terms)
    }

    @Test func aHubWithoutAddressReadsBackAsNone() throws {
        let terms = Samples.terms
        let silent = TerminalTerms(
            merchant: terms.merchant, policy: terms.policy, currency: terms.currency,
            hubURL: nil)
        #expect(try TerminalTerms(decoding: silent.encoded()) == silent)
    }

    @Test func anySingleBitThatFlipsIsRefused() {
        for index in signed.indices {
            var bytes = signed
            bytes[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") { try verify(bytes) }
        }
    }

    @Test func anOlderVersionIsNamed() {
        #expect(throws: MessageError.olderVersion(held: 6, found: 5)) {
            try verify(signed, held: 6)
        }
    }

    @Test func anotherTerminalsConfigurationIsNamed() {
        let other = TerminalID("till:m42/t8")!
        #expect(throws: MessageError.wrongTerminal(found: Samples.terminal)) {
            try TerminalConfiguration.verify(
                signed, signedBy: Samples.hubKey.publicKey, for: other, held: 0)
        }
        #expect(throws: MessageError.wrongTerminal(found: Samples.terminal)) {
            try TerminalConfiguration.introduction(signed, for: other)
        }
    }

    @Test func anotherHubIsNamed() {
        #expect(throws: MessageError.wrongSigner) {
            try TerminalConfiguration.verify(
                signed, signedBy: Samples.otherKey.publicKey, for: Samples.terminal, held: 0)
        }
    }

    @Test func anIntroductionIsSignedByTheHubThatItNames() throws {
        let payload = try Samples.payload(of: signed)
        let forged = Samples.message(
            payload, type: TerminalConfiguration.type, key: Samples.otherKey)
        #expect(throws: MessageError.wrongSigner) {
            try TerminalConfiguration.introduction(forged, for: Samples.terminal)
        }
    }

    @Test(
        arguments: [
            (1, CBORValue.unsigned(0)), (1, nil), (2, "now"), (3, .map([])), (4, "till:m42"),
            (5, .array(["a", "b", "c"])), (5, .array(["a", "b", "c", "d\n", .array([])])),
            (6, .array([])),
            (7, .array([])), (8, .unsigned(1)), (8, .unsigned(70_000)), (9, .null),
            (9, .text(String(repeating: "u", count: 401))), (10, .null),
        ] as [(UInt64, CBORValue?)])
    func aPayloadWithOneFaultIsRefused(key: UInt64, value: CBORValue?) throws {
        let payload = try Samples.payload(of: signed).setting(key, to: value)
        let message = Samples.message(
            payload, type: TerminalConfiguration.type, key: Samples.hubKey)
        #expect { try verify(message) } throws: {
            ($0 as? MessageError)?.reason == "message-malformed"
        }
    }

    @Test func termsThatStillHadTheIssuersAreRead() throws {
        let former = try CBORValue.decode(Samples.terms.encoded())
            .setting(6, to: .array([.array(["gifts", .array([])])]))
        #expect(try TerminalTerms(decoding: former.encoded()) == Samples.terms)
    }
}

@Suite struct EnrolmentRequestTests {
    private let signed = EnrolmentRequest.signed(
        terminal: Samples.terminal, journal: Samples.journal, by: Samples.terminalKey)

    @Test func aRequestReadsBackWhole() throws {
        let request = try EnrolmentRequest.verify(signed)
        #expect(request.terminal == Samples.terminal)
        #expect(request.journal == Samples.journal)
        #expect(request.key == Samples.terminalKey.publicKey)
    }

    @Test func anySingleBitThatFlipsIsRefused() {
        for index in signed.indices {
            var bytes = signed
            bytes[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") {
                try EnrolmentRequest.verify(bytes)
            }
        }
    }

    @Test func aRequestForAKeyThatItsSenderDoesNotHaveIsRefused() throws {
        let payload = try Samples.payload(of: signed)
        let forged = Samples.message(payload, type: EnrolmentRequest.type, key: Samples.otherKey)
        #expect(throws: MessageError.wrongSigner) { try EnrolmentRequest.verify(forged) }
    }

    @Test func aKeyOfAnotherKindThanEd25519IsRefused() throws {
        let key = Samples.key(6, .ecdsaP256)
        let payload = try Samples.payload(of: signed)
            .replacing(2, with: key.publicKey.coseKeyValue(compressed: false))
        let message = Samples.message(payload, type: EnrolmentRequest.type, key: key)
        #expect { try EnrolmentRequest.verify(message) } throws: {
            ($0 as? MessageError)?.reason == "message-malformed"
        }
    }
}

@Suite struct KeyHandoverTests {
    private let next = Samples.otherKey

    private func request(by key: PrivateKey, replacing former: PrivateKey?) throws
        -> EnrolmentRequest
    {
        try EnrolmentRequest.verify(
            EnrolmentRequest.signed(
                terminal: Samples.terminal, journal: Samples.journal, by: key, replacing: former))
    }

    @Test func theFormerKeyVouchesForTheNext() throws {
        let request = try request(by: next, replacing: Samples.terminalKey)
        #expect(request.key == next.publicKey)
        #expect(request.isHandedOver(by: Samples.terminalKey.publicKey))
        #expect(!request.isHandedOver(by: Samples.hubKey.publicKey))
    }

    @Test func aRequestWithoutTheFormerKeysWordIsNoHandover() throws {
        let request = try request(by: next, replacing: nil)
        #expect(request.handover == nil)
        #expect(!request.isHandedOver(by: Samples.terminalKey.publicKey))
    }

    @Test func aWordForAnotherJournalOrKeyIsNoHandover() throws {
        let other = EnrolmentRequest.signed(
            terminal: Samples.terminal, journal: [9, 9, 9, 9, 9, 9, 9, 9], by: next,
            replacing: Samples.terminalKey)
        let word = try #require(try Samples.payload(of: other).asArray?[4])
        let fields = try #require(
            try Samples.payload(
                of: EnrolmentRequest.signed(
                    terminal: Samples.terminal, journal: Samples.journal, by: next)
            ).asArray)
        let stitched = Samples.message(
            .array(fields + [word]), type: EnrolmentRequest.type, key: next)
        let request = try EnrolmentRequest.verify(stitched)
        #expect(!request.isHandedOver(by: Samples.terminalKey.publicKey))
    }
}

@Suite struct MessageFileTests {
    private let message = [UInt8](0...200)

    @Test(arguments: MessageFile.allCases)
    func aFileReadsBackWhole(kind: MessageFile) throws {
        for count in [0, 1, 31, 32, 33, 201] {
            let bytes = Array(message[..<count])
            #expect(try kind.message(in: Array(kind.text(of: bytes).utf8)) == bytes)
        }
    }

    @Test func whatMailProgramsDoIsForgiven() throws {
        let text = MessageFile.configuration.text(of: message)
        let mangled =
            text.split(separator: "\n").map { line in
                (line.hasPrefix("TILL") ? String(line) : line.uppercased()) + " \r\n"
            }.joined() + "\r\n\r\n"
        #expect(try MessageFile.configuration.message(in: Array(mangled.utf8)) == message)
    }

    @Test func theWrongFileIsNamed() {
        let text = Array(MessageFile.enrolmentRequest.text(of: message).utf8)
        #expect(
            throws: MessageFileError.otherKind(
                expected: .configuration, found: .enrolmentRequest)
        ) { try MessageFile.configuration.message(in: text) }
        #expect(throws: MessageFileError.notOurs(expected: .configuration)) {
            try MessageFile.configuration.message(in: Array("hello\n".utf8))
        }
        #expect(throws: MessageFileError.empty) {
            try MessageFile.configuration.message(in: Array(" \n\n".utf8))
        }
        #expect(throws: MessageFileError.empty) { try MessageFile.configuration.message(in: []) }
    }

    @Test func aDamagedLineIsNamed() {
        let text = "TILL-CONFIGURATION-1\n0011\n00zz\n"
        #expect(throws: MessageFileError.badLine(3)) {
            try MessageFile.configuration.message(in: Array(text.utf8))
        }
        #expect(throws: MessageFileError.badLine(2)) {
            try MessageFile.configuration.message(in: Array("TILL-CONFIGURATION-1\n001".utf8))
        }
    }

    @Test func aHugeFileIsRefused() {
        let kind = MessageFile.enrolmentRequest
        let file = [UInt8](repeating: 0x30, count: kind.maximumFileBytes + 1)
        #expect(throws: MessageFileError.tooLong(limit: kind.maximumFileBytes)) {
            try kind.message(in: file)
        }
    }
}
