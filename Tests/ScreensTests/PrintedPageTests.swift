import CairoDisplay
import Foundation
import QRencodeEncoder
import Screens
import Terminal
import Testing
import ZBarDecoder

@Suite("Printed pages") struct PrintedPageTests {
    private let payload = Array(
        "00020101021126330014br.gov.bcb.pix0111123456789015204000053039865802BR".utf8)

    @Test(
        "A poster is read from it, in every language, whatever the merchant is called",
        arguments: ScreenLanguage.allCases)
    func poster(_ language: ScreenLanguage) throws {
        let symbol = try SymbolEncoder.encode(payload, mode: .byte)
        for merchant in ["Shop", String(repeating: "Bäckerei ", count: 20), "مخبز الصباح"] {
            let picture = try PrintedPage.posterPicture(
                merchant: merchant, sentence: language.text(.scanToPay), symbol: symbol)
            let frame = LumaFrame(
                width: picture.width, height: picture.height, pixels: picture.luma)
            #expect(ZBarDecoder().decode(frame).map(\.bytes) == [payload])
        }
    }

    @Test(
        "Its module is as large as a quiet zone of four leaves room for, down to the densest code")
    func module() throws {
        for size in [21, 45, 73, 85] {
            let symbol = SymbolMatrix(
                size: size, modules: Array(repeating: true, count: size * size))
            let side = PrintedPage.posterModuleMillimetres(symbol)
            let room = Double(size + 8) * side
            #expect(room <= 128 && room + Double(size + 8) * 0.1 > 128 - 0.001, "\(size)")
        }
    }

    @Test("Pages are whole documents of the stated size")
    func documents() throws {
        let symbol = try SymbolEncoder.encode(payload, mode: .byte)
        let pdf = try PrintedPage.poster(
            merchant: "Shop", sentence: "Scan to pay", symbol: symbol, as: .pdf)
        let text = String(decoding: pdf, as: UTF8.self)
        #expect(text.hasPrefix("%PDF-") && text.hasSuffix("%%EOF\n"))
        // A5 in points: 148 mm and 210 mm.
        let svg = try PrintedPage.poster(
            merchant: "Shop", sentence: "Scan to pay", symbol: symbol, as: .svg)
        #expect(String(decoding: svg, as: UTF8.self).contains("viewBox=\"0 0 420 595\""))
        let short = try PrintedPage.receipt(lines: ["Shop"], symbol: nil, as: .svg)
        let lines = ["Shop"] + Array(repeating: "Receipt 17", count: 20)
        let long = try PrintedPage.receipt(lines: lines, symbol: symbol, as: .svg)
        func height(_ svg: [UInt8]) -> Int? {
            String(decoding: svg, as: UTF8.self).firstMatch(of: /viewBox="0 0 204 (\d+)"/)
                .flatMap { Int($0.1) }
        }
        #expect(try #require(height(long)) > 2 * (try #require(height(short))))
    }
}
