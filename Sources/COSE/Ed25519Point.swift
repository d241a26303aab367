/// What the encoding of an Ed25519 public key says by itself (RFC 8032 section 5.1.2).
///
/// BoringSSL verifies with any 32 bytes. With a point of small order every message has signatures
/// that anybody can make, and a point with two encodings has two thumbprints; so both are refused.
enum Ed25519Point {
    /// A key and a coordinate have so many bytes.
    static let byteCount = 32

    /// Why this encoding (32 bytes) is unsafe as a public key, or nil when nothing is wrong with
    /// it.
    static func problem(_ encoding: [UInt8]) -> String? {
        precondition(encoding.count == byteCount, "an Ed25519 point has 32 bytes")
        var y = encoding
        y[byteCount - 1] &= 0x7F
        if !isBelowPrime(y) {
            return "its coordinate is not below 2^255 - 19"
        }
        // Whatever the sign bit: the two with x = 0 are not canonical with it set, and small
        // anyway.
        if smallOrderCoordinates.contains(y) {
            return "it is a point of small order"
        }
        return nil
    }

    /// Little-endian y < 2^255 - 19, for y without its sign bit.
    private static func isBelowPrime(_ y: [UInt8]) -> Bool {
        guard y[byteCount - 1] == 0x7F, y[1..<(byteCount - 1)].allSatisfy({ $0 == 0xFF }) else {
            return true
        }
        return y[0] < 0xED
    }

    /// The y of the eight points whose order divides the cofactor 8: 1, 0, -1 and the two of order
    /// 8.
    private static let smallOrderCoordinates: [[UInt8]] = [
        [1] + [UInt8](repeating: 0, count: 31),
        [UInt8](repeating: 0, count: 32),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF,
            0x98, 0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88,
            0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10,
            0x67, 0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77,
            0x92, 0xAC, 0x03, 0x7A,
        ],
    ]
}
