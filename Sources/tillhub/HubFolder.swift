import ArgumentParser
import COSE
import CommandSupport
import FileKeyStore
import Foundation
import Hub
import HubProtocol
import SQLiteHubLedger
import Trust

/// Which hub a command is about.
struct HubOptions: ParsableArguments {
    @Option(
        name: .customLong("hub"),
        help: ArgumentHelp(
            "The hub's folder (default: $TILL_HUB, else ./hub).", valueName: "folder"))
    var givenFolder: String?

    /// The folder that is meant.
    var folder: HubFolder {
        let environment = ProcessInfo.processInfo.environment["TILL_HUB"]
        return HubFolder(givenFolder ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? "hub")
    }
}

/// The folder in which a hub keeps its ledger and its keys. What goes wrong is thrown as
/// ``CommandSupport/CommandFailure``.
struct HubFolder {
    /// The names of the two keys: one says who the hub is, the other makes vouchers. Apart, so
    /// that issuing can move to another machine, and a lost one costs only half.
    private enum KeyName {
        static let identity = "identity"
        static let issuer = "issuer"
    }

    let path: String

    init(_ path: String) { self.path = path }

    private var ledgerPath: String { path + "/ledger.sqlite" }
    private var store: FileKeyStore { FileKeyStore(folder: path + "/keys") }

    /// Where root keys are made unless another folder is named: beside the hub, never in it.
    var usualRootPath: String { (path.hasSuffix("/") ? String(path.dropLast()) : path) + "-root" }

    /// Makes the folder, both keys where they are missing, and an empty ledger.
    func create() throws -> any HubLedger {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                reason: "folder-not-writable",
                message: "The folder \(path) cannot be made (\(error.localizedDescription)). "
                    + "Nothing was changed. Check its parent's owner and mode.")
        }
        for name in [KeyName.identity, KeyName.issuer] where !store.contains(name) {
            do {
                let key = try PrivateKey(
                    algorithm: .ed25519, seed: Random.bytes(FileKeyStore.seedLength))
                try store.create(name, key: key)
            } catch let error as KeyStoreError {
                throw CommandFailure(error)
            }
        }
        do { return try SQLiteHubLedger(path: ledgerPath, creating: true) } catch {
            throw CommandFailure(error)
        }
    }

    /// Opens the ledger of a hub that is there.
    func openLedger() throws -> any HubLedger & HotListLedger {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                .notFound, reason: "hub-not-initialised",
                message: "There is no hub in \(path). Nothing was changed. Run tillhub init, or "
                    + "name the hub's folder with --hub.")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw CommandFailure(
                reason: "folder-not-readable",
                message: "The folder \(path) cannot be read by this user. Nothing was changed. "
                    + "Run the command as the hub's own user.")
        }
        guard FileManager.default.fileExists(atPath: ledgerPath) else {
            throw CommandFailure(
                .notFound, reason: "hub-not-initialised",
                message: "There is no ledger in \(path). Nothing was changed. Run tillhub init, "
                    + "or restore \(ledgerPath) from its copy.")
        }
        do { return try SQLiteHubLedger(path: ledgerPath, creating: false) } catch {
            throw CommandFailure(error)
        }
    }

    /// The key that says who the hub is.
    func identity() throws -> PrivateKey { try load(KeyName.identity) }

    /// The keys that make the hub's vouchers: the first, and those that took its place.
    func issuers() throws -> [PrivateKey] {
        var keys = [try load(KeyName.issuer)]
        while store.contains("\(KeyName.issuer)-\(keys.count + 1)") {
            keys.append(try load("\(KeyName.issuer)-\(keys.count + 1)"))
        }
        return keys
    }

    /// Makes another key for the hub's vouchers.
    func makeIssuer() throws -> PrivateKey {
        let name = "\(KeyName.issuer)-\(try issuers().count + 1)"
        do {
            let key = try PrivateKey(
                algorithm: .ed25519, seed: Random.bytes(FileKeyStore.seedLength))
            try store.create(name, key: key)
            return key
        } catch let error as KeyStoreError {
            throw CommandFailure(error)
        }
    }

    /// Whom the terminals trust, as it is in force.
    func trust(at now: UInt64) async throws -> TrustStore {
        let store: TrustStore?
        do { store = try await TrustRegistrar(ledger: try openLedger()).store(at: now) } catch let
            error as HubLedgerError
        {
            throw CommandFailure(error)
        }
        guard let store else { throw CommandFailure(RegistrarRefusal.noTrust) }
        return store
    }

    private func load(_ name: String) throws -> PrivateKey {
        do { return try store.load(name) } catch { throw CommandFailure(error) }
    }
}

extension CommandFailure {
    init(_ error: HubLedgerError) {
        let status: ExitStatus = if case .damaged = error { .dataDamaged } else { .failed }
        self.init(status, reason: error.reason, message: error.message)
    }

    init(_ error: KeyStoreError) {
        let status: ExitStatus = if case .damaged = error { .dataDamaged } else { .failed }
        self.init(status, reason: error.reason, message: error.message)
    }

    init(_ refusal: RegistrarRefusal) {
        let status: ExitStatus = if case .notInitialised = refusal { .notFound } else { .failed }
        self.init(status, reason: refusal.reason, message: refusal.message)
    }
}

/// Random bytes from the kernel.
enum Random {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// The machine's clock.
enum Clock {
    /// Seconds since 1970 UTC, whatever the clock says.
    static func seconds() -> UInt64 { secondsNow() }

    /// Seconds since 1970 UTC of a clock that can be right.
    static func believable() throws -> UInt64 {
        let now = seconds()
        guard now >= releaseTime else {
            throw CommandFailure(
                reason: "clock-suspect",
                message: "This machine's clock stands before the day this program was made. "
                    + "Nothing was signed: it would carry a wrong time for ever. Set the clock.")
        }
        return now
    }
}
