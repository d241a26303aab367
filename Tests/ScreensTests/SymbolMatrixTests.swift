import Foundation
import Screens
import Testing

@Suite("A symbol's matrix")
struct SymbolMatrixTests {
    private let matrix = SymbolMatrix(
        size: 3, modules: [true, false, true, true, true, false, false, false, true])

    @Test("is dark where it says, and light everywhere around")
    func modules() {
        #expect(matrix.isDark(0, 0) && matrix.isDark(2, 2) && !matrix.isDark(1, 0))
        #expect(!matrix.isDark(-1, 0) && !matrix.isDark(0, -1))
        #expect(!matrix.isDark(3, 0) && !matrix.isDark(0, 3))
    }

    @Test("is two rows of modules to a line of half blocks, dark is ink")
    func halfBlocks() {
        #expect(matrix.halfBlocks(quietZone: 0) == "█▄▀\n  ▀\n")
        #expect(matrix.halfBlocks(quietZone: 1) == " ▄ ▄ \n ▀▀▄ \n     \n")
    }

    @Test("has lines of one width and a quiet zone of four modules unless told otherwise")
    func quietZone() {
        let lines = matrix.halfBlocks().split(separator: "\n")
        #expect(lines.count == 6 && lines.allSatisfy { $0.count == 11 })
        #expect(lines[0].allSatisfy { $0 == " " } && lines[1].allSatisfy { $0 == " " })
    }

    @Test("is an SVG of one path, a rectangle for each run of dark modules, with its quiet zone")
    func svg() {
        let text = matrix.svg(quietZone: 1)
        #expect(text.contains("viewBox=\"0 0 5 5\""))
        #expect(
            text.contains(
                "<path d=\"M1 1h1v1h-1zM3 1h1v1h-1zM1 2h2v1h-2zM3 3h1v1h-1z\" fill=\"#000\"/>"))
        #expect(text.hasPrefix("<?xml") && text.hasSuffix("</svg>\n"))
        #expect(matrix.svg().contains("viewBox=\"0 0 11 11\""))
    }

    @Test("bears a mark in its middle, 7 of 46 parts wide")
    func mark() {
        let symbol = SymbolMatrix(size: 46, modules: Array(repeating: false, count: 46 * 46))
        let parts = SymbolMark.swissCross.parts(in: symbol)
        #expect(parts.first?.x == 19.5 && parts.first?.width == 7 && parts.first?.isDark == false)
        #expect(parts.dropFirst().allSatisfy { $0.x > 19.5 && $0.x + $0.width < 26.5 })
        #expect(symbol.svg(mark: .swissCross).components(separatedBy: "<rect x=").count == 5)
    }

    @Test("says black on white to a terminal only when asked to, and ends each line's colours")
    func colours() {
        #expect(!matrix.halfBlocks().contains("\u{1B}"))
        for line in matrix.halfBlocks(colours: true).split(separator: "\n") {
            #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
        }
    }
}
