import CairoDisplay
import QRencodeEncoder
import Screens
import Terminal
import Testing
import ZBarDecoder

@Suite("The symbol encoder")
struct SymbolEncoderTests {
    private func decoded(_ symbol: SymbolMatrix) throws -> [[UInt8]] {
        let drawn = try SymbolPicture.draw(symbol, modulePixels: 4)
        let frame = LumaFrame(width: drawn.width, height: drawn.height, pixels: drawn.luma)
        return ZBarDecoder().decode(frame).map(\.bytes)
    }

    @Test("writes any bytes in byte mode, NUL and non-ASCII among them")
    func bytes() throws {
        let bytes = Array(0...255) as [UInt8]
        #expect(try decoded(SymbolEncoder.encode(bytes, mode: .byte)) == [bytes])
        #expect(try decoded(SymbolEncoder.encode([0, 0, 65, 0], mode: .byte)) == [[0, 0, 65, 0]])
        let text = Array("Bäckerei 最佳".utf8)
        #expect(try decoded(SymbolEncoder.encode(text, mode: .byte)) == [text])
    }

    @Test("writes voucher text in alphanumeric mode, in fewer modules than in byte mode")
    func alphanumeric() throws {
        let text = Array(("TV1:" + String(repeating: "6BFOXN%TS ", count: 16)).utf8)
        let symbol = try SymbolEncoder.encode(text, mode: .alphanumeric)
        #expect(try decoded(symbol) == [text])
        #expect(try symbol.size < SymbolEncoder.encode(text, mode: .byte).size)
        // 164 characters fit version 7 (45 modules) at level M and no smaller one.
        #expect(symbol.size == 45)
    }

    @Test("says that its bytes are UTF-8 where it is asked to, and they are read the same")
    func utf8() throws {
        let text = Array("最佳运输".utf8)
        let plain = try SymbolEncoder.encode(text, mode: .byte)
        let declared = try SymbolEncoder.encode(text, mode: .byte, declaresUTF8: true)
        #expect(plain != declared)
        #expect(try decoded(plain) == [text] && decoded(declared) == [text])
    }

    @Test("leaves enough to be read where the Swiss cross covers its middle")
    func swissCross() throws {
        for count in [120, 300, 600, 900] {
            let text = Array(repeating: UInt8(ascii: "A"), count: count)
            let symbol = try SymbolEncoder.encode(text, mode: .byte)
            let drawn = try SymbolPicture.draw(symbol, modulePixels: 4, mark: .swissCross)
            let frame = LumaFrame(width: drawn.width, height: drawn.height, pixels: drawn.luma)
            #expect(ZBarDecoder().decode(frame).map(\.bytes) == [text], "\(count)")
            #expect(try drawn != SymbolPicture.draw(symbol, modulePixels: 4))
        }
    }

    @Test("keeps to the mode it is given: digits in byte mode are not packed")
    func mode() throws {
        // 346 bytes need version 14 (73 modules) at level M; as digits they would fit version 8.
        let digits = Array(repeating: UInt8(ascii: "7"), count: 346)
        #expect(try SymbolEncoder.encode(digits, mode: .byte).size == 73)
    }

    @Test("takes level M unless told otherwise, and each level takes more modules")
    func levels() throws {
        let text = Array(repeating: UInt8(ascii: "A"), count: 200)
        let sizes = try ErrorCorrectionLevel.allCases.map {
            try SymbolEncoder.encode(text, mode: .byte, level: $0).size
        }
        #expect(sizes == sizes.sorted() && Set(sizes).count == 4)
        #expect(try SymbolEncoder.encode(text, mode: .byte).size == sizes[1])
    }

    @Test("refuses what does not fit, by name")
    func refusals() {
        func error(_ bytes: [UInt8], _ mode: SymbolMode) -> SymbolEncoderError? {
            do throws(SymbolEncoderError) {
                _ = try SymbolEncoder.encode(bytes, mode: mode)
                return nil
            } catch {
                return error
            }
        }
        #expect(error([], .byte) == .empty)
        #expect(error(Array("TV1:abc".utf8), .alphanumeric) == .invalidCharacter(at: 4))
        #expect(error([65, 0], .alphanumeric) == .invalidCharacter(at: 1))
        // Version 40 at level M holds 2,331 bytes or 3,391 alphanumeric characters.
        #expect(error(Array(repeating: 65, count: 2_331), .byte) == nil)
        #expect(error(Array(repeating: 65, count: 2_332), .byte) == .tooLong(bytes: 2_332))
        #expect(error(Array(repeating: 65, count: 3_391), .alphanumeric) == nil)
        #expect(error(Array(repeating: 65, count: 3_392), .alphanumeric) == .tooLong(bytes: 3_392))
        #expect(
            error(Array(repeating: 65, count: 1_000_000), .byte) == .tooLong(bytes: 1_000_000))
    }
}
