import COSE
import FuzzSupport
import PaymentCodes

/// Any code is named; a payload that parses is kept as it was written; no shop QR that the
/// terminal did not sign is answered.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEMV(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    let recognition = PaymentCode.recognise(input)
    precondition(recognition.fields.count <= 40, "an answer is bounded")
    if recognition.spendsMoney, count > 40 {
        let shown = Array(recognition.masked.utf8)
        precondition(shown.count < count, "a code that spends money is masked")
    }
    guard let text = String(validating: input, as: UTF8.self) else { return 0 }
    if let payload = try? EMVPayload(parsing: text) {
        precondition(payload.text == text, "a payload is kept as it was written")
        // The checksum may have been in lower case; what is written again has it in upper case.
        let again = try? EMVPayload(writing: payload.objects.dropLast())
        precondition(
            again?.objects.dropLast() == payload.objects.dropLast(), "it is read as written")
        for scheme in payload.schemes {
            precondition(scheme.values.allSatisfy { !$0.value.isEmpty }, "a value is never empty")
        }
    }
    let answer = ShopQR.verify(text, terminals: [harnessKey.publicKey], now: 1_800_000_000)
    if case .accepted = answer { preconditionFailure("a request that nobody signed is accepted") }
    return 0
}
