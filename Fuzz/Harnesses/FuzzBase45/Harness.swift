import FuzzSupport
import Vouchers

/// Any text is refused or is the one text of its bytes; any bytes come back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBase45(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    if let bytes = try? Base45.decode(input) {
        precondition(Array(Base45.encode(bytes).utf8) == input, "a base45 text has one spelling")
    }
    let back = try? Base45.decode(Array(Base45.encode(input).utf8))
    precondition(back == input, "bytes survive base45")
    return 0
}
