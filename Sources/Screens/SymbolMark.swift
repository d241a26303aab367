/// A scheme's mark in the middle of a symbol; error correction makes up for what it hides.
public enum SymbolMark: Hashable, Sendable {
    /// The Swiss cross of a QR-bill: 7 mm of a symbol of 46 mm (SIX Implementation Guidelines
    /// QR-bill 2.3, 6.4.2), white on black within a white border.
    case swissCross

    /// A rectangle, in modules from the symbol's top left corner without the quiet zone.
    public struct Part: Hashable, Sendable {
        /// From left to right.
        public let x: Double
        /// From top to bottom.
        public let y: Double
        /// In modules.
        public let width: Double
        /// In modules.
        public let height: Double
        /// Whether it is black or white.
        public let isDark: Bool
    }

    /// The mark's parts, to be drawn in this order over the symbol.
    public func parts(in symbol: SymbolMatrix) -> [Part] {
        let millimetre = Double(symbol.size) / 46
        let centre = Double(symbol.size) / 2
        func part(_ width: Double, _ height: Double, isDark: Bool) -> Part {
            Part(
                x: centre - width * millimetre / 2, y: centre - height * millimetre / 2,
                width: width * millimetre, height: height * millimetre, isDark: isDark)
        }
        // The flag's own proportions within 6 mm: arms 1/6 longer than broad, 20/32 across.
        return [
            part(7, 7, isDark: false), part(6, 6, isDark: true),
            part(3.75, 1.125, isDark: false), part(1.125, 3.75, isDark: false),
        ]
    }
}
