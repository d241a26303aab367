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
        do {
            // Byte mode as EMVCo asks for (QRCPS 4.12.1.1); level M as all the schemes do.
            let symbol = try SymbolEncoder.encode(
                content, mode: .byte, declaresUTF8: code.declaresUTF8)
            let picture = try SymbolPicture.draw(symbol, mark: mark)
            let frame = LumaFrame(
                width: picture.width, height: picture.height, pixels: picture.luma)
            guard ZBarDecoder().decode(frame).map(\.bytes) == [content] else {
                throw CommandFailure(
                    reason: "picture-does-not-read",
                    message: "The picture was drawn and does not read back. It was not written.")
            }
            return format == .png ? picture.png : Array(symbol.svg(mark: mark).utf8)
        } catch let error as SymbolEncoderError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was written.")
        } catch let error as DrawingError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was written.")
        }
    }

    /// Writes a file that is there entirely or not at all.
    static func write(_ bytes: [UInt8], to path: String) throws {
        do { try PictureFile.write(bytes, to: path) } catch {
            throw CommandFailure(
                reason: error.reason, message: "\(error) Nothing was written; check --out.")
        }
    }
}
