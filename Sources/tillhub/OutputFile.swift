import CommandSupport
import Foundation
import Glibc

/// Writes files that are there entirely or not at all.
enum OutputFile {
    /// Writes or replaces a file that holds nothing secret.
    static func replace(_ path: String, with text: String) throws {
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw CommandFailure(
                reason: "file-not-writable",
                message: "\(path) cannot be written (\(error.localizedDescription)). Run the "
                    + "command again with another --out: it gives the same answer.")
        }
    }

    /// Makes a folder for files to come; one that is there is as good.
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "The folder \(path) cannot be made (\(error.localizedDescription)). "
                    + "No voucher was made. Check its parent's owner and mode.")
        }
    }

    /// Makes a new file that only its owner may read; one that is there is never replaced.
    static func create(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
            try file.close()
        } catch {
            unlink(path)
            throw failure(path, ENOSPC)
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        let exists = code == EEXIST
        return CommandFailure(
            reason: exists ? "file-exists" : "file-not-writable",
            message: "\(path) was not written (\(String(cString: strerror(code)))). "
                + (exists
                    ? "It holds another voucher and was left as it is. "
                    : "Check the folder's owner, mode and free space. ")
                + "The voucher just made is in nobody's hands; issue another.")
    }
}
