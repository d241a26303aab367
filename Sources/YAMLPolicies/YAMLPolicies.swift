import Glibc
public import Payments
public import PolicySources

/// Why there is no policy to work with.
public enum PolicyFileError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(path: String)
    /// The file is there and cannot be read; the detail is the system's word.
    case unreadable(path: String, detail: String)
    /// The file's content is not a valid policy; at least one finding, in the file's order.
    case invalid(path: String, [SourceFinding])

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .missing: "policy-missing"
        case .unreadable: "policy-unreadable"
        case .invalid: "policy-invalid"
        }
    }

    /// What is wrong; a line for each finding, which begins with `file:line:`.
    public var message: String {
        switch self {
        case .missing(let path): "\(path): There is no such policy file. Nothing was changed."
        case .unreadable(let path, let detail):
            "\(path): The policy cannot be read (\(detail)). Nothing was changed. Check that it is "
                + "a plain file that this user may read."
        case .invalid(let path, let findings):
            findings.map { "\(path):\($0.place.line): \($0.sentence)" }.joined(separator: "\n")
        }
    }
}

/// Policies in YAML files.
public enum YAMLPolicies {
    /// The largest file that is read, in bytes: a line for every currency with all its rules and
    /// comments is a fraction of it.
    static let maximumFileBytes = 256 * 1024

    /// Reads the policy in the file at `path`; every error of its content has a line.
    public static func load(path: String) throws(PolicyFileError) -> Policy {
        let bytes = try read(path)
        switch policy(in: bytes) {
        case .policy(let policy): return policy
        case .findings(let findings): throw .invalid(path: path, findings)
        }
    }

    /// Reads the policy in the bytes of a file.
    public static func policy(in bytes: [UInt8]) -> PolicySource.Reading {
        do { return PolicySource.read(try YAMLSource.read(bytes)) } catch {
            return .findings([error])
        }
    }

    private static func read(_ path: String) throws(PolicyFileError) -> [UInt8] {
        // Not blocking: a pipe put in the file's place must not hold up the command.
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

    private static func unreadable(_ path: String, _ code: Int32) -> PolicyFileError {
        .unreadable(path: path, detail: String(cString: strerror(code)))
    }
}
