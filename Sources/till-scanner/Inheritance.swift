import CScanner
import Glibc

/// What the process got from its parent, and what it keeps of it.
enum Inheritance {
    /// Whether a descriptor is an open socket.
    static func hasSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Closes everything above the channel: what a parent forgot to mark is none of our business.
    static func closeAllAbove(_ descriptor: Int32) {
        _ = till_close_from(descriptor + 1)
    }
}

/// The version, which is all the programs' own.
enum Version {
    static let text = "0.1.0"
}
