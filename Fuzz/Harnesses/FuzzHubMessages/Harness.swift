import CBOR
import COSE
import FuzzSupport
import HubProtocol
import Trust
import Vouchers

private let types = [
    Batch.type, Acknowledgement.type, EnrolmentRequest.type, EnrolmentAnswer.type,
    TerminalConfiguration.type, VoucherStandings.type, SignedReceipt.type, HealthReport.type,
]

/// What another terminal of the shop trusts.
private let list: TrustList = {
    guard let terminal = TerminalID("till:m42/t7") else {
        preconditionFailure("the id is a terminal's")
    }
    return TrustList(
        merchant: terminal.merchant, generation: 1, version: 1, issuedAt: 1, expiresAt: 1 << 40,
        entries: [
            TrustEntry(
                subject: .terminal(terminal), key: harnessKey.publicKey, from: 0, until: 1 << 50)
        ])
}()

/// Messages between terminal and hub: the input as it is, and as the payload of each kind of
/// message with a signature that holds, so that what lies behind the signature is reached too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHubMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    read(input, isSigned: false)
    for type in types { read(signed(input, type: type), isSigned: true) }
    if let entry = try? JournalEntry(decoding: input) {
        precondition(entry.encoded() == input, "an entry has one spelling, or its hash is nobody's")
    }
    if let terms = try? TerminalTerms(decoding: input) {
        let again = try? TerminalTerms(decoding: terms.encoded())
        precondition(again == terms, "terms survive being written and read")
    }
    for kind in MessageFile.allCases {
        if let message = try? kind.message(in: input) {
            let again = try? kind.message(in: Array(kind.text(of: message).utf8))
            precondition(again == message, "a message survives its file")
        }
        // As the texts of codes that a scanner has typed, one a line.
        let lines = input.split(separator: UInt8(ascii: "\n")).map(Array.init)
        if let message = try? MessageSymbols.message(kind, in: lines) {
            let texts = try? MessageSymbols.texts(of: message, kind)
            let again = try? MessageSymbols.message(
                kind, in: (texts ?? []).map { Array($0.utf8) })
            precondition(again == message, "a message survives its codes")
        }
    }
    return 0
}

private func signed(_ payload: [UInt8], type: String) -> [UInt8] {
    let header = CBORValue.map([
        CBORPair(.unsigned(4), .bytes(harnessKey.publicKey.longKeyID)),
        CBORPair(.unsigned(16), .text(type)),
    ])
    return Sign1(signing: payload, protected: header, with: harnessKey).encoded()
}

private func read(_ message: [UInt8], isSigned: Bool) {
    let key = harnessKey.publicKey
    if let batch = try? UnverifiedBatch(decoding: message),
        let verified = try? batch.verified(signedBy: key)
    {
        precondition(isSigned, "a batch that nobody signed is taken")
        precondition(verified.batch.signed(by: harnessKey) == message, "a batch has one spelling")
    }
    if let answer = try? Acknowledgement.read(message, signedBy: key) {
        precondition(isSigned, "an acknowledgement that nobody signed is taken")
        precondition(answer.signed(by: harnessKey) == message, "an answer has one spelling")
    }
    // Whoever signs these names the key inside, so any signature that holds is as good.
    _ = try? EnrolmentRequest.verify(message)
    _ = try? EnrolmentAnswer.trustOffered(in: message)
    if let (answer, _) = try? EnrolmentAnswer.verify(message, signedByOneOf: [key]) {
        precondition(isSigned, "an answer that nobody signed is taken")
        precondition(answer.signed(by: harnessKey) == message, "an answer has one spelling")
    }
    readTexts(of: message, isSigned: isSigned)
    if let terminal = TerminalID("till:m42/t7") {
        _ = try? TerminalConfiguration.introduction(message, for: terminal)
        let journal: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        if let told = try? VoucherStandings.verify(
            message, signedBy: key, for: terminal, journal: journal)
        {
            precondition(isSigned, "standings that nobody signed are taken")
            precondition(told.signed(by: harnessKey) == message, "standings have one spelling")
        }
    }
}

/// The message as the text of a code that a screen or a paper bears.
private func readTexts(of message: [UInt8], isSigned: Bool) {
    let body = Base45.encode(message)
    let receipt = Array((SignedReceipt.prefix + body).utf8)
    if let verified = try? ReceiptVerifier.verify(receipt, by: list) {
        precondition(isSigned, "a receipt that nobody signed is genuine")
        precondition(
            Array(verified.receipt.text(signedBy: harnessKey).utf8) == receipt,
            "a receipt has one spelling")
    }
    let health = Array((HealthReport.prefix + body).utf8)
    if let report = try? HealthReport.verified(health, by: list) {
        precondition(isSigned, "a report that nobody signed is genuine")
        precondition(
            Array(report.text(signedBy: harnessKey).utf8) == health, "a report has one spelling")
    }
}
