import CPangoCairo
import Screens

/// A rectangle in pixels from the top left.
struct Box: Hashable, Sendable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func inset(_ margin: Double) -> Box {
        Box(
            x: x + margin, y: y + margin, width: max(0, width - 2 * margin),
            height: max(0, height - 2 * margin))
    }

    /// Cuts a strip off the top, and the gap under it, and answers the strip.
    mutating func takeTop(_ height: Double, gap: Double = 0) -> Box {
        let taken = min(height, self.height)
        defer {
            y += min(taken + gap, self.height)
            self.height -= min(taken + gap, self.height)
        }
        return Box(x: x, y: y, width: width, height: taken)
    }

    /// Cuts a strip off the bottom and answers it.
    mutating func takeBottom(_ height: Double) -> Box {
        let taken = min(height, self.height)
        self.height -= taken
        return Box(x: x, y: y + self.height, width: width, height: taken)
    }
}

/// A picture in memory and the pen over it (a Cairo surface and its context).
struct Canvas: ~Copyable {
    /// What it is drawn into.
    enum Medium {
        /// Pixels.
        case pixels
        /// An SVG document, a unit to a pixel; letters are outlines, and need no font to be shown.
        case svg
        /// A PDF document of one page, a point (1/72 inch) to a pixel.
        case pdf
    }

    /// The light border that a reader needs around a symbol, in modules (ISO/IEC 18004 6.3.8).
    static let quietZone = 4
    /// A camera across a counter loses modules of fewer pixels on a screen of common density.
    static let minimumModulePixels = 3
    /// Below this no text can be read; above it a picture takes more memory than a terminal has.
    static let sides = 64...8_192

    let width: Int
    let height: Int
    private let surface: OpaquePointer
    let pen: OpaquePointer
    /// What could not be drawn as it was meant.
    let notes = DrawingNotes()
    /// Where a document's bytes go.
    private let sink = ByteSink()

    init(
        width: Int, height: Int, background: Colour, as medium: Medium = .pixels
    ) throws(DrawingError) {
        guard Self.sides.contains(width), Self.sides.contains(height) else {
            throw .size(width: width, height: height)
        }
        // Both constructors answer an object always, and keep what went wrong as its status.
        guard
            let surface = Self.surface(medium, width: width, height: height, sink),
            let pen = cairo_create(surface)
        else { throw .failed("no memory") }
        let status = cairo_status(pen)
        guard status == CAIRO_STATUS_SUCCESS else {
            cairo_destroy(pen)
            cairo_surface_destroy(surface)
            throw Self.failure(status)
        }
        self.width = width
        self.height = height
        self.surface = surface
        self.pen = pen
        fill(Box(x: 0, y: 0, width: Double(width), height: Double(height)), background)
    }

    private static func surface(
        _ medium: Medium, width: Int, height: Int, _ sink: ByteSink
    ) -> OpaquePointer? {
        // Kept alive by the canvas, which owns both.
        let closure = Unmanaged.passUnretained(sink).toOpaque()
        switch medium {
        case .pixels:
            return cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        case .svg:
            return cairo_svg_surface_create_for_stream(
                ByteSink.take, closure, Double(width), Double(height))
        case .pdf:
            return cairo_pdf_surface_create_for_stream(
                ByteSink.take, closure, Double(width), Double(height))
        }
    }

    /// Moves everything that is drawn from now on.
    func shift(by offset: (x: Double, y: Double)) { cairo_translate(pen, offset.x, offset.y) }

    /// The whole document's bytes; nothing can be drawn any more.
    func document() throws(DrawingError) -> [UInt8] {
        cairo_surface_finish(surface)
        try Self.check(cairo_surface_status(surface))
        return sink.bytes
    }

    deinit {
        cairo_destroy(pen)
        cairo_surface_destroy(surface)
    }

    static func check(_ status: cairo_status_t) throws(DrawingError) {
        guard status == CAIRO_STATUS_SUCCESS else { throw failure(status) }
    }

    private static func failure(_ status: cairo_status_t) -> DrawingError {
        .failed(cairo_status_to_string(status).map { String(cString: $0) } ?? "unknown")
    }

    var bounds: Box { Box(x: 0, y: 0, width: Double(width), height: Double(height)) }

    func setColour(_ colour: Colour) {
        cairo_set_source_rgb(
            pen, Double(colour.red) / 255, Double(colour.green) / 255, Double(colour.blue) / 255)
    }

    func fill(_ box: Box, _ colour: Colour) {
        setColour(colour)
        cairo_rectangle(pen, box.x, box.y, box.width, box.height)
        cairo_fill(pen)
    }

    /// The most pixels a module can have for the symbol and its quiet zone to fit a square.
    static func modulePixels(_ symbol: SymbolMatrix, side: Double) throws(DrawingError) -> Int {
        let pixels = Int(side) / (symbol.size + 2 * quietZone)
        guard pixels >= minimumModulePixels else {
            throw .symbolTooLarge(modules: symbol.size, pixels: Int(side))
        }
        return pixels
    }

    /// Draws a symbol with its quiet zone, black on white on whole pixels, from the top left.
    func draw(_ symbol: SymbolMatrix, x: Int, y: Int, modulePixels: Int) {
        let side = (symbol.size + 2 * Self.quietZone) * modulePixels
        fill(
            Box(x: Double(x), y: Double(y), width: Double(side), height: Double(side)), .white)
        setColour(.black)
        for row in 0..<symbol.size {
            for column in 0..<symbol.size where symbol.isDark(column, row) {
                cairo_rectangle(
                    pen, Double(x + (column + Self.quietZone) * modulePixels),
                    Double(y + (row + Self.quietZone) * modulePixels), Double(modulePixels),
                    Double(modulePixels))
            }
        }
        // One fill without smoothing: neighbouring modules leave no seam between them.
        cairo_set_antialias(pen, CAIRO_ANTIALIAS_NONE)
        cairo_fill(pen)
        cairo_set_antialias(pen, CAIRO_ANTIALIAS_DEFAULT)
    }

    /// Draws another picture here, made smaller or larger to fit the box.
    func draw(_ other: borrowing Canvas, in box: Box) {
        cairo_save(pen)
        cairo_translate(pen, box.x, box.y)
        cairo_scale(
            pen, box.width / Double(other.width), box.height / Double(other.height))
        cairo_set_source_surface(pen, other.surface, 0, 0)
        cairo_paint(pen)
        cairo_restore(pen)
    }

    /// The picture as a PNG file's bytes.
    func png() throws(DrawingError) -> [UInt8] {
        try Self.check(cairo_status(pen))
        let sink = ByteSink()
        let status = withExtendedLifetime(sink) {
            cairo_surface_write_to_png_stream(
                surface, ByteSink.take, Unmanaged.passUnretained(sink).toOpaque())
        }
        try Self.check(status)
        return sink.bytes
    }

    /// The picture's pixels as screens take them, row by row: 32 bits each in the machine's order,
    /// 0xXXRRGGBB, the upper 8 without meaning (DRM's XRGB8888).
    func pixels() throws(DrawingError) -> [UInt32] {
        try Self.check(cairo_status(pen))
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else {
            throw .failed("the picture has no pixels")
        }
        let stride = Int(cairo_image_surface_get_stride(surface))
        return [UInt32](unsafeUninitializedCapacity: width * height) { pixels, count in
            for y in 0..<height {
                UnsafeMutableRawPointer(pixels.baseAddress! + y * width)
                    .copyMemory(from: data + y * stride, byteCount: width * 4)
            }
            count = width * height
        }
    }

    /// The picture in grey, row by row, 0 is black (ITU-R BT.601 weights, as cameras have them).
    func luma() throws(DrawingError) -> [UInt8] {
        try Self.check(cairo_status(pen))
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else {
            throw .failed("the picture has no pixels")
        }
        let stride = Int(cairo_image_surface_get_stride(surface))
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            let row = UnsafeRawPointer(data + y * stride)
            for x in 0..<width {
                // RGB24: 32 bits a pixel in the machine's order, the upper 8 unused.
                let pixel = row.loadUnaligned(fromByteOffset: x * 4, as: UInt32.self)
                let grey =
                    299 * (pixel >> 16 & 255) + 587 * (pixel >> 8 & 255) + 114 * (pixel & 255)
                pixels.append(UInt8(grey / 1000))
            }
        }
        return pixels
    }
}

/// What a person would miss in a picture: texts that had to be cut, and characters that no font has;
/// and where its parts have come to stand.
final class DrawingNotes {
    private(set) var findings: [String] = []
    private(set) var parts: [(part: ScreenPart, box: Box)] = []

    func add(_ finding: String) { findings.append(finding) }

    func add(_ part: ScreenPart, _ box: Box) { parts.append((part, box)) }
}

/// What a screen is made of, from afar.
enum ScreenPart: String, Hashable, Sendable, CaseIterable {
    case banner, bar, symbol, icon, headline, amount, sentences, countdown, footer
}

/// Where Cairo's writers put a file.
private final class ByteSink {
    var bytes: [UInt8] = []

    /// Takes the next bytes; the closure is an unretained sink.
    static let take: cairo_write_func_t = { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
        sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
    }
}
