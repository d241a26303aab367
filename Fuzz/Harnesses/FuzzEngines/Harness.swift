import FuzzSupport
import ScanEngines

/// What a scan engine sends: whatever it is, codes are bounded, a keyboard types printable ASCII, and
/// nothing is kept for ever.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEngines(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    guard let first = input.first else { return 0 }
    // The first byte says how the rest is cut into readings, and how much time lies between.
    let piece = Int(first & 0x7F) + 1
    let pause: UInt64 = first & 0x80 == 0 ? 1 : 30
    let rest = Array(input.dropFirst())
    feed(CodeLines(ending: .carriageReturn), rest, piece, pause)
    feed(CodeLines(ending: .lineFeed, dropsReplies: true), rest, piece, pause)
    feed(CodeLines(ending: .both), rest, piece, pause)
    feed(CodeLines(ending: .pause), rest, piece, pause)
    let typed = feed(KeyboardWedge(), rest, piece, pause)
    precondition(typed.allSatisfy { (0x20...0x7E).contains($0) }, "no key types this")
    feed(POSReports(), rest, POSReports.reportBytes, pause)
    _ = POSDescription.isScanner(rest)
    return 0
}

@discardableResult
private func feed(
    _ reader: some EngineReader, _ bytes: [UInt8], _ piece: Int, _ pause: UInt64
) -> [UInt8] {
    var reader = reader
    var now: UInt64 = 0
    var events: [EngineEvent] = []
    var place = 0
    while place < bytes.count {
        let end = min(place + piece, bytes.count)
        events += reader.take(Array(bytes[place..<end]), atMilliseconds: now)
        place = end
        now += pause
    }
    events += reader.tick(atMilliseconds: now + EngineLimits.pauseMilliseconds)
    precondition(reader.patience == nil, "what has begun is given up")
    return events.flatMap { event -> [UInt8] in
        guard case .code(let code) = event else { return [] }
        precondition(
            (1...EngineLimits.maximumBytes).contains(code.bytes.count), "a code has its limits")
        return code.bytes
    }
}
