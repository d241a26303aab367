public import COSE
import Glibc

/// Private keys as files that only their owner may read.
///
/// A key file holds three lines of text: a first line that names the format, the algorithm, and
/// the 32-byte seed in hexadecimal. A file that anybody else could read is refused: what it held
/// must be taken for known.
public struct FileKeyStore: Sendable {
    /// The first line of a key file.
    static let firstLine = "TILL-PRIVATE-KEY-1"
    /// A key file is far shorter than this, in bytes.
    static let maximumFileBytes = 256
    /// The length of a seed in bytes.
    public static let seedLength = 32

    /// The folder that the key files lie in.
    public let folder: String

    /// Opens the store in `folder`, which need not exist yet.
    public init(folder: String) {
        self.folder = folder
    }

    /// The path of the file of the key called `name`.
    public func path(of name: String) -> String { folder + "/" + name + ".key" }

    /// Whether there is a file for the key called `name`.
    public func contains(_ name: String) -> Bool {
        var status = stat()
        return lstat(path(of: name), &status) == 0
    }

    /// Reads the key called `name`.
    public func load(_ name: String) throws(KeyStoreError) -> PrivateKey {
        try Self.load(path: path(of: name))
    }

    /// Reads the key in the file at `path`.
    public static func load(path: String) throws(KeyStoreError) -> PrivateKey {
        try load(path: path, checking: checkPrivate)
    }

    /// Reads the key in a file that the service manager has put there for this process alone
    /// (systemd.exec(5), *Credentials*). Such a file is root's or this user's own; that this user
    /// may read root's is said by an access list, which shows in the group's bits.
    public static func load(credential path: String) throws(KeyStoreError) -> PrivateKey {
        try load(path: path, checking: checkCredential)
    }

    private static func load(
        path: String, checking check: (Int32, String) throws(KeyStoreError) -> Void
    ) throws(KeyStoreError) -> PrivateKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? .missing(path: path) : .system(path: path, call: "open", code: errno)
        }
        defer { close(descriptor) }
        try check(descriptor, path)
        var bytes = [UInt8](repeating: 0, count: maximumFileBytes)
        var filled = 0
        while filled < bytes.count {
            let room = bytes.count - filled
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress! + filled, room)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(path: path, call: "read", code: errno) }
            if count == 0 { break }
            filled += count
        }
        return try parse(bytes[..<filled], path: path)
    }

    /// Makes the file of the key called `name`; a file that is there already is never replaced.
    ///
    /// The file appears whole or not at all: it is written under another name, made durable, and
    /// then linked to its own.
    public func create(_ name: String, key: PrivateKey) throws(KeyStoreError) {
        try makeFolder()
        let path = path(of: name)
        let temporary = path + ".new"
        let file = FileText.of(key)
        // What a run that was cut short has left behind was never linked: it was never in use.
        if unlink(temporary) != 0, errno != ENOENT {
            throw .system(path: temporary, call: "unlink", code: errno)
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(path: temporary, call: "open", code: errno)
        }
        defer {
            close(descriptor)
            unlink(temporary)
        }
        try Self.write(file, to: descriptor, path: temporary)
        guard link(temporary, path) == 0 else {
            throw errno == EEXIST
                ? .exists(path: path) : .system(path: path, call: "link", code: errno)
        }
        try Self.synchronise(folder: folder)
    }

    private func makeFolder() throws(KeyStoreError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw .system(path: folder, call: "mkdir", code: errno)
        }
    }

    private static func checkPrivate(_ descriptor: Int32, path: String) throws(KeyStoreError) {
        let status = try status(descriptor, path: path)
        guard status.st_mode & 0o077 == 0 else {
            throw .readableByOthers(path: path, mode: status.st_mode & 0o777)
        }
    }

    private static func checkCredential(_ descriptor: Int32, path: String) throws(KeyStoreError) {
        let status = try status(descriptor, path: path)
        guard status.st_mode & 0o037 == 0, status.st_uid == 0 || status.st_uid == getuid() else {
            throw .readableByOthers(path: path, mode: status.st_mode & 0o777)
        }
    }

    private static func status(_ descriptor: Int32, path: String) throws(KeyStoreError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(path: path, call: "fstat", code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        return status
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String)
        throws(KeyStoreError)
    {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(path: path, call: "write", code: errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else {
            throw .system(path: path, call: "fsync", code: errno)
        }
    }

    private static func synchronise(folder: String) throws(KeyStoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: folder, call: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(path: folder, call: "fsync", code: errno)
        }
    }

    /// The key in the text of a key file, or nil where it is none.
    public static func key(in bytes: [UInt8]) -> PrivateKey? {
        guard bytes.count <= maximumFileBytes else { return nil }
        return try? parse(bytes[...], path: "")
    }

    private static func parse(_ bytes: ArraySlice<UInt8>, path: String) throws(KeyStoreError)
        -> PrivateKey
    {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard lines.count == 3, lines[0] == firstLine,
            let algorithm = KeyAlgorithm(rawValue: lines[1]),
            let seed = FileText.seed(lines[2])
        else { throw .damaged(path: path) }
        do { return try PrivateKey(algorithm: algorithm, seed: seed) } catch {
            throw .damaged(path: path)
        }
    }
}

/// The text of a key file.
private enum FileText {
    static func of(_ key: PrivateKey) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("\(FileKeyStore.firstLine)\n\(key.publicKey.algorithm.rawValue)\n".utf8)
        for byte in key.seed { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return text + [UInt8(ascii: "\n")]
    }

    static func seed(_ line: String) -> [UInt8]? {
        let digits = Array(line.utf8)
        guard digits.count == 2 * FileKeyStore.seedLength else { return nil }
        var seed: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard !pair.hasPrefix("+"), !pair.hasPrefix("-"), let byte = UInt8(pair, radix: 16)
            else { return nil }
            seed.append(byte)
        }
        return seed
    }
}
