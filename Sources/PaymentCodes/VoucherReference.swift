/// Why a text is not a voucher reference; nothing of the text is in it.
public enum VoucherReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text does not begin with `TVR:`, in either case.
    case prefix
    /// Hyphens apart, 17 characters do not follow the prefix.
    case length(found: Int)
    /// A byte that is no Crockford base32 character, at this place from 0.
    case character(at: Int)
    /// The check symbol does not fit: a character was misread or mistyped.
    case check

    /// A stable code.
    public var reason: String {
        switch self {
        case .prefix: "reference-prefix"
        case .length: "reference-length"
        case .character: "reference-character"
        case .check: "reference-check-symbol"
        }
    }

    /// A sentence for the cashier.
    public var description: String {
        switch self {
        case .prefix: "The text does not begin with TVR:."
        case .length(let found): "The reference has \(found) characters, not 17."
        case .character(let place):
            "The character at place \(place + 1) is not one that a reference has."
        case .check: "The check symbol does not fit: a character was misread or mistyped."
        }
    }
}

/// A voucher reference, `TVR:` and 17 characters of Crockford's base32 (formats section 2).
///
/// Of a bearer voucher the reference is the money: it describes and mirrors itself masked.
public struct VoucherReference: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The 10 bytes of the voucher's `cti`. A secret where the voucher is a bearer's.
    public let cti: [UInt8]

    static let ctiBytes = 10
    static let characters = 17
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U".utf8)
    /// More hyphens than anyone types; it bounds the work on a hostile text.
    private static let maximumBytes = 100

    /// The reference of a voucher, or nil when its `cti` has not 10 bytes.
    public init?(cti: [UInt8]) {
        guard cti.count == Self.ctiBytes else { return nil }
        self.cti = cti
    }

    /// Reads a reference as it is scanned or typed: case, `O` for 0, `I` and `L` for 1 and
    /// hyphens after the prefix are forgiven.
    public init(parsing text: [UInt8]) throws(VoucherReferenceError) {
        guard text.prefix(4).map(ASCII.uppered) == Array("TVR:".utf8) else { throw .prefix }
        guard text.count <= Self.maximumBytes else { throw .length(found: text.count - 4) }
        var values: [UInt8] = []
        for (place, byte) in text.enumerated().dropFirst(4) where byte != UInt8(ascii: "-") {
            // The five last symbols of the alphabet stand only in the check symbol's place.
            guard let value = Self.value(of: byte),
                value < 32 || values.count == Self.characters - 1
            else { throw .character(at: place) }
            values.append(value)
        }
        guard values.count == Self.characters else { throw .length(found: values.count) }
        var cti: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for value in values.dropLast() {
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                cti.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        guard Self.remainder(of: cti) == values[Self.characters - 1] else { throw .check }
        self.cti = cti
    }

    /// The reference as it is written: upper case, without hyphens. It may be printed on the
    /// voucher itself and nowhere else.
    public var text: String {
        var text = Array("TVR:".utf8)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in cti {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(Self.alphabet[Int(buffer >> UInt32(bits)) & 31])
            }
        }
        text.append(Self.alphabet[Int(Self.remainder(of: cti))])
        return String(decoding: text, as: UTF8.self)
    }

    /// Masked.
    public var description: String { "TVR:…" }

    /// Masked: `dump` and test failures show nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// The bytes as one big-endian number, modulo 37.
    private static func remainder(of bytes: [UInt8]) -> UInt8 {
        UInt8(bytes.reduce(0) { ($0 << 8 | Int($1)) % 37 })
    }

    private static func value(of byte: UInt8) -> UInt8? {
        let symbol: UInt8 =
            switch ASCII.uppered(byte) {
            case UInt8(ascii: "O"): UInt8(ascii: "0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
            case let other: other
            }
        return alphabet.firstIndex(of: symbol).map { UInt8($0) }
    }
}
