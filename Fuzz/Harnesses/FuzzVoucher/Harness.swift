import CBOR
import COSE
import FuzzSupport
import Vouchers

private let now: UInt64 = 1_800_000_000
private let terminal = TerminalID("till:m42/t7")
private let issuers = IssuerDirectory(
    IssuerID("harness").map { [Issuer(id: $0, keys: [harnessKey.publicKey])] } ?? [])
private let context = VerificationContext(
    now: now, terminal: terminal, openNonce: [UInt8](repeating: 1, count: 8), issuers: issuers)

/// Nothing that we have not signed is accepted, whatever its form; what we sign over any claims is
/// accepted only if the claims allow it, and then its payload has one spelling.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzVoucher(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    // As a text that was held up.
    if case .accepted = VoucherVerifier.verify(input, in: context) {
        preconditionFailure("a voucher that nobody signed was accepted")
    }
    // As the bytes inside a text.
    if let code = try? VoucherCode(input) {
        let text = VoucherText.encode(code.bytes)
        if text.utf8.count <= VoucherText.maximumByteCount {
            let again = try? VoucherCode(text: Array(text.utf8))
            precondition(again == code, "a code's text is the same code")
        }
        if case .accepted = VoucherVerifier.verify(code, in: context) {
            preconditionFailure("a voucher that nobody signed was accepted")
        }
    }
    // As claims that an issuer has signed.
    let header = CBORValue.map([CBORPair(.unsigned(4), .bytes(harnessKey.publicKey.keyID))])
    let object = Sign1(signing: input, protected: header, with: harnessKey).encoded()
    guard let code = try? VoucherCode(object) else { return 0 }
    precondition(code.claims.payload == input, "a payload has one spelling")
    if case .accepted(let voucher) = VoucherVerifier.verify(code, in: context) {
        precondition(voucher.holder == nil, "a bound voucher is never accepted alone")
        precondition(now < voucher.expiry, "an expired voucher is not accepted")
        precondition(voucher.coreDigest.count == 32)
    }
    return 0
}
