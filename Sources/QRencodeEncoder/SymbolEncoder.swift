import CQRencode
import Glibc
public import Screens

/// How the bytes of a symbol are written (ISO/IEC 18004 7.4). It is chosen, never guessed:
/// EMV payloads must be in byte mode (QRCPS 4.12.1.1), voucher texts fit only in alphanumeric.
public enum SymbolMode: Hashable, Sendable {
    /// Any bytes, eight bits each.
    case byte
    /// `0-9A-Z $%*+-./:`, five and a half bits each.
    case alphanumeric
}

/// How much of a symbol may be unreadable (ISO/IEC 18004 7.5.1).
public enum ErrorCorrectionLevel: String, Hashable, Sendable, CaseIterable {
    /// About 7 %.
    case low
    /// About 15 %; Till's level for everything.
    case medium
    /// About 25 %.
    case quartile
    /// About 30 %.
    case high
}

/// Why no symbol can be made.
public enum SymbolEncoderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no bytes.
    case empty
    /// The bytes do not fit the largest symbol at this level.
    case tooLong(bytes: Int)
    /// A byte that alphanumeric mode does not have, at this place from 0.
    case invalidCharacter(at: Int)
    /// libqrencode found no memory.
    case outOfMemory
    /// libqrencode failed for a reason of its own, with this `errno`.
    case failed(errno: Int32)

    /// A stable code.
    public var reason: String {
        switch self {
        case .empty: "symbol-empty"
        case .tooLong: "symbol-too-long"
        case .invalidCharacter: "symbol-invalid-character"
        case .outOfMemory: "symbol-out-of-memory"
        case .failed: "symbol-failed"
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .empty: "A symbol needs at least one byte."
        case .tooLong(let bytes): "\(bytes) bytes do not fit a QR symbol at this level and mode."
        case .invalidCharacter(let place):
            "Byte \(place) is not a character of alphanumeric mode."
        case .outOfMemory: "There was no memory for the symbol."
        case .failed(let code): "The symbol could not be encoded (error \(code))."
        }
    }
}

/// Makes QR symbols with libqrencode, always the smallest version that holds the bytes.
public enum SymbolEncoder {
    /// ECI 26 says that what follows is UTF-8 (AIM ECI register).
    private static let utf8: UInt32 = 26

    /// The symbol of `bytes`, one segment of `mode` at `level`, without quiet zone; with
    /// `declaresUTF8` it says so before the segment (ECI 26, as QRCPS 4.12.1.2 asks for where a
    /// character is not ASCII). `minimumVersion` (1 to 40) asks for a larger symbol than need be;
    /// 0 for the smallest.
    public static func encode(
        _ bytes: [UInt8], mode: SymbolMode, level: ErrorCorrectionLevel = .medium,
        declaresUTF8: Bool = false, minimumVersion: Int = 0
    ) throws(SymbolEncoderError) -> SymbolMatrix {
        guard !bytes.isEmpty else { throw .empty }
        if mode == .alphanumeric,
            let place = bytes.firstIndex(where: { !alphanumeric.contains($0) })
        {
            throw .invalidCharacter(at: place)
        }
        // The largest symbol at level L holds 7,089 digits; this keeps the count within Int32.
        guard bytes.count <= maximumBytes else { throw .tooLong(bytes: bytes.count) }
        precondition((0...40).contains(minimumVersion), "A symbol's version is 1 to 40.")
        let input = try QRInput(level: level.qrencode, version: Int32(minimumVersion))
        if declaresUTF8 { try input.declare(Self.utf8) }
        try input.append(bytes, mode: mode.qrencode)
        return try input.encoded(byteCount: bytes.count)
    }

    /// Symbols of the same bytes, each once and made when it is asked for, the usual one first: where
    /// one is hard to read on a display, another level or version lays its modules, and its mask,
    /// out differently. None where the usual one does not hold them. libqrencode chooses the mask
    /// by itself (ISO/IEC 18004 7.8) and lets nobody else.
    public static func variants(_ bytes: [UInt8], mode: SymbolMode) -> some Sequence<SymbolMatrix> {
        sequence(state: (made: [SymbolMatrix](), left: layouts[...])) { state in
            while let layout = state.left.popFirst() {
                // One version larger than the usual symbol's.
                let usual = state.made.first.map { ($0.size - 17) / 4 } ?? 0
                let minimum = layout.isLarger ? min(usual + 1, 40) : 0
                let symbol = try? encode(
                    bytes, mode: mode, level: layout.level, minimumVersion: minimum)
                if let symbol, !state.made.contains(symbol) {
                    state.made.append(symbol)
                    return symbol
                }
                if state.made.isEmpty { return nil }
            }
            return nil
        }
    }

    private static let layouts: [(level: ErrorCorrectionLevel, isLarger: Bool)] = [
        (.medium, false), (.quartile, false), (.low, false), (.medium, true), (.high, false),
        (.quartile, true),
    ]

    private static let maximumBytes = 7_089
    private static let alphanumeric = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
}

/// libqrencode's input object: what a symbol is to hold.
private struct QRInput: ~Copyable {
    private let handle: OpaquePointer

    /// Version 0 is libqrencode's word for the smallest that fits.
    init(level: QRecLevel, version: Int32) throws(SymbolEncoderError) {
        guard let handle = QRinput_new2(version, level) else {
            throw Self.error(errno, byteCount: 0)
        }
        self.handle = handle
    }

    deinit { QRinput_free(handle) }

    func append(_ bytes: [UInt8], mode: QRencodeMode) throws(SymbolEncoderError) {
        let result = QRinput_append(handle, mode, Int32(bytes.count), bytes)
        guard result == 0 else { throw Self.error(errno, byteCount: bytes.count) }
    }

    func declare(_ eci: UInt32) throws(SymbolEncoderError) {
        guard QRinput_appendECIheader(handle, eci) == 0 else {
            throw Self.error(errno, byteCount: 0)
        }
    }

    func encoded(byteCount: Int) throws(SymbolEncoderError) -> SymbolMatrix {
        guard let code = QRcode_encodeInput(handle) else {
            throw Self.error(errno, byteCount: byteCount)
        }
        defer { QRcode_free(code) }
        let size = Int(code.pointee.width)
        // The lowest bit of each byte says whether the module is dark (qrencode.h).
        let modules = UnsafeMutableBufferPointer<UInt8>(
            start: code.pointee.data, count: size * size)
        return SymbolMatrix(size: size, modules: modules.map { $0 & 1 == 1 })
    }

    private static func error(_ code: Int32, byteCount: Int) -> SymbolEncoderError {
        switch code {
        case ERANGE: .tooLong(bytes: byteCount)
        case ENOMEM: .outOfMemory
        default: .failed(errno: code)
        }
    }
}

extension SymbolMode {
    fileprivate var qrencode: QRencodeMode {
        switch self {
        case .byte: QR_MODE_8
        case .alphanumeric: QR_MODE_AN
        }
    }
}

extension ErrorCorrectionLevel {
    fileprivate var qrencode: QRecLevel {
        switch self {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }
}
