import CodePictures
import CommandSupport
import FileCamera
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

    /// Draws a voucher's text as a symbol to show, to `path` as a PNG.
    static func write(_ text: String, to path: String, captions: [String]) throws {
        try SymbolFile.write(
            text, to: path, captions: captions, consequence: "Nothing was shown",
            advice: "check --out")
    }
}
