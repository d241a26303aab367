import Glibc
import Terminal
import ZBarDecoder

/// Reads a code that is known, so that a scanner which cannot read says so before it is relied on,
/// and so that everything that libraries load on first use is loaded.
enum SelfTest {
    /// `TILL` in a QR code of version 1, as `qrencode` draws it: a word a row, dark modules as ones.
    private static let rows: [UInt32] = [
        0x001F_D67F, 0x0010_4741, 0x0017_475D, 0x0017_505D, 0x0017_555D, 0x0010_5241,
        0x001F_D57F, 0x0000_1F00, 0x0011_76F9, 0x0005_2F2C, 0x0002_6E75, 0x000E_88DD,
        0x0009_6DC7, 0x0000_11C9, 0x001F_DD8A, 0x0010_4729, 0x0017_5277, 0x0017_4B2B,
        0x0017_4A7C, 0x0010_4CD5, 0x001F_D1C7,
    ]

    private static let text = Array("TILL".utf8)
    private static let pixelsPerModule = 4
    private static let marginModules = 4

    static func passes(_ decoder: ZBarDecoder) -> Bool {
        pinConverters()
        return decoder.decode(picture()).map(\.bytes) == [text]
    }

    private static func picture() -> LumaFrame {
        let side = (rows.count + 2 * marginModules) * pixelsPerModule
        var pixels = [UInt8](repeating: 255, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let row = y / pixelsPerModule - marginModules
                let column = x / pixelsPerModule - marginModules
                guard rows.indices.contains(row), rows.indices.contains(column) else { continue }
                let bit = UInt32(rows.count - 1 - column)
                if rows[row] >> bit & 1 == 1 { pixels[y * side + x] = 0 }
            }
        }
        return LumaFrame(width: side, height: side, pixels: pixels)
    }

    /// zbar opens character set converters for each symbol, and the C library loads them from
    /// files: with one of each open for good they stay loaded.
    private static func pinConverters() {
        for charset in ["ISO8859-1", "SJIS", "UTF-8", "BIG-5", "CP437"] {
            _ = iconv_open("UTF-8", charset)
        }
    }
}
