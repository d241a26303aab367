public import COSE

/// What came of an offer: the documents held from now on, and the first refusal, if any.
///
/// A refusal leaves in force what was in force; roots that were good before it are kept, as the
/// way to anything newer leads through them.
public struct TrustUpdate: Hashable, Sendable {
    /// What is held from now on.
    public let store: TrustStore
    /// Whether that is anything else than before.
    public let changed: Bool
    /// Why the offer, or the rest of it, was not taken.
    public let refusal: TrustRefusal?
}

/// The trust documents that a terminal, a wallet or a hub holds: a value that is only ever made by
/// verification, and replaced by what ``update(with:at:)`` makes of it.
public struct TrustStore: Hashable, Sendable {
    /// The newest root.
    public let root: VerifiedRoot
    /// The root that introduced the list: the newest, or one before it.
    public let listRoot: VerifiedRoot
    /// The trust list in force.
    public let list: VerifiedList
    /// The newest freshness statement, where it names the list in force.
    public let freshness: VerifiedFreshness?
    /// The highest versions ever held.
    public let floors: TrustFloors

    init(
        root: VerifiedRoot, listRoot: VerifiedRoot, list: VerifiedList,
        freshness: VerifiedFreshness?, floors: TrustFloors
    ) {
        self.root = root
        self.listRoot = listRoot
        self.list = list
        self.freshness = freshness
        self.floors = floors
    }

    /// The first documents, which a person has carried here, at `now`; `floors` are those of an
    /// earlier life of this terminal. The last root is believed on the person's word, the rest by
    /// signature.
    public static func introduce(
        _ offer: TrustOffer, floors: TrustFloors = .none, at now: UInt64
    ) throws(TrustRefusal) -> TrustStore {
        guard let last = offer.roots.last else { throw .noRoot }
        let root = try VerifiedRoot.introduction(last)
        guard root.root.version >= floors.rootVersion else {
            throw .rolledBack(held: floors.rootVersion, found: root.root.version)
        }
        guard let list = offer.list else { throw .shape("trust list: the offer has none") }
        let judge = TrustJudge(root: root, held: nil, floors: floors, now: now)
        return try judge.store(list: list, freshness: offer.freshness)
    }

    /// What is held once this offer has been judged, at `now` in seconds since 1970 UTC: first the
    /// roots in their order, then the list by the newest root, then the statement by the hub keys
    /// of the newest list. List and statement are taken together or not at all.
    public func update(with offer: TrustOffer, at now: UInt64) -> TrustUpdate {
        var root = self.root
        var refusal: TrustRefusal?
        do throws(TrustRefusal) { root = try Self.walk(offer.roots, from: root) } catch {
            refusal = error
        }
        // Roots before a bad one are as good as without it; but nothing after it is looked at.
        if refusal != nil { root = Self.goodRoots(offer.roots, from: self.root) }
        let rooted = TrustStore(
            root: root, listRoot: listRoot, list: list, freshness: freshness,
            floors: floors.raised(to: root.root))
        guard refusal == nil else {
            return TrustUpdate(store: rooted, changed: rooted != self, refusal: refusal)
        }
        guard offer.list != nil || offer.freshness != nil else {
            return TrustUpdate(store: rooted, changed: rooted != self, refusal: nil)
        }
        do throws(TrustRefusal) {
            let judge = TrustJudge(root: root, held: rooted, floors: rooted.floors, now: now)
            let store = try judge.store(list: offer.list, freshness: offer.freshness)
            return TrustUpdate(store: store, changed: store != self, refusal: nil)
        } catch {
            return TrustUpdate(store: rooted, changed: rooted != self, refusal: error)
        }
    }

    /// The newest root that these lead to; those that are held already are passed over.
    private static func walk(_ roots: [[UInt8]], from held: VerifiedRoot) throws(TrustRefusal)
        -> VerifiedRoot
    {
        var root = held
        for bytes in roots.prefix(TrustDefaults.maximumRootSteps) {
            let offered = try Root.unverified(bytes)
            if offered.version < root.root.version { continue }
            if offered.version == root.root.version {
                guard offered == root.root else { throw .versionReused(offered.version) }
                continue
            }
            root = try root.successor(bytes)
        }
        return root
    }

    private static func goodRoots(_ roots: [[UInt8]], from held: VerifiedRoot) -> VerifiedRoot {
        var root = held
        for bytes in roots.prefix(TrustDefaults.maximumRootSteps) {
            do throws(TrustRefusal) { root = try walk([bytes], from: root) } catch { break }
        }
        return root
    }

    /// When the list in force was last known to be the newest, in seconds since 1970 UTC: its own
    /// issue, or the newest statement's.
    public var confirmedAt: UInt64 {
        max(list.list.issuedAt, freshness?.statement.issuedAt ?? 0)
    }

    /// The time before which no honest clock can stand, by these documents, in seconds since 1970
    /// UTC.
    public var latestTime: UInt64 { max(root.root.issuedAt, confirmedAt) }

    /// How old the trust is at `now`, in seconds: 0 where the clock stands before it.
    public func age(at now: UInt64) -> UInt64 { now > confirmedAt ? now - confirmedAt : 0 }

    /// What is told beside a refusal: which list stays in force, and how old it is.
    public func standing(at now: UInt64) -> String {
        let age = age(at: now)
        let words =
            switch age {
            case ..<7_200: "\(age / 60) minutes"
            case ..<172_800: "\(age / 3_600) hours"
            default: "\(age / 86_400) days"
            }
        return "Trust list \(list.list.version), last confirmed \(words) ago, stays in force"
            + (isExpired(at: now) ? ", and has expired." : ".")
    }

    /// Whether the list in force has expired: nothing may be approved by it.
    public func isExpired(at now: UInt64) -> Bool { now >= list.list.expiresAt }

    /// The newest document of a kind that the hub has named, where a statement says so.
    public func name(_ kind: NamedKind) -> DocumentName? { freshness?.statement.name(kind) }

    /// The hub's keys that are not revoked, in the list's order.
    public var hubKeys: [PublicKey] {
        list.list.entries(.hub).filter { $0.status == .active }.map(\.key)
    }

    /// Everything that is held, for somebody else to take.
    public var offer: TrustOffer {
        TrustOffer(roots: [root.bytes], list: list.bytes, freshness: freshness?.bytes)
    }
}

/// Judges a list and a statement by the newest root and what is held.
struct TrustJudge {
    let root: VerifiedRoot
    let held: TrustStore?
    let floors: TrustFloors
    let now: UInt64

    /// What is held once both are taken, or the first refusal.
    func store(list offered: [UInt8]?, freshness: [UInt8]?) throws(TrustRefusal) -> TrustStore {
        guard now < root.root.expiresAt else { throw .rootExpired(at: root.root.expiresAt) }
        let list: VerifiedList
        let listRoot: VerifiedRoot
        if let offered {
            list = try self.list(offered)
            listRoot = root
        } else if let held {
            list = held.list
            listRoot = held.listRoot
        } else {
            throw .shape("trust list: none is held and none is offered")
        }
        var floors = floors.raised(to: root.root).raised(to: list.list)
        // A statement is held only as long as it names the list in force.
        var statement = list.digest == held?.list.digest ? held?.freshness : nil
        if let freshness {
            let verified = try VerifiedFreshness.verify(freshness, by: list.list, at: now)
            let forgetting = forgets(list.list)
            try check(verified, with: list, forgetting: forgetting)
            floors = floors.raised(to: verified, forgetting: forgetting)
            statement = verified
        }
        return TrustStore(
            root: root, listRoot: listRoot, list: list, freshness: statement, floors: floors)
    }

    private func list(_ bytes: [UInt8]) throws(TrustRefusal) -> VerifiedList {
        let offered = try root.list(bytes, at: now)
        guard offered.list.generation >= floors.generation else {
            throw .generationBack(held: floors.generation, found: offered.list.generation)
        }
        guard offered.list.generation == floors.generation else { return offered }
        guard offered.list.version >= floors.listVersion else {
            throw .rolledBack(held: floors.listVersion, found: offered.list.version)
        }
        if let held, held.list.list.generation == offered.list.generation,
            held.list.list.version == offered.list.version, held.list.list != offered.list
        {
            throw .versionReused(offered.list.version)
        }
        return offered
    }

    /// Whether the versions that statements had are forgotten: the hub key that made them is not
    /// in force any more, so that whoever had it cannot keep the terminal from its successor's
    /// statements by a number that is too high.
    private func forgets(_ list: TrustList) -> Bool {
        guard let signer = floors.signer else { return true }
        return !list.entries(.hub).contains {
            $0.key.thumbprint == signer && $0.status == .active && now < $0.until
        }
    }

    private func check(
        _ offered: VerifiedFreshness, with list: VerifiedList, forgetting: Bool
    ) throws(TrustRefusal) {
        let statement = offered.statement
        if !forgetting {
            guard statement.version >= floors.freshnessVersion else {
                throw .rolledBack(held: floors.freshnessVersion, found: statement.version)
            }
            if let held = held?.freshness, held.statement.version == statement.version,
                held.statement != statement
            {
                throw .versionReused(statement.version)
            }
            for name in statement.names where name.kind != .trustList {
                guard name.version >= floors.names[name.kind] ?? 0 else {
                    throw .rolledBack(held: floors.names[name.kind] ?? 0, found: name.version)
                }
            }
        }
        guard let name = statement.name(.trustList), name.version == list.list.version,
            name.digest == list.digest
        else {
            throw .notTheNamedList(
                named: statement.name(.trustList)?.version ?? 0, found: list.list.version)
        }
    }
}
