import CommandSupport
import FileCamera
import Foundation
public import HubProtocol
import Terminal
import ZBarDecoder

/// Messages between hub and terminal as QR codes in picture files, beside the message files that
/// they stand for: what a person carries by a phone's camera or on paper.
public enum MessagePictures {
    /// The message of this kind in files that a person names: one message file; or pictures, each
    /// with one or more of the message's codes; or texts of codes, one a line, as a scanner that
    /// types has written them.
    public static func message(_ kind: MessageFile, in paths: [String]) throws -> [UInt8] {
        var texts: [[UInt8]] = []
        for path in paths {
            let beginning = try InputFile.read(path, upTo: signatureBytes)
            if isPicture(beginning) {
                texts += try codes(in: path)
            } else if MessageSymbols.isSymbol(beginning) {
                texts += try lines(of: path)
            } else {
                guard paths.count == 1 else {
                    throw CommandFailure(
                        .usage, reason: "several-files",
                        message: "\(path) is a message file: it is named alone. Several names are "
                            + "for pictures of one message's codes. Nothing was changed.")
                }
                return try message(kind, inFile: path)
            }
        }
        do { return try MessageSymbols.message(kind, in: texts) } catch {
            throw CommandFailure(
                reason: error.reason, message: "\(error.description) Nothing was changed.")
        }
    }

    /// Draws a message's codes into `folder`, each read back before it is written, as
    /// `NAME-1-of-3.png`; answers with the paths in their order.
    public static func write(
        _ message: [UInt8], _ kind: MessageFile, to folder: String, name: String
    ) throws -> [String] {
        let texts: [String]
        do { texts = try MessageSymbols.texts(of: message, kind) } catch {
            throw CommandFailure(
                reason: error.reason, message: "\(error.description) No picture was made.")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "The folder \(folder) cannot be made (\(error.localizedDescription)). No "
                    + "picture was made. Check its parent's owner and mode.")
        }
        var paths: [String] = []
        for (place, text) in texts.enumerated() {
            let number = "\(place + 1) of \(texts.count)"
            let path = "\(folder)/\(name)-\(number.replacing(" ", with: "-")).png"
            try SymbolFile.write(
                text, to: path, captions: ["\(kind.words): code \(number)"],
                consequence: "No picture was made", advice: "check the folder")
            paths.append(path)
        }
        return paths
    }

    private static func codes(in path: String) throws -> [[UInt8]] {
        let frame: LumaFrame
        do { frame = try PictureReader.readFrame(atPath: path) } catch {
            throw CommandFailure(reason: error.reason, message: "\(error) Nothing was changed.")
        }
        let codes = ZBarDecoder().decode(frame).map(\.bytes).filter(MessageSymbols.isSymbol)
        guard !codes.isEmpty else {
            throw CommandFailure(
                reason: "no-code",
                message: "There is no code of a message in \(path). Nothing was changed. Take a "
                    + "sharper picture, straight on, with the whole code in it.")
        }
        return codes
    }

    private static func lines(of path: String) throws -> [[UInt8]] {
        let data = try InputFile.read(path, upTo: maximumTextBytes + 1)
        guard data.count <= maximumTextBytes else {
            throw CommandFailure(
                reason: "file-too-long",
                message: "\(path) is longer than the codes of any message. Nothing was changed.")
        }
        return data.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { Array($0) }
    }

    /// Each code twice, three characters for two bytes, and what stands before them.
    private static let maximumTextBytes = 4 * MessageSymbols.maximumBytes

    private static func message(_ kind: MessageFile, inFile path: String) throws -> [UInt8] {
        let data = try InputFile.read(path, upTo: kind.maximumFileBytes + 1)
        do { return try kind.message(in: data) } catch {
            throw CommandFailure(
                reason: error.reason,
                message: "\(path): \(error.description) Nothing was changed.")
        }
    }

    private static let signatureBytes = 8

    /// The signatures of PNG, JPEG and binary PGM: what ``FileCamera/PictureReader`` reads.
    private static func isPicture(_ beginning: [UInt8]) -> Bool {
        beginning.starts(with: [0x89, 0x50, 0x4E, 0x47]) || beginning.starts(with: [0xFF, 0xD8])
            || beginning.starts(with: [0x50, 0x35])
    }
}
