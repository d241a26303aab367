/// The modules of a QR symbol, without quiet zone.
public struct SymbolMatrix: Hashable, Sendable {
    /// Modules on a side: 21 (version 1) to 177 (version 40).
    public let size: Int
    private let modules: [Bool]

    /// A symbol of `size` rows of `size` modules, row by row from the top left, true is dark.
    public init(size: Int, modules: [Bool]) {
        precondition(size > 0, "a symbol has at least one module")
        precondition(modules.count == size * size, "a symbol has size * size modules")
        self.size = size
        self.modules = modules
    }

    /// Whether the module at column `x` and row `y` is dark; around the symbol it is light.
    public func isDark(_ x: Int, _ y: Int) -> Bool {
        guard (0..<size).contains(x), (0..<size).contains(y) else { return false }
        return modules[y * size + x]
    }

    /// The symbol as lines of `▀`, `▄`, `█` and spaces, two rows of modules a line, each line
    /// ended by a line feed: dark modules are ink, so it is to be shown dark on light.
    ///
    /// With `colours` each line says so to a terminal (ANSI, black on white of the 256-colour
    /// table, which themes leave alone), whatever colours the terminal has.
    public func halfBlocks(quietZone: Int = 4, colours: Bool = false) -> String {
        precondition(quietZone >= 0, "a quiet zone is not negative")
        let range = -quietZone..<size + quietZone
        var text = ""
        for y in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            if colours { text += "\u{1B}[38;5;16;48;5;231m" }
            for x in range {
                switch (isDark(x, y), isDark(x, y + 1)) {
                case (true, true): text += "█"
                case (true, false): text += "▀"
                case (false, true): text += "▄"
                case (false, false): text += " "
                }
            }
            text += colours ? "\u{1B}[0m\n" : "\n"
        }
        return text
    }
}
