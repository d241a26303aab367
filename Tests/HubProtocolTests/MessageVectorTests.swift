import COSE
import Foundation
import HubProtocol
import Testing
import Vouchers

/// `messages.json`: messages that an independent implementation made and judged.
struct MessageVectors: Decodable {
    let terminal: String
    let journal: String
    let terminalKey: String
    let hubKey: String
    let cases: [Case]

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let kind: String
        let id: String
        let what: String
        let message: String
        let expect: String
        /// What was asked: the batch of an acknowledgement, the request of an answer.
        let answers: String?
        /// The key that the journal's batches were signed with so far.
        let former: String?
        let handedOver: Bool?

        var testDescription: String { id }
    }

    static let file: MessageVectors = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/messages.json")
        do {
            return try JSONDecoder().decode(MessageVectors.self, from: Data(contentsOf: file))
        } catch {
            preconditionFailure("Tests/Vectors/messages.json is not what is expected: \(error)")
        }
    }()

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

@Suite("Message vectors")
struct MessageVectorTests {
    /// The seeds of `scripts/message_vectors.py`: signed again, a message has the same bytes.
    private static let terminalKey = Samples.key(41)
    private static let hubKey = Samples.key(21)
    private static let formerKey = Samples.key(51)
    private static let terminal = TerminalID(MessageVectors.file.terminal)!
    /// The version of the configuration held.
    private static let held: UInt64 = 4

    @Test(
        "Each is judged as its file says, and a good one is written again byte for byte",
        arguments: MessageVectors.file.cases)
    func judged(_ vector: MessageVectors.Case) throws {
        #expect(
            MessageVectors.bytes(MessageVectors.file.terminalKey)
                == Self.terminalKey.publicKey.coseKey)
        let message = MessageVectors.bytes(vector.message)
        let outcome: String
        do throws(MessageError) {
            let again = try Self.read(message, vector)
            outcome = "accept"
            if let again { #expect(again == message) }
        } catch {
            outcome = error.reason
        }
        #expect(outcome == vector.expect, "\(vector.what)")
    }

    /// Reads a message as its receiver does; answers with the same written anew, where the writer
    /// still writes it.
    private static func read(_ message: [UInt8], _ vector: MessageVectors.Case)
        throws(MessageError) -> [UInt8]?
    {
        let asked = MessageVectors.bytes(vector.answers ?? "")
        let hub = hubKey.publicKey
        switch vector.kind {
        case "enrolment-request": return try request(message, vector)
        case "enrolment-answer":
            let answer = try EnrolmentAnswer.verify(message, signedByOneOf: [hub]).answer
            return answer.signed(by: hubKey)
        case "configuration":
            return try TerminalConfiguration.verify(
                message, signedBy: hub, for: terminal, held: held
            ).signed(by: hubKey)
        case "policy":
            return try PolicyDocument.verify(message, signedBy: hub, held: held)
                .signed(by: hubKey)
        case "batch":
            let batch = try UnverifiedBatch(decoding: message)
                .verified(signedBy: terminalKey.publicKey).batch
            return batch.checkpoint == nil ? nil : batch.signed(by: terminalKey)
        case "acknowledgement":
            return try Acknowledgement.verify(message, answering: asked, signedBy: hub)
                .signed(by: hubKey)
        case "authorisation-request":
            return try UnverifiedAuthorisationRequest(decoding: message)
                .verified(signedBy: terminalKey.publicKey).signed(by: terminalKey)
        case "authorisation-answer":
            _ = try AuthorisationAnswer.verify(message, answering: asked, signedBy: hub)
            return nil
        case "standings":
            return try VoucherStandings.verify(
                message, signedBy: hub, for: terminal,
                journal: MessageVectors.bytes(MessageVectors.file.journal)
            ).signed(by: hubKey)
        default:
            Issue.record("No kind of message is called \(vector.kind).")
            return nil
        }
    }

    private static func request(_ message: [UInt8], _ vector: MessageVectors.Case)
        throws(MessageError) -> [UInt8]?
    {
        let request = try EnrolmentRequest.verify(message)
        if let former = vector.former {
            let key = try? PublicKey(coseKey: MessageVectors.bytes(former))
            #expect(key == formerKey.publicKey)
            #expect(request.isHandedOver(by: formerKey.publicKey) == vector.handedOver)
            guard vector.handedOver == true else { return nil }
        }
        return EnrolmentRequest.signed(
            terminal: request.terminal, journal: request.journal, by: terminalKey,
            replacing: vector.former == nil ? nil : formerKey)
    }
}
