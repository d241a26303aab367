public import Foundation

/// Files that a person names, read within a bound: the length of what comes is nobody's to choose.
public enum InputFile {
    /// Opens a file for reading.
    ///
    /// - Parameter consequence: what has happened, as a sentence, where it cannot be read.
    /// - Throws: a ``CommandFailure`` of reason `file-not-readable`.
    public static func open(_ path: String, consequence: String? = nil) throws -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                .notFound, reason: "file-not-readable",
                message: [
                    "\(path) cannot be read.", consequence, "Check the path and mode.",
                ].compactMap { $0 }.joined(separator: " "))
        }
        return handle
    }

    /// The first `limit` bytes of a file, or all of them if it has fewer; what cannot be read after
    /// it was opened counts as empty.
    public static func read(
        _ path: String, upTo limit: Int, consequence: String? = "Nothing was changed."
    ) throws -> [UInt8] {
        let handle = try open(path, consequence: consequence)
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: limit)) ?? Data())
    }
}
