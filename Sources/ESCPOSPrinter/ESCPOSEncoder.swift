public import Screens
public import Terminal

/// Writes a receipt in ESC/POS (Epson, "ESC/POS Command Reference", the commands named here).
public struct ESCPOSEncoder: Sendable {
    private let printer: PrinterCapabilities
    private let symbol: @Sendable ([UInt8]) -> SymbolMatrix?

    /// Dots of a module of a QR code: 0.5 mm at 203 dpi, as phones read from a hand.
    static let moduleDots = 4
    /// The quiet zone that ISO/IEC 18004 asks for, in modules.
    static let quietZone = 4

    /// An encoder for a printer; `symbol` makes codes that it cannot draw by itself.
    public init(
        _ printer: PrinterCapabilities, symbol: @escaping @Sendable ([UInt8]) -> SymbolMatrix?
    ) {
        self.printer = printer
        self.symbol = symbol
    }

    /// The bytes of a receipt, from a printer's reset to the cut.
    public func bytes(of receipt: PrintableReceipt) -> [UInt8] {
        // ESC @: whatever a broken job has left behind goes.
        var bytes: [UInt8] = [0x1B, 0x40]
        // ESC t n: the code page.
        if let page = printer.cp858 { bytes += [0x1B, 0x74, page] }
        for (index, line) in receipt.lines.enumerated() {
            // ESC E n: the merchant's name in bold.
            if index == 0 { bytes += [0x1B, 0x45, 1] }
            for part in Self.wrapped(line, columns: printer.columns) {
                bytes += encoded(part) + [0x0A]
            }
            if index == 0 { bytes += [0x1B, 0x45, 0] }
        }
        if let code = receipt.code {
            // ESC a 1 and 0: centred, and back.
            bytes += [0x1B, 0x61, 1] + self.code(code) + [0x1B, 0x61, 0]
        }
        // ESC d n: past the cutter; GS V 1: a partial cut.
        bytes += [0x1B, 0x64, 4]
        if printer.cuts { bytes += [0x1D, 0x56, 1] }
        return bytes
    }

    // MARK: Text

    private func encoded(_ text: String) -> [UInt8] {
        // Composed, so that a letter with its accent is one sign of the table.
        text.unicodeScalars.compactMap { scalar in
            switch scalar.value {
            case 0x20...0x7E: return UInt8(scalar.value)
            // A no-break space is a space on paper, and marks of direction are nothing.
            case 0xA0, 0x202F: return 0x20
            case 0x2066...0x2069, 0x200E, 0x200F: return nil
            default:
                guard printer.cp858 != nil, let place = Self.cp858[scalar] else {
                    return UInt8(ascii: "?")
                }
                return place
            }
        }
    }

    /// The upper half of CP858, from 0x80 (IBM code page 850 with the euro sign at 0xD5).
    private static let cp858: [Unicode.Scalar: UInt8] = {
        let upper =
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤"
            + "ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■"
        return Dictionary(
            uniqueKeysWithValues: upper.unicodeScalars.enumerated().map { index, scalar in
                (scalar, UInt8(0x80 + index))
            })
    }()

    /// A line in pieces of at most `columns` characters, parted at spaces where there are some.
    static func wrapped(_ line: String, columns: Int) -> [String] {
        var pieces: [String] = []
        var rest = line[...]
        while rest.count > columns {
            let end = rest.index(rest.startIndex, offsetBy: columns)
            // A word that ends with the line leaves its space to nobody.
            let part = rest[...end].lastIndex(of: " ")
            let cut = part.flatMap { $0 > rest.startIndex ? $0 : nil } ?? end
            pieces.append(String(rest[..<cut]))
            rest = rest[cut...].drop { $0 == " " }
        }
        pieces.append(String(rest))
        return pieces
    }

    // MARK: Codes

    private func code(_ content: [UInt8]) -> [UInt8] {
        if printer.drawsQRCodes { return drawn(content) }
        guard let symbol = symbol(content) else { return [] }
        return raster(symbol)
    }

    /// GS ( k, functions 165, 167, 169, 180, 181: model 2, module size, level M, store, print.
    private func drawn(_ content: [UInt8]) -> [UInt8] {
        func function(_ fn: UInt8, _ parameters: [UInt8]) -> [UInt8] {
            let count = parameters.count + 2
            return [0x1D, 0x28, 0x6B, UInt8(count & 255), UInt8(count >> 8), 49, fn] + parameters
        }
        return function(65, [50, 0]) + function(67, [UInt8(Self.moduleDots)]) + function(69, [49])
            + function(80, [48] + content) + function(81, [48])
    }

    /// GS v 0: a picture, a bit to a dot, dark is 1, whole bytes to a row.
    private func raster(_ symbol: SymbolMatrix) -> [UInt8] {
        let side = (symbol.size + 2 * Self.quietZone) * Self.moduleDots
        let rowBytes = (side + 7) / 8
        var bytes: [UInt8] = [
            0x1D, 0x76, 0x30, 0, UInt8(rowBytes & 255), UInt8(rowBytes >> 8),
            UInt8(side & 255), UInt8(side >> 8),
        ]
        for y in 0..<side {
            var row = [UInt8](repeating: 0, count: rowBytes)
            for x in 0..<side
            where symbol.isDark(
                x / Self.moduleDots - Self.quietZone, y / Self.moduleDots - Self.quietZone)
            {
                row[x / 8] |= 0x80 >> UInt8(x % 8)
            }
            bytes += row
        }
        return bytes
    }
}
