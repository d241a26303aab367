internal import CPNG
internal import Terminal

/// PNG (ISO/IEC 15948) of any depth and colour type, through libpng's simplified interface.
enum PNGPicture {
    /// What a picture with alpha is laid upon: a transparent code's light modules are white paper.
    private static let paper = png_color(red: 255, green: 255, blue: 255)

    static func decode(_ bytes: [UInt8]) throws(PictureFailure) -> LumaFrame {
        var handle = PNGHandle()
        // libpng keeps the pointer between both calls, so the bytes stay put around them.
        let result = bytes.withUnsafeBytes { source in
            Result { () throws(PictureFailure) in try handle.decode(source, paper: paper) }
        }
        return try result.get()
    }
}

/// libpng's picture, with whatever it holds on to while it reads.
private struct PNGHandle: ~Copyable {
    private var image = png_image()

    init() {
        image.version = png_uint_32(PNG_IMAGE_VERSION)
    }

    deinit {
        // Freeing works on a copy of the struct: it only follows `opaque`, which is shared.
        var image = image
        png_image_free(&image)
    }

    mutating func decode(
        _ source: UnsafeRawBufferPointer, paper: png_color
    ) throws(PictureFailure) -> LumaFrame {
        if png_image_begin_read_from_memory(&image, source.baseAddress, source.count) == 0 {
            throw .damaged(message)
        }
        let width = Int(image.width)
        let height = Int(image.height)
        try PictureFailure.check(width: width, height: height)
        // Format 0 is PNG_FORMAT_GRAY: one byte a pixel, sRGB, no alpha.
        image.format = 0
        var pixels = [UInt8](repeating: 0, count: width * height)
        var background = paper
        if png_image_finish_read(&image, &background, &pixels, Int32(width), nil) == 0 {
            throw .damaged(message)
        }
        return LumaFrame(width: width, height: height, pixels: pixels)
    }

    private var message: String {
        withUnsafeBytes(of: image.message) { buffer in
            let text = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            return "libpng says \(text)"
        }
    }
}
