import Terminal

/// Why a picture could not be drawn or kept.
public enum DrawingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The picture's sides are not 64 to 8,192 pixels.
    case size(width: Int, height: Int)
    /// The symbol would have modules of fewer pixels than a camera needs.
    case symbolTooLarge(modules: Int, pixels: Int)
    /// Cairo or Pango failed; the detail is their own sentence.
    case failed(String)
    /// The file could not be written; the detail is the system's own sentence.
    case notWritable(path: String, detail: String)

    /// A stable code.
    public var reason: String {
        switch self {
        case .size: "drawing-size"
        case .symbolTooLarge: "drawing-symbol-too-large"
        case .failed: "drawing-failed"
        case .notWritable: "drawing-not-writable"
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .size(let width, let height):
            "A picture of \(width) x \(height) pixels cannot be drawn."
        case .symbolTooLarge(let modules, let pixels):
            "A symbol of \(modules) modules with its quiet zone needs "
                + "\((modules + 2 * Canvas.quietZone) * Canvas.minimumModulePixels) pixels; "
                + "there is room for \(pixels)."
        case .failed(let detail): "The picture could not be drawn: \(detail)."
        case .notWritable(let path, let detail): "\(path) cannot be written: \(detail)."
        }
    }

    /// The same as the terminal's port has it.
    var displayError: DisplayError {
        switch self {
        case .size, .symbolTooLarge: .tooSmall(description)
        case .failed: .drawing(description)
        case .notWritable: .notWritable(description)
        }
    }
}
