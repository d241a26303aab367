/// The checksum of merchant-presented payloads: ISO/IEC 13239 as QRCPS 4.7.3.1 uses it
/// (polynomial 0x1021, start 0xFFFF, nothing reflected), known elsewhere as CRC-16/IBM-3740.
enum EMVChecksum {
    /// The checksum of `bytes`; of the nine digits `123456789` it is 0x29B1.
    static func of(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 {
                crc = crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021
            }
        }
        return crc
    }

    /// Four upper-case hexadecimal digits, leading zeros kept.
    static func digits(_ crc: UInt16) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var text = String.UnicodeScalarView()
        for shift in [12, 8, 4, 0] { text.append(digits[Int(crc >> UInt16(shift)) & 15]) }
        return String(text)
    }

    /// The value of four hexadecimal digits of either case, or nil: Bharat QR is met with lower
    /// case, and the case of a checksum protects nothing.
    static func value(of text: String) -> UInt16? {
        guard text.utf8.count == 4 else { return nil }
        var value: UInt16 = 0
        for byte in text.utf8 {
            guard let digit = ASCII.hexDigit(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
