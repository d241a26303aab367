import Glibc

/// Why a private key was not read or not written. No case carries any part of a key.
public enum KeyStoreError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(path: String)
    /// The file may be read or written by others than its owner.
    case readableByOthers(path: String, mode: UInt32)
    /// There is something else than a plain file.
    case notAFile(path: String)
    /// The file does not hold a key in the form that Till writes.
    case damaged(path: String)
    /// There is a file already; keys are never overwritten.
    case exists(path: String)
    /// The system refused a call; `code` is its `errno`.
    case system(path: String, call: String, code: Int32)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .missing: "key-missing"
        case .readableByOthers: "key-readable-by-others"
        case .notAFile: "key-not-a-file"
        case .damaged: "key-damaged"
        case .exists: "key-exists"
        case .system(_, _, let code):
            code == EACCES || code == EPERM || code == EROFS
                ? "key-folder-not-accessible" : "key-io-error"
        }
    }

    /// What happened, what it means, and what to do.
    public var message: String {
        switch self {
        case .missing(let path):
            "There is no key file \(path). Nothing was signed. Restore the file from its copy."
        case .readableByOthers(let path, let mode):
            "The key file \(path) has mode \(String(mode, radix: 8)): others than its owner can "
                + "reach it. Nothing was signed. If nobody else can have read it, run "
                + "chmod 600 \(path); else replace the key."
        case .notAFile(let path):
            "\(path) is no plain file. Nothing was signed. Put the key file itself there."
        case .damaged(let path):
            "The key file \(path) is damaged. Nothing was signed. Restore the file from its copy."
        case .exists(let path):
            "There is a key file \(path) already. It was left as it is: a key is never overwritten."
        case .system(let path, let call, let code):
            "The key file \(path) could not be used (\(call): \(String(cString: strerror(code)))). "
                + "Nothing was signed. Check the folder's owner, mode and free space."
        }
    }
}
