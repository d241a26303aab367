import Glibc

/// What the system says of a file.
public struct FileFacts: Sendable {
    /// Permission bits, kind excluded.
    public let mode: UInt32
    /// The kind (`S_IFMT`).
    public let kind: UInt32
    /// The user to whom it belongs, by number.
    public let owner: UInt32
    /// The group to which it belongs, by number.
    public let group: UInt32
    /// Its length.
    public let bytes: Int

    /// Asks; nil where there is no such file, or nobody may say.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        mode = status.st_mode & 0o7777
        kind = status.st_mode & UInt32(S_IFMT)
        owner = status.st_uid
        group = status.st_gid
        bytes = Int(status.st_size)
    }

    /// Whether there is anything of this name, a link that leads nowhere too.
    public static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether it is a folder.
    public var isFolder: Bool { kind == UInt32(S_IFDIR) }
    /// Whether it is a pipe with a name.
    public var isPipe: Bool { kind == UInt32(S_IFIFO) }
    /// Whether it is a device of characters.
    public var isCharacterDevice: Bool { kind == UInt32(S_IFCHR) }

    /// Whether a user with these groups may do what `bits` (4 read, 2 write, 1 enter) name.
    public func allows(_ bits: UInt32, user: UInt32, groups: Set<UInt32>) -> Bool {
        if user == 0 { return true }
        if user == owner { return mode >> 6 & bits == bits }
        if groups.contains(group) { return mode >> 3 & bits == bits }
        return mode & bits == bits
    }
}
