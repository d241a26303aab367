import CBOR
import FuzzSupport

/// What decodes is deterministic: it encodes to the very bytes it was read from.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCBOR(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    do throws(CBORError) {
        let value = try CBORValue.decode(input)
        precondition(value.encoded() == input, "deterministic CBOR has one spelling")
    } catch {
        precondition((0...input.count).contains(error.offset), "an error lies in the bytes")
    }
    return 0
}
