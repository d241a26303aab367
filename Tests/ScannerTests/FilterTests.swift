import Terminal
import Testing

@testable import ZBarDecoder

@Suite("Frame filters")
struct FilterTests {
    private static let sides = [
        (1, 1), (1, 7), (7, 1), (5, 40), (40, 5), (33, 34), (64, 48), (97, 61),
    ]

    @Test("The threshold agrees with the mean taken pixel by pixel", arguments: sides)
    func threshold(width: Int, height: Int) {
        let frame = LumaFrame.noise(width: width, height: height, seed: 5)
        for window in [3, 21, 31, 255] {
            #expect(frame.thresholded(window: window) == slowlyThresholded(frame, window: window))
        }
    }

    private func slowlyThresholded(_ frame: LumaFrame, window: Int) -> LumaFrame {
        let radius = window / 2
        var pixels: [UInt8] = []
        for y in 0..<frame.height {
            for x in 0..<frame.width {
                var sum = 0
                var count = 0
                for row in max(0, y - radius)...min(frame.height - 1, y + radius) {
                    for column in max(0, x - radius)...min(frame.width - 1, x + radius) {
                        sum += Int(frame.pixels[row * frame.width + column])
                        count += 1
                    }
                }
                let pixel = Int(frame.pixels[y * frame.width + x])
                pixels.append((pixel + LumaView.thresholdOffset) * count > sum ? 255 : 0)
            }
        }
        return LumaFrame(width: frame.width, height: frame.height, pixels: pixels)
    }

    @Test("A reduced frame's pixels are the means of squares", arguments: sides)
    func reduced(width: Int, height: Int) {
        let frame = LumaFrame.noise(width: width, height: height, seed: 6)
        for factor in [2, 3, 4, 7] {
            let reduced = frame.reduced(by: factor)
            #expect(reduced.width == width / factor)
            #expect(reduced.height == height / factor)
            for y in 0..<reduced.height {
                for x in 0..<reduced.width {
                    var sum = 0
                    for row in 0..<factor {
                        for column in 0..<factor {
                            let place = (y * factor + row) * width + x * factor + column
                            sum += Int(frame.pixels[place])
                        }
                    }
                    let mean = (sum + factor * factor / 2) / (factor * factor)
                    #expect(Int(reduced.pixels[y * reduced.width + x]) == mean)
                }
            }
        }
    }

    @Test("A still is reduced to a long side, and keeps its shape and its mean")
    func longSide() {
        let frame = LumaFrame.noise(width: 301, height: 173, seed: 7)
        for longSide in [300, 150, 100, 41, 1] {
            let reduced = frame.reduced(toLongSide: longSide)
            #expect(reduced.width == longSide)
            #expect(reduced.height == max(1, 173 * longSide / 301))
            #expect(abs(mean(reduced) - mean(frame)) < 2.5)
        }
        #expect(frame.reduced(toLongSide: 301) == frame)
        #expect(frame.reduced(toLongSide: 9_999) == frame)
    }

    @Test("An even grey stays the same grey in every filter that changes the size")
    func evenGrey() {
        let frame = LumaFrame(width: 61, height: 47, pixels: Array(repeating: 77, count: 61 * 47))
        let filtered = [
            frame.reduced(by: 2), frame.reduced(by: 3), frame.reduced(toLongSide: 40),
            frame.doubled(),
        ]
        for result in filtered { #expect(Set(result.pixels) == [77]) }
        #expect(frame.inverted().pixels.allSatisfy { $0 == 178 })
        #expect(frame.thresholded(window: 21).pixels.allSatisfy { $0 == 255 })
    }

    @Test("Doubling puts each new pixel a quarter of the way between old ones")
    func doubled() {
        let frame = LumaFrame(width: 2, height: 1, pixels: [0, 200])
        let doubled = frame.doubled()
        #expect(doubled.width == 4)
        #expect(doubled.height == 2)
        #expect(doubled.pixels == [0, 50, 150, 200, 0, 50, 150, 200])
    }

    @Test("Painting covers a symbol's outline and nothing else")
    func painting() {
        let frame = LumaFrame(width: 20, height: 20, pixels: Array(repeating: 0, count: 400))
        let corners = [(5, 5), (5, 14), (14, 14), (14, 5)].map {
            DecodedSymbol.Corner(x: $0.0, y: $0.1)
        }
        let painted = frame.painted(over: [DecodedSymbol(bytes: [1], corners: corners)])
        for y in 0..<20 {
            for x in 0..<20 {
                let isInside = (5...14).contains(x) && (5...14).contains(y)
                #expect(painted.pixels[y * 20 + x] == (isInside ? 128 : 0))
            }
        }
    }

    @Test("Outlines beyond the frame's edges do no harm")
    func paintingBeyondEdges() {
        let frame = LumaFrame.noise(width: 20, height: 20, seed: 8)
        var generator = SeededGenerator(state: 9)
        for _ in 0..<200 {
            let corners = (0..<4).map { _ in
                DecodedSymbol.Corner(
                    x: Int.random(in: -50...70, using: &generator),
                    y: Int.random(in: -50...70, using: &generator))
            }
            let painted = frame.painted(over: [DecodedSymbol(bytes: [1], corners: corners)])
            #expect(painted.pixels.count == 400)
        }
        #expect(frame.painted(over: [DecodedSymbol(bytes: [1])]) == frame)
    }

    private func mean(_ frame: LumaFrame) -> Double {
        Double(frame.pixels.reduce(0) { $0 + Int($1) }) / Double(frame.pixels.count)
    }
}

@Suite("Finder patterns")
struct FinderPatternTests {
    @Test(
        "A frame with a code shows them, turned and at any size",
        arguments: [
            "hello.png", "small-modules.png", "two-codes.png", "nine-codes.png", "binary-nul.png",
        ])
    func code(name: String) throws {
        let frame = try Pictures.frame(name)
        #expect(frame.thresholded(window: 31).showsFinderPatterns())
        #expect(turned(frame).showsFinderPatterns())
        #expect(frame.doubled().thresholded(window: 31).showsFinderPatterns())
    }

    @Test("A frame with no code, or with its code painted over, shows none")
    func noCode() throws {
        let hello = try Pictures.frame("hello.png")
        let symbols = ZBarDecoder(cascade: .plain).decode(hello)
        #expect(!symbols.isEmpty)
        #expect(!hello.painted(over: symbols).thresholded(window: 31).showsFinderPatterns())
        #expect(!hello.inverted().showsFinderPatterns())
        #expect(!(try Pictures.frame("blank.png")).showsFinderPatterns())
    }

    @Test(
        "Frames of any size have an answer", arguments: [(0, 0), (1, 1), (1, 90), (90, 1), (7, 7)])
    func smallFrames(width: Int, height: Int) {
        for pixel in [UInt8(0), 255] {
            let pixels = [UInt8](repeating: pixel, count: width * height)
            let frame = LumaFrame(width: width, height: height, pixels: pixels)
            #expect(!frame.showsFinderPatterns())
        }
    }

    /// The frame turned by some 17 degrees about its middle, on white.
    private func turned(_ frame: LumaFrame) -> LumaFrame {
        let side = (frame.width + frame.height) * 2 / 3 * 2
        var pixels = [UInt8](repeating: 255, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = (Double(x - side / 2), Double(y - side / 2))
                // Cosine and sine of the angle are 0.96 and 0.28.
                let fromX = Int((dx * 0.96 + dy * 0.28).rounded()) + frame.width / 2
                let fromY = Int((dy * 0.96 - dx * 0.28).rounded()) + frame.height / 2
                if (0..<frame.width).contains(fromX), (0..<frame.height).contains(fromY) {
                    pixels[y * side + x] = frame.pixels[fromY * frame.width + fromX]
                }
            }
        }
        return LumaFrame(width: side, height: side, pixels: pixels)
    }
}
