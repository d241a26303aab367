import CPangoCairo
public import Screens

/// What a printed page is written as.
public enum PageFormat: String, Hashable, Sendable, CaseIterable {
    /// A PDF document of one page.
    case pdf
    /// An SVG document.
    case svg

    var medium: Canvas.Medium { self == .pdf ? .pdf : .svg }
}

/// Pages for a printer, with their measures in millimetres.
public enum PrintedPage {
    /// PDF's unit, and Cairo's, is the point: 1/72 inch of 25.4 mm.
    static let pointsPerMillimetre = 72 / 25.4

    /// A poster's size: A5, which stands beside a till (ISO 216).
    public static let posterMillimetres = (width: 148.0, height: 210.0)
    /// A receipt's width: what a roll of 80 mm prints.
    public static let receiptMillimetres = 72.0
    /// Margins that every office printer leaves white.
    static let margin = 10.0

    /// The side of a module in millimetres, in tenths: as large as the symbol and its quiet zone of four
    /// modules fit a poster's width.
    public static func posterModuleMillimetres(_ symbol: SymbolMatrix) -> Double {
        let modules = Double(symbol.size + 2 * Canvas.quietZone)
        return ((posterMillimetres.width - 2 * margin) / modules * 10).rounded(.down) / 10
    }

    /// A poster: the merchant's name, the sentence, the symbol, and how large it was meant to be, by
    /// which a print that was scaled is found out.
    public static func poster(
        merchant: String, sentence: String, symbol: SymbolMatrix, as format: PageFormat
    ) throws(DrawingError) -> [UInt8] {
        try draw(
            posterMillimetres, as: format.medium, scale: pointsPerMillimetre
        ) { (canvas) throws(DrawingError) in
            try poster(merchant, sentence, symbol, on: canvas)
        }.document()
    }

    /// The same as a camera would see it, four pixels to a millimetre: to be read before it is printed.
    public static func posterPicture(
        merchant: String, sentence: String, symbol: SymbolMatrix
    ) throws(DrawingError) -> DrawnPicture {
        let canvas = try draw(posterMillimetres, as: .pixels, scale: 4) {
            (canvas) throws(DrawingError) in try poster(merchant, sentence, symbol, on: canvas)
        }
        return DrawnPicture(
            width: canvas.width, height: canvas.height, png: try canvas.png(),
            luma: try canvas.luma())
    }

    /// A receipt as a roll prints it: its lines, the first in bold, and its code under them.
    public static func receipt(
        lines: [String], symbol: SymbolMatrix?, as format: PageFormat
    ) throws(DrawingError) -> [UInt8] {
        let size = (
            width: receiptMillimetres,
            height: try receiptHeight(lines, symbol)
        )
        return try draw(size, as: format.medium, scale: pointsPerMillimetre) {
            (canvas) throws(DrawingError) in
            _ = try receipt(lines, symbol, on: canvas)
        }.document()
    }

    // MARK: Drawing, in millimetres

    /// A white page, drawn in millimetres.
    private static func draw(
        _ size: (width: Double, height: Double), as medium: Canvas.Medium, scale: Double,
        _ body: (borrowing Canvas) throws(DrawingError) -> Void
    ) throws(DrawingError) -> Canvas {
        let canvas = try Canvas(
            width: Int((size.width * scale).rounded()),
            height: Int((size.height * scale).rounded()), background: .white, as: medium)
        cairo_scale(canvas.pen, scale, scale)
        try body(canvas)
        return canvas
    }

    private static func poster(
        _ merchant: String, _ sentence: String, _ symbol: SymbolMatrix, on canvas: borrowing Canvas
    ) throws(DrawingError) {
        var page = Box(
            x: 0, y: 0, width: posterMillimetres.width, height: posterMillimetres.height
        ).inset(margin)
        let module = posterModuleMillimetres(symbol)
        let side = Double(symbol.size + 2 * Canvas.quietZone) * module
        let foot = page.takeBottom(8)
        let name = page.takeTop(22, gap: 2)
        try centred(merchant, in: name, largest: 12, weight: .bold, on: canvas)
        try centred(sentence, in: page.takeTop(20, gap: 2), largest: 8, lines: 2, on: canvas)
        draw(
            symbol, x: (posterMillimetres.width - side) / 2,
            y: page.y + max(0, (page.height - side) / 2), module: module, on: canvas)
        let written =
            "\(symbol.size) × \(symbol.size), \(decimal(module)) mm, "
            + "\(decimal(Double(symbol.size) * module)) mm"
        try centred(written, in: foot, largest: 3, on: canvas)
    }

    private static func decimal(_ millimetres: Double) -> String {
        let tenths = Int((millimetres * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func centred(
        _ text: String, in box: Box, largest: Double, lines: Int = 1,
        weight: TextBlock.Weight = .regular, on canvas: borrowing Canvas
    ) throws(DrawingError) {
        let block = try TextBlock.fitted(
            text, on: canvas, in: box, largest: largest, smallest: largest * 0.35, lines: lines,
            weight: weight, centred: true)
        block.draw(on: canvas, x: box.x, y: box.y + (box.height - block.height) / 2, .black)
    }

    /// A symbol with its quiet zone, in one fill, so that no seam shows between its modules.
    private static func draw(
        _ symbol: SymbolMatrix, x: Double, y: Double, module: Double, on canvas: borrowing Canvas
    ) {
        canvas.setColour(.black)
        for row in 0..<symbol.size {
            for column in 0..<symbol.size where symbol.isDark(column, row) {
                cairo_rectangle(
                    canvas.pen, x + Double(column + Canvas.quietZone) * module,
                    y + Double(row + Canvas.quietZone) * module, module, module)
            }
        }
        cairo_fill(canvas.pen)
    }

    /// A receipt's letters, and its code's module (0.5 mm, as `ESCPOSPrinter` prints it).
    private static let letterMillimetres = 3.2
    private static let receiptModule = 0.5
    private static let receiptMargin = 3.0

    private static func receiptHeight(_ lines: [String], _ symbol: SymbolMatrix?)
        throws(DrawingError) -> Double
    {
        // Measured on a page of its own, which is thrown away.
        let canvas = try Canvas(width: 64, height: 64, background: .white)
        return max(40, try receipt(lines, symbol, on: canvas))
    }

    /// Draws a receipt, and answers how high it has come out.
    private static func receipt(
        _ lines: [String], _ symbol: SymbolMatrix?, on canvas: borrowing Canvas
    ) throws(DrawingError) -> Double {
        var y = receiptMargin
        for (index, line) in lines.enumerated() {
            let block = try TextBlock(
                line, on: canvas, size: letterMillimetres, weight: index == 0 ? .bold : .regular,
                width: receiptMillimetres - 2 * receiptMargin, centred: false, maximumHeight: 40)
            block.draw(on: canvas, x: receiptMargin, y: y, .black)
            y += max(block.height, letterMillimetres * 1.3)
        }
        if let symbol {
            let side = Double(symbol.size + 2 * Canvas.quietZone) * receiptModule
            draw(
                symbol, x: (receiptMillimetres - side) / 2, y: y, module: receiptModule, on: canvas)
            y += side
        }
        return y + receiptMargin
    }
}
