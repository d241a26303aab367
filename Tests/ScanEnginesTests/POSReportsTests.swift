import ScanEngines
import Testing

@Suite("Codes in HID-POS reports")
struct POSReportsTests {
    private var reports = POSReports()

    /// One report of 64 bytes.
    private func report(
        _ data: String, continued: Bool = false, aim: String = "]Q1", number: UInt8 = 2
    ) -> [UInt8] {
        let bytes = Array(data.utf8)
        return [number, UInt8(bytes.count)] + Array(aim.utf8) + bytes
            + [UInt8](repeating: 0, count: 56 - bytes.count) + [0x73, 0, continued ? 1 : 0]
    }

    private func code(_ text: String, isQRCode: Bool = true) -> EngineEvent {
        .code(EngineCode(Array(text.utf8), isQRCode: isQRCode))
    }

    @Test("The example of Access-IS's manual: 60 characters in two reports")
    mutating func published() {
        // LSR118 product manual, appendix B.1.1: 56 bytes, then 4.
        let first = "M1GATHERGOOD/MICHAEL YABCDEF LHRDURAK 3542 052Y003D23  "
        let whole = first + "\(String(repeating: " ", count: 56 - first.utf8.count))TAIL"
        let pieces = [String(whole.prefix(56)), String(whole.dropFirst(56))]
        #expect(
            reports.take(report(pieces[0], continued: true, aim: "]Q0"), atMilliseconds: 0) == [])
        #expect(reports.patience == 500)
        #expect(reports.take(report(pieces[1], aim: "]Q0"), atMilliseconds: 8) == [code(whole)])
        #expect(reports.patience == nil)
    }

    @Test("What is no QR code says so, by its AIM identifier")
    mutating func symbology() {
        #expect(
            reports.take(report("4006381333931", aim: "]E0"), atMilliseconds: 0)
                == [code("4006381333931", isQRCode: false)])
    }

    @Test("Other reports, damaged ones, and codes that break off")
    mutating func faults() {
        #expect(reports.take(report("A", number: 4), atMilliseconds: 0) == [])
        #expect(
            reports.take(Array(report("A").dropLast()), atMilliseconds: 0)
                == [.spoiled(.reportDamaged)])
        var long = report("A")
        long[1] = 57
        #expect(reports.take(long, atMilliseconds: 0) == [.spoiled(.reportDamaged)])
        #expect(reports.take(report("", continued: false), atMilliseconds: 0) == [])
        #expect(reports.take(report("A", continued: true), atMilliseconds: 10) == [])
        #expect(reports.tick(atMilliseconds: 510) == [.spoiled(.cut)])
        #expect(reports.take(report("B"), atMilliseconds: 511) == [code("B")])
    }

    @Test("A code that goes on for ever is bounded")
    mutating func bounded() {
        let piece = String(repeating: "7", count: 56)
        for _ in 0..<200 {
            #expect(reports.take(report(piece, continued: true), atMilliseconds: 0) == [])
        }
        #expect(reports.take(report("7"), atMilliseconds: 0) == [.spoiled(.tooLong)])
        #expect(reports.take(report("B"), atMilliseconds: 0) == [code("B")])
    }

    @Test("A scanner's description is told from a keyboard's and from bytes of a long item")
    func description() {
        // HID Point of Sale Usage Tables 1.02, appendix A: Usage Page (Bar Code Scanner), Usage.
        #expect(POSDescription.isScanner([0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0xC0]))
        #expect(POSDescription.isScanner([0x85, 0x02, 0x06, 0x8C, 0x00, 0x09, 0x02]))
        // A keyboard, in which 05 8C are the data of another item.
        #expect(!POSDescription.isScanner([0x05, 0x01, 0x09, 0x06, 0x26, 0x05, 0x8C, 0xC0]))
        #expect(!POSDescription.isScanner([0xFE, 0x02, 0x00, 0x05, 0x8C, 0xC0]))
        #expect(!POSDescription.isScanner([0x05]))
        #expect(!POSDescription.isScanner([]))
    }
}
