internal import CZXing
internal import Terminal

/// ZXing's reader, which reads what zbar misses: steep tilt, noise, curved paper, large versions.
///
/// What it tells of, and what not, is set in its shim; docs/adr has the page on the second reader.
enum ZXingReader {
    /// Every whole QR code that ZXing finds in the frame as it is.
    static func read(_ luma: LumaView) -> [DecodedSymbol] {
        guard let pixels = luma.pixels.baseAddress else { return [] }
        var symbols: [DecodedSymbol] = []
        withUnsafeMutablePointer(to: &symbols) { list in
            // A reader that gave up has read nothing more; what it told before is whole.
            _ = till_zxing_read(
                pixels, Int32(luma.width), Int32(luma.height),
                { context, symbol in
                    guard let context, let symbol = symbol?.pointee else { return }
                    let list = context.assumingMemoryBound(to: [DecodedSymbol].self)
                    let bytes = UnsafeBufferPointer(start: symbol.bytes, count: symbol.count)
                    list.pointee.append(
                        DecodedSymbol(bytes: Array(bytes), corners: ZXingReader.corners(of: symbol))
                    )
                }, list)
        }
        return symbols
    }

    private static func corners(of symbol: till_zxing_symbol) -> [DecodedSymbol.Corner] {
        let (x, y) = (symbol.x, symbol.y)
        return [(x.0, y.0), (x.1, y.1), (x.2, y.2), (x.3, y.3)].map { corner in
            DecodedSymbol.Corner(x: Int(corner.0), y: Int(corner.1))
        }
    }
}
