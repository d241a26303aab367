internal import CPNG
public import Terminal

extension LumaFrame {
    /// The frame as a PNG file (ISO/IEC 15948): 8-bit grey; nil where libpng cannot make one.
    public func png() -> [UInt8]? {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(clamping: width)
        image.height = png_uint_32(clamping: height)
        // PNG_FORMAT_GRAY: one byte a sample.
        image.format = 0
        defer { png_image_free(&image) }
        var size = png_alloc_size_t(0)
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        return Array(bytes.prefix(Int(size)))
    }
}

/// A Y4M stream of grey frames (YUV4MPEG2, colour space mono), as ``StreamCamera`` reads it.
public enum GreyStream {
    /// What begins a frame.
    public static let frameMark = Array("FRAME\n".utf8)

    /// What begins a stream of frames of these sides.
    public static func header(width: Int, height: Int, framesPerSecond: Int) -> [UInt8] {
        Array("YUV4MPEG2 W\(width) H\(height) F\(framesPerSecond):1 Ip A1:1 Cmono\n".utf8)
    }
}
