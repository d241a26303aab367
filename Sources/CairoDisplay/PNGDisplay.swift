public import Screens
public import Terminal

/// A customer's screen that is a PNG file, drawn with Cairo and Pango.
public struct PNGDisplay: Display {
    private let file: String
    private let theme: ScreenTheme
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int

    /// A display that writes `file`, whole or not at all, at each new screen.
    public init(file: String, width: Int, height: Int, theme: ScreenTheme = .light) {
        self.file = file
        self.theme = theme
        self.width = width
        self.height = height
    }

    /// The file that is drawn to.
    public var path: String? { file }

    /// The picture that `show` would write.
    public func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        try ScreenDrawing.picture(of: screen, width: width, height: height, theme: theme)
    }

    /// Draws the screen and puts it in the place of the file.
    public func show(_ screen: Screen) throws(DisplayError) {
        try ScreenDrawing.painted(screen, width: width, height: height, theme) {
            (canvas) throws(DrawingError) in
            try PictureFile.write(try canvas.png(), to: file)
        }
    }

    /// The screen as it is drawn.
    public func drawn(_ screen: Screen) throws(DisplayError) -> DrawnPicture {
        try ScreenDrawing.drawn(screen, width: width, height: height, theme: theme)
    }
}
