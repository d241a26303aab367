public import Screens

/// Makes a QR code of an EMVCo payload: byte mode, ECC level M (`formats.md` 3).
public protocol ShopSymbolEncoder: Sendable {
    /// The symbol's modules, or nil where the payload is too long for a symbol.
    func symbol(for payload: String) -> SymbolMatrix?
}

/// Reads a picture that the terminal has drawn, with the very decoder that reads the camera.
public protocol ScreenReader: Sendable {
    /// The contents of the symbols in the picture.
    func read(_ picture: LumaFrame) -> [[UInt8]]
}
