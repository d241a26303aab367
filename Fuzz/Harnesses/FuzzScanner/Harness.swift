import FuzzSupport
import ScannerProtocol

/// Both sides of the scanner's protocol: what is read as a message has one spelling, and what is
/// refused is refused within its bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzScanner(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    do throws(ScannerWireError) {
        let order = try ScannerOrder(decoding: input)
        precondition(order.encoded == input, "an order has one spelling")
    } catch {
        check(error, in: input)
    }
    do throws(ScannerWireError) {
        let report = try ScannerReport(decoding: input)
        precondition(report.encoded == input, "a report has one spelling")
    } catch {
        check(error, in: input)
    }
    return 0
}

private func check(_ error: ScannerWireError, in input: [UInt8]) {
    switch error {
    case .cut(let place), .trailing(let place), .valueBad(let place):
        precondition((0...input.count).contains(place), "an error lies in the bytes")
    case .tooLong(let byteCount):
        precondition(byteCount == input.count, "the length is the input's")
    case .kindUnknown, .versionUnknown: break
    }
}
