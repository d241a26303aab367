import COSE
import FuzzSupport
import HubProtocol
import JournalExport

/// An exported journal, whole and in two pieces, and a checkpoint. Whatever comes gets an answer; how
/// it was cut makes no difference to it; and what nobody wrote is never right and sealed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJournalExport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    let report = verify([input])
    let place = input.isEmpty ? 0 : Int(input[0]) % input.count
    precondition(
        verify([Array(input[..<place]), Array(input[place...])]) == report,
        "a file says the same in whatever pieces it comes")
    if let checkpoint = try? Checkpoint.verify(input, signedBy: harnessKey.publicKey) {
        precondition(
            checkpoint.signed(by: harnessKey) == input, "a checkpoint has one spelling")
    }
    _ = try? Checkpoint(unverified: input)
    return 0
}

private func verify(_ pieces: [[UInt8]]) -> ExportReport {
    var verifier = ExportVerifier()
    for piece in pieces { verifier.feed(piece) }
    return verifier.finish()
}
