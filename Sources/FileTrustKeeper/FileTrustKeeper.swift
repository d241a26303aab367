import Foundation
import Glibc
public import Terminal
public import Trust

/// Why the files of trust say nothing that can be believed.
public enum TrustFileError: Error, Hashable, Sendable {
    /// The file cannot be read by this user.
    case unreadable(path: String)
    /// The documents are damaged, or older than the floors beside them.
    case documents(path: String, TrustRefusal)
    /// The floors are damaged.
    case floors(path: String, TrustRefusal)

    /// The stable code of this error in JSON.
    public var reason: String {
        switch self {
        case .unreadable: "file-not-readable"
        case .documents(_, let refusal): refusal.reason
        case .floors: "trust-floors-damaged"
        }
    }

    /// What happened, what it means for the money, and what to do.
    public var message: String {
        switch self {
        case .unreadable(let path):
            "\(path) cannot be read. Nothing was changed. Check its owner and mode."
        case .documents(let path, let refusal):
            "\(path) cannot be believed: \(refusal.description) No payments can be taken; the "
                + "journal is untouched. Remove the file and take the newest documents from the "
                + "hub: tillctl trust import FILE."
        case .floors(let path, let refusal):
            "\(path) is damaged: \(refusal.description) Without it an old trust list could be "
                + "believed. Restore the file, or enrol the terminal anew in another folder."
        }
    }
}

/// The files in which a terminal or a wallet keeps its trust: the documents, and apart from them
/// the floors, so that who deletes or replaces the one still meets the other.
public struct FileTrustKeeper: TrustKeeper {
    /// The folder that the files lie in.
    public let folder: String

    /// Names the files in `folder`, which need not exist yet.
    public init(folder: String) { self.folder = folder }

    /// Where the documents lie.
    public var documentsPath: String { folder + "/trust.cbor" }
    /// Where the floors lie.
    public var floorsPath: String { folder + "/trust-floors.cbor" }

    /// What is held, every signature checked anew, or nil where nothing ever was.
    public func load() throws(TrustFileError) -> TrustStore? {
        let limit = TrustStore.maximumStoredBytes
        guard let bytes = try Self.read(documentsPath, atMost: limit) else { return nil }
        let floors = try floors()
        do throws(TrustRefusal) {
            return try TrustStore(decoding: bytes, floors: floors)
        } catch {
            throw .documents(path: documentsPath, error)
        }
    }

    /// The highest versions ever held here.
    public func floors() throws(TrustFileError) -> TrustFloors {
        guard let bytes = try Self.read(floorsPath, atMost: Self.maximumFloorsBytes) else {
            return .none
        }
        do throws(TrustRefusal) { return try TrustFloors(decoding: bytes) } catch {
            throw .floors(path: floorsPath, error)
        }
    }

    /// See ``Terminal/TrustKeeper/keep(_:)``. Documents first: a crash in between leaves floors
    /// that are too low by one step for the documents beside them, and those raise them again.
    public func keep(_ store: TrustStore) throws(TrustKeepingError) {
        try Self.replace(documentsPath, with: store.encoded())
        try Self.replace(floorsPath, with: store.floors.encoded())
    }

    /// Far longer than any floors, in bytes.
    private static let maximumFloorsBytes = 4_096

    private static func read(_ path: String, atMost limit: Int) throws(TrustFileError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path)
        }
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: limit + 1)) ?? Data())
    }

    /// Replaces a file so that after a power cut either the old or the new one is there, whole.
    static func replace(_ path: String, with bytes: [UInt8]) throws(TrustKeepingError) {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard file >= 0 else { throw failure(path) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try handle.close()
        } catch {
            unlink(temporary)
            throw TrustKeepingError(
                reason: "trust-not-kept", message: words(path, error.localizedDescription))
        }
        guard rename(temporary, path) == 0 else {
            let error = failure(path)
            unlink(temporary)
            throw error
        }
        let parent = (path as NSString).deletingLastPathComponent
        let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> TrustKeepingError {
        TrustKeepingError(
            reason: "trust-not-kept", message: words(path, String(cString: strerror(errno))))
    }

    private static func words(_ path: String, _ detail: String) -> String {
        "\(path) cannot be written (\(detail)). The trust documents held before stay in force. "
            + "Check the folder's owner, mode and free space."
    }
}
