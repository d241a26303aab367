import CPangoCairo

/// Text laid out by Pango: one paragraph or more, wrapped at words to a width.
struct TextBlock: ~Copyable {
    enum Weight {
        case regular, bold
    }

    /// Bound to the profile's package (fonts-dejavu-core); Pango falls back to others for scripts
    /// that it has not.
    static let family = "DejaVu Sans"
    /// No sentence of ours comes near; a longer one is cut so that drawing it stays quick.
    static let maximumCharacters = 500

    private let layout: OpaquePointer
    private let text: String
    let width: Double
    let height: Double
    /// Whether Pango had to leave text out to keep within the height.
    let isCut: Bool

    init(
        _ text: String, on canvas: borrowing Canvas, size: Double, weight: Weight = .regular,
        width: Double, centred: Bool, maximumHeight: Double
    ) throws(DrawingError) {
        guard let layout = pango_cairo_create_layout(canvas.pen),
            let font = pango_font_description_new()
        else { throw .failed("no memory for text") }
        defer { pango_font_description_free(font) }
        pango_font_description_set_family(font, Self.family)
        pango_font_description_set_weight(
            font, weight == .bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
        pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
        pango_layout_set_font_description(layout, font)
        pango_layout_set_alignment(layout, centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT)
        pango_layout_set_width(layout, Int32(max(1, width) * Double(PANGO_SCALE)))
        pango_layout_set_height(layout, Int32(max(1, maximumHeight) * Double(PANGO_SCALE)))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
        let bytes = Array(text.prefix(Self.maximumCharacters).utf8)
        bytes.withUnsafeBytes { buffer in
            pango_layout_set_text(
                layout, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count))
        }
        var logical = PangoRectangle()
        pango_layout_get_pixel_extents(layout, nil, &logical)
        self.layout = layout
        self.text = text
        self.width = Double(logical.width)
        self.height = Double(logical.height)
        isCut = pango_layout_is_ellipsized(layout) != 0 || Double(logical.height) > maximumHeight
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    /// Draws the text with its top left corner here, or, where it is centred, its column's.
    func draw(on canvas: borrowing Canvas, x: Double, y: Double, _ colour: Colour) {
        if isCut { canvas.notes.add("cut: \(text)") }
        if pango_layout_get_unknown_glyphs_count(layout) > 0 {
            canvas.notes.add("no font has all of: \(text)")
        }
        canvas.setColour(colour)
        cairo_move_to(canvas.pen, x, y)
        pango_cairo_show_layout(canvas.pen, layout)
    }

    /// How many lines the text has come to.
    var lineCount: Int { Int(pango_layout_get_line_count(layout)) }

    /// The text at the largest size, from `largest` down, at which it fits the box in at most
    /// `lines` lines; at `smallest` what does not fit is cut with an ellipsis.
    static func fitted(
        _ text: String, on canvas: borrowing Canvas, in box: Box, largest: Double,
        smallest: Double, lines: Int = 1, weight: Weight = .regular, centred: Bool
    ) throws(DrawingError) -> TextBlock {
        var size = max(largest, smallest)
        while true {
            let block = try TextBlock(
                text, on: canvas, size: size, weight: weight, width: box.width, centred: centred,
                maximumHeight: box.height)
            if !block.isCut, block.lineCount <= lines || size <= smallest { return block }
            if size <= smallest { return block }
            // Steps of 6 % are finer than an eye across the counter.
            size = max(smallest, size * 0.94)
        }
    }
}
