import Foundation
import Glibc
import Terminal

/// The folder of a journal, held against other processes for as long as this lives; the kernel
/// gives the lock back however the process ends.
///
/// The lock's file also keeps the journal's identity (16 hex digits and a line feed): a database
/// that has gone missing is told from one that was never there, and no new journal, which would
/// have forgotten what is spent, silently takes its place.
final class JournalFolder: Sendable {
    /// The database's file name.
    static let databaseName = "journal.sqlite"
    /// The lock's file name beside it.
    static let lockName = "journal.lock"

    private let path: String
    private let descriptor: Int32

    /// Where the database lies.
    var databasePath: String { path + "/" + Self.databaseName }

    /// Where a file of the folder lies.
    func path(of name: String) -> String { path + "/" + name }

    /// Where the database lies, for a connection through the named VFS.
    func databaseAddress(vfs: String?) -> String { Self.address(of: databasePath, vfs: vfs) }

    static func address(of path: String, vfs: String?) -> String {
        vfs.map { address(of: path, options: ["vfs=\($0)"]) } ?? path
    }

    /// A URI, by which SQLite takes options (sqlite.org, *URI Filenames*).
    static func address(of path: String, options: [String]) -> String {
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        let root = path.hasPrefix("/") ? "file://" : "file:"
        return root + escaped + "?" + options.joined(separator: "&")
    }

    /// Makes the folder if it is not there, and holds it alone.
    init(forWriting path: String) throws(JournalError) {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch { throw .readOnly }
            Self.makeNamesDurable(in: path + "/..")
        }
        descriptor = open(path + "/" + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        try Self.lock(descriptor, LOCK_EX)
    }

    /// Holds the folder together with other readers, and writes nothing. A copy that has no lock
    /// file is nobody's to hold.
    init(forReading path: String) throws(JournalError) {
        self.path = path
        descriptor = open(path + "/" + Self.lockName, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Self.failure(errno)
        }
        try Self.lock(descriptor, LOCK_SH)
    }

    deinit {
        guard descriptor >= 0 else { return }
        // A child that is just being started holds a copy of the descriptor until its `execve`, and
        // with it the lock: it is given back in so many words (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The size of a file in the folder in bytes, or nil where it is not there.
    func size(of name: String) -> Int? {
        var status = stat()
        guard stat(path + "/" + name, &status) == 0 else { return nil }
        return Int(status.st_size)
    }

    /// The identity of the journal that was made here, 8 bytes, or nil where none was.
    func identity() throws(JournalError) -> [UInt8]? {
        // One byte more than expected, so that a longer file is seen to be one.
        var text = [UInt8](repeating: 0, count: SQLiteJournal.identityLength * 2 + 2)
        let count = pread(descriptor, &text, text.count, 0)
        guard count >= 0 else { throw Self.failure(errno) }
        if count == 0 { return nil }
        guard count == text.count - 1, text[count - 1] == UInt8(ascii: "\n"),
            let identity = Hexadecimal.bytes(of: text.prefix(count - 1))
        else { throw .damaged("\(Self.lockName) holds no identity") }
        return identity
    }

    /// Keeps the identity of the journal that was made here, and makes the folder's names durable.
    func keep(identity: [UInt8]) throws(JournalError) {
        let text = [UInt8]((Hexadecimal.text(of: identity) + "\n").utf8)
        guard pwrite(descriptor, text, text.count, 0) == text.count, fsync(descriptor) == 0 else {
            throw Self.failure(errno)
        }
        Self.makeNamesDurable(in: path)
    }

    /// Makes the names of the files in the folder durable.
    func makeNamesDurable() { Self.makeNamesDurable(in: path) }

    private static func lock(_ descriptor: Int32, _ kind: Int32) throws(JournalError) {
        guard flock(descriptor, kind | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .locked : failure(errno)
        }
    }

    /// A new file is there after a power cut only once its folder is on disk too. Some file
    /// systems refuse this on a folder: then they keep names by themselves.
    static func makeNamesDurable(in folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    static func failure(_ code: Int32) -> JournalError {
        switch code {
        case EACCES, EPERM, EROFS, ENOENT, ENOTDIR: .readOnly
        case ENOSPC, EDQUOT: .diskFull
        default: .inputOutput(String(cString: strerror(code)))
        }
    }
}

/// Bytes as lower-case hex digits.
enum Hexadecimal {
    static func text(of bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(of digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        let values = digits.compactMap(value)
        guard values.count == digits.count else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
