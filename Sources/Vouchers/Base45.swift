/// Base45 (RFC 9285): bytes as characters of a QR code's alphanumeric mode, two bytes in three.
public enum Base45 {
    /// The characters that stand for these bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 3 + 1) / 2)
        var position = 0
        while position + 1 < bytes.count {
            let value = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            text.append(alphabet[value % 45])
            text.append(alphabet[value / 45 % 45])
            text.append(alphabet[value / 2_025])
            position += 2
        }
        if position < bytes.count {
            let value = Int(bytes[position])
            text.append(alphabet[value % 45])
            text.append(alphabet[value / 45])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that these characters stand for; offsets of errors count from the first of them.
    /// The length is looked at first, then every character, then the range of every group.
    public static func decode(_ text: some RandomAccessCollection<UInt8>) throws(Base45Error)
        -> [UInt8]
    {
        guard text.count % 3 != 1 else { throw .length(text.count) }
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count)
        for character in text {
            let digit = values[Int(character)]
            guard digit != notADigit else { throw .character(offset: digits.count) }
            digits.append(digit)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 2 / 3)
        var position = 0
        while position + 2 < digits.count {
            let value =
                Int(digits[position]) + 45 * Int(digits[position + 1])
                + 2_025 * Int(digits[position + 2])
            guard value <= 0xFFFF else { throw .range(offset: position) }
            bytes.append(UInt8(value >> 8))
            bytes.append(UInt8(value & 0xFF))
            position += 3
        }
        if position < digits.count {
            let value = Int(digits[position]) + 45 * Int(digits[position + 1])
            guard value <= 0xFF else { throw .range(offset: position) }
            bytes.append(UInt8(value))
        }
        return bytes
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    private static let notADigit: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: notADigit, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}

/// Why characters are no base45.
public enum Base45Error: Error, Hashable, Sendable {
    /// So many characters stand for no bytes: one is left over after groups of three.
    case length(Int)

    /// The character at this offset is none of the 45.
    case character(offset: Int)

    /// The group that begins at this offset stands for a number above two bytes, or above one.
    case range(offset: Int)
}
