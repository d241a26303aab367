import QRencodeEncoder
import Screens
import Terminal
import Testing

@testable import ZBarDecoder

@Suite("Hints from the picture")
struct HintTests {
    private static let width = 1_280
    private static let height = 720

    /// A frame with a code of `module` pixels whose middle lies at a place, grey 25 to 225 or as told,
    /// on a light ground.
    private func frame(
        module: Double, middle: (x: Double, y: Double) = (640, 360), dark: Double = 25,
        light: Double = 225
    ) throws -> LumaFrame {
        let text = "TV1:" + String(repeating: "0123456789ABCDEF", count: 6)
        let symbol = try SymbolEncoder.encode(
            Array(text.utf8), mode: .alphanumeric, level: .medium)
        var pixels = [UInt8](repeating: UInt8(light), count: Self.width * Self.height)
        let half = Double(symbol.size) / 2 * module
        let columns = cover(Self.width, from: middle.x - half, module, count: symbol.size)
        let rows = cover(Self.height, from: middle.y - half, module, count: symbol.size)
        for (y, inRow) in rows.enumerated() where !inRow.isEmpty {
            for (x, inColumn) in columns.enumerated() where !inColumn.isEmpty {
                var share = 0.0
                for row in inRow {
                    for column in inColumn where symbol.isDark(column.index, row.index) {
                        share += row.share * column.share
                    }
                }
                pixels[y * Self.width + x] = UInt8(light - (light - dark) * share)
            }
        }
        return LumaFrame(width: Self.width, height: Self.height, pixels: pixels)
    }

    /// For each pixel of a line, the modules that it covers and how much of it each fills: what a
    /// sensor sees.
    private func cover(
        _ pixels: Int, from start: Double, _ module: Double, count: Int
    ) -> [[(index: Int, share: Double)]] {
        (0..<pixels).map { pixel in
            let (from, to) = (Double(pixel) - start, Double(pixel + 1) - start)
            let first = Int((from / module).rounded(.down))
            let last = Int((to / module).rounded(.down))
            return (first...last).compactMap { index in
                let share = min(to, Double(index + 1) * module) - max(from, Double(index) * module)
                return (0..<count).contains(index) && share > 0 ? (index, share) : nil
            }
        }
    }

    private func aim(_ frame: LumaFrame, wasRead: Bool = false, hasMoved: Bool = true) -> FrameAim {
        let pixels = frame.pixels.span
        return FrameAim(
            pixels, width: frame.width, height: frame.height,
            picture: FramePicture(pixels, width: frame.width, height: frame.height),
            wasRead: wasRead, hasMoved: hasMoved)
    }

    @Test("A module's size is told to within a sixth", arguments: [2.0, 3.5, 5, 8, 12])
    func moduleSize(module: Double) throws {
        let told = try #require(aim(try frame(module: module), wasRead: true).modulePixels)
        #expect(abs(told - module) < module / 6)
    }

    @Test("Modules too small for the pixels: closer")
    func closer() throws {
        #expect(aim(try frame(module: 1.5)).hint == .closer)
        #expect(aim(try frame(module: 2.0)).hint == .closer)
        #expect(aim(try frame(module: 4.0)).hint != .closer)
    }

    @Test("A code that hangs out of the picture: further")
    func further() throws {
        #expect(aim(try frame(module: 14, middle: (60, 360))).hint == .further)
        #expect(aim(try frame(module: 5, middle: (20, 360))).hint != .further)
    }

    @Test("Too little light: brighter")
    func brighter() throws {
        #expect(aim(try frame(module: 5, dark: 4, light: 14)).hint == .brighter)
        #expect(aim(try frame(module: 5, dark: 8, light: 30)).hint == .brighter)
    }

    @Test("A code of good size that moves: hold still; one that does not move: nothing")
    func holdStill() throws {
        let frame = try frame(module: 5)
        #expect(aim(frame).hint == .holdStill)
        #expect(aim(frame, hasMoved: false).hint == nil)
    }

    @Test("Nothing in view, a code that was read, and frames of no size: no hint")
    func nothing() throws {
        #expect(aim(try frame(module: 1.5), wasRead: true).hint == nil)
        for level in [0, 10, 128, 255] as [UInt8] {
            let even = LumaFrame(
                width: 640, height: 480, pixels: [UInt8](repeating: level, count: 640 * 480))
            #expect(aim(even).hint == nil)
            #expect(aim(even).modulePixels == nil)
        }
        for (width, height) in [(0, 0), (1, 1), (40, 3), (3, 400), (62, 63)] {
            let tiny = LumaFrame(
                width: width, height: height, pixels: [UInt8](repeating: 9, count: width * height))
            #expect(aim(tiny).hint == nil)
        }
    }

    @Test("Noise gives no hint", arguments: 0..<4)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(state: seed + 1)
        let pixels = (0..<(640 * 480)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(aim(LumaFrame(width: 640, height: 480, pixels: pixels)).hint != .closer)
    }
}

@Suite("What of the hints is told")
struct HintFilterTests {
    private var filter = HintFilter()

    private mutating func note(_ hint: AimHint?, times: Int, wasRead: Bool = false) -> [Int] {
        (0..<times).filter { _ in filter.note(hint, wasRead: wasRead) }
    }

    @Test("A hint is told when it stands in six views running, and once")
    mutating func steady() {
        #expect(note(.closer, times: 20) == [5])
        #expect(filter.told == .closer)
    }

    @Test("Hints that change with each view are not told")
    mutating func flicker() {
        for _ in 0..<20 {
            #expect(note(.closer, times: 5) == [])
            #expect(note(nil, times: 1) == [])
            #expect(note(.holdStill, times: 3) == [])
        }
    }

    @Test("A hint stays for eight views without it, goes with a code, and gives way to another")
    mutating func ending() {
        _ = note(.closer, times: 6)
        #expect(note(nil, times: 20) == [7])
        #expect(filter.told == nil)
        _ = note(.closer, times: 6)
        #expect(note(.further, times: 6) == [5])
        #expect(filter.told == .further)
        #expect(note(.further, times: 1, wasRead: true) == [0])
        #expect(filter.told == nil)
        #expect(note(nil, times: 3, wasRead: true) == [])
    }
}
