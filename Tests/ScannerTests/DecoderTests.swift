import FileCamera
import Foundation
import Terminal
import Testing

@testable import ZBarDecoder

@Suite("Decoder")
struct DecoderTests {
    private func read(_ name: String, _ cascade: DecodingCascade = .standard) throws
        -> [DecodedSymbol]
    {
        ZBarDecoder(cascade: cascade).decode(try Pictures.frame(name))
    }

    @Test(
        "A code is read from every picture format",
        arguments: [
            "hello.png", "hello.jpg", "progressive.jpg", "hello.pgm", "transparent.png",
            "colour.png",
        ])
    func formats(name: String) throws {
        let symbols = try read(name)
        #expect(texts(symbols) == ["HELLO TILL"])
        #expect(symbols.first?.kind.rawValue == "QR-Code")
    }

    @Test(
        "Codes that are hard for zbar alone are read",
        arguments: [
            ("inverted.png", "DARK MODE"),
            ("small-modules.png", String(repeating: "SMALL MODULES ", count: 8)),
            ("huge-modules.png", "HUGE MODULES"),
        ])
    func hardCodes(name: String, text: String) throws {
        #expect(texts(try read(name)) == [text])
    }

    @Test(
        "Every code in view is told, whichever step reads first",
        arguments: [
            ("two-codes.png", Set(["LEFT", "RIGHT"])),
            ("large-and-small.png", Set(["LARGE", "SMALL"])),
            ("one-inverted.png", Set(["LIGHT", "DARK"])),
            ("nine-codes.png", Set((0..<9).map { "CODE \($0)" })),
        ])
    func severalCodes(name: String, expected: Set<String>) throws {
        #expect(texts(try read(name)) == expected)
    }

    @Test("Without the second look, a small code hides behind a large one")
    func secondLookIsNeeded() throws {
        #expect(texts(try read("large-and-small.png", .c)) == ["LARGE"])
    }

    @Test("The same code twice in view is one symbol")
    func sameTwice() throws {
        let symbols = try read("same-twice.png")
        #expect(symbols.count == 1)
        #expect(texts(symbols) == ["TWICE"])
    }

    @Test("One part of a structured append is no symbol", arguments: ["plain", "c", "standard"])
    func structuredAppend(cascade: String) throws {
        let cascade = try #require(DecodingCascade(named: cascade))
        #expect(try read("structured-append-part.png", cascade).isEmpty)
    }

    @Test("Bytes come as they were encoded, NUL and text without a named character set too")
    func bytesAsTheyAre() throws {
        #expect(try read("binary-nul.png").map(\.bytes) == [[0, 1, 255, 0, 128, 0]])
        #expect(texts(try read("utf8-without-eci.png")) == ["Zürich é 你好 東京"])
    }

    @Test("Corners lie on the code, at the frame's own scale, whichever step read it")
    func corners() throws {
        // The code begins after a quiet zone of 4 modules, of 4 or 33 pixels each.
        for (name, module, side) in [("hello.png", 4, 21), ("huge-modules.png", 33, 21)] {
            let symbol = try #require(try read(name).first)
            #expect(symbol.corners.count == 4)
            let near = 4 * module
            let far = (4 + side) * module
            for corner in symbol.corners {
                for place in [corner.x, corner.y] {
                    let distance = min(abs(place - near), abs(place - far))
                    #expect(distance <= 2 * module, "\(name): \(symbol.corners)")
                }
            }
        }
    }

    @Test("A large still is read reduced, and its corners are the still's own")
    func largeStill() throws {
        var frame = try Pictures.frame("hello.png")
        for _ in 0..<4 { frame = frame.doubled() }
        #expect(frame.pixels.count > ZBarDecoder.stillPixels)
        let symbol = try #require(ZBarDecoder().decode(frame).first)
        #expect(texts([symbol]) == ["HELLO TILL"])
        let far = 25 * 4 * 16
        #expect(symbol.corners.contains { abs($0.x - far) < 128 && abs($0.y - far) < 128 })
    }

    @Test(
        "A frame too small for a code has none",
        arguments: [
            (0, 0), (0, 9), (9, 0), (1, 1), (1, 500), (500, 1), (20, 20), (21, 21), (22, 300),
        ])
    func smallFrames(width: Int, height: Int) {
        let frame = LumaFrame.noise(width: width, height: height, seed: 1)
        for cascade in [DecodingCascade.plain, .c, .standard] {
            #expect(ZBarDecoder(cascade: cascade).decode(frame).isEmpty)
        }
    }

    @Test("Noise is no code", arguments: [UInt64(1), 2, 3])
    func noise(seed: UInt64) {
        let frame = LumaFrame.noise(width: 203, height: 117, seed: seed)
        #expect(ZBarDecoder().decode(frame).isEmpty)
    }

    @Test("A cascade is known by its name")
    func names() {
        #expect(DecodingCascade(named: "standard") == .standard)
        #expect(DecodingCascade(named: "c") == .c)
        #expect(DecodingCascade(named: "plain") == .plain)
        #expect(DecodingCascade(named: "Plain") == nil)
    }
}
