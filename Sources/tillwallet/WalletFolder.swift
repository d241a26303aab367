import COSE
import CommandSupport
import FileKeyStore
import FileTrustKeeper
import Foundation
import Trust
import Wallet

/// The wallet's folder: its key, its purse, and a lock that one command at a time holds.
struct WalletFolder: ~Copyable {
    private static let keyName = "wallet"
    private static let seedBytes = 32
    /// Of random seeds all but one in 2^32 make a P-256 key; four tries are as good as certain.
    private static let seedTries = 4

    /// The folder's path.
    let path: String
    private let lock: Int32

    /// Opens the folder, which must hold a wallet, and waits for other commands to end.
    init(_ path: String) throws {
        var status = stat()
        if lstat(FileKeyStore(folder: path).path(of: Self.keyName), &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw CommandFailure(
                    reason: "wallet-not-accessible",
                    message: "The wallet \(path) cannot be opened (\(Self.systemWord())). Nothing "
                        + "was changed. Check the folder's owner and mode.")
            }
            throw CommandFailure(
                .notFound, reason: "wallet-missing",
                message: "\(path) holds no wallet. Make one with `tillwallet init`.")
        }
        let lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            let detail = String(cString: strerror(errno))
            if lock >= 0 { close(lock) }
            throw CommandFailure(
                reason: "wallet-not-writable",
                message: "The wallet \(path) cannot be locked (\(detail)). Nothing was changed. "
                    + "Check the folder's owner and mode.")
        }
        self.path = path
        self.lock = lock
    }

    deinit { close(lock) }

    /// Makes a wallet with a new key; a key that is there is never replaced.
    static func create(_ path: String, algorithm: KeyAlgorithm) throws -> PublicKey {
        do {
            let store = FileKeyStore(folder: path)
            let key = try randomKey(algorithm)
            try store.create(keyName, key: key)
            return key.publicKey
        } catch let error as KeyStoreError {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
    }

    private static func randomKey(_ algorithm: KeyAlgorithm) throws -> PrivateKey {
        var generator = SystemRandomNumberGenerator()
        var tries = seedTries
        while true {
            let seed = (0..<seedBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator)
            }
            tries -= 1
            do { return try PrivateKey(algorithm: algorithm, seed: seed) } catch {
                if tries == 0 { throw error }
            }
        }
    }

    /// The wallet's key.
    func key() throws -> PrivateKey {
        do { return try FileKeyStore(folder: path).load(Self.keyName) } catch {
            let status: ExitStatus = if case .damaged = error { .dataDamaged } else { .failed }
            throw CommandFailure(status, reason: error.reason, message: error.message)
        }
    }

    /// Whom the wallet trusts beside the terminals that its owner has named.
    var trustKeeper: FileTrustKeeper { FileTrustKeeper(folder: path) }

    /// The trust documents that were imported, or nil where none ever were.
    func trust() throws -> TrustStore? {
        do throws(TrustFileError) { return try trustKeeper.load() } catch {
            throw CommandFailure(.dataDamaged, reason: error.reason, message: error.message)
        }
    }

    /// The terminals that the imported list names and whose keys may sign now.
    private func listedTerminals() throws -> [TrustedTerminal] {
        guard let store = try trust(), !store.isExpired(at: secondsNow()) else { return [] }
        return store.list.list.entries(.terminal)
            .filter { $0.maySign(at: secondsNow()) }
            .compactMap { try? TrustedTerminal(key: $0.key, name: $0.subject.text) }
    }

    private var pursePath: String { path + "/wallet.json" }

    /// What the wallet holds; an empty purse where nothing was ever kept.
    func purse() throws -> Purse {
        var purse = try keptPurse()
        purse.listedTerminals = try listedTerminals()
        return purse
    }

    private func keptPurse() throws -> Purse {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: pursePath))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return Purse()
        } catch {
            throw CommandFailure(
                reason: "wallet-unreadable",
                message: "\(pursePath) cannot be read: \(error.localizedDescription) "
                    + "Nothing was changed. Check the folder's owner and mode.")
        }
        do { return try PurseFile.purse(from: data) } catch {
            let detail =
                (error as? PurseFile.Fault)?.description ?? "it is not the JSON that is expected"
            throw CommandFailure(
                .dataDamaged, reason: "wallet-damaged",
                message: "\(pursePath) is damaged: \(detail). Nothing was changed and the key is "
                    + "safe. Restore the file from a copy, or ask the issuers for the vouchers.")
        }
    }

    /// Makes a changed purse durable: when this returns, what it remembers survives a power cut.
    func keep(_ purse: Purse) throws {
        let data: Data
        do { data = try PurseFile.data(of: purse) } catch {
            throw Self.notWritable(pursePath, "it cannot be encoded")
        }
        let temporary = pursePath + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.notWritable(pursePath, Self.systemWord()) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
        } catch {
            unlink(temporary)
            throw Self.notWritable(pursePath, error.localizedDescription)
        }
        guard rename(temporary, pursePath) == 0 else {
            let word = Self.systemWord()
            unlink(temporary)
            throw Self.notWritable(pursePath, word)
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.notWritable(path, Self.systemWord()) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.notWritable(path, Self.systemWord()) }
    }

    /// Makes the purse durable, then shows what came of the change; where showing it fails, nobody
    /// has seen a code, and the purse is as it was. A crash in between leaves the code counted.
    func keep(_ purse: Purse, showing show: () throws -> Void) throws {
        let before = try self.purse()
        try keep(purse)
        do { try show() } catch {
            try keep(before)
            throw error
        }
    }

    private static func systemWord() -> String { String(cString: strerror(errno)) }

    private static func notWritable(_ path: String, _ detail: String) -> CommandFailure {
        CommandFailure(
            reason: "wallet-not-writable",
            message: "\(path) cannot be written (\(detail)). No code was shown. Check the folder's "
                + "owner, mode and free space.")
    }
}
