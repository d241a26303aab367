import CBOR
import COSE
import HubProtocol
import Testing
import Vouchers

@Suite struct AuthorisationTests {
    private static let request = AuthorisationRequest(
        terminal: Samples.terminal, journal: Samples.journal,
        identity: [UInt8](repeating: 6, count: 16), at: 1_800_000_000,
        terms: AuthorisationRequest.Terms(
            sale: "A1", currencyNumber: 978, amount: 1_250, consumed: 1_300,
            requestNonce: [8, 7, 6, 5, 4, 3, 2, 1], evidence: [0xD2, 0x84]))
    private static let bytes = request.signed(by: Samples.terminalKey)
    private static let verdicts: [AuthorisationAnswer.Verdict] = [
        .approved(reservedUntil: 1_800_000_900),
        .declined(reason: "expired", other: nil),
        .declined(
            reason: "spent-elsewhere",
            other: .init(
                terminal: TerminalID("till:m42/t8")!, receipt: 3, at: 1_799_999_000, amount: 700)),
    ]

    private static func answer(
        _ verdict: AuthorisationAnswer.Verdict, to bytes: [UInt8] = bytes,
        by key: PrivateKey = Samples.hubKey
    ) -> [UInt8] {
        AuthorisationAnswer(
            to: request, bytes: bytes, at: 1_800_000_001, verdict: verdict
        ).signed(by: key)
    }

    @Test func aRequestReadsBackWhole() throws {
        let read = try UnverifiedAuthorisationRequest(decoding: Self.bytes)
            .verified(signedBy: Samples.terminalKey.publicKey)
        #expect(read == Self.request)
        #expect(read.signed(by: Samples.terminalKey) == Self.bytes)
    }

    @Test(arguments: verdicts)
    func anAnswerReadsBackWhole(verdict: AuthorisationAnswer.Verdict) throws {
        let bytes = Self.answer(verdict)
        let read = try AuthorisationAnswer.verify(
            bytes, answering: Self.bytes, signedBy: Samples.hubKey.publicKey)
        #expect(read.verdict == verdict)
        #expect(read.identity == Self.request.identity)
        #expect(read.signed(by: Samples.hubKey) == bytes)
        #expect(bytes.count <= AuthorisationAnswer.maximumBytes)
    }

    @Test func anySingleBitThatFlipsIsRefused() throws {
        let bytes = Self.answer(Self.verdicts[2])
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") {
                try AuthorisationAnswer.verify(
                    changed, answering: Self.bytes, signedBy: Samples.hubKey.publicKey)
            }
        }
        for index in Self.bytes.indices {
            var changed = Self.bytes
            changed[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") {
                try UnverifiedAuthorisationRequest(decoding: changed)
                    .verified(signedBy: Samples.terminalKey.publicKey)
            }
        }
    }

    @Test func anAnswerToAnotherRequestOrByAnotherHubIsNamed() {
        let other = AuthorisationRequest(
            terminal: Samples.terminal, journal: Samples.journal,
            identity: [UInt8](repeating: 5, count: 16), at: 1_800_000_000,
            terms: Self.request.terms
        ).signed(by: Samples.terminalKey)
        #expect(throws: MessageError.wrongRequest) {
            try AuthorisationAnswer.verify(
                Self.answer(Self.verdicts[0], to: other), answering: Self.bytes,
                signedBy: Samples.hubKey.publicKey)
        }
        #expect(throws: MessageError.wrongSigner) {
            try AuthorisationAnswer.verify(
                Self.answer(Self.verdicts[0], by: Samples.otherKey), answering: Self.bytes,
                signedBy: Samples.hubKey.publicKey)
        }
    }

    @Test func requestsAndAnswersOfAnotherShapeAreRefused() throws {
        let asked = try Samples.payload(of: Self.bytes)
        let wrong: [(Int, CBORValue)] = [
            (3, .bytes([1])), (5, .text("a b")), (6, .unsigned(0)), (6, .unsigned(1_000)),
            (7, .unsigned(0)), (8, .unsigned(1_249)), (9, .bytes([1, 2, 3])), (10, .bytes([])),
            (10, .bytes([UInt8](repeating: 0, count: 1_001))), (0, .unsigned(2)),
        ]
        for (index, value) in wrong {
            let message = Samples.message(
                asked.replacing(index, with: value), type: AuthorisationRequest.type,
                key: Samples.terminalKey)
            #expect(throws: MessageError.self, "element \(index)") {
                try UnverifiedAuthorisationRequest(decoding: message)
            }
        }
        let approved = try Samples.payload(of: Self.answer(Self.verdicts[0]))
        let declined = try Samples.payload(of: Self.answer(Self.verdicts[1]))
        for (payload, index, value): (CBORValue, Int, CBORValue) in [
            (approved, 6, .unsigned(3)), (approved, 7, .text("x")), (approved, 8, .unsigned(0)),
            (declined, 7, .text("")), (declined, 7, .text("Not Kebab")),
            (declined, 8, .unsigned(1)), (declined, 9, .array([.unsigned(1)])),
        ] {
            let message = Samples.message(
                payload.replacing(index, with: value), type: AuthorisationAnswer.type,
                key: Samples.hubKey)
            #expect(throws: MessageError.self, "element \(index)") {
                try AuthorisationAnswer.verify(
                    message, answering: Self.bytes, signedBy: Samples.hubKey.publicKey)
            }
        }
    }
}
