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

    @Test("says black on white to a terminal only when asked to, and ends each line's colours")
    func colours() {
        #expect(!matrix.halfBlocks().contains("\u{1B}"))
        for line in matrix.halfBlocks(colours: true).split(separator: "\n") {
            #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m") && line.hasSuffix("\u{1B}[0m"))
        }
    }
}
