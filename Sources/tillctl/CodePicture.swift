import ArgumentParser
import CairoDisplay
import CommandSupport
import Foundation
import PaymentCodes
import QRencodeEncoder
import Screens
import Terminal
import ZBarDecoder

/// A code as what it is to be shown by.
enum CodePicture {
    enum Format: String, ExpressibleByArgument {
        case text, png, svg

        /// By the file's ending; without a file it is text.
        init(file: String?) throws {
            let ending = file.map { URL(fileURLWithPath: $0).pathExtension.lowercased() }
            switch ending {
            case nil, "txt": self = .text
            case "png": self = .png
            case "svg": self = .svg
            default:
                throw CommandFailure(
                    .usage, reason: "format-unknown",
                    message: "--out ends in .png, .svg or .txt, or --format says what it is. "
                        + "Nothing was written.")
            }
        }
    }

    /// What a file of this format holds.
    static func bytes(of code: MadeCode, as format: Format) throws -> [UInt8] {
        let content = Array(code.text.utf8)
        guard format != .text else { return content }
        let mark: SymbolMark? = code.bearsSwissCross ? .swissCross : nil
        return try drawing {
            // Byte mode as EMVCo asks for (QRCPS 4.12.1.1); level M as all the schemes do.
            let symbol = try SymbolEncoder.encode(
                content, mode: .byte, declaresUTF8: code.declaresUTF8)
            let picture = try SymbolPicture.draw(symbol, mark: mark)
            try check(picture, reads: content, as: "picture")
            return format == .png ? picture.png : Array(symbol.svg(mark: mark).utf8)
        }
    }

    /// Refuses what our own decoder does not read as it was meant.
    private static func check(_ picture: DrawnPicture, reads content: [UInt8], as what: String)
        throws
    {
        let frame = LumaFrame(width: picture.width, height: picture.height, pixels: picture.luma)
        guard ZBarDecoder().decode(frame).map(\.bytes) == [content] else {
            throw CommandFailure(
                reason: "picture-does-not-read",
                message: "The \(what) was drawn and does not read back. It was not written.")
        }
    }

    /// Draws, and tells people of what cannot be drawn.
    private static func drawing<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as SymbolEncoderError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was written.")
        } catch let error as DrawingError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was written.")
        }
    }

    /// Writes a poster of a merchant's static code, which our own decoder has read from it; answers with the
    /// side of a module in millimetres.
    static func poster(
        of code: MadeCode, merchant: String, language: ScreenLanguage, to path: String
    ) throws -> Double {
        let content = Array(code.text.utf8)
        let sentence = language.text(.scanToPay)
        return try drawing {
            let symbol = try SymbolEncoder.encode(
                content, mode: .byte, declaresUTF8: code.declaresUTF8)
            let picture = try PrintedPage.posterPicture(
                merchant: merchant, sentence: sentence, symbol: symbol)
            try check(picture, reads: content, as: "poster")
            let page = try PrintedPage.poster(
                merchant: merchant, sentence: sentence, symbol: symbol,
                as: try pageFormat(of: path, option: "--poster"))
            try write(page, to: path)
            return PrintedPage.posterModuleMillimetres(symbol)
        }
    }

    /// Writes a receipt as a page.
    static func receipt(_ lines: [String], code: String?, to path: String) throws {
        try drawing {
            let symbol = try code.map {
                try SymbolEncoder.encode(Array($0.utf8), mode: .alphanumeric)
            }
            try write(
                try PrintedPage.receipt(
                    lines: lines, symbol: symbol, as: try pageFormat(of: path, option: "--out")),
                to: path)
        }
    }

    /// By the file's ending.
    static func pageFormat(of path: String, option: String) throws -> PageFormat {
        let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
        guard let format = PageFormat(rawValue: ending) else {
            throw CommandFailure(
                .usage, reason: "format-unknown",
                message: "\(option) ends in .pdf or .svg. Nothing was written.")
        }
        return format
    }

    /// Writes a file that is there entirely or not at all.
    static func write(_ bytes: [UInt8], to path: String) throws {
        do { try PictureFile.write(bytes, to: path) } catch {
            throw CommandFailure(
                reason: error.reason, message: "\(error) Nothing was written; check the path.")
        }
    }
}
