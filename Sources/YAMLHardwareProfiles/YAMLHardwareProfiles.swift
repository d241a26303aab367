import Glibc
public import HardwareProfiles
import Yams

/// Hardware profiles in YAML files.
public enum YAMLHardwareProfiles {
    /// The largest file that is read, in bytes: a profile with all its comments is a tenth of it.
    static let maximumFileBytes = 64 * 1024

    /// Reads the profile in the file at `path`; every error of its content has a line.
    public static func load(path: String) throws(ProfileError) -> HardwareProfile {
        let bytes = try read(path)
        do throws(ProfileFinding) {
            return try HardwareProfile(reading: YAMLDocument.read(bytes))
        } catch {
            throw .invalid(path: path, error)
        }
    }

    private static func read(_ path: String) throws(ProfileError) -> [UInt8] {
        // Not blocking: a pipe put in the file's place must not hold up the start.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : unreadable(path, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, detail: "not a plain file")
        }
        var bytes = [UInt8](repeating: 0, count: maximumFileBytes + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= maximumFileBytes else {
            throw .unreadable(path: path, detail: "larger than \(maximumFileBytes) bytes")
        }
        return Array(bytes[..<filled])
    }

    private static func unreadable(_ path: String, _ code: Int32) -> ProfileError {
        .unreadable(path: path, detail: String(cString: strerror(code)))
    }
}
