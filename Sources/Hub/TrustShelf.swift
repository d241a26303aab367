import Synchronization
import Trust
import Vouchers

/// The documents in force, verified once and kept while the ledger's digests stay the same: a list
/// of 10,000 terminals is not read again for each question.
final class TrustShelf: Sendable {
    private struct Held: Sendable {
        var digests: [[UInt8]?] = []
        var store: TrustStore?
        var directory: IssuerDirectory?
    }

    private let held = Mutex(Held())

    func store(of digests: [[UInt8]?]) -> TrustStore? {
        held.withLock { $0.digests == digests ? $0.store : nil }
    }

    func keep(_ store: TrustStore, of digests: [[UInt8]?]) {
        held.withLock { $0 = Held(digests: digests, store: store) }
    }

    func directory(of store: TrustStore) -> IssuerDirectory {
        held.withLock { held in
            if held.store == store, let directory = held.directory { return directory }
            let directory = IssuerDirectory(store.list.list.issuers)
            if held.store == store { held.directory = directory }
            return directory
        }
    }
}
