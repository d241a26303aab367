/// Codes as a serial engine sends them: each is followed by what ends it.
///
/// What is longer than a QR code can be is thrown away up to its end, and so is what breaks off.
public struct CodeLines: EngineReader {
    /// What ends a code.
    public enum Ending: Hashable, Sendable {
        /// Carriage return; a line feed right after it belongs to it.
        case carriageReturn
        /// Line feed.
        case lineFeed
        /// Carriage return and line feed.
        case both
        /// A pause (``EngineLimits/endingPauseMilliseconds``): nothing is sent after a code.
        case pause
    }

    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    /// ACK and NAK (ISO/IEC 646): what engines answer commands with.
    private static let replies: Set<UInt8> = [0x06, 0x15]

    private let ending: Ending
    private let dropsReplies: Bool
    private var line: [UInt8] = []
    private var fault: EngineFault?
    private var lastByteAt: UInt64 = 0

    /// Makes a reader. `dropsReplies`: ACK and NAK before a code answer commands, and are no part
    /// of it.
    public init(ending: Ending, dropsReplies: Bool = false) {
        self.ending = ending
        self.dropsReplies = dropsReplies
    }

    /// Takes bytes; those after a pause that is too long begin anew.
    public mutating func take(_ bytes: [UInt8], atMilliseconds now: UInt64) -> [EngineEvent] {
        guard !bytes.isEmpty else { return tick(atMilliseconds: now) }
        var events = tick(atMilliseconds: now)
        lastByteAt = max(lastByteAt, now)
        for byte in bytes {
            if let event = take(byte) { events.append(event) }
        }
        return events
    }

    /// Ends or gives up a code that has begun, when its time is up.
    public mutating func tick(atMilliseconds now: UInt64) -> [EngineEvent] {
        guard let patience, now >= lastByteAt, now - lastByteAt >= patience else { return [] }
        if ending == .pause { return end().map { [$0] } ?? [] }
        // What was spoiled is told by its own fault, and not as cut besides.
        let told = fault ?? .cut
        forget()
        return [.spoiled(told)]
    }

    /// How long the rest of a code is waited for.
    public var patience: UInt64? {
        if line.isEmpty, fault == nil { return nil }
        return ending == .pause
            ? EngineLimits.endingPauseMilliseconds : EngineLimits.pauseMilliseconds
    }

    /// Forgets what has begun.
    public mutating func forget() {
        line.removeAll(keepingCapacity: true)
        fault = nil
    }

    /// Throws away the code that has begun, and what follows up to its end.
    mutating func spoil(_ fault: EngineFault) {
        line.removeAll(keepingCapacity: true)
        self.fault = self.fault ?? fault
    }

    /// Notes that something came that is no byte of a code.
    mutating func touch(atMilliseconds now: UInt64) { lastByteAt = max(lastByteAt, now) }

    private mutating func take(_ byte: UInt8) -> EngineEvent? {
        switch ending {
        case .carriageReturn:
            if byte == Self.carriageReturn { return end() }
            if byte == Self.lineFeed, line.isEmpty { return nil }
        case .lineFeed:
            if byte == Self.lineFeed { return end() }
        case .both:
            if byte == Self.lineFeed, line.last == Self.carriageReturn || fault != nil {
                if !line.isEmpty { line.removeLast() }
                return end()
            }
        case .pause: break
        }
        append(byte)
        return nil
    }

    private mutating func append(_ byte: UInt8) {
        if fault != nil { return }
        if dropsReplies, line.isEmpty, Self.replies.contains(byte) { return }
        // One more than a code has, for the carriage return before a line feed.
        guard line.count <= EngineLimits.maximumBytes else { return spoil(.tooLong) }
        line.append(byte)
    }

    private mutating func end() -> EngineEvent? {
        defer { forget() }
        if let fault { return .spoiled(fault) }
        guard !line.isEmpty else { return nil }
        guard line.count <= EngineLimits.maximumBytes else { return .spoiled(.tooLong) }
        return .code(EngineCode(line))
    }
}
