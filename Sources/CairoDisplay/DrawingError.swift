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
        case .size: "The picture cannot be drawn: \(detail)"
        case .symbolTooLarge: "The symbol cannot be drawn: \(detail)"
        case .failed: "The picture could not be drawn: \(detail)"
        case .notWritable: "The picture could not be written: \(detail)"
        }
    }

    /// What exactly, as a sentence that can follow another one's colon.
    private var detail: String {
        switch self {
        case .size(let width, let height):
            "\(width) x \(height) pixels are too few or too many."
        case .symbolTooLarge(let modules, let pixels):
            "\(modules) modules with their quiet zone need "
                + "\((modules + 2 * Canvas.quietZone) * Canvas.minimumModulePixels) pixels; "
                + "there is room for \(pixels)."
        case .failed(let detail): "\(detail)."
        case .notWritable(let path, let detail): "\(path): \(detail)."
        }
    }

    /// The same as the terminal's port has it.
    var displayError: DisplayError {
        switch self {
        case .size, .symbolTooLarge: .tooSmall(detail)
        case .failed: .drawing(detail)
        case .notWritable: .notWritable(detail)
        }
    }
}
