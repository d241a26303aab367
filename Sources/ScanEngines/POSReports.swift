/// Codes as a HID-POS scan engine reports them: pieces of up to 56 bytes, each saying whether more
/// follows.
///
/// The usages are those of "HID Point of Sale Usage Tables" 1.02 (USB-IF, 2001), page 8C; the form
/// is the one that engines of several makers share: 64 bytes, which are report number 2, length,
/// three bytes of AIM identifier, 56 of data, two that are not used, and one whose lowest bit says
/// that the code goes on.
public struct POSReports: EngineReader {
    /// Bytes of one report.
    public static let reportBytes = 64
    private static let number: UInt8 = 2
    private static let data = 5..<61
    private static let continued = 63

    private var code: [UInt8] = []
    private var isQRCode = false
    private var hasBegun = false
    private var fault: EngineFault?
    private var lastReportAt: UInt64 = 0

    /// Makes a reader.
    public init() {}

    /// Takes what one reading of the device gave: one report, since the kernel hands over no more.
    public mutating func take(_ bytes: [UInt8], atMilliseconds now: UInt64) -> [EngineEvent] {
        guard !bytes.isEmpty else { return tick(atMilliseconds: now) }
        var events = tick(atMilliseconds: now)
        lastReportAt = max(lastReportAt, now)
        // Other reports (status, capabilities) say nothing of codes.
        guard bytes[0] == Self.number else { return events }
        if let event = take(report: bytes) { events.append(event) }
        return events
    }

    /// Gives up a code whose next piece does not come.
    public mutating func tick(atMilliseconds now: UInt64) -> [EngineEvent] {
        guard let patience, now >= lastReportAt, now - lastReportAt >= patience else { return [] }
        let told = fault ?? .cut
        forget()
        return [.spoiled(told)]
    }

    /// How long the next piece is waited for.
    public var patience: UInt64? { hasBegun ? EngineLimits.pauseMilliseconds : nil }

    /// Forgets what has begun.
    public mutating func forget() {
        code.removeAll()
        fault = nil
        hasBegun = false
    }

    private mutating func take(report: [UInt8]) -> EngineEvent? {
        guard report.count == Self.reportBytes, Int(report[1]) <= Self.data.count else {
            forget()
            return .spoiled(.reportDamaged)
        }
        if !hasBegun {
            // "]Q" begins the AIM identifier of QR codes (ISO/IEC 15424).
            isQRCode = Array(report[2...3]) == Array("]Q".utf8)
            hasBegun = true
        }
        if fault == nil {
            code += report[Self.data.lowerBound..<(Self.data.lowerBound + Int(report[1]))]
            if code.count > EngineLimits.maximumBytes {
                fault = .tooLong
                code.removeAll()
            }
        }
        if report[Self.continued] & 1 != 0 { return nil }
        defer { forget() }
        if let fault { return .spoiled(fault) }
        return code.isEmpty ? nil : .code(EngineCode(code, isQRCode: isQRCode))
    }
}

/// The description that a HID device gives of its reports (USB HID 1.11, 6.2.2).
public enum POSDescription {
    /// The usage page of bar code scanners, as a short item of one or two bytes.
    private static let pages: [[UInt8]] = [[0x05, 0x8C], [0x06, 0x8C, 0x00]]

    /// Whether a report descriptor is that of a bar code scanner: usage page 8C is set by an item.
    public static func isScanner(_ descriptor: [UInt8]) -> Bool {
        var at = 0
        while at < descriptor.count {
            // A long item (6.2.2.3): its second byte is its length.
            if descriptor[at] == 0xFE {
                guard at + 1 < descriptor.count else { return false }
                at += 3 + Int(descriptor[at + 1])
                continue
            }
            let size = [0, 1, 2, 4][Int(descriptor[at] & 3)]
            guard at + size < descriptor.count else { return false }
            if pages.contains(Array(descriptor[at...(at + size)])) { return true }
            at += 1 + size
        }
        return false
    }
}
