import ScannerProtocol
import Testing

@Suite("Scanner protocol")
struct ScannerProtocolTests {
    private static let request = CameraRequest(
        width: 1_280, height: 720, framesPerSecond: 15, format: .yuyv,
        controls: [
            CameraControlSetting(id: 0x009A_0901, value: 1),
            CameraControlSetting(id: 0x0098_0913, value: -7),
        ])

    static let orders: [ScannerOrder] = [
        .begin(cascade: .standard, budgetMilliseconds: 100),
        .begin(cascade: .plain, budgetMilliseconds: 60_000),
        .picture(number: 7, byteCount: 32 << 20),
        .stream(.y4m),
        .stream(.grey(width: 640, height: 480)),
        .camera(request),
        .camera(CameraRequest(width: 1, height: 65_535, framesPerSecond: 255)),
        .look(number: .max, timeoutMilliseconds: 60_000),
    ]

    static let reports: [ScannerReport] = [
        .ready(SandboxState(landlockVersion: 2, hasSeccomp: true)),
        .opened(
            OpenedCamera(
                format: .mjpeg, width: 640, height: 480, framesPerThousandSeconds: 15_000,
                controls: [CameraControlOutcome(id: 9, result: .different, value: -1)])),
        .frame(number: 3, ageMilliseconds: 12),
        .looked(
            number: 3,
            FrameFacts(
                microseconds: 5_000, brightness: 90, glare: 1, sharpness: 70, isUnchanged: true,
                isCutShort: false, moduleTenths: 0x0123, advice: .holdStill)),
        .nothingNew(number: 4), .ended(number: 5),
        .failed(number: 6, ScannerFailure(.streamCut, 100, 42, detail: "the end came early")),
    ]

    @Test("Every order is read back as it was written", arguments: orders)
    func orderIsReadBack(_ order: ScannerOrder) throws {
        #expect(try ScannerOrder(decoding: order.encoded) == order)
    }

    @Test("Every report is read back as it was written", arguments: reports)
    func reportIsReadBack(_ report: ScannerReport) throws {
        #expect(try ScannerReport(decoding: report.encoded) == report)
    }

    @Test("The longest symbol is told, and fits a message")
    func longestSymbol() throws {
        let corner = ScannedSymbol.Corner(x: -1, y: .max)
        let symbol = try #require(
            ScannedSymbol(
                bytes: [UInt8](repeating: 0, count: ScannedSymbol.maximumBytes),
                corners: Array(repeating: corner, count: ScannedSymbol.maximumCorners)))
        let encoded = ScannerReport.symbol(symbol).encoded
        #expect(encoded.count == ScannerWire.maximumMessageBytes)
        #expect(try ScannerReport(decoding: encoded) == .symbol(symbol))
        #expect(throws: ScannerWireError.tooLong(byteCount: encoded.count + 1)) {
            try ScannerReport(decoding: encoded + [0])
        }
        #expect(ScannedSymbol(bytes: symbol.bytes + [0], corners: []) == nil)
    }

    @Test("The messages are these bytes")
    func bytes() throws {
        #expect(
            ScannerOrder.begin(cascade: .standard, budgetMilliseconds: 100).encoded
                == [0x01, 0, 2, 0, 0, 0, 0, 100])
        #expect(
            ScannerOrder.look(number: 2, timeoutMilliseconds: 258).encoded
                == [0x05, 0, 0, 0, 2, 0, 0, 1, 2])
        #expect(
            ScannerReport.ready(SandboxState(landlockVersion: 2, hasSeccomp: true)).encoded
                == [0x81, 0, 2, 2, 1])
        let symbol = try #require(
            ScannedSymbol(bytes: [0x41], corners: [ScannedSymbol.Corner(x: -1, y: 3)]))
        #expect(
            ScannerReport.symbol(symbol).encoded
                == [0x84, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 3, 0x41])
    }

    @Test("A message cut anywhere is no message, and none has a byte too many")
    func cut() throws {
        for order in Self.orders {
            let bytes = order.encoded
            for count in 0..<bytes.count {
                #expect(throws: ScannerWireError.self) {
                    try ScannerOrder(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: ScannerWireError.trailing(at: bytes.count)) {
                try ScannerOrder(decoding: bytes + [0])
            }
        }
        // A failure's text reaches to the message's end, so that it may be cut; nothing else may.
        for report in Self.reports.dropLast() {
            let bytes = report.encoded
            for count in 0..<bytes.count {
                #expect(throws: ScannerWireError.self) {
                    try ScannerReport(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: ScannerWireError.trailing(at: bytes.count)) {
                try ScannerReport(decoding: bytes + [0])
            }
        }
    }

    @Test("What is out of range is refused where it stands")
    func ranges() {
        #expect(throws: ScannerWireError.kindUnknown(0x7F)) {
            try ScannerOrder(decoding: [0x7F])
        }
        #expect(throws: ScannerWireError.versionUnknown(1)) {
            try ScannerOrder(decoding: [0x01, 0, 1, 0, 0, 0, 0, 100])
        }
        #expect(throws: ScannerWireError.valueBad(at: 5)) {
            try ScannerOrder(decoding: [0x05, 0, 0, 0, 1, 0xFF, 0, 0, 0])
        }
        let facts = FrameFacts(
            microseconds: 0, brightness: 0, glare: 0, sharpness: 0, isUnchanged: false,
            isCutShort: false, advice: .holdStill)
        var looked = ScannerReport.looked(number: 3, facts).encoded
        #expect(looked.suffix(3) == [0, 0, 4])
        looked[looked.count - 1] = 5
        #expect(throws: ScannerWireError.valueBad(at: looked.count - 1)) {
            try ScannerReport(decoding: looked)
        }
        #expect(throws: ScannerWireError.valueBad(at: 4)) {
            try ScannerReport(decoding: [0x81, 0, 2, 2, 9])
        }
    }

    @Test("A scanner's words are printable or refused")
    func words() throws {
        #expect(ScannerFailure(.unreadable, detail: "a\u{1B}[2Jé").detail == "a?[2J??")
        var bytes = ScannerReport.failed(number: 1, ScannerFailure(.unreadable, detail: "x"))
            .encoded
        bytes[bytes.count - 1] = 0x1B
        #expect(throws: ScannerWireError.self) { try ScannerReport(decoding: bytes) }
    }

    @Test("Bytes of any kind are refused or are a message, and never more than one")
    func noise() {
        var generator = SeededGenerator(state: 20_261)
        let samples = Self.orders.map(\.encoded) + Self.reports.map(\.encoded)
        for round in 0..<20_000 {
            var bytes = samples[round % samples.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            }
            if let order = try? ScannerOrder(decoding: bytes) { #expect(order.encoded == bytes) }
            if let report = try? ScannerReport(decoding: bytes) {
                #expect(report.encoded == bytes)
            }
        }
    }
}
