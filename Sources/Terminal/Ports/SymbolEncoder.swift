public import Screens

/// Makes QR codes of an EMVCo payload (byte mode, `formats.md` 3) and of a voucher's or a receipt's
/// text (alphanumeric mode, `formats.md` 1, `receipt.md`).
public protocol ShopSymbolEncoder: Sendable {
    /// The symbols that a payload may be shown as, the one to be tried first at ECC level M, then
    /// others of another level or version, and so of another mask; empty where the payload is too
    /// long for one.
    func symbols(for payload: String) -> any Sequence<SymbolMatrix>

    /// The modules of the symbol of a voucher's or a receipt's text, or nil where that is too long
    /// for one.
    func symbol(forText text: String) -> SymbolMatrix?
}

/// Reads a picture that the terminal has drawn, with the very decoder that reads the camera.
public protocol ScreenReader: Sendable {
    /// The contents of the symbols in the picture, as far as a customer's camera would read them
    /// too: what is read only from a picture without blur and noise does not count.
    func read(_ picture: LumaFrame) -> [[UInt8]]
}
