import COSE
import CommandSupport
import FileKeyStore
import Foundation
import Hub
import HubProtocol
import Trust
import Vouchers

/// The folder of the root keys: meant to be taken offline, and the keys in it to be parted.
struct RootFolder {
    let path: String

    init(_ path: String) { self.path = path }

    /// The name of a root key's file.
    static func keyName(_ number: Int) -> String { "root-\(number)" }

    private var store: FileKeyStore { FileKeyStore(folder: path) }

    /// Where the signed root of a version lies.
    func rootPath(_ version: UInt64) -> String { "\(path)/root-v\(version).till" }

    /// Makes root keys and the first root, signed by as many as it needs.
    func create(
        merchant: MerchantID, count: Int, threshold: Int, lifeSeconds: UInt64, at now: UInt64
    ) throws -> (root: [UInt8], keys: [PrivateKey]) {
        let keys = try (1...count).map { try makeKey(Self.keyName($0)) }
        let root = Root(
            merchant: merchant, generation: 1, version: 1, issuedAt: now,
            expiresAt: now + lifeSeconds, threshold: threshold, keys: keys.map(\.publicKey))
        let bytes = Self.sign(root.draft(), by: Array(keys.prefix(threshold)))
        try OutputFile.replace(rootPath(1), with: MessageFile.root.text(of: bytes))
        return (bytes, keys)
    }

    /// Makes a key under this name; one that is there is never replaced.
    func makeKey(_ name: String) throws -> PrivateKey {
        do {
            let key = try PrivateKey(
                algorithm: .ed25519, seed: Random.bytes(FileKeyStore.seedLength))
            try store.create(name, key: key)
            return key
        } catch let error as KeyStoreError {
            throw CommandFailure(error)
        }
    }

    /// The root keys that lie here, by their names.
    func keys() throws -> [(name: String, key: PrivateKey)] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix("root-") && $0.hasSuffix(".key") }
            .map { String($0.dropLast(".key".count)) }.sorted()
        return try names.map { name in
            do throws(KeyStoreError) { return (name, try store.load(name)) } catch {
                throw CommandFailure(error)
            }
        }
    }

    /// The newest root that lies here.
    func newestRoot() throws -> (root: Root, bytes: [UInt8]) {
        var newest: (root: Root, bytes: [UInt8])?
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasPrefix("root-v") && $0.hasSuffix(".till") }
        for name in names {
            let bytes = try TrustDocumentFile.read("\(path)/\(name)").bytes
            do throws(TrustRefusal) {
                let root = try Root.unverified(bytes)
                if root.version > newest?.root.version ?? 0 { newest = (root, bytes) }
            } catch {
                throw CommandFailure(error, file: "\(path)/\(name)")
            }
        }
        guard let newest else {
            throw CommandFailure(
                .notFound, reason: "root-missing",
                message: "\(path) holds no root. Nothing was changed. Name the folder of the root "
                    + "keys with --keys.")
        }
        return newest
    }

    /// The document, signed by these keys.
    static func sign(_ draft: Sign, by keys: [PrivateKey]) -> [UInt8] {
        var object = draft
        for key in keys { object = object.adding(signatureBy: key) ?? object }
        return object.encoded()
    }
}

/// A root or a trust list in a file, signed or on its way to be.
enum TrustDocumentFile {
    /// Reads a file of either kind.
    static func read(_ path: String) throws -> (kind: MessageFile, bytes: [UInt8]) {
        let bytes = try InputFile.read(path, upTo: MessageFile.trust.maximumFileBytes + 1)
        let kinds: [MessageFile] = [.root, .trust, .trustList]
        // "TILL-TRUST-1" begins no other first line.
        let kind = kinds.first { bytes.starts(with: ($0.rawValue + "\n").utf8) } ?? .trustList
        do { return (kind, try kind.message(in: bytes)) } catch {
            throw CommandFailure(
                reason: error.reason,
                message: "\(path): \(error.description) Nothing was changed.")
        }
    }
}

extension CommandFailure {
    init(_ refusal: TrustRefusal, file: String) {
        self.init(
            reason: refusal.reason,
            message: "\(file): \(refusal.description) What was in force stays in force. "
                + refusal.advice)
    }

    init(_ refusal: TrustKeyRefusal) {
        let status: ExitStatus = if case .unknown = refusal { .notFound } else { .failed }
        self.init(status, reason: refusal.reason, message: refusal.message)
    }
}
