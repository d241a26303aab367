import Glibc

/// Puts a picture where others look for it.
public enum PictureFile {
    /// Writes the bytes to a file beside `path` and renames it: who looks sees the old picture or
    /// the new one, whole. It is not synced: after a power cut the next screen draws it anew.
    public static func write(_ bytes: [UInt8], to path: String) throws(DrawingError) {
        // Hidden and without the ending, so that a watched folder does not take it for a picture.
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let folder = path.dropLast(name.utf8.count)
        guard !name.isEmpty, path.utf8.last != UInt8(ascii: "/") else {
            throw .notWritable(path: path, detail: "it names no file")
        }
        let temporary = "\(folder).\(name).\(getpid()).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .notWritable(path: path, detail: sentence(errno)) }
        do throws(DrawingError) {
            try write(bytes, to: file, path)
            guard rename(temporary, path) == 0 else {
                throw .notWritable(path: path, detail: sentence(errno))
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func write(
        _ bytes: [UInt8], to file: Int32, _ path: String
    ) throws(DrawingError) {
        var failure: Int32?
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count, failure == nil {
                let count = Glibc.write(
                    file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count >= 0 {
                    offset += count
                } else if errno != EINTR {
                    failure = errno
                }
            }
        }
        // A full disk may be told only here.
        if close(file) != 0, failure == nil { failure = errno }
        if let failure { throw .notWritable(path: path, detail: sentence(failure)) }
    }

    private static func sentence(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
