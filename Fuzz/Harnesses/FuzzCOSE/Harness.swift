import CBOR
import COSE
import FuzzSupport

/// A COSE_Sign1 that decodes encodes to the same bytes and is signed by nobody we know; a key that
/// is read has one canonical form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCOSE(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    if let object = try? Sign1.decode(input) {
        precondition(object.encoded() == input, "a COSE_Sign1 has one spelling")
        precondition(!object.isSigned(by: harnessKey.publicKey), "nobody else has the key")
    }
    if let key = try? PublicKey(coseKey: input) {
        let again = try? PublicKey(coseKey: key.coseKey)
        precondition(again == key, "a key's canonical form is the same key")
        precondition(again?.thumbprint == key.thumbprint, "and has the same thumbprint")
        precondition(!key.isValidSignature([UInt8](repeating: 0, count: 64), for: input))
    }
    return 0
}
