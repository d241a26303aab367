import CairoDisplay
import CommandSupport
import QRencodeEncoder
import Terminal
import ZBarDecoder

/// QR codes in picture files.
public enum SymbolFile {
    /// Draws a text of the alphanumeric mode as a symbol, reads it back, and writes it to `path` as
    /// a PNG.
    ///
    /// - Parameters:
    ///   - consequence: what has not happened where it fails, as a sentence without its full stop.
    ///   - advice: what to look at where the file cannot be written.
    public static func write(
        _ text: String, to path: String, captions: [String], consequence: String, advice: String
    ) throws {
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
            throw CommandFailure(reason: error.reason, message: "\(error) \(consequence).")
        } catch let error as DrawingError {
            throw CommandFailure(
                reason: error.reason, message: "\(error) \(consequence); \(advice).")
        }
    }
}
