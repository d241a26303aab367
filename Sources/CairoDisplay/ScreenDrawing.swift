public import Screens
public import Terminal

/// A screen drawn for no surface in particular.
public enum ScreenDrawing {
    /// The screen as a picture of this size in pixels.
    public static func drawn(
        _ screen: Screen, width: Int, height: Int, theme: ScreenTheme = .light
    ) throws(DisplayError) -> DrawnPicture {
        try painted(screen, width: width, height: height, theme) { (canvas) throws(DrawingError) in
            DrawnPicture(
                width: width, height: height, png: try canvas.png(), luma: try canvas.luma())
        }
    }

    /// The screen as an SVG document, crisp at any size: drawn as on a panel of this size in pixels.
    public static func svg(
        _ screen: Screen, width: Int, height: Int, theme: ScreenTheme = .light
    ) throws(DisplayError) -> [UInt8] {
        do throws(DrawingError) {
            let canvas = try ScreenPainter(screen, theme)
                .paint(width: width, height: height, as: .svg)
            return try canvas.document()
        } catch { throw error.displayError }
    }

    /// What a person would miss in that picture: texts that had to be cut to fit, and texts with a
    /// character that no installed font has. Empty where it shows all that the screen says.
    public static func findings(in screen: Screen, width: Int, height: Int) throws(DisplayError)
        -> [String]
    {
        try painted(screen, width: width, height: height) { canvas in canvas.notes.findings }
    }

    /// Where the parts of a screen come to stand, in the order in which they are drawn.
    static func parts(of screen: Screen, width: Int, height: Int) throws(DisplayError)
        -> [(part: ScreenPart, box: Box)]
    {
        try painted(screen, width: width, height: height) { canvas in canvas.notes.parts }
    }

    /// The picture's pixels as the kernel's surfaces take them, 0xXXRRGGBB, row by row.
    static func pixels(
        of screen: Screen, width: Int, height: Int, theme: ScreenTheme = .light
    ) throws(DisplayError) -> [UInt32] {
        try painted(screen, width: width, height: height, theme) { (canvas) throws(DrawingError) in
            try canvas.pixels()
        }
    }

    /// Many screens on one sheet, each with a caption, to be looked at by a person: the bytes of a PNG
    /// file. Each is drawn at `width` by `height` pixels and shown at half of that, `columns` in a row.
    public static func sheet(
        _ screens: [(caption: String, screen: Screen)], width: Int, height: Int, columns: Int,
        theme: ScreenTheme = .light
    ) throws(DisplayError) -> [UInt8] {
        let (gap, strip) = (16, 28)
        let (cellWidth, cellHeight) = (width / 2 + gap, height / 2 + strip + gap)
        let rows = (screens.count + columns - 1) / columns
        do throws(DrawingError) {
            let sheet = try Canvas(
                width: columns * cellWidth + gap, height: rows * cellHeight + gap,
                background: Colour(0xD5D9DE))
            for (index, entry) in screens.enumerated() {
                let cell = Box(
                    x: Double(gap + index % columns * cellWidth),
                    y: Double(gap + index / columns * cellHeight), width: Double(width / 2),
                    height: Double(height / 2))
                let picture = try ScreenPainter(entry.screen, theme)
                    .paint(width: width, height: height)
                sheet.draw(picture, in: cell)
                let caption = try TextBlock(
                    entry.caption, on: sheet, size: 15, width: cell.width, centred: true,
                    maximumHeight: Double(strip))
                caption.draw(on: sheet, x: cell.x, y: cell.y + cell.height + 4, .black)
            }
            return try sheet.png()
        } catch { throw error.displayError }
    }

    /// The picture in grey, for the terminal to read its own code from.
    static func picture(
        of screen: Screen, width: Int, height: Int, theme: ScreenTheme = .light
    ) throws(DisplayError) -> LumaFrame {
        try painted(screen, width: width, height: height, theme) { (canvas) throws(DrawingError) in
            LumaFrame(width: width, height: height, pixels: try canvas.luma())
        }
    }

    /// Paints the screen, and hands out what is wanted of it.
    static func painted<Wanted>(
        _ screen: Screen, width: Int, height: Int, _ theme: ScreenTheme = .light,
        _ take: (borrowing Canvas) throws(DrawingError) -> Wanted
    ) throws(DisplayError) -> Wanted {
        do throws(DrawingError) {
            return try take(try ScreenPainter(screen, theme).paint(width: width, height: height))
        } catch { throw error.displayError }
    }
}
