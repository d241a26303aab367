public import Screens

/// Why a screen could not be shown.
public enum DisplayError: Error, Hashable, Sendable {
    /// The surface is too small for a QR code that can be read.
    case tooSmall(String)
    /// The surface could not be written.
    case notWritable(String)
    /// The drawing library failed.
    case drawing(String)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .tooSmall: "display-too-small"
        case .notWritable: "display-not-writable"
        case .drawing: "display-drawing"
        }
    }

    /// What happened and what to do.
    public var message: String {
        switch self {
        case .tooSmall(let detail): "The display is too small for the shop QR: \(detail)"
        case .notWritable(let detail):
            "The display cannot be written: \(detail) Payments go on; the customer sees nothing."
        case .drawing(let detail): "The screen could not be drawn: \(detail)"
        }
    }
}

/// The customer's screen.
public protocol Display: Sendable {
    /// The picture that ``show(_:)`` would show, as a camera would see it: for the terminal to
    /// read its own code before anybody else does.
    func picture(of screen: Screen) throws(DisplayError) -> LumaFrame

    /// Shows the screen until the next one.
    func show(_ screen: Screen) throws(DisplayError)

    /// The file that is drawn to, where the surface is one.
    var path: String? { get }
}
