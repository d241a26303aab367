public import COSE
import CommandSupport
import FileKeyStore
import Foundation

/// Where a terminal's private key lies while the daemon does not run.
public enum KeyPlace: Hashable, Sendable {
    /// A credential that the service manager has unsealed for this process
    /// (systemd.exec(5), *Credentials*).
    case credential(path: String)
    /// A plain file that only its owner may read.
    case file(path: String)
}

/// The terminal's key at rest: sealed by the service manager where one runs, else in a file.
extension StateFolder {
    /// The credential's name in `systemd/tilld.service`, and under which a key is sealed.
    public static let keyCredential = "till.terminal-key"
    /// Where the service manager looks for sealed credentials (systemd.exec(5),
    /// *LoadCredentialEncrypted=*).
    public static let sealedFolder = "/etc/credstore.encrypted"
    /// Where the service manager says that this process's credentials lie.
    public static let credentialsVariable = "CREDENTIALS_DIRECTORY"

    /// The plain file of the key.
    public var keyPath: String { FileKeyStore(folder: path).path(of: Self.keyName) }

    /// The folder with this process's credentials, if the service manager gave any.
    public static var credentials: String? {
        ProcessInfo.processInfo.environment[credentialsVariable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where this process finds the key: a credential before a file; nil where there is neither.
    public var keyPlace: KeyPlace? {
        if let folder = Self.credentials {
            let path = folder + "/" + Self.keyCredential
            if FileManager.default.fileExists(atPath: path) { return .credential(path: path) }
        }
        return FileKeyStore(folder: path).contains(Self.keyName) ? .file(path: keyPath) : nil
    }

    /// The key that lies there.
    public static func key(at place: KeyPlace) throws -> PrivateKey {
        do {
            switch place {
            case .credential(let path): return try FileKeyStore.load(credential: path)
            case .file(let path): return try FileKeyStore.load(path: path)
            }
        } catch { throw failure(error) }
    }
}
