public import Screens

/// A finished picture, as a file and as a camera would see it.
public struct DrawnPicture: Hashable, Sendable {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int
    /// The bytes of a PNG file.
    public let png: [UInt8]
    /// `width * height` grey values, row by row, 0 is black.
    public let luma: [UInt8]
}

/// Draws a symbol by itself, to be printed, sent or held before a camera.
public enum SymbolPicture {
    /// Large enough for a camera at arm's length and for a printer of 203 dpi.
    public static let defaultModulePixels = 8

    /// The symbol, black on white, modules of `modulePixels` pixels (1 to 64), a quiet zone of
    /// four modules, under it the captions, one below the other, the first one in bold, and in its
    /// middle the mark.
    public static func draw(
        _ symbol: SymbolMatrix, modulePixels: Int = defaultModulePixels, captions: [String] = [],
        mark: SymbolMark? = nil
    ) throws(DrawingError) -> DrawnPicture {
        let side = (symbol.size + 2 * Canvas.quietZone) * modulePixels
        guard (1...64).contains(modulePixels), Canvas.sides.contains(side) else {
            throw .size(width: side, height: side)
        }
        let margin = Double(modulePixels * Canvas.quietZone)
        let column = Double(side) - 2 * margin
        let height = side + Int(try captionsHeight(captions, column: column, margin: margin))
        let canvas = try Canvas(width: side, height: height, background: .white)
        canvas.draw(symbol, x: 0, y: 0, modulePixels: modulePixels)
        let pixels = Double(modulePixels)
        for part in mark?.parts(in: symbol) ?? [] {
            canvas.fill(
                Box(
                    x: margin + part.x * pixels, y: margin + part.y * pixels,
                    width: part.width * pixels, height: part.height * pixels),
                part.isDark ? .black : .white)
        }
        var y = Double(side)
        for (index, caption) in captions.enumerated() {
            let block = try block(caption, index, canvas, column)
            block.draw(on: canvas, x: margin, y: y, .black)
            y += block.height
        }
        return DrawnPicture(
            width: side, height: height, png: try canvas.png(), luma: try canvas.luma())
    }

    /// Measured on a canvas of its own, for the real one needs the height first.
    private static func captionsHeight(
        _ captions: [String], column: Double, margin: Double
    ) throws(DrawingError) -> Double {
        guard !captions.isEmpty else { return 0 }
        let canvas = try Canvas(width: 64, height: 64, background: .white)
        var height = margin
        for (index, caption) in captions.enumerated() {
            height += try block(caption, index, canvas, column).height
        }
        return height.rounded(.up)
    }

    private static func block(
        _ caption: String, _ index: Int, _ canvas: borrowing Canvas, _ column: Double
    ) throws(DrawingError) -> TextBlock {
        // The first line is the amount or the name; the rest may be small print.
        let size = index == 0 ? max(column / 14, 12) : max(column / 26, 10)
        return try TextBlock(
            caption, on: canvas, size: size, weight: index == 0 ? .bold : .regular, width: column,
            centred: true, maximumHeight: size * 6)
    }
}
