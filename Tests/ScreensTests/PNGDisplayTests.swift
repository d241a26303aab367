import FileCamera
import Foundation
import QRencodeEncoder
import Screens
import Terminal
import Testing
import ZBarDecoder

@testable import CairoDisplay

@Suite("A display that draws PNG files")
struct PNGDisplayTests {
    /// As long as a typical shop QR: version 14 at level M.
    private let payload = Array(repeating: "0002010102122633", count: 21).joined()

    private func screen(_ kind: ScreenKind, symbol: SymbolMatrix? = nil) -> Screen {
        Screen(
            kind: kind, merchant: "Bäckerei Morgenrot", headline: "Please pay",
            amount: "12.50 EUR", lines: ["Scan this code, or show your payment code."],
            symbol: symbol, footer: "Sale 0001A7")
    }

    private func symbol() throws -> SymbolMatrix {
        try SymbolEncoder.encode(Array(payload.utf8), mode: .byte)
    }

    private func folder() throws -> String {
        let folder = NSTemporaryDirectory() + "till-display-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test(
        "shows a shop QR that the terminal's own decoder reads, at every usual size",
        arguments: [(1024, 600), (800, 480), (480, 800), (1920, 1080), (480, 320), (1080, 1920)])
    func readable(width: Int, height: Int) throws {
        let display = PNGDisplay(file: "unused.png", width: width, height: height)
        let picture = try display.picture(of: screen(.shopQR, symbol: symbol()))
        #expect(picture.width == width && picture.height == height)
        #expect(ZBarDecoder().decode(picture).map(\.bytes) == [Array(payload.utf8)])
    }

    @Test("writes the very picture that it showed the terminal")
    func file() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let display = PNGDisplay(file: folder + "/screen.png", width: 800, height: 480)
        let screen = screen(.shopQR, symbol: try symbol())
        try display.show(screen)
        let read = try PictureReader.readFrame(atPath: folder + "/screen.png")
        #expect(read.width == 800 && read.height == 480)
        #expect(ZBarDecoder().decode(read).map(\.bytes) == [Array(payload.utf8)])
        try display.show(self.screen(.approved))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["screen.png"])
        let later = try PictureReader.readFrame(atPath: folder + "/screen.png")
        #expect(ZBarDecoder().decode(later).isEmpty)
    }

    @Test("draws every kind of screen at every size, the same picture each time")
    func everyKind() throws {
        for kind in ScreenKind.allCases {
            for (width, height) in [(64, 64), (320, 240), (1024, 600), (240, 1000)] {
                let display = PNGDisplay(file: "unused.png", width: width, height: height)
                let first = try display.drawn(screen(kind))
                #expect(try display.drawn(screen(kind)) == first)
                #expect(first.png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            }
        }
    }

    @Test(
        "keeps to the middle: its sides stay plain", arguments: ScreenKind.allCases)
    func plainSides(kind: ScreenKind) throws {
        let drawn = try PNGDisplay(file: "unused.png", width: 1024, height: 600).drawn(
            Screen(kind: kind, merchant: "M", headline: "Word", amount: "1.00 EUR", lines: ["Yes."])
        )
        let plain = drawn.luma[599 * 1024]
        let isPlain = (66..<600).allSatisfy { y in
            (0..<200).allSatisfy { drawn.luma[y * 1024 + $0] == plain }
        }
        #expect(isPlain, "\(kind)")
    }

    @Test("draws whatever a name holds, and cuts what does not fit")
    func anyText() throws {
        let display = PNGDisplay(file: "unused.png", width: 320, height: 240)
        for text in [
            "", " ", "\u{0}", "مخبز الصباح", "最佳运输", String(repeating: "Ж", count: 10_000),
            "<b>not markup & co", "\u{202E}gnirts", "a\nb\nc\nd\ne\nf\ng\nh",
        ] {
            _ = try display.drawn(
                Screen(
                    kind: .declined, merchant: text, headline: text, amount: text, lines: [text],
                    footer: text))
        }
    }

    @Test("refuses a surface on which the symbol's modules would be under three pixels")
    func tooSmall() throws {
        let symbol = try symbol()
        // 73 modules and two quiet zones of 4, three pixels each.
        #expect(symbol.size == 73)
        let error = #expect(throws: DisplayError.self) {
            try PNGDisplay(file: "unused.png", width: 320, height: 240)
                .drawn(screen(.shopQR, symbol: symbol))
        }
        #expect(error?.reason == "display-too-small")
        #expect(error?.message.contains("243 pixels") == true, "\(error?.message ?? "")")
        #expect(throws: DisplayError.self) {
            try PNGDisplay(file: "unused.png", width: 10, height: 100_000).drawn(screen(.idle))
        }
    }

    @Test("draws modules of whole pixels, as large as fit, on a quiet zone of four modules")
    func modules() throws {
        let symbol = try symbol()
        let drawn = try PNGDisplay(file: "unused.png", width: 1024, height: 600)
            .drawn(screen(.shopQR, symbol: symbol))
        // Under the bar of 66 pixels there is room for 534: 81 modules of 6 pixels.
        let side = 81 * 6
        let top = 66 + (534 - side) / 2
        for y in 0..<side {
            for x in 0..<side {
                let dark = symbol.isDark(x / 6 - 4, y / 6 - 4)
                let grey = drawn.luma[(top + y) * 1024 + x]
                #expect(grey == (dark ? 0 : 255), "pixel \(x), \(y)")
                if grey != (dark ? 0 : 255) { return }
            }
        }
    }

    @Test("says by a stable code when its file cannot be written, and leaves nothing behind")
    func notWritable() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/taken.png", withIntermediateDirectories: true)
        for file in [
            folder + "/missing/screen.png", folder + "/taken.png", folder + "/", "/dev/full/x",
        ] {
            let error = #expect(throws: DisplayError.self) {
                try PNGDisplay(file: file, width: 320, height: 240).show(screen(.idle))
            }
            #expect(error?.reason == "display-not-writable", "\(file)")
            #expect(error?.message.contains(file) == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken.png"])
    }
}

@Suite("A screen's colours")
struct PaletteTests {
    /// WCAG 2.2, relative luminance and contrast ratio.
    private func contrast(_ first: Colour, _ second: Colour) -> Double {
        func luminance(_ colour: Colour) -> Double {
            func channel(_ value: UInt8) -> Double {
                let part = Double(value) / 255
                return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * channel(colour.red) + 0.7152 * channel(colour.green)
                + 0.0722 * channel(colour.blue)
        }
        let (light, dark) = (luminance(first), luminance(second))
        return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
    }

    @Test(
        "have the contrast of WCAG AA in every theme, and at rest: 4.5 to 1 for text, 3 to 1 for signs",
        arguments: ScreenKind.allCases)
    func contrast(kind: ScreenKind) {
        for palette in ScreenTheme.allCases.map({ Palette.of(kind, $0) }) + [Palette.resting] {
            #expect(contrast(palette.ink, palette.background) >= 4.5)
            #expect(contrast(palette.barInk, palette.bar) >= 4.5)
            #expect(contrast(palette.sign, palette.background) >= 3 || palette.ink == .white)
        }
    }

    @Test("of the dark theme are dark, also around a symbol, which stays as it is")
    func dark() throws {
        let symbol = SymbolMatrix(size: 21, modules: Array(repeating: true, count: 441))
        for kind in ScreenKind.allCases {
            let palette = Palette.of(kind, .dark)
            #expect(contrast(palette.background, .black) < contrast(palette.ink, .black), "\(kind)")
        }
        let screen = Screen(
            kind: .shopQR, merchant: "Shop", headline: "Please pay", symbol: symbol)
        func luma(_ theme: ScreenTheme) throws -> [UInt8] {
            try ScreenDrawing.drawn(screen, width: 800, height: 480, theme: theme).luma
        }
        let (light, dark) = (try luma(.light), try luma(.dark))
        // Row 240 from the left: quiet zone, then modules; at the right edge the ground.
        #expect(light[240 * 800..<240 * 800 + 300] == dark[240 * 800..<240 * 800 + 300])
        #expect(light[241 * 800 - 1] > 240 && dark[241 * 800 - 1] < 30)
    }

    @Test("that rest are nowhere bright, and move within their ground")
    func resting() throws {
        let composer = ScreenComposer(merchant: "Shop")
        #expect(composer.idle(stillSeconds: ScreenRest.afterSeconds - 1).rest == nil)
        var pictures: Set<[UInt8]> = []
        for place in 0..<ScreenRest.places {
            let still = ScreenRest.afterSeconds + UInt64(place) * ScreenRest.shiftSeconds
            for screen in [
                composer.idle(stillSeconds: still), composer.closed(stillSeconds: still),
            ] {
                let drawn = try ScreenDrawing.drawn(screen, width: 800, height: 480)
                #expect(drawn.luma.max()! <= 0x8C && drawn.luma.max()! > 0x60)
                #expect(drawn.luma[0] == 0 && drawn.luma[800 * 480 - 1] == 0)
                pictures.insert(drawn.luma)
            }
        }
        #expect(pictures.count == 2 * ScreenRest.places, "each place is another")
    }

    @Test("of training are no screen's own, and stand at its top and its foot, on every kind")
    func training() throws {
        #expect(contrast(Palette.bannerInk, Palette.banner) >= 4.5)
        let banner =
            UInt32(Palette.banner.red) << 16 | UInt32(Palette.banner.green) << 8
            | UInt32(Palette.banner.blue)
        for kind in ScreenKind.allCases {
            let (width, height) = (320, 240)
            func edges(_ banner: String?) throws -> [UInt32] {
                let screen = Screen(
                    kind: kind, merchant: "Shop", headline: "Word", banner: banner)
                let pixels = try ScreenDrawing.pixels(of: screen, width: width, height: height)
                return [pixels[0], pixels[(height - 1) * width]].map { $0 & 0xFF_FFFF }
            }
            #expect(try edges("TRAINING") == [banner, banner], "\(kind)")
            #expect(try edges(nil).contains(banner) == false, "\(kind)")
        }
        let composer = ScreenComposer(merchant: "Shop", isTraining: true)
        #expect(composer.idle().banner == ScreenLanguage.english.text(.training))
        #expect(ScreenComposer(merchant: "Shop").idle().banner == nil)
        let text = TextDisplay.text(of: composer.idle(), colours: false)
        #expect(text.hasPrefix(ScreenLanguage.english.text(.training)))
    }

    @Test("differ between what was paid and what was not")
    func different() {
        let backgrounds = ScreenTheme.allCases.map { theme in
            ScreenKind.allCases.map { Palette.of($0, theme).background }
        }
        for each in backgrounds { #expect(Set(each).count == each.count) }
    }
}

@Suite("A symbol's picture")
struct SymbolPictureTests {
    @Test("is read with captions under it, and grows by them")
    func captions() throws {
        let bytes = Array("TV1:6BFOXN%TSMAHN-H6SK".utf8)
        let symbol = try SymbolEncoder.encode(bytes, mode: .alphanumeric)
        let bare = try SymbolPicture.draw(symbol)
        let drawn = try SymbolPicture.draw(
            symbol, captions: ["25.00 EUR", "Valid until 31 December 2026"])
        #expect(bare.width == bare.height && bare.width == (symbol.size + 8) * 8)
        #expect(drawn.width == bare.width && drawn.height > bare.height)
        let frame = LumaFrame(width: drawn.width, height: drawn.height, pixels: drawn.luma)
        #expect(ZBarDecoder().decode(frame).map(\.bytes) == [bytes])
    }

    @Test("is refused where its sides would be absurd", arguments: [0, -1, 65, 1_000])
    func size(pixels: Int) {
        let symbol = SymbolMatrix(size: 21, modules: Array(repeating: false, count: 441))
        #expect(throws: DrawingError.self) {
            try SymbolPicture.draw(symbol, modulePixels: pixels)
        }
    }
}

@Suite("A display on a text terminal")
struct TextDisplayTests {
    private let payload = Array("000201 a shop's request".utf8)

    private func screen() throws -> Screen {
        Screen(
            kind: .shopQR, merchant: "Morgenrot\u{1B}[2J", headline: "Please pay",
            amount: "12.50 EUR", symbol: try SymbolEncoder.encode(payload, mode: .byte))
    }

    @Test("shows half blocks that the terminal's own decoder reads")
    func readable() throws {
        let picture = try TextDisplay(colours: false).picture(of: screen())
        #expect(ZBarDecoder().decode(picture).map(\.bytes) == [payload])
    }

    @Test("lets no control character of a name through")
    func controls() throws {
        let text = TextDisplay.text(of: try screen(), colours: false)
        #expect(!text.contains("\u{1B}") && text.contains("12.50 EUR\n"))
    }

    @Test("writes all of the screen to its descriptor, and says when that is gone")
    func descriptor() throws {
        let pipe = Pipe()
        let display = TextDisplay(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, colours: true)
        let screen = try screen()
        try display.show(screen)
        try pipe.fileHandleForWriting.close()
        let written = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(
            String(decoding: written, as: UTF8.self) == TextDisplay.text(of: screen, colours: true))
        let error = #expect(throws: DisplayError.self) {
            try TextDisplay(descriptor: -1, colours: false).show(screen)
        }
        #expect(error?.reason == "display-not-writable")
    }

    @Test("has an empty picture where the screen has no symbol")
    func noSymbol() throws {
        let picture = try TextDisplay(colours: false)
            .picture(of: Screen(kind: .idle, merchant: "M", headline: "Welcome"))
        #expect(ZBarDecoder().decode(picture).isEmpty)
    }
}
