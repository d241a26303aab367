import CBOR
import COSE
import HubProtocol
import Testing
import Vouchers

@Suite struct AcknowledgementTests {
    private let batch = Samples.batch.signed(by: Samples.terminalKey)
    private let hub = Samples.hubKey.publicKey

    private func answer(
        to batch: Batch = Samples.batch, quarantined: [QuarantinedEntry] = []
    ) throws -> [UInt8] {
        let bytes = batch.signed(by: Samples.terminalKey)
        let verified = try UnverifiedBatch(decoding: bytes)
            .verified(signedBy: Samples.terminalKey.publicKey)
        return Acknowledgement(
            of: verified, bytes: bytes, at: 1_800_000_100, quarantined: quarantined
        ).signed(by: Samples.hubKey)
    }

    @Test func anAcknowledgementReadsBackWhole() throws {
        let quarantined = [
            QuarantinedEntry(sequence: 1, reason: "issuer-unknown"),
            QuarantinedEntry(sequence: 2, reason: "signature-bad"),
        ]
        let bytes = try answer(quarantined: quarantined)
        let read = try Acknowledgement.verify(bytes, answering: batch, signedBy: hub)
        #expect(read.terminal == Samples.terminal)
        #expect(read.number == 3)
        #expect(read.lastSequence == 2)
        #expect(read.lastHash == JournalEntry.hash(of: Samples.decline.encoded()))
        #expect(read.digest == Acknowledgement.digest(ofBatch: batch))
        #expect(read.at == 1_800_000_100)
        #expect(read.quarantined == quarantined)
        #expect(read.signed(by: Samples.hubKey) == bytes)
    }

    @Test func anySingleBitThatFlipsIsRefused() throws {
        let bytes = try answer()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: MessageError.self, "byte \(index)") {
                try Acknowledgement.verify(changed, answering: batch, signedBy: hub)
            }
        }
    }

    @Test func anotherHubIsNamed() throws {
        let bytes = try answer()
        #expect(throws: MessageError.wrongSigner) {
            try Acknowledgement.verify(
                bytes, answering: batch, signedBy: Samples.otherKey.publicKey)
        }
    }

    @Test func anAnswerToAnotherBatchIsNamed() throws {
        func other(
            _ terminal: TerminalID = Samples.terminal, _ journal: [UInt8] = Samples.journal,
            _ number: UInt64 = 3, _ entries: [[UInt8]] = Samples.batch.entries
        ) throws -> [UInt8] {
            try answer(
                to: Batch(terminal: terminal, journal: journal, number: number, entries: entries))
        }
        let elsewhere = TerminalID("till:m42/t8")!
        let cases: [([UInt8], MessageError)] = [
            (try other(elsewhere), .wrongTerminal(found: elsewhere)),
            (try other(Samples.terminal, [8, 8, 8, 8, 8, 8, 8, 8]), .wrongJournal),
            (try other(Samples.terminal, Samples.journal, 4), .wrongBatch("number")),
            (
                try other(Samples.terminal, Samples.journal, 3, [Samples.batch.entries[0]]),
                .wrongBatch("digest")
            ),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) {
                try Acknowledgement.verify(bytes, answering: batch, signedBy: hub)
            }
        }
    }

    @Test func aQuarantineOutOfOrderIsRefused() throws {
        let payload = try Samples.payload(of: try answer())
        let line = CBORValue.array([.unsigned(2), "expired"])
        for lines in [[line, line], [.array([.unsigned(2)])], [.array([.unsigned(2), "a", "b"])]] {
            let message = Samples.message(
                payload.replacing(8, with: .array(lines)), type: Acknowledgement.type,
                key: Samples.hubKey)
            #expect { try Acknowledgement.read(message, signedBy: hub) } throws: {
                ($0 as? MessageError)?.reason == "message-malformed"
            }
        }
    }

    @Test func anAnswerThatQuarantinesAFullBatchFits() throws {
        let reason = String(repeating: "r", count: QuarantinedEntry.maximumReasonLength)
        let lines = (0..<UInt64(Batch.maximumEntries)).map {
            QuarantinedEntry(sequence: (1 << 53) - 1_000 + $0, reason: reason)
        }
        let bytes = try answer(quarantined: lines)
        #expect(bytes.count <= Acknowledgement.maximumBytes)
        #expect(try Acknowledgement.read(bytes, signedBy: hub).quarantined == lines)
    }
}
