import CairoDisplay
import QRencodeEncoder
import Screens
import Terminal
import Testing
import ZBarDecoder

/// What a customer's camera would not read does not count as read.
@Suite("Reading what was drawn")
struct HarshReaderTests {
    private static let payload = Array(String(repeating: "0002010102122633", count: 21).utf8)

    private static func frame(_ pixels: Int) throws -> LumaFrame {
        let symbol = try SymbolEncoder.encode(payload, mode: .byte)
        let picture = try SymbolPicture.draw(symbol, modulePixels: pixels)
        return LumaFrame(width: picture.width, height: picture.height, pixels: picture.luma)
    }

    @Test("a module of three pixels survives blur, noise and glare")
    func survives() throws {
        #expect(HarshReader().read(try Self.frame(3)) == [Self.payload])
    }

    @Test("a code that only a perfect picture gives up is not read")
    func perfectOnly() throws {
        let frame = try Self.frame(1)
        #expect(ZBarDecoder().decode(frame).map(\.bytes) == [Self.payload])
        #expect(HarshReader().read(frame).isEmpty)
    }

    @Test("other symbols of the same bytes read the same, and differ")
    func variants() throws {
        let symbols = Array(SymbolEncoder.variants(Self.payload, mode: .byte))
        #expect(symbols.count >= 4 && Set(symbols).count == symbols.count)
        #expect(symbols.first == (try SymbolEncoder.encode(Self.payload, mode: .byte)))
        for symbol in symbols {
            let picture = try SymbolPicture.draw(symbol, modulePixels: 4)
            let frame = LumaFrame(
                width: picture.width, height: picture.height, pixels: picture.luma)
            #expect(ZBarDecoder().decode(frame).map(\.bytes) == [Self.payload])
        }
        #expect(Array(SymbolEncoder.variants([], mode: .byte)).isEmpty)
    }
}
