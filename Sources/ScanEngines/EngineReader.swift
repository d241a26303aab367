/// What a scan engine has told, once its bytes make sense.
public enum EngineEvent: Hashable, Sendable {
    /// A code, whole: 1 to ``EngineLimits/maximumBytes`` bytes.
    case code(EngineCode)
    /// Something that is no code, and is thrown away.
    case spoiled(EngineFault)
}

/// One code as a scan engine read it.
public struct EngineCode: Hashable, Sendable {
    /// The payload; what the engine adds to it (prefix, symbology) belongs to the engine's set-up.
    public let bytes: [UInt8]
    /// Whether the engine says that it is a QR code; nil where it does not say what it read.
    public let isQRCode: Bool?

    /// Makes a code.
    public init(_ bytes: [UInt8], isQRCode: Bool? = nil) {
        self.bytes = bytes
        self.isQRCode = isQRCode
    }
}

/// Why what an engine told is no code.
public enum EngineFault: Hashable, Sendable {
    /// More bytes than any QR code has.
    case tooLong
    /// It broke off: the next byte or key did not come in time.
    case cut
    /// A key that types no character, or one with Control, Alt or the like held down.
    case foreignKey
    /// The kernel lost keys, since nobody fetched them in time.
    case keysLost
    /// A HID report that says something else than its form allows.
    case reportDamaged

    /// What it means, for a sentence that begins with the engine.
    public var detail: String {
        switch self {
        case .tooLong: "more than \(EngineLimits.maximumBytes) bytes"
        case .cut: "it broke off before its end"
        case .foreignKey: "a key that types no character"
        case .keysLost: "keys were lost"
        case .reportDamaged: "a damaged report"
        }
    }
}

/// What bounds a scan engine, whatever it sends.
public enum EngineLimits {
    /// The longest code, in bytes: 7,089 digits of a QR code of version 40 (ISO/IEC 18004, table 7).
    public static let maximumBytes = 7_089

    /// After how long a pause within a code the rest is not waited for, in milliseconds.
    ///
    /// Engines send a code in one go, and wedges a key each 1 to 80 ms at their slowest setting; a
    /// loaded machine delays either by less than this.
    public static let pauseMilliseconds: UInt64 = 500

    /// The pause that ends a code of an engine which sends nothing after it, in milliseconds: at
    /// 1,200 bits a second a byte takes 9, and USB hands over bytes in pieces some ms apart.
    public static let endingPauseMilliseconds: UInt64 = 60
}

/// Makes codes of what a scan engine sends. It is a value: time and bytes are handed in.
public protocol EngineReader: Sendable {
    /// Takes bytes as they came from the device, at a time in milliseconds that only goes forward.
    mutating func take(_ bytes: [UInt8], atMilliseconds now: UInt64) -> [EngineEvent]

    /// Time passes without bytes.
    mutating func tick(atMilliseconds now: UInt64) -> [EngineEvent]

    /// After how many milliseconds of silence the reader wants to be told that time passes; nil
    /// while it waits for nothing.
    var patience: UInt64? { get }

    /// Forgets a code that has begun: the device was opened anew.
    mutating func forget()
}
