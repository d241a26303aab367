public import CBOR
public import COSE
public import Vouchers

/// Why bytes are not the signed message that was expected (`docs/spec/hub-protocol.md`, *Errors of a message*).
public enum MessageError: Error, Hashable, Sendable {
    /// The message is longer than its kind may be, in bytes.
    case tooLong(limit: Int, found: Int)
    /// The bytes are no COSE_Sign1 of tag 18.
    case notSigned(Sign1Error)
    /// The protected header is not exactly `{1: alg, 4: kid, 16: typ}`; the text names the label.
    case header(String)
    /// The message is of another kind.
    case wrongType(expected: String, found: String)
    /// The key id names another key than the one expected.
    case wrongSigner
    /// The key id names the expected key, but the signature is not that key's.
    case badSignature
    /// The payload is not core deterministic CBOR.
    case payloadNotCBOR(CBORError)
    /// The payload has another shape; the text names the place.
    case shape(String)
    /// The payload's format number is one that this program does not know.
    case unknownFormat(UInt64)
    /// An entry of a batch cannot be read; `index` counts from 0.
    case entry(index: Int, JournalEntryError)
    /// The entry with this sequence number does not continue the one before it in the batch.
    case chainBroken(sequence: UInt64)
    /// The checkpoint in a batch is none of this journal's.
    case checkpoint(CheckpointError)
    /// The message is for, or from, this other terminal.
    case wrongTerminal(found: TerminalID)
    /// The message is about another journal of the terminal.
    case wrongJournal
    /// The acknowledgement answers another batch; the text names what differs.
    case wrongBatch(String)
    /// The signed time answers another question than the one last asked.
    case wrongQuestion
    /// The answer is to another authorisation request.
    case wrongRequest
    /// The configuration is older than the one held.
    case olderVersion(held: UInt64, found: UInt64)

    /// The stable code of this error in JSON and in problem details.
    public var reason: String {
        switch self {
        case .tooLong: "message-too-long"
        case .notSigned, .header, .payloadNotCBOR, .shape: "message-malformed"
        case .wrongType: "message-wrong-type"
        case .wrongSigner: "wrong-signer"
        case .badSignature: "signature-bad"
        case .unknownFormat: "message-format-unknown"
        case .entry: "entry-malformed"
        case .chainBroken: "entry-chain-broken"
        case .checkpoint(let error): error.reason
        case .wrongTerminal: "wrong-terminal"
        case .wrongJournal: "wrong-journal"
        case .wrongBatch: "wrong-batch"
        case .wrongQuestion: "wrong-question"
        case .wrongRequest: "wrong-request"
        case .olderVersion: "configuration-older"
        }
    }

    /// What is wrong, as a sentence that names the place.
    public var description: String {
        switch self {
        case .tooLong(let limit, let found):
            "The message has \(found) bytes; this kind has at most \(limit)."
        case .notSigned(let error): "The message is no COSE_Sign1 object: \(error)."
        case .header(let place): "The message's protected header has no valid \(place)."
        case .wrongType(let expected, let found):
            "The message is a \"\(found)\"; a \"\(expected)\" was expected."
        case .wrongSigner: "The message is signed by another key than the one expected."
        case .badSignature: "The message's signature does not verify."
        case .payloadNotCBOR(let error):
            "The message's payload is not deterministic CBOR: \(error)."
        case .shape(let place): "The message's payload has no valid \(place)."
        case .unknownFormat(let number):
            "The message has format \(number), which this program does not know."
        case .entry(let index, let error): "Entry \(index) of the batch: \(error.description)"
        case .chainBroken(let sequence):
            "Entry \(sequence) does not continue the entry before it in the batch."
        case .checkpoint(let error): "In the batch: \(error.description)"
        case .wrongTerminal(let found): "The message names terminal \(found.text)."
        case .wrongJournal: "The message is about another journal of this terminal."
        case .wrongBatch(let place):
            "The acknowledgement answers another batch: its \(place) differs."
        case .wrongQuestion:
            "The signed time answers another question than the one that this terminal asked last."
        case .wrongRequest: "The answer is to another authorisation request."
        case .olderVersion(let held, let found):
            "The configuration has version \(found); version \(held) is already held."
        }
    }
}
