import Foundation
import ProcessScanner
import ScannerProtocol
import Terminal
import Testing

/// Frames made to keep a decoder busy, as somebody might hold them before a camera.
enum HostileFrame: String, CaseIterable, Sendable {
    /// Finder patterns all over, which zbar combines three by three.
    case finders
    /// The same at half the size, twice as many.
    case smallFinders
    /// Each pixel black or white by chance.
    case noise
    /// Modules of four pixels by chance: a code without order.
    case modules
    /// Squares within squares.
    case nested

    static let width = 640
    static let height = 480

    func frame(seed: UInt64) -> LumaFrame {
        var generator = SeededGenerator(state: seed)
        let shift = Int.random(in: 0..<16, using: &generator)
        let pixels = (0..<(Self.width * Self.height)).map { index in
            value(x: index % Self.width + shift, y: index / Self.width + shift, &generator)
        }
        return LumaFrame(width: Self.width, height: Self.height, pixels: pixels)
    }

    private func value(x: Int, y: Int, _ generator: inout SeededGenerator) -> UInt8 {
        let isDark: Bool
        switch self {
        case .finders: isDark = Self.isFinder(x, y, module: 3)
        case .smallFinders: isDark = Self.isFinder(x, y, module: 2)
        case .noise: isDark = Bool.random(using: &generator)
        case .modules:
            // The same for all pixels of one module, without a table.
            let mixed = UInt64(x / 4) &* 0x9E37_79B9 ^ UInt64(y / 4) &* 0x85EB_CA6B
            isDark = (mixed &* 0xC2B2_AE35) >> 13 & 1 == 1
        case .nested: isDark = max(abs(x - 320), abs(y - 240)) / 6 % 2 == 0
        }
        return isDark ? 0 : 255
    }

    /// A finder pattern of seven modules in each field of nine.
    private static func isFinder(_ x: Int, _ y: Int, module: Int) -> Bool {
        let ring = max(abs(x / module % 9 - 4), abs(y / module % 9 - 4))
        return ring <= 1 || ring == 3
    }
}

@Suite("Hostile frames", .serialized)
struct HostileFrameTests {
    /// A frame with a code, of the hostile frames' size.
    private static func good() throws -> LumaFrame {
        let code = try Pictures.frame("hello.png")
        var pixels = [UInt8](
            repeating: 255, count: HostileFrame.width * HostileFrame.height)
        for y in 0..<min(code.height, HostileFrame.height) {
            for x in 0..<min(code.width, HostileFrame.width) {
                pixels[y * HostileFrame.width + x] = code.pixels[y * code.width + x]
            }
        }
        return LumaFrame(width: HostileFrame.width, height: HostileFrame.height, pixels: pixels)
    }

    private static let layout = StreamLayout.grey(
        width: HostileFrame.width, height: HostileFrame.height)

    /// So many looks; how many frames were lost, and the last view.
    private func look(
        _ scanner: ProcessScanner, times: Int
    ) throws -> (lost: Int, last: ScannerView) {
        var lost = 0
        var last = ScannerView.nothingNew
        for _ in 0..<times {
            last = try scanner.look(timeoutMilliseconds: 1_000)
            if case .unreadable = last { lost += 1 }
        }
        return (lost, last)
    }

    @Test(
        "After whatever is held up, the good code in the next frame is read",
        arguments: HostileFrame.allCases)
    func recovery(hostile: HostileFrame) throws {
        let folder = try TemporaryFolder()
        let count = 12
        var bytes: [UInt8] = []
        for seed in 0..<count { bytes += hostile.frame(seed: UInt64(seed)).pixels }
        bytes += try Self.good().pixels
        try folder.write(bytes, to: "frames")
        var limits = ScannerLimits()
        limits.startMilliseconds = 30_000
        limits.graceMilliseconds = 20_000
        limits.wallFactor = 100
        let scanner = ProcessScanner(
            program: BuiltScanner.path,
            source: .stream(path: folder.path("frames"), Self.layout), limits: limits)
        _ = try look(scanner, times: count)
        let (_, last) = try look(scanner, times: 1)
        guard case .looked(let symbols, _) = last else {
            Issue.record("The good frame is looked at: \(last)")
            return
        }
        #expect(texts(symbols) == ["HELLO TILL"])
    }

    /// TILL_FRAMES sets the count: the proof in full is 100,000.
    @Test("Over many frames neither the scanner nor its daemon grows")
    func memory() throws {
        let environment = ProcessInfo.processInfo.environment["TILL_FRAMES"]
        let count = environment.flatMap(Int.init) ?? 1_500
        let folder = try TemporaryFolder()
        let pipe = folder.path("frames")
        try #require(mkfifo(pipe, 0o600) == 0)
        let good = try Self.good().pixels
        let empty = HostileFrame.nested.frame(seed: 1).pixels
        let writer = Thread {
            guard let file = fopen(pipe, "w") else { return }
            for number in 0..<(count + 500) {
                // What was in view changes each time, so that each frame is looked at.
                let pixels = number.isMultiple(of: 2) ? good : empty
                if fwrite(pixels, 1, pixels.count, file) != pixels.count { break }
            }
            fclose(file)
        }
        signal(SIGPIPE, SIG_IGN)
        writer.start()
        var limits = ScannerLimits()
        limits.startMilliseconds = 30_000
        limits.graceMilliseconds = 20_000
        limits.wallFactor = 100
        let scanner = ProcessScanner(
            program: BuiltScanner.path, source: .stream(path: pipe, Self.layout), limits: limits)
        _ = try look(scanner, times: 500)
        let process = try #require(scanner.processIdentifier)
        let before = try Self.residentKiB(process)
        _ = try look(scanner, times: count)
        #expect(scanner.processIdentifier == process)
        let after = try Self.residentKiB(process)
        #expect(after - before <= 1_024, "from \(before) to \(after) KiB over \(count) frames")
    }

    private static func residentKiB(_ process: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
        let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * Int(getpagesize()) / 1_024
    }
}
