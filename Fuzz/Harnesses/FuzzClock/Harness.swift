import COSE
import Clocks
import FuzzSupport
import HubProtocol
import Vouchers

/// The clock file, a technician's code and challenge; and the keeper, fed with readings made of
/// the input: it must neither trap nor go back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClock(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    let text = String(decoding: input, as: UTF8.self)
    if let memory = ClockMemory(text: text) {
        precondition(memory.text == text, "a clock file has one spelling")
    }
    _ = ClockChallenge(typed: text)
    if let message = SignedTime.message(in: text), let terminal = TerminalID("till:m42/t7") {
        _ = try? SignedTime.verify(
            message, signedBy: harnessKey.publicKey, for: terminal,
            answering: [1, 2, 3, 4, 5, 6, 7, 8])
    }
    keep(input)
    return 0
}

private func keep(_ input: [UInt8]) {
    guard let boot = BootID("b0"), let other = BootID("b1") else {
        preconditionFailure("both are boot ids")
    }
    var keeper = ClockKeeper()
    var bytes = input[...]
    func number() -> UInt64 {
        let taken = bytes.prefix(8)
        bytes = bytes.dropFirst(8)
        return taken.reduce(0) { $0 << 8 | UInt64($1) }
    }
    while let kind = bytes.popFirst() {
        let before = keeper.estimate
        let reading = ClockReading(
            wall: number(), sinceBoot: number(), boot: kind & 8 == 0 ? boot : other)
        switch kind & 3 {
        case 0, 1:
            _ = keeper.take(reading)
            precondition(keeper.estimate.now >= before.floor, "the time went back by itself")
        case 2: keeper.passed(reading.wall, by: kind & 4 == 0 ? .signed : .own)
        default:
            _ = keeper.settle(
                at: reading.wall, uncertainty: UInt64(kind), reading: reading, by: .link,
                overruling: kind & 4 != 0)
        }
    }
}
