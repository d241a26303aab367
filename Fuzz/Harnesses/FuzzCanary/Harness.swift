import FuzzSupport

/// A planted fault: if a run does not find this one, it would not have found others either.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCanary(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    guard input.count > 3 else { return 0 }
    if input[0] == UInt8(ascii: "T") {
        if input[1] == UInt8(ascii: "V") {
            if input[2] == UInt8(ascii: "1") {
                precondition(input[3] != UInt8(ascii: ":"), "the canary sings")
            }
        }
    }
    return 0
}
