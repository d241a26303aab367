import Glibc
public import Screens
public import Terminal

/// A customer's screen on a text terminal: symbols in half blocks, words as they are.
public struct TextDisplay: Display {
    private let descriptor: Int32
    private let colours: Bool

    /// A display on an open file descriptor, which stays the caller's. With `colours` symbols are
    /// black on white whatever the terminal's own colours are (ANSI).
    public init(descriptor: Int32 = 1, colours: Bool) {
        self.descriptor = descriptor
        self.colours = colours
    }

    /// A terminal is no file.
    public var path: String? { nil }

    /// The screen as lines of text.
    public static func text(of screen: Screen, colours: Bool) -> String {
        var lines = [screen.banner ?? "", screen.merchant]
        lines.append("\(sign(screen.kind)) \(screen.headline)")
        if let amount = screen.amount { lines.append(amount) }
        lines += screen.lines
        if let countdown = screen.countdown { lines.append(countdown) }
        if let footer = screen.footer { lines.append(footer) }
        let text = lines.filter { !$0.isEmpty }.map { printable($0) + "\n" }.joined()
        return text + (screen.symbol?.halfBlocks(colours: colours) ?? "")
    }

    /// The symbol as its half blocks would be seen, character cells of 6 by 12 pixels.
    public func picture(of screen: Screen) throws(DisplayError) -> LumaFrame {
        let rows = (screen.symbol?.halfBlocks(colours: false) ?? " \n").split(separator: "\n")
        let width = (rows.first?.count ?? 1) * Self.cellWidth
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows.count * 2 * Self.cellWidth * width)
        for row in rows {
            for inked in ["▀█", "▄█"] as [String] {
                let line = row.flatMap { cell in
                    repeatElement(inked.contains(cell) ? 0 : 255 as UInt8, count: Self.cellWidth)
                }
                for _ in 0..<Self.cellWidth { pixels += line }
            }
        }
        return LumaFrame(width: width, height: pixels.count / width, pixels: pixels)
    }

    /// A cell is twice as high as it is wide, as in nearly every terminal.
    private static let cellWidth = 6

    /// Writes the screen below what was written before.
    public func show(_ screen: Screen) throws(DisplayError) {
        let bytes = Array(Self.text(of: screen, colours: colours).utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                throw .notWritable("The text terminal is gone (error \(errno)).")
            }
        }
    }

    /// Screens are made of our own words and signed names; a control character in one of them
    /// would still be the terminal's to obey.
    private static func printable(_ line: String) -> String {
        var safe = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            let category = scalar.properties.generalCategory
            safe.append(category == .control || category == .format ? "\u{FFFD}" : scalar)
        }
        return String(safe)
    }

    private static func sign(_ kind: ScreenKind) -> String {
        switch kind {
        case .idle, .shopQR: "[ ]"
        case .working: "[…]"
        case .approved, .receipt: "[✓]"
        case .approvedInPart: "[◐]"
        case .declined: "[✗]"
        case .again: "[↻]"
        case .retry: "[?]"
        case .network: "[~]"
        case .undone: "[←]"
        case .closed: "[☾]"
        case .service, .outOfOrder: "[!]"
        }
    }
}
