internal import CZBar
internal import Terminal

/// zbar's scanner for QR codes alone.
///
/// What is set here, and what is left alone, is all there for a measured reason:
/// docs/adr has the page on decoding.
struct ZBarScanner: ~Copyable {
    private let handle: OpaquePointer

    init() {
        guard let handle = zbar_image_scanner_create() else {
            preconditionFailure("There is memory for a scanner.")
        }
        self.handle = handle
        // Every other symbology costs time, and reads digits into textures beside the code.
        zbar_image_scanner_set_config(handle, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        zbar_image_scanner_set_config(handle, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
        // Without it zbar guesses character sets, and guesses wrong.
        zbar_image_scanner_set_config(handle, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1)
        // Never here: the cache (it aborts the process on one part of a structured append) and
        // ZBAR_CFG_TEST_INVERTED (it writes past the end of its buffer).
    }

    deinit {
        zbar_image_scanner_destroy(handle)
    }

    /// Every whole QR code that zbar finds in the frame as it is.
    borrowing func scan(_ luma: LumaView) -> [DecodedSymbol] {
        let image = ZBarImage(width: luma.width, height: luma.height)
        return image.symbols(in: UnsafeRawBufferPointer(luma.pixels), readBy: handle)
    }
}

/// An image of zbar's, a loan of a frame's pixels.
private struct ZBarImage: ~Copyable {
    private let handle: OpaquePointer

    /// "Y800", 8-bit grey, as a little-endian four-character code.
    private static let greyFormat: UInt = 0x3030_3859

    init(width: Int, height: Int) {
        guard let handle = zbar_image_create() else {
            preconditionFailure("There is memory for an image's head.")
        }
        self.handle = handle
        zbar_image_set_format(handle, Self.greyFormat)
        zbar_image_set_size(handle, UInt32(width), UInt32(height))
    }

    deinit {
        zbar_image_destroy(handle)
    }

    borrowing func symbols(
        in pixels: UnsafeRawBufferPointer, readBy scanner: OpaquePointer
    ) -> [DecodedSymbol] {
        zbar_image_set_data(handle, pixels.baseAddress, UInt(pixels.count), nil)
        // The pixels are on loan for this call alone.
        defer { zbar_image_set_data(handle, nil, 0, nil) }
        guard zbar_scan_image(scanner, handle) > 0 else { return [] }
        var symbols: [DecodedSymbol] = []
        var next = zbar_image_first_symbol(handle)
        while let symbol = next {
            // One part of a structured append comes as ZBAR_PARTIAL: it is not what was encoded.
            if zbar_symbol_get_type(symbol) == ZBAR_QRCODE, let data = zbar_symbol_get_data(symbol)
            {
                let bytes = UnsafeRawBufferPointer(
                    start: data, count: Int(zbar_symbol_get_data_length(symbol)))
                symbols.append(DecodedSymbol(bytes: Array(bytes), corners: corners(of: symbol)))
            }
            next = zbar_symbol_next(symbol)
        }
        return symbols
    }

    private borrowing func corners(of symbol: OpaquePointer) -> [DecodedSymbol.Corner] {
        (0..<zbar_symbol_get_loc_size(symbol)).map { index in
            DecodedSymbol.Corner(
                x: Int(zbar_symbol_get_loc_x(symbol, index)),
                y: Int(zbar_symbol_get_loc_y(symbol, index)))
        }
    }
}
