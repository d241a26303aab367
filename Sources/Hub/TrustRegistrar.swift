public import COSE
import HubProtocol
public import Trust
public import Vouchers

/// Keeps whom the terminals are to trust: drafts the next list from what the hub knows, takes the
/// lists and roots that the root keys have signed, and says which are the newest.
public struct TrustRegistrar: Sendable {
    /// How often a document is put in force again when another came in between.
    static let maximumAttempts = 16

    let ledger: any HubLedger
    private let shelf: TrustShelf

    /// Makes a registrar of this ledger.
    public init(ledger: any HubLedger) {
        self.ledger = ledger
        shelf = TrustShelf()
    }

    /// What is in force, or nil where the hub has no root or no list yet.
    ///
    /// Another process may have put newer documents in force: their digests are asked for each
    /// time, the documents only where these differ.
    public func store(at now: UInt64) async throws(HubLedgerError) -> TrustStore? {
        let digests = [
            try await ledger.latestDigest(.root), try await ledger.latestDigest(.trustList),
            try await ledger.latestDigest(.freshness),
        ]
        if let store = shelf.store(of: digests) { return store }
        guard let root = try await ledger.latestDocument(.root),
            let list = try await ledger.latestDocument(.trustList)
        else { return nil }
        let statement = try await ledger.latestDocument(.freshness)
        let store = try await Self.assemble(root, list, statement, ledger)
        shelf.keep(store, of: digests)
        return store
    }

    /// Documents of the ledger were judged when they were taken. A list may be older than the
    /// newest root: then the root that introduced it is looked for.
    private static func assemble(
        _ root: HubDocument, _ list: HubDocument, _ statement: HubDocument?,
        _ ledger: any HubLedger
    ) async throws(HubLedgerError) -> TrustStore {
        var version = root.version
        while version >= 1 {
            let introducer =
                version == root.version
                ? root : try await ledger.document(.root, version: version)
            guard let introducer else { break }
            do throws(TrustRefusal) {
                return try TrustStore.restore(
                    root: root.bytes, listRoot: introducer.bytes, list: list.bytes,
                    freshness: statement?.bytes)
            } catch {
                version -= 1
            }
        }
        throw .damaged("the trust list is not signed by any of the roots")
    }

    /// The issuers of the list in force, for looking up signatures; none where there is no list.
    public func issuers(at now: UInt64) async throws(HubLedgerError) -> IssuerDirectory {
        if let store = try await store(at: now) {
            return shelf.directory(of: store)
        }
        return IssuerDirectory([])
    }

    /// What became of an offer of signed documents.
    public enum Answer: Hashable, Sendable {
        /// They are in force.
        case adopted(TrustStore)
        /// They were in force before.
        case unchanged(TrustStore)
        /// They are not; what was in force stays in force.
        case refused(TrustRefusal)
        /// Other changes came in between too often.
        case busy
    }

    /// Puts roots and a list in force that enough root keys have signed, at `now`. The first root
    /// is believed on the operator's word.
    public func adopt(roots: [[UInt8]], list: [UInt8]?, at now: UInt64)
        async throws(HubLedgerError) -> Answer
    {
        for _ in 0..<Self.maximumAttempts {
            let held = try await store(at: now)
            let next: TrustStore
            if let held {
                let update = held.update(with: TrustOffer(roots: roots, list: list), at: now)
                if let refusal = update.refusal { return .refused(refusal) }
                guard update.changed else { return .unchanged(held) }
                next = update.store
            } else {
                do throws(TrustRefusal) {
                    next = try TrustStore.introduce(
                        TrustOffer(roots: roots, list: list), at: now)
                } catch {
                    return .refused(error)
                }
            }
            if try await keep(roots, next, after: held, at: now) { return .adopted(next) }
        }
        return .busy
    }

    /// Every root on the way is kept, for terminals that hold an older one.
    private func keep(
        _ roots: [[UInt8]], _ store: TrustStore, after held: TrustStore?, at now: UInt64
    ) async throws(HubLedgerError) -> Bool {
        var digest = held.map { Hashing.sha256($0.root.bytes) }
        for bytes in roots {
            guard let root = try? Root.unverified(bytes),
                root.version > held?.root.root.version ?? 0,
                root.version <= store.root.root.version
            else { continue }
            let document = HubDocument(kind: .root, version: root.version, at: now, bytes: bytes)
            guard try await ledger.append(document, after: digest) else { return false }
            digest = document.digest
        }
        guard store.list != held?.list else { return true }
        return try await ledger.append(
            HubDocument(
                kind: .trustList, version: store.list.list.version, at: now,
                bytes: store.list.bytes),
            after: held?.list.digest)
    }

    /// The newest statement of freshness, made anew by the hub's online key where the last one
    /// grows old or names something else than what is in force; nil where there is no list.
    public func freshness(at now: UInt64, by key: PrivateKey) async throws(HubLedgerError)
        -> [UInt8]?
    {
        for _ in 0..<Self.maximumAttempts {
            guard let store = try await store(at: now) else { return nil }
            var names = [
                DocumentName(
                    kind: .trustList, version: store.list.list.version, digest: store.list.digest)
            ]
            for (kind, named) in [(HubDocumentKind.policy, NamedKind.policy), (.hotList, .hotList)]
            {
                if let document = try await ledger.latestDocument(kind) {
                    names.append(
                        DocumentName(
                            kind: named, version: document.version, digest: document.digest))
                }
            }
            let last = try await ledger.latestDocument(.freshness)
            if let held = store.freshness, held.signer == key.publicKey,
                held.statement.names == names.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }),
                now < held.statement.issuedAt + TrustDefaults.freshnessRenewalSeconds
            {
                return held.bytes
            }
            let statement = Freshness(
                merchant: store.list.list.merchant, version: (last?.version ?? 0) + 1,
                issuedAt: now, expiresAt: now + TrustDefaults.freshnessLifeSeconds, names: names)
            let document = HubDocument(
                kind: .freshness, version: statement.version, at: now,
                bytes: statement.signed(by: key))
            if try await ledger.append(document, after: last?.digest) { return document.bytes }
        }
        throw .locked
    }

    /// The root that follows this version.
    public func root(after version: UInt64) async throws(HubLedgerError) -> [UInt8]? {
        guard version < .max else { return nil }
        return try await ledger.document(.root, version: version + 1)?.bytes
    }

    /// Everything that a newcomer needs: the newest root, the list, a statement.
    public func offer(at now: UInt64, by key: PrivateKey) async throws(HubLedgerError)
        -> TrustOffer?
    {
        guard let freshness = try await freshness(at: now, by: key),
            let store = try await store(at: now)
        else { return nil }
        return TrustOffer(
            roots: [store.root.bytes], list: store.list.bytes, freshness: freshness)
    }
}
