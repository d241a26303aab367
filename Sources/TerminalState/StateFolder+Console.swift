import CommandSupport
import Foundation
import Glibc
public import X509Certificates

extension StateFolder {
    /// The shop's own authority for the console on the network, with its key: mode 0600.
    public var consoleAuthorityPath: String { path + "/console-authority.pem" }

    /// The authority that is there. What cannot be read is thrown as
    /// ``CommandSupport/CommandFailure``; nil where there is none.
    public func consoleAuthority() throws -> ConsoleAuthority? {
        guard FileManager.default.fileExists(atPath: consoleAuthorityPath) else { return nil }
        guard let data = FileManager.default.contents(atPath: consoleAuthorityPath) else {
            throw CommandFailure(
                reason: "console-authority-unreadable",
                message:
                    "\(consoleAuthorityPath) cannot be read. No payment is touched. Run this as "
                    + "the daemon's user, or as root.")
        }
        do { return try ConsoleAuthority(pem: String(decoding: data, as: UTF8.self)) } catch {
            throw CommandFailure(
                .dataDamaged, reason: "console-authority-damaged",
                message:
                    "\(consoleAuthorityPath) holds no authority (\(error)). No payment is touched. "
                    + "Remove the file: a new one is made at the next start, which the shop's tablets "
                    + "must be told to trust anew.")
        }
    }

    /// The authority that is there, else a new one for the kiosk called `host`, kept.
    public func consoleAuthority(host: String, now: UInt64) throws -> ConsoleAuthority {
        if let kept = try consoleAuthority() { return kept }
        let authority = try ConsoleAuthority(host: host, now: now)
        let beside = consoleAuthorityPath + ".new"
        try? FileManager.default.removeItem(atPath: beside)
        guard
            FileManager.default.createFile(
                atPath: beside, contents: Data(authority.pem.utf8),
                attributes: [.posixPermissions: 0o600]),
            Self.synchronise(beside), rename(beside, consoleAuthorityPath) == 0,
            Self.synchronise(path)
        else {
            throw CommandFailure(
                reason: "console-authority-not-written",
                message:
                    "\(consoleAuthorityPath) cannot be written. No payment is touched. Check the "
                    + "state folder's owner, mode and space, or leave --console-network away.")
        }
        return authority
    }

    /// Brings a file, or the names in a folder, onto the disk (fsync(2)).
    private static func synchronise(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
