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
        let isColour = image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
        let samples = isColour ? 3 : 1
        // Without alpha, one byte a sample, sRGB: PNG_FORMAT_RGB or PNG_FORMAT_GRAY (which is 0).
        image.format = isColour ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0
        var pixels = [UInt8](repeating: 0, count: width * height * samples)
        var background = paper
        let rowBytes = Int32(width * samples)
        if png_image_finish_read(&image, &background, &pixels, rowBytes, nil) == 0 {
            throw .damaged(message)
        }
        if isColour { pixels = Self.luma(ofRGB: pixels, count: width * height) }
        return LumaFrame(width: width, height: height, pixels: pixels)
    }

    /// Luma as cameras and JPEG have it (ITU-R BT.601, of the gamma-coded samples).
    ///
    /// libpng's own grey is of linear light, in which a coloured code has less contrast.
    private static func luma(ofRGB samples: [UInt8], count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { luma, initialised in
            samples.withUnsafeBufferPointer { samples in
                for index in 0..<count {
                    let red = UInt32(samples[index &* 3])
                    let green = UInt32(samples[index &* 3 &+ 1])
                    let blue = UInt32(samples[index &* 3 &+ 2])
                    // 0.299, 0.587 and 0.114 in 256ths; they add up to 256.
                    let sum = 77 &* red &+ 150 &* green &+ 29 &* blue &+ 128
                    luma[index] = UInt8(truncatingIfNeeded: sum >> 8)
                }
            }
            initialised = count
        }
    }

    private var message: String {
        withUnsafeBytes(of: image.message) { buffer in
            let text = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            return "libpng says \(text)"
        }
    }
}
