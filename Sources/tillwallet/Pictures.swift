import CairoDisplay
import CommandSupport
import FileCamera
import QRencodeEncoder
import Terminal
import ZBarDecoder

/// Codes as pictures, in and out.
enum Pictures {
    /// The one code in the picture at `path`.
    static func code(in path: String) throws -> [UInt8] {
        let frame: LumaFrame
        do { frame = try PictureReader.readFrame(atPath: path) } catch {
            let status: ExitStatus = if case .pictureMissing = error { .notFound } else { .failed }
            throw CommandFailure(
                status, reason: error.reason, message: "\(error) Nothing was changed.")
        }
        let symbols = ZBarDecoder().decode(frame)
        guard let first = symbols.first else {
            throw CommandFailure(
                reason: "no-code",
                message: "There is no QR code in \(path). Nothing was changed. Take a sharper "
                    + "picture, straight on, with the whole code in it.")
        }
        guard symbols.count == 1 else {
            throw CommandFailure(
                reason: "several-codes",
                message: "There are \(symbols.count) codes in \(path). Nothing was changed. Take a "
                    + "picture with the one code that is meant.")
        }
        return first.bytes
    }

    /// Draws a voucher's text as a symbol, reads it back, and writes it to `path` as a PNG.
    static func write(_ text: String, to path: String, captions: [String]) throws {
        let bytes = Array(text.utf8)
        do {
            let symbol = try SymbolEncoder.encode(bytes, mode: .alphanumeric)
            let picture = try SymbolPicture.draw(symbol, captions: captions)
            let frame = LumaFrame(
                width: picture.width, height: picture.height, pixels: picture.luma)
            guard ZBarDecoder().decode(frame).map(\.bytes) == [bytes] else {
                throw CommandFailure(
                    reason: "picture-does-not-read",
                    message: "The picture was drawn and does not read back. It was not written; "
                        + "try again.")
            }
            try PictureFile.write(picture.png, to: path)
        } catch let error as SymbolEncoderError {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was shown.")
        } catch let error as DrawingError {
            throw CommandFailure(
                reason: error.reason, message: "\(error) Nothing was shown; check --out.")
        }
    }
}
