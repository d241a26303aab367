public import COSE
public import CommandSupport
import FileKeyStore
public import FileTrustKeeper
import Foundation
public import HubProtocol
import SQLiteJournal
public import Terminal
public import Trust
import Vouchers

/// What an enrolment came to.
public struct EnrolledTerminal: Sendable {
    /// The hub's configuration of the terminal.
    public let configuration: TerminalConfiguration
    /// Whom the terminal trusts from now on.
    public let trust: TrustStore
    /// Which journal of the terminal this is, from 1.
    public let epoch: UInt64
    /// Whether another key has taken the place of the one before.
    public let isKeyReplaced: Bool
}

extension StateFolder {
    /// Where the place of this journal among the terminal's lies, from 1, and the number of its
    /// first period.
    var epochPath: String { path + "/epoch" }

    /// The epoch and the first Z number that the hub gave this journal; 1 and 1 where it has not
    /// said so.
    public func epoch() -> (epoch: UInt64, firstZNumber: UInt64) {
        let text = FileManager.default.contents(atPath: epochPath).map {
            String(decoding: $0, as: UTF8.self)
        }
        let numbers = (text ?? "").split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (1, 1)
    }

    /// The request for another key for the journal that is here, and the new key, made if it is
    /// not there. The key in use signs the change, unless it is lost.
    public func requestNewKey(keyIsLost: Bool) throws -> (request: [UInt8], key: PrivateKey) {
        let terminal = try terminal()
        let store = FileKeyStore(folder: path)
        let former: PrivateKey? = keyIsLost ? nil : try key()
        do {
            if !store.contains(Self.nextKeyName) {
                let key = try PrivateKey(algorithm: .ed25519, seed: Self.random(Self.seedBytes))
                try store.create(Self.nextKeyName, key: key)
            }
            let key = try store.load(Self.nextKeyName)
            let request = EnrolmentRequest.signed(
                terminal: terminal, journal: try readJournal().identity, by: key,
                replacing: former)
            return (request, key)
        } catch let error as KeyStoreError {
            throw CommandFailure(reason: error.reason, message: error.message)
        }
    }

    /// Takes the hub's answer, which was found in `file`: it must be for this folder's terminal,
    /// journal and key, signed by a hub key of the trust list that comes with it; and the list by
    /// the root that a person has carried here, or that is held already.
    public func enrol(with message: [UInt8], from file: String, at now: UInt64) throws
        -> EnrolledTerminal
    {
        do {
            let trust = try trust(offeredIn: message, file: file, at: now)
            let (answer, hub) = try EnrolmentAnswer.verify(
                message, signedByOneOf: trust.hubKeys)
            guard answer.terminal == (try terminal()) else {
                throw MessageError.wrongTerminal(found: answer.terminal)
            }
            guard answer.journal == (try readJournal().identity) else {
                throw MessageError.wrongJournal
            }
            let isKeyReplaced = try checkKey(answer.key, file: file)
            let held =
                FileManager.default.fileExists(atPath: configurationPath)
                ? try configuration().version : 0
            let configuration = try TerminalConfiguration.verify(
                answer.configuration, signedBy: hub, for: answer.terminal, held: held)
            try keep(trust)
            try keep(answer.configuration)
            try Self.write("\(answer.epoch) \(answer.firstZNumber)\n", to: epochPath)
            if isKeyReplaced { try putNextKeyInUse() }
            return EnrolledTerminal(
                configuration: configuration, trust: trust, epoch: answer.epoch,
                isKeyReplaced: isKeyReplaced)
        } catch let error as MessageError {
            throw CommandFailure(
                reason: error.reason,
                message: "The hub's answer in \(file) cannot be taken: \(error.description) "
                    + "Nothing was changed.")
        }
    }

    private func trust(offeredIn message: [UInt8], file: String, at now: UInt64) throws
        -> TrustStore
    {
        let offer = try EnrolmentAnswer.trustOffered(in: message)
        if let held = try heldTrust() {
            let update = held.update(with: offer, at: now)
            if let refusal = update.refusal {
                throw CommandFailure(refusal, file: file, held: held, at: now)
            }
            return update.store
        }
        return try introduce(offer, file: file, at: now)
    }

    private func heldTrust() throws -> TrustStore? {
        do throws(TrustFileError) { return try trustKeeper.load() } catch {
            throw CommandFailure(error)
        }
    }

    private func introduce(_ offer: TrustOffer, file: String, at now: UInt64) throws -> TrustStore {
        do {
            return try TrustStore.introduce(offer, floors: trustKeeper.floors(), at: now)
        } catch let refusal as TrustRefusal {
            throw CommandFailure(refusal, file: file, held: nil, at: now)
        } catch let error as TrustFileError {
            throw CommandFailure(error)
        }
    }

    /// Whether the answer is about a key that is to take the place of the one in use.
    private func checkKey(_ key: PublicKey, file: String) throws -> Bool {
        let store = FileKeyStore(folder: path)
        if store.contains(Self.nextKeyName),
            let next = try? store.load(Self.nextKeyName), next.publicKey == key
        {
            return true
        }
        guard try self.key().publicKey == key else {
            throw CommandFailure(
                reason: "other-key",
                message: "The hub's answer in \(file) is for another key than this folder's. "
                    + "Nothing was changed. Carry this terminal's own request to the hub.")
        }
        return false
    }

    /// The former key's file is kept under another name: batches that it signed are repeated
    /// unchanged, and nobody needs it again but to prove that.
    private func putNextKeyInUse() throws {
        let store = FileKeyStore(folder: path)
        let current = store.path(of: Self.keyName)
        var number = 1
        while store.contains("\(Self.keyName)-former-\(number)") { number += 1 }
        do {
            if store.contains(Self.keyName) {
                try FileManager.default.moveItem(
                    atPath: current, toPath: store.path(of: "\(Self.keyName)-former-\(number)"))
            }
            try FileManager.default.moveItem(
                atPath: store.path(of: Self.nextKeyName), toPath: current)
        } catch {
            throw CommandFailure(
                reason: "file-not-writable",
                message: "The key files in \(path) cannot be renamed: "
                    + "\(error.localizedDescription) Rename \(Self.nextKeyName).key to "
                    + "\(Self.keyName).key, then start the terminal.")
        }
    }

    /// Whom the terminal trusts, as it was last put in force.
    public func trust() throws -> TrustStore {
        guard let store = try heldTrust() else { throw Self.notEnrolled(path) }
        return store
    }

    /// Takes trust documents that somebody has carried here in `file`, past a daemon that does not
    /// run; where what was held is damaged or gone, they are introduced anew, and the floors still
    /// hold. Answers what is held from now on and whether that is anything else than before.
    public func take(_ offer: TrustOffer, file: String, at now: UInt64) throws -> (
        store: TrustStore, changed: Bool
    ) {
        if let held = try heldTrust() {
            let update = held.update(with: offer, at: now)
            // Roots that are good stay good, whatever else the file holds.
            if update.changed { try keep(update.store) }
            if let refusal = update.refusal {
                throw CommandFailure(refusal, file: file, held: update.store, at: now)
            }
            return (update.store, update.changed)
        }
        guard FileManager.default.fileExists(atPath: configurationPath) else {
            throw Self.notEnrolled(path)
        }
        let store = try introduce(offer, file: file, at: now)
        try keep(store)
        return (store, true)
    }

    private func keep(_ store: TrustStore) throws {
        do throws(TrustKeepingError) { try trustKeeper.keep(store) } catch {
            throw CommandFailure(error)
        }
    }

    /// Reads trust documents that somebody has carried here: all of them, or a list or a root
    /// alone. What is `held` is told where they are none.
    public static func offer(in file: String, held: TrustStore?, at now: UInt64) throws
        -> TrustOffer
    {
        let bytes = try InputFile.read(file, upTo: MessageFile.trust.maximumFileBytes + 1)
        let kinds: [MessageFile] = [.trustList, .root]
        let kind = kinds.first { bytes.starts(with: $0.rawValue.utf8) } ?? .trust
        do {
            let message = try kind.message(in: bytes)
            switch kind {
            case .trustList: return TrustOffer(list: message)
            case .root: return TrustOffer(roots: [message])
            default: return try TrustOffer(decoding: message)
            }
        } catch let error as MessageFileError {
            let standing = held?.standing(at: now) ?? "Nothing was changed."
            throw CommandFailure(
                reason: error.reason, message: "\(file): \(error.description) \(standing)")
        } catch let refusal as TrustRefusal {
            throw CommandFailure(refusal, file: file, held: held, at: now)
        }
    }
}

extension CommandFailure {
    /// What trust documents were refused for; what is `held`, where there is anything, stays in
    /// force, and it is told how old it is at `now`.
    public init(_ refusal: TrustRefusal, file: String, held: TrustStore?, at now: UInt64) {
        let standing = held?.standing(at: now) ?? "Nothing was changed."
        self.init(
            reason: refusal.reason,
            message: "\(file): \(refusal.description) \(standing) \(refusal.advice)")
    }

    /// What could not be made durable.
    public init(_ error: TrustKeepingError) {
        self.init(reason: error.reason, message: error.message)
    }

    /// What the files of trust say no with.
    public init(_ error: TrustFileError) {
        let status: ExitStatus = if case .unreadable = error { .failed } else { .dataDamaged }
        self.init(status, reason: error.reason, message: error.message)
    }
}
