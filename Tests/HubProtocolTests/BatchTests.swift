import CBOR
import COSE
import HubProtocol
import Testing
import Vouchers

@Suite struct BatchTests {
    private let signed = Samples.batch.signed(by: Samples.terminalKey)

    private func verify(_ bytes: [UInt8]) throws(MessageError) -> VerifiedBatch {
        try UnverifiedBatch(decoding: bytes).verified(signedBy: Samples.terminalKey.publicKey)
    }

    @Test func aSignedBatchReadsBackWhole() throws {
        let verified = try verify(signed)
        #expect(verified.batch == Samples.batch)
        #expect(verified.entries == [Samples.capture, Samples.decline])
        #expect(verified.lastHash == JournalEntry.hash(of: Samples.decline.encoded()))
        #expect(verified.batch.signed(by: Samples.terminalKey) == signed)
    }

    /// A batch with the checkpoint that `key` has signed of a journal of two entries.
    private func carrying(
        _ terminal: TerminalID = Samples.terminal, by key: PrivateKey = Samples.terminalKey
    ) -> Batch {
        let checkpoint = Checkpoint(
            terminal: terminal, journal: Samples.journal, size: 2,
            hash: JournalEntry.hash(of: Samples.decline.encoded()), at: 5, receipt: 1, period: 0
        ).signed(by: key)
        return Batch(
            terminal: Samples.terminal, journal: Samples.journal, number: 3,
            entries: Samples.batch.entries, checkpoint: checkpoint)
    }

    @Test func aBatchWithACheckpointReadsBackWhole() throws {
        let verified = try verify(carrying().signed(by: Samples.terminalKey))
        #expect(verified.batch == carrying())
        #expect(verified.checkpoint?.size == 2 && verified.checkpoint?.receipt == 1)
        #expect(try verify(signed).checkpoint == nil)
    }

    @Test func aCheckpointOfAnotherKeyOrJournalIsNamed() throws {
        #expect(throws: MessageError.checkpoint(.wrongSigner)) {
            try verify(carrying(by: Samples.otherKey).signed(by: Samples.terminalKey))
        }
        let elsewhere = TerminalID("till:m42/t8")!
        #expect {
            try verify(carrying(elsewhere).signed(by: Samples.terminalKey))
        } throws: { ($0 as? MessageError)?.reason == "checkpoint-malformed" }
        let payload = try Samples.payload(of: carrying().signed(by: Samples.terminalKey))
        for (index, value) in [(5, CBORValue.null), (0, .unsigned(1)), (0, .unsigned(3))] {
            let message = Samples.message(
                payload.replacing(index, with: value), type: Batch.type, key: Samples.terminalKey)
            #expect(throws: MessageError.self) { try verify(message) }
        }
    }

    @Test func anySingleBitThatFlipsIsRefused() {
        for index in signed.indices {
            for bit in 0..<8 {
                var bytes = signed
                bytes[index] ^= 1 << bit
                #expect(throws: MessageError.self, "byte \(index), bit \(bit)") {
                    try verify(bytes)
                }
            }
        }
    }

    @Test func anyBatchCutShortIsRefused() {
        for count in signed.indices {
            #expect(throws: MessageError.self) { try verify(Array(signed[..<count])) }
        }
    }

    @Test func anotherSignerIsNamed() throws {
        let forged = Samples.batch.signed(by: Samples.otherKey)
        #expect(throws: MessageError.wrongSigner) { try verify(forged) }
    }

    @Test func aSignatureOfAnotherKeyUnderTheRightKeyIDIsNamed() throws {
        let payload = try Samples.payload(of: signed)
        let forged = Samples.message(
            payload, type: Batch.type, key: Samples.otherKey,
            keyID: Samples.terminalKey.publicKey.longKeyID)
        #expect(throws: MessageError.badSignature) { try verify(forged) }
    }

    @Test func anotherKindOfMessageIsNamed() {
        let other = Samples.configuration.signed(by: Samples.hubKey)
        #expect(
            throws: MessageError.wrongType(
                expected: Batch.type, found: TerminalConfiguration.type)
        ) { try verify(other) }
    }

    @Test func aLongMessageIsRefusedUnread() {
        let bytes = [UInt8](repeating: 0xD2, count: Batch.maximumBytes + 1)
        #expect(
            throws: MessageError.tooLong(
                limit: Batch.maximumBytes, found: Batch.maximumBytes + 1)
        ) { try verify(bytes) }
    }

    @Test func aHeaderWithMoreOrLessIsRefused() throws {
        let payload = try Samples.payload(of: signed)
        let headers: [[UInt8]] = [
            Samples.message(payload, type: nil, key: Samples.terminalKey),
            Samples.message(
                payload, type: Batch.type, key: Samples.terminalKey, keyID: [1, 2, 3, 4]),
            Samples.message(
                payload, type: Batch.type, key: Samples.terminalKey,
                extra: [CBORPair(3, "application/cbor")]),
        ]
        for message in headers {
            #expect {
                try verify(message)
            } throws: { error in
                if case .header = error as? MessageError { true } else { false }
            }
        }
    }

    @Test(arguments: [
        (0, CBORValue.unsigned(3), "message-format-unknown"),
        (0, "1", "message-malformed"),
        (1, "m42/t7", "message-malformed"),
        (2, .bytes([1, 2, 3]), "message-malformed"),
        (3, .unsigned(0), "message-malformed"),
        (3, .unsigned(1 << 53), "message-malformed"),
        (4, .array([]), "message-malformed"),
        (4, .array([.text("entry")]), "message-malformed"),
        (4, .array([.bytes([0xA0])]), "entry-malformed"),
        (4, .array([.bytes([UInt8](repeating: 0, count: 1_801))]), "message-malformed"),
    ])
    func aPayloadWithOneFaultIsRefusedByName(index: Int, value: CBORValue, reason: String) throws {
        let payload = try Samples.payload(of: signed).replacing(index, with: value)
        let message = Samples.message(payload, type: Batch.type, key: Samples.terminalKey)
        #expect { try verify(message) } throws: { ($0 as? MessageError)?.reason == reason }
    }

    @Test func anElementMoreIsRefused() throws {
        let elements = try #require(try Samples.payload(of: signed).asArray)
        let message = Samples.message(
            .array(elements + [.null]), type: Batch.type, key: Samples.terminalKey)
        #expect { try verify(message) } throws: {
            ($0 as? MessageError)?.reason == "message-malformed"
        }
    }

    @Test func tooManyEntriesAreRefused() throws {
        let many = CBORValue.array(
            [CBORValue](repeating: .bytes([0xA0]), count: Batch.maximumEntries + 1))
        let payload = try Samples.payload(of: signed).replacing(4, with: many)
        let message = Samples.message(payload, type: Batch.type, key: Samples.terminalKey)
        #expect { try verify(message) } throws: {
            ($0 as? MessageError)?.reason == "message-malformed"
        }
    }

    @Test func aChainThatIsReorderedCutOrEditedIsNamed() throws {
        let capture = Samples.capture.encoded()
        let decline = Samples.decline.encoded()
        let strayed = JournalEntry(
            sequence: 3, previousHash: JournalEntry.hash(of: capture), at: 1, sale: "A",
            currencyNumber: 978, amount: 1,
            event: .decline(DeclineEntry(reason: "expired", voucher: nil))
        ).encoded()
        let orphan = JournalEntry(
            sequence: 2, previousHash: JournalEntry.genesis, at: 1, sale: "A",
            currencyNumber: 978, amount: 1,
            event: .decline(DeclineEntry(reason: "expired", voucher: nil))
        ).encoded()
        for (entries, sequence) in [
            ([decline, capture], 1), ([capture, capture], 1), ([capture, strayed], 3),
            ([capture, orphan], 2),
        ] {
            let batch = Batch(
                terminal: Samples.terminal, journal: Samples.journal, number: 1, entries: entries)
            #expect(throws: MessageError.chainBroken(sequence: UInt64(sequence))) {
                try verify(batch.signed(by: Samples.terminalKey))
            }
        }
    }

    @Test func aFullBatchOfTheLargestEntriesFits() {
        let batch = Batch(
            terminal: Samples.terminal, journal: Samples.journal, number: 1,
            entries: [[UInt8]](
                repeating: [UInt8](repeating: 0, count: JournalEntry.maximumBytes),
                count: Batch.maximumEntries))
        #expect(batch.signed(by: Samples.terminalKey).count <= Batch.maximumBytes)
    }
}
