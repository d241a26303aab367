public import Screens

/// Makes QR codes of an EMVCo payload (byte mode, `formats.md` 3) and of a voucher's text
/// (alphanumeric mode, `formats.md` 1); both at ECC level M.
public protocol ShopSymbolEncoder: Sendable {
    /// The modules of a payload's symbol, or nil where it is too long for one.
    func symbol(for payload: String) -> SymbolMatrix?

    /// The modules of a voucher's symbol, or nil where its text is too long for one.
    func symbol(forVoucher text: String) -> SymbolMatrix?
}

/// Reads a picture that the terminal has drawn, with the very decoder that reads the camera.
public protocol ScreenReader: Sendable {
    /// The contents of the symbols in the picture.
    func read(_ picture: LumaFrame) -> [[UInt8]]
}
