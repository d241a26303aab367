import Foundation
import QRencodeEncoder
import Screens
import Terminal
import Testing
import ZBarDecoder

@testable import ESCPOSPrinter

/// Receipts on a virtual printer that renders what it is sent.
@Suite("A printer of receipts", .serialized)
struct ESCPOSPrinterTests {
    private static let code = Array("TR1:A receipt's code of some length, 0123456789".utf8)
    private static let receipt = PrintableReceipt(
        lines: [
            "Bäckerei Morgenrot", "Receipt 4711", "Paid: 12.50\u{A0}EUR", "5 €, 晨",
            "The amount is back: at this shop's terminal at once, elsewhere after the next exchange.",
        ], code: code)

    @Sendable private static func symbol(_ content: [UInt8]) -> SymbolMatrix? {
        try? SymbolEncoder.encode(content, mode: .byte)
    }

    private static func printer(_ behaviour: NetworkPrinter.Behaviour) throws -> (
        NetworkPrinter, ESCPOSPrinter
    ) {
        let network = try NetworkPrinter(behaviour)
        return (
            network,
            ESCPOSPrinter(
                .network(host: "127.0.0.1", port: network.port),
                PrinterCapabilities(columns: 42, drawsQRCodes: true, cuts: true, cp858: 19),
                symbol: symbol)
        )
    }

    @Test(
        "the paper has every word, and a code that reads",
        arguments: PrinterCapabilities.table.keys.sorted())
    func paper(name: String) throws {
        let capabilities = try #require(PrinterCapabilities.table[name])
        let encoder = ESCPOSEncoder(capabilities, symbol: Self.symbol)
        let paper = try PrintedPaper(encoder.bytes(of: Self.receipt))
        #expect(paper.wasReset && paper.isCut == capabilities.cuts)
        #expect(paper.lines.allSatisfy { $0.count <= capabilities.columns })
        let hasAccents = capabilities.cp858 != nil
        #expect(paper.lines[0] == (hasAccents ? "Bäckerei Morgenrot" : "B?ckerei Morgenrot"))
        #expect(paper.isBold.prefix(2) == [true, false])
        #expect(paper.lines[2] == "Paid: 12.50 EUR")
        #expect(paper.lines[3] == (hasAccents ? "5 €, ?" : "5 ?, ?"))
        #expect(
            paper.lines[4...].joined(separator: " ") == Self.receipt.lines[4], "\(paper.lines)")
        #expect(paper.pictures.count == 1)
        let picture = try #require(paper.pictures.first)
        #expect(ZBarDecoder().decode(picture).map(\.bytes) == [Self.code])
    }

    @Test(
        "a signed receipt's code reads from every printer, on narrow paper too",
        arguments: PrinterCapabilities.table.keys.sorted())
    func signedReceipt(name: String) throws {
        // As large as a receipt's code can be: 61 modules (`docs/spec/receipt.md`).
        let code = Array(("TR1:" + String(repeating: "6BFOXN%TSMAHN-H6SK", count: 18)).utf8)
        let encoder = ESCPOSEncoder(try #require(PrinterCapabilities.table[name])) {
            try? SymbolEncoder.encode($0, mode: .alphanumeric)
        }
        let paper = try PrintedPaper(
            encoder.bytes(of: PrintableReceipt(lines: ["Shop"], code: code)))
        let picture = try #require(paper.pictures.first)
        // 48 mm of a roll of 58 mm, at 203 dpi.
        #expect(picture.width <= 384)
        #expect(ZBarDecoder().decode(picture).map(\.bytes) == [code])
    }

    @Test("every sign of the code page is the one that the printer prints")
    func codePage() throws {
        let signs =
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×áíóúñÑªº¿½¼¡«»ÁÂÀ©¢¥ãÃðÐÊËÈ€ÍÎÏÌÓßÔÒõÕµþÞÚÛÙýÝ±¾¶§÷¸°¨·¹³²"
        let encoder = ESCPOSEncoder(
            PrinterCapabilities(columns: 128, drawsQRCodes: false, cuts: false, cp858: 19),
            symbol: { _ in nil })
        let paper = try PrintedPaper(encoder.bytes(of: PrintableReceipt(lines: [signs])))
        #expect(paper.lines.first == signs)
    }

    @Test("a receipt goes over the network whole")
    func network() throws {
        let (network, printer) = try Self.printer(.fine)
        defer { network.stop() }
        #expect(
            try printer.status()
                == PrinterStatus(isPaperOut: false, isPaperLow: false, isCoverOpen: false))
        try printer.print(Self.receipt)
        let paper = try PrintedPaper(network.printed)
        #expect(paper.lines.contains("Receipt 4711") && paper.isCut)
    }

    @Test("without paper, or open, nothing is printed and the reason is told")
    func notReady() throws {
        for (behaviour, reason) in [
            (NetworkPrinter.Behaviour.paperOut, PrinterError.paperOut),
            (.coverOpen, .coverOpen),
        ] {
            let (network, printer) = try Self.printer(behaviour)
            defer { network.stop() }
            let error = #expect(throws: PrinterError.self) { try printer.print(Self.receipt) }
            #expect(error == reason)
            #expect(network.printed.isEmpty)
            #expect(error?.message.contains("The payment stands") == true)
        }
    }

    @Test("a roll that ends in the middle is told, though every byte was taken")
    func paperEnds() throws {
        let (network, printer) = try Self.printer(.paperEnds(after: 40))
        defer { network.stop() }
        let error = #expect(throws: PrinterError.self) { try printer.print(Self.receipt) }
        #expect(error == .paperOut && network.printed.count > 40)
    }

    @Test("a cable that is pulled, and a printer that is not there, are told")
    func unplugged() throws {
        let (network, printer) = try Self.printer(.unplugged(after: 20))
        defer { network.stop() }
        let error = #expect(throws: PrinterError.self) { try printer.print(Self.receipt) }
        #expect(error?.reason == "printer-interrupted", "\(String(describing: error))")
        let nowhere = ESCPOSPrinter(
            .device("/nonexistent/lp0"),
            PrinterCapabilities(columns: 42, drawsQRCodes: true, cuts: true, cp858: nil),
            symbol: Self.symbol)
        #expect(throws: PrinterError.self) { try nowhere.print(Self.receipt) }
    }

    @Test("a file takes receipts one after the other, and has no status")
    func file() throws {
        let path = NSTemporaryDirectory() + "till-printer-" + UUID().uuidString
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let printer = ESCPOSPrinter(
            .device(path),
            PrinterCapabilities(columns: 32, drawsQRCodes: false, cuts: false, cp858: nil),
            symbol: Self.symbol)
        #expect(try printer.status() == nil)
        try printer.print(Self.receipt)
        try printer.print(Self.receipt)
        let paper = try PrintedPaper([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(paper.lines.filter { $0 == "Receipt 4711" }.count == 2)
        #expect(paper.pictures.count == 2)
    }
}
